"""A promotion from its JSON form; everything the contract does not allow is refused with its path."""

from __future__ import annotations

from typing import Any

from shared.promotions.read_reward import Reader, read_reward
from shared.promotions.reading import (
    at,
    clock_minutes,
    decimal,
    entries,
    flag,
    keys,
    moment,
    one_of,
    refuse,
    shown,
    text,
    texts,
    whole,
)
from shared.promotions.terms import (
    EVERYTHING,
    Bundle,
    Condition,
    Each,
    Limit,
    Off,
    Promotion,
    Select,
    When,
    Who,
)

_PROMOTION = (
    "id", "name", "priority", "stage", "combine", "group", "only_unreduced", "when", "who", "if", "take",
    "reward", "limit",
)  # fmt: skip
_WHEN = ("from", "until", "weekdays", "hours", "stores", "channels", "codes", "tenders")
CUSTOMER_LISTS = ("groups", "segments", "types", "communities", "subscriptions")
_WHO = (
    "known", *CUSTOMER_LISTS, "attributes", "ids", "birthday_within_days", "member_for_days", "purchases",
)  # fmt: skip
_LIMIT = ("applications", "pieces", "pick", "amount", "total", "per_customer", "budget")
_SELECT = (
    "skus", "categories", "brands", "tags", "lines", "price_at_least", "price_at_most", "not", "any", "all",
)  # fmt: skip
_LAST_WEEKDAY = 7
_DEEPEST = 12


def read_promotion(value: Any, path: str, exponent: int) -> Promotion:
    """The promotion; `exponent` is the number of decimals of the currency its amounts are in."""
    found = keys(value, path, _PROMOTION, ("id", "reward"))
    stage = one_of(found.get("stage", "item"), at(path, "stage"), ("item", "basket", "benefit"))
    if stage == "benefit":
        for key in ("combine", "group", "only_unreduced"):
            if key in found:
                refuse(at(path, key), "a benefit lives with all others and takes no such key")
    combine = one_of(
        found.get("combine", "one"), at(path, "combine"), ("one", "stack", "exclusive")
    )
    identity = text(found["id"], at(path, "id"))
    reader = Reader(exponent, read_select)
    promotion = Promotion(
        id=identity,
        reward=read_reward(found["reward"], at(path, "reward"), stage, reader),
        name=text(found["name"], at(path, "name")) if "name" in found else identity,
        priority=whole(found.get("priority", 0), at(path, "priority"), None),
        stage=stage,
        combine=combine,
        group=text(found["group"], at(path, "group")) if "group" in found else None,
        only_unreduced=flag(found.get("only_unreduced", False), at(path, "only_unreduced")),
        when=read_when(found.get("when", {}), at(path, "when")),
        who=read_who(found["who"], at(path, "who")) if "who" in found else None,
        conditions=read_conditions(found.get("if", []), at(path, "if"), exponent),
        take=read_select(found.get("take", {}), at(path, "take"), exponent),
        limit=read_limit(found.get("limit", {}), at(path, "limit"), exponent),
    )
    _fits_together(promotion, path, picks="pick" in found.get("limit", {}))
    return promotion


def _fits_together(promotion: Promotion, path: str, *, picks: bool) -> None:
    """Refuse what each key allows by itself and all together do not."""
    reward, limit, item = promotion.reward, promotion.limit, promotion.stage == "item"
    if item and promotion.combine == "stack" and not isinstance(reward, Off):
        refuse(at(path, "combine"), "only percent, amount or price for each piece can be stacked")
    if promotion.only_unreduced and item and promotion.combine != "stack":
        refuse(at(path, "only_unreduced"), "in the item stage this is for stack promotions")
    limits = at(path, "limit")
    if limit.applications is not None and not isinstance(reward, Bundle | Each):
        refuse(at(limits, "applications"), "only bundles and each have applications")
    if not item and limit.pieces is not None:
        refuse(at(limits, "pieces"), "only item promotions are limited by pieces")
    if picks and (limit.pieces is None or not isinstance(reward, Off)):
        refuse(at(limits, "pick"), "pick goes with pieces, for percent, amount or price")


def read_select(value: Any, path: str, exponent: int, depth: int = 0) -> Select:
    """A SELECT; at most twelve of them inside each other."""
    if depth > _DEEPEST:
        refuse(path, f"at most {_DEEPEST} selections inside each other are possible", "limit")
    found = keys(value, path, _SELECT)
    lists = {
        key: texts(found.get(key, []), at(path, key))
        for key in ("skus", "categories", "brands", "tags", "lines")
    }

    def inner(entry: Any, where: str) -> Select:
        return read_select(entry, where, exponent, depth + 1)

    def price(key: str) -> int | None:
        return decimal(found[key], at(path, key), exponent) if key in found else None

    select = Select(
        **lists,
        at_least=price("price_at_least"),
        at_most=price("price_at_most"),
        none_of=inner(found["not"], at(path, "not")) if "not" in found else None,
        any_of=entries(found.get("any", []), at(path, "any"), inner),
        all_of=entries(found.get("all", []), at(path, "all"), inner),
    )
    return EVERYTHING if select == EVERYTHING else select


