"""What a receipt freezes of its pricing, so that the same engine comes to the same cent again: to check it, and when
goods come back. Everything that promotions could look at, and of the customer only what an open promotion asked for.

Amounts are minor units, as everywhere in the journal; what is left out has the default of docs/promotions.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.money import currency as currency_of
from shared.promotions.basket import piece_of
from shared.promotions.book import Book
from shared.promotions.engine import PROOF_STEPS, Priced, price
from shared.promotions.terms import BasketLine, Context, Customer, Limit, Promotion, Usage, Who
from shared.quantity import format_quantity, from_thousandths, to_thousandths

_LEAP_YEAR = 2000
_STRATEGIES = ("best_for_customer", "by_priority")


@dataclass(frozen=True, slots=True)
class Frozen:
    """One pricing as it can be repeated.

    `versions`: each promotion that was open and touched the basket, used or not, with the number of its version.
    `split`: equal pieces of two lines were told apart, because a promotion asked for it, be it a closed one.
    """

    context: Context
    lines: tuple[BasketLine, ...]
    versions: Mapping[str, int]
    steps: int
    optimal: bool = True
    split: bool = False


class _Apart(Book):
    """A book of the open promotions alone, for lines that a closed one told apart when they were first priced."""

    def __init__(self, promotions: Iterable[Promotion], *, split: bool) -> None:
        super().__init__(promotions)
        self.names_lines = self.names_lines or split


def freeze(priced: Priced, version_of: Callable[[str], int]) -> Frozen | None:
    """What to keep of a pricing; None where no promotion was open. `version_of` knows the version by the id."""
    promotions = [entry.promotion for entry in priced.entries]
    if not promotions:
        return None
    return Frozen(
        _narrowed(priced.context, promotions),
        tuple(priced.lines),
        {promotion.id: version_of(promotion.id) for promotion in promotions},
        priced.steps,
        priced.optimal,
        len(priced.basket.classes) > len({(line.sku, piece_of(line)[:2]) for line in priced.lines}),
    )


def price_again(
    frozen: Frozen, promotions: Iterable[Promotion], lines: Sequence[BasketLine] | None = None
) -> Priced:
    """The pricing repeated, with the promotions of the frozen versions; or that of other lines in its place."""
    book = _Apart(promotions, split=frozen.split)
    return price(book, frozen.context, frozen.lines if lines is None else lines, frozen.steps)


# --- what counted -------------------------------------------------------------------------------------


def _narrowed(context: Context, promotions: Sequence[Promotion]) -> Context:
    codes: frozenset[str] = frozenset().union(*(each.when.codes for each in promotions))
    usage = {
        each.id: _counted(each.limit, context.usage[each.id])
        for each in promotions
        if each.id in context.usage
    }
    return Context(
        at=context.at,
        currency=context.currency,
        exponent=context.exponent,
        store=context.store,
        channel=context.channel,
        strategy=context.strategy,
        explain="none",
        codes=codes & context.codes,
        tenders=context.tenders if any(each.when.tenders for each in promotions) else (),
        shipping=context.shipping,
        customer=_asked_for(context.customer, [each.who for each in promotions if each.who]),
        usage={promotion: used for promotion, used in usage.items() if used != Usage()},
    )


def _counted(limit: Limit, used: Usage) -> Usage:
    return Usage(
        0 if limit.total is None else used.total,
        0 if limit.per_customer is None else used.customer,
        0 if limit.budget is None else used.amount,
    )


def _asked_for(customer: Customer | None, asking: Sequence[Who]) -> Customer | None:
    """The customer with nothing but what these promotions ask for. The year of birth is never asked for."""
    if customer is None or not asking:
        return None
    wanted: dict[str, frozenset[str]] = {}
    for key, words in (pair for who in asking for pair in who.lists):
        wanted[key] = wanted.get(key, frozenset()) | words
    attributes = {key for who in asking for key, _ in who.attributes}
    birthday = customer.birthday
    if birthday is not None:
        asked = any(who.birthday_within_days is not None for who in asking)
        birthday = birthday.replace(year=_LEAP_YEAR) if asked else None
    counted = any(who.at_least or who.at_most is not None or who.every for who in asking)
    return Customer(
        id=customer.id if any(who.ids for who in asking) else None,
        lists=tuple(
            (key, words & wanted[key])
            for key, words in customer.lists
            if key in wanted and words & wanted[key]
        ),
        attributes=tuple((key, fact) for key, fact in customer.attributes if key in attributes),
        birthday=birthday,
        since=customer.since if any(who.member_for_days is not None for who in asking) else None,
        purchases=customer.purchases if counted else 0,
    )


# --- in writing ---------------------------------------------------------------------------------------


def frozen_to_body(frozen: Frozen) -> dict[str, object]:
    """The field `pricing` of a receipt's body."""
    context = frozen.context
    full: dict[str, object] = {
        "codes": sorted(context.codes),
        "tenders": list(context.tenders),
        "usage": {key: _usage_to_body(used) for key, used in context.usage.items()},
        **({"channel": context.channel} if context.channel != "store" else {}),
        **({"strategy": context.strategy} if context.strategy != _STRATEGIES[0] else {}),
        **({"split": True} if frozen.split else {}),
    }
    return {
        "at": context.at.isoformat(),
        "currency": context.currency,
        "versions": dict(frozen.versions),
        "lines": [_line_to_body(line) for line in frozen.lines],
        "steps": frozen.steps,
        "optimal": frozen.optimal,
        **({"store": context.store} if context.store is not None else {}),
        **({"shipping": context.shipping} if context.shipping is not None else {}),
        **({"customer": _customer_to_body(context.customer)} if context.customer else {}),
        **{key: value for key, value in full.items() if value},
    }


