"""A pricing request from its JSON form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.money import CURRENCIES
from shared.promotions.read_promotion import CUSTOMER_LISTS, code_key, read_promotion
from shared.promotions.reading import (
    at,
    day,
    decimal,
    entries,
    flag,
    keys,
    moment,
    one_of,
    rate_text,
    refuse,
    shown,
    text,
    texts,
    whole,
)
from shared.promotions.terms import BasketLine, Context, Customer, Promotion, Request, Usage

_CONTEXT = (
    "at", "currency", "store", "channel", "strategy", "explain", "codes", "tenders", "shipping", "customer",
    "usage",
)  # fmt: skip
_CUSTOMER = ("id", *CUSTOMER_LISTS, "attributes", "birthday", "since", "purchases")
_LINE = (
    "id", "sku", "quantity", "price", "tax", "floor", "categories", "brand", "tags", "discountable", "counts",
)  # fmt: skip
MOST_LINES = 1_000
MOST_PIECES = 999_999
_MOST_PROMOTIONS = 100_000


def read_request(document: Any, now: datetime | None = None) -> Request:
    """The request; `now` stands in for a missing `context.at`.

    `RequestError` for anything the contract does not allow, and if neither says the time.
    """
    found = keys(document, "", ("context", "lines", "promotions"), ("lines", "promotions"))
    context = read_context(found.get("context", {}), "context", now)
    lines = read_lines(found["lines"], "lines", context.exponent)
    return Request(
        context, lines, read_promotions(found["promotions"], "promotions", context.exponent)
    )


def read_promotions(value: Any, path: str, exponent: int) -> tuple[Promotion, ...]:
    """A list of promotions with distinct ids."""
    _not_more_than(value, path, _MOST_PROMOTIONS)
    found = entries(value, path, lambda entry, where: read_promotion(entry, where, exponent))
    _distinct([promotion.id for promotion in found], path)
    return found


def read_lines(value: Any, path: str, exponent: int) -> tuple[BasketLine, ...]:
    """The lines of a basket with distinct ids, at most 1,000 lines and 999,999 pieces."""
    _not_more_than(value, path, MOST_LINES)
    found = entries(value, path, lambda entry, where: _line(entry, where, exponent))
    _distinct([line.id for line in found], path)
    if sum(max(line.quantity // 1000, 1) for line in found) > MOST_PIECES:
        refuse(path, f"at most {MOST_PIECES} pieces are possible", "limit")
    return found


def _not_more_than(value: Any, path: str, most: int) -> None:
    if isinstance(value, list) and len(value) > most:
        refuse(path, f"{len(value)} entries; at most {most} are possible", "limit")


def _distinct(ids: list[str], path: str) -> None:
    seen: set[str] = set()
    for place, identity in enumerate(ids):
        if identity in seen:
            refuse(f"{path}[{place}].id", f"{shown(identity)} is there twice", "duplicate")
        seen.add(identity)


def read_context(value: Any, path: str, now: datetime | None) -> Context:
    """The circumstances; `RequestError('missing')` if nobody says the time."""
    found = keys(value, path, _CONTEXT)
    code = one_of(found.get("currency", "EUR"), at(path, "currency"), list(CURRENCIES))
    exponent = CURRENCIES[code].exponent
    when = moment(found["at"], at(path, "at")) if "at" in found else now
    if when is None:
        refuse(at(path, "at"), "this key is needed", "missing")
    shipping = (
        decimal(found["shipping"], at(path, "shipping"), exponent) if "shipping" in found else None
    )
    return Context(
        at=when,
        written=found.get("at", ""),
        currency=code,
        exponent=exponent,
        store=text(found["store"], at(path, "store")) if "store" in found else None,
        channel=text(found.get("channel", "store"), at(path, "channel")),
        strategy=one_of(
            found.get("strategy", "best_for_customer"),
            at(path, "strategy"),
            ("best_for_customer", "by_priority"),
        ),
        explain=one_of(found.get("explain", "near"), at(path, "explain"), ("near", "all", "none")),
        codes=frozenset(code_key(one) for one in texts(found.get("codes", []), at(path, "codes"))),
        tenders=texts(found.get("tenders", []), at(path, "tenders")),
        shipping=shipping,
        customer=_customer(found["customer"], at(path, "customer"))
        if "customer" in found
        else None,
        usage=_usage(found.get("usage", {}), at(path, "usage"), exponent),
    )


def _customer(value: Any, path: str) -> Customer:
    found = keys(value, path, _CUSTOMER)
    attributes = found.get("attributes", {})
    keys(
        attributes, at(path, "attributes"), list(attributes) if isinstance(attributes, dict) else ()
    )
    lists = ((key, frozenset(texts(found.get(key, []), at(path, key)))) for key in CUSTOMER_LISTS)
    return Customer(
        id=text(found["id"], at(path, "id")) if "id" in found else None,
        lists=tuple(lists),
        attributes=tuple(
            (key, text(fact, at(at(path, "attributes"), key))) for key, fact in attributes.items()
        ),
        birthday=day(found["birthday"], at(path, "birthday")) if "birthday" in found else None,
        since=day(found["since"], at(path, "since")) if "since" in found else None,
        purchases=whole(found.get("purchases", 0), at(path, "purchases"), 0),
    )


def _usage(value: Any, path: str, exponent: int) -> dict[str, Usage]:
    found = keys(value, path, list(value) if isinstance(value, dict) else ())
    used = {}
    for identity, entry in found.items():
        where = at(path, identity)
        numbers = keys(entry, where, ("total", "customer", "amount"))
        used[identity] = Usage(
            whole(numbers.get("total", 0), at(where, "total"), 0),
            whole(numbers.get("customer", 0), at(where, "customer"), 0),
            decimal(numbers.get("amount", "0"), at(where, "amount"), exponent),
        )
    return used


def _line(value: Any, path: str, exponent: int) -> BasketLine:
    found = keys(value, path, _LINE, ("id", "sku", "quantity", "price"))
    quantity = decimal(found["quantity"], at(path, "quantity"), 3)
    if quantity == 0:
        refuse(at(path, "quantity"), "a quantity is above 0")
    if quantity > MOST_PIECES * 1000:
        refuse(at(path, "quantity"), f"at most {MOST_PIECES} pieces are possible", "limit")
    return BasketLine(
        id=text(found["id"], at(path, "id")),
        sku=text(found["sku"], at(path, "sku")),
        quantity=quantity,
        price=decimal(found["price"], at(path, "price"), exponent),
        tax=rate_text(found.get("tax", "0"), at(path, "tax")),
        floor=decimal(found.get("floor", "0"), at(path, "floor"), exponent),
        categories=texts(found.get("categories", []), at(path, "categories")),
        brand=text(found["brand"], at(path, "brand")) if "brand" in found else None,
        tags=texts(found.get("tags", []), at(path, "tags")),
        discountable=flag(found.get("discountable", True), at(path, "discountable")),
        counts=flag(found.get("counts", True), at(path, "counts")),
    )