def read_conditions(value: Any, path: str, exponent: int, depth: int = 0) -> tuple[Condition, ...]:
    """The entries of `if`, or of an `any` in it."""
    if depth > _DEEPEST:
        refuse(path, f"at most {_DEEPEST} conditions inside each other are possible", "limit")

    def condition(entry: Any, where: str) -> Condition:
        found = keys(entry, where, ("spend", "quantity", "of", "basis", "any"))
        kinds = [key for key in ("spend", "quantity", "any") if key in found]
        if not kinds:
            refuse(where, "one of spend, quantity or any is needed", "missing")
        if len(kinds) > 1 or ("any" in kinds and len(found) > 1):
            refuse(at(where, kinds[-1]), "spend, quantity and any are conditions of their own")
        if "any" in found:
            inner = read_conditions(found["any"], at(where, "any"), exponent, depth + 1)
            if not inner:
                refuse(at(where, "any"), "at least one condition is needed")
            return Condition(any_of=inner)
        if "basis" in found:
            one_of(found["basis"], at(where, "basis"), ("list",))
        spend = decimal(found["spend"], at(where, "spend"), exponent) if "spend" in found else None
        quantity = whole(found["quantity"], at(where, "quantity")) if "quantity" in found else None
        of = read_select(found.get("of", {}), at(where, "of"), exponent)
        return Condition(spend, quantity, of, "basis" in found)

    return entries(value, path, condition)


def read_when(value: Any, path: str) -> When:
    """The times, places, codes and tenders."""
    found = keys(value, path, _WHEN)
    start = moment(found["from"], at(path, "from")) if "from" in found else None
    until = moment(found["until"], at(path, "until")) if "until" in found else None
    if start and until and until <= start:
        refuse(at(path, "until"), "the end is not after the start")

    def weekday(entry: Any, where: str) -> int:
        if whole(entry, where) > _LAST_WEEKDAY:
            refuse(where, "weekdays run from 1 (Monday) to 7 (Sunday)")
        return int(entry)

    def names(key: str) -> frozenset[str]:
        return frozenset(texts(found.get(key, []), at(path, key)))

    return When(
        start=start,
        until=until,
        weekdays=frozenset(entries(found.get("weekdays", []), at(path, "weekdays"), weekday)),
        hours=entries(found.get("hours", []), at(path, "hours"), _hours),
        stores=names("stores"),
        channels=names("channels"),
        codes=frozenset(code_key(code) for code in names("codes")),
        tenders=names("tenders"),
    )


def code_key(code: str) -> str:
    """A code as it is compared: outer blanks cut, upper case."""
    return code.strip().upper()


def _hours(value: Any, path: str) -> tuple[int, int]:
    pair = entries(value, path, clock_minutes)
    if len(pair) != 2:
        refuse(path, "a start and an end are expected")
    start, end = pair
    if start in (end, 24 * 60):
        refuse(path, f"{shown(value)} holds no time")
    return start, end


def read_who(value: Any, path: str) -> Who:
    """What the customer must be; `known: false` is refused."""
    found = keys(value, path, _WHO)
    if "known" in found and not flag(found["known"], at(path, "known")):
        refuse(at(path, "known"), "a promotion cannot ask for unknown customers")
    purchases = keys(
        found.get("purchases", {}), at(path, "purchases"), ("at_least", "at_most", "every")
    )
    attributes = found.get("attributes", {})
    if not isinstance(attributes, dict):
        refuse(at(path, "attributes"), "an object is expected", "type")
    keys(attributes, at(path, "attributes"), list(attributes))

    def number(key: str) -> int | None:
        return whole(found[key], at(path, key), 0) if key in found else None

    def bought(key: str, least: int) -> int | None:
        where = at(at(path, "purchases"), key)
        return whole(purchases[key], where, least) if key in purchases else None

    lists = ((key, frozenset(texts(found.get(key, []), at(path, key)))) for key in CUSTOMER_LISTS)
    facts = (
        (key, frozenset(texts(wanted, at(at(path, "attributes"), key))))
        for key, wanted in attributes.items()
    )
    return Who(
        lists=tuple((key, wanted) for key, wanted in lists if wanted),
        attributes=tuple((key, wanted) for key, wanted in facts if wanted),
        ids=frozenset(texts(found.get("ids", []), at(path, "ids"))),
        birthday_within_days=number("birthday_within_days"),
        member_for_days=number("member_for_days"),
        at_least=bought("at_least", 0),
        at_most=bought("at_most", 0),
        every=bought("every", 1),
    )


def read_limit(value: Any, path: str, exponent: int) -> Limit:
    """The bounds."""
    found = keys(value, path, _LIMIT)

    def number(key: str) -> int | None:
        return whole(found[key], at(path, key)) if key in found else None

    def amount(key: str) -> int | None:
        return decimal(found[key], at(path, key), exponent) if key in found else None

    return Limit(
        applications=number("applications"),
        pieces=number("pieces"),
        pick=one_of(found.get("pick", "best"), at(path, "pick"), ("best", "cheapest", "dearest")),
        amount=amount("amount"),
        total=number("total"),
        per_customer=number("per_customer"),
        budget=amount("budget"),
    )