def _usage_to_body(used: Usage) -> dict[str, int]:
    named = {"total": used.total, "customer": used.customer, "amount": used.amount}
    return {key: value for key, value in named.items() if value}


def _customer_to_body(customer: Customer) -> dict[str, object]:
    full: dict[str, object] = {
        "id": customer.id,
        "lists": {key: sorted(words) for key, words in customer.lists},
        "attributes": dict(customer.attributes),
        "birthday": f"{customer.birthday:%m-%d}" if customer.birthday is not None else "",
        "since": customer.since.isoformat() if customer.since is not None else "",
        "purchases": customer.purchases,
    }
    return {key: value for key, value in full.items() if value}


def _line_to_body(line: BasketLine) -> dict[str, object]:
    full: dict[str, object] = {
        "floor": line.floor,
        "categories": list(line.categories),
        "brand": line.brand,
        "tags": list(line.tags),
    }
    return {
        "id": line.id,
        "sku": line.sku,
        "quantity": format_quantity(from_thousandths(line.quantity)),
        "price": line.price,
        "tax": line.tax,
        **{key: value for key, value in full.items() if value},
        **({} if line.discountable else {"discountable": False}),
        **({} if line.counts else {"counts": False}),
    }


# --- and back -----------------------------------------------------------------------------------------


def frozen_from_body(values: Mapping[str, object]) -> Frozen:
    """The pricing in a receipt's field `pricing`; `DomainError('event_field_wrong')` names what is malformed."""
    read = BodyReader(values, "pricing.")
    versions = read.object("versions")
    steps = _from_zero(read, "steps")
    # A till never searches longer; so no number in a journal makes anybody else search without an end.
    if steps > PROOF_STEPS:
        raise _wrong(read, "steps")
    return Frozen(
        _context(read),
        tuple(_line(line) for line in read.objects("lines")),
        {key: versions.integer(key) for key in versions.values},
        steps,
        _flag(read, "optimal"),
        _flag(read, "split", default=False),
    )


def _context(read: BodyReader) -> Context:
    code = read.text("currency")
    strategy = read.text("strategy", _STRATEGIES[0])
    if strategy not in _STRATEGIES:
        raise _wrong(read, "strategy")
    usage = read.object("usage") if "usage" in read.values else BodyReader({})
    used = {key: usage.object(key) for key in usage.values}
    return Context(
        at=read.time("at"),
        currency=code,
        exponent=currency_of(code).exponent,
        store=read.text("store") if "store" in read.values else None,
        channel=read.text("channel", "store"),
        strategy=strategy,
        explain="none",
        codes=frozenset(_texts(read, "codes")),
        tenders=_texts(read, "tenders"),
        shipping=_from_zero(read, "shipping") if "shipping" in read.values else None,
        customer=_customer(read.object("customer")) if "customer" in read.values else None,
        usage={
            key: Usage(*(_from_zero(one, name) for name in ("total", "customer", "amount")))
            for key, one in used.items()
        },
    )


def _customer(read: BodyReader) -> Customer:
    lists = read.object("lists") if "lists" in read.values else BodyReader({})
    attributes = read.object("attributes") if "attributes" in read.values else BodyReader({})
    return Customer(
        id=read.text("id") if "id" in read.values else None,
        lists=tuple((key, frozenset(lists.texts(key))) for key in lists.values),
        attributes=tuple((key, attributes.text(key)) for key in attributes.values),
        birthday=_birthday(read) if "birthday" in read.values else None,
        since=read.day("since") if "since" in read.values else None,
        purchases=_from_zero(read, "purchases"),
    )


def _birthday(read: BodyReader) -> date:
    try:
        return date.fromisoformat(f"{_LEAP_YEAR}-{read.text('birthday')}")
    except ValueError:
        raise _wrong(read, "birthday") from None


def _line(read: BodyReader) -> BasketLine:
    quantity = read.quantity("quantity")
    if quantity <= 0:
        raise _wrong(read, "quantity")
    return BasketLine(
        id=read.text("id"),
        sku=read.text("sku"),
        quantity=to_thousandths(quantity),
        price=_from_zero(read, "price"),
        tax=format_quantity(read.quantity("tax")),
        floor=_from_zero(read, "floor"),
        categories=_texts(read, "categories"),
        brand=read.text("brand") if "brand" in read.values else None,
        tags=_texts(read, "tags"),
        discountable=_flag(read, "discountable"),
        counts=_flag(read, "counts"),
    )


def _texts(read: BodyReader, name: str) -> tuple[str, ...]:
    return read.texts(name) if name in read.values else ()


def _from_zero(read: BodyReader, name: str) -> int:
    value = read.integer(name, 0)
    if value < 0:
        raise _wrong(read, name)
    return value


def _flag(read: BodyReader, name: str, *, default: bool = True) -> bool:
    value = read.values.get(name, default)
    if not isinstance(value, bool):
        raise _wrong(read, name)
    return value


def _wrong(read: BodyReader, name: str) -> DomainError:
    return DomainError("event_field_wrong", {"field": f"{read.path}{name}"})
