"""The basket unrolled into single pieces, the promotions, and the arithmetic that everything here shares.

Whole numbers of minor units and fractions only. A valid request is taken for granted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]

_DECIMALS = {"JPY": 0, "KRW": 0, "ISK": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return (value + Fraction(1, 2)).__floor__()


@dataclass(frozen=True)
class Currency:
    """How many decimals an amount has in writing."""

    decimals: int

    @classmethod
    def of(cls, code: str) -> Currency:
        """The currency with this code."""
        return cls(_DECIMALS.get(code, 2))

    def parse(self, text: str) -> int:
        """Minor units of a written amount."""
        return half_up(Fraction(text) * 10**self.decimals)

    def text(self, minor: int) -> str:
        """The amount in writing."""
        if not self.decimals:
            return str(minor)
        sign = "-" if minor < 0 else ""
        whole, rest = divmod(abs(minor), 10**self.decimals)
        return f"{sign}{whole}.{rest:0{self.decimals}d}"


@dataclass(frozen=True)
class Line:
    """A line of the basket; `count` pieces that each cost `price` and never less than `floor`."""

    index: int
    id: str
    sku: str
    count: int
    price: int
    floor: int
    tax: Fraction
    categories: frozenset[str]
    brand: str | None
    tags: frozenset[str]
    discountable: bool
    counts: bool


def read_line(index: int, facts: Json, currency: Currency) -> Line:
    """The line of a request; a fractional quantity makes one piece that costs the whole line."""
    quantity = Fraction(str(facts["quantity"]))
    price, floor = currency.parse(facts["price"]), currency.parse(facts.get("floor", "0"))
    weighed = quantity.denominator != 1
    if weighed:
        price, floor = half_up(price * quantity), half_up(floor * quantity)
    counts = facts.get("counts", True)
    return Line(
        index=index,
        id=facts["id"],
        sku=facts["sku"],
        count=1 if weighed else int(quantity),
        price=price,
        floor=min(floor, price),
        tax=Fraction(str(facts.get("tax", "0"))),
        categories=frozenset(facts.get("categories", ())),
        brand=facts.get("brand"),
        tags=frozenset(facts.get("tags", ())),
        discountable=facts.get("discountable", True) and counts,
        counts=counts,
    )


class Basket:
    """The lines, and the row of all pieces: dearest first, then lower floor, smaller sku, line order.

    A piece is known by its position in that row; the pieces of one line stand next to each other.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        ordered = sorted(lines, key=lambda line: (-line.price, line.floor, line.sku, line.index))
        self.row = tuple(line for line in ordered for _ in range(line.count))
        self.pieces = tuple(range(len(self.row)))
        self.list = tuple(line.price for line in self.row)
        self.floor = tuple(line.floor for line in self.row)

    def of_line(self, line: Line) -> list[int]:
        """The pieces of one line."""
        return [piece for piece in self.pieces if self.row[piece] is line]

    def matching(self, select: Json) -> list[int]:
        """The pieces that a selection names."""
        return [piece for piece in self.pieces if matches(select, self.row[piece])]

    def reducible(self, select: Json) -> list[int]:
        """The pieces that a selection names and that may be reduced at all."""
        return [piece for piece in self.matching(select) if self.row[piece].discountable]

    def cheapest_first(self, pieces: Sequence[int]) -> list[int]:
        """The pieces from the cheapest list price up; ties as everywhere, not turned round."""
        return sorted(pieces, key=lambda piece: (self.list[piece], *self.tie(piece)))

    def tie(self, piece: int) -> tuple[int, str, int, int]:
        """What decides between pieces of one price."""
        line = self.row[piece]
        return (line.floor, line.sku, line.index, piece)


def matches(select: Json, line: Line) -> bool:
    """Whether the pieces of a line are in a selection; keys are all-of, values any-of."""
    if not line.counts:
        return False
    return _matches(select, line)


def _matches(select: Json, line: Line) -> bool:
    named = (
        ("skus", {line.sku}),
        ("categories", line.categories),
        ("brands", {line.brand}),
        ("tags", line.tags),
        ("lines", {line.id}),
    )
    for key, values in named:
        if select.get(key) and not set(select[key]) & values:
            return False
    if "price_at_least" in select and line.price < select["price_at_least"]:
        return False
    if "price_at_most" in select and line.price > select["price_at_most"]:
        return False
    if "not" in select and _matches(select["not"], line):
        return False
    if select.get("any") and not any(_matches(one, line) for one in select["any"]):
        return False
    return all(_matches(one, line) for one in select.get("all") or ())


@dataclass(frozen=True)
class Promotion:
    """A promotion of the request. Amounts in `reward`, `conditions` and selections are minor units.

    `cap` is the most it may take off this receipt: the smaller of `limit.amount` and the budget left.
    """

    id: str
    priority: int
    stage: str
    combine: str
    group: str | None
    only_unreduced: bool
    when: Json
    who: Json | None
    conditions: tuple[Json, ...]
    take: Json
    reward: Json
    limit: Json
    cap: int | None

    @property
    def is_bundle(self) -> bool:
        """Whether it takes whole sets."""
        return "bundle" in self.reward

    @property
    def order(self) -> tuple[int, str]:
        """Descending priority, then id."""
        return (-self.priority, self.id)


_MONEY_KEYS = frozenset({"spend", "amount", "price", "price_at_least", "price_at_most", "per"})
_TEXT_LISTS = frozenset({"skus", "categories", "brands", "tags", "lines"})


def in_minor_units(value: Any, currency: Currency) -> Any:
    """The same document with every amount of money as minor units."""
    if isinstance(value, list):
        return [in_minor_units(one, currency) for one in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for key, inner in value.items():
        if key in _TEXT_LISTS:
            made[key] = inner
        elif key in _MONEY_KEYS and isinstance(inner, str):
            made[key] = currency.parse(inner)
        elif key == "tiers":
            made[key] = _tiers(inner, currency)
        else:
            made[key] = in_minor_units(inner, currency)
    return made


def _tiers(tiers: Json, currency: Currency) -> Json:
    """Steps from the lowest `from` up; `from` is money only where the spend is measured."""
    steps = [dict(in_minor_units(step, currency)) for step in tiers["steps"]]
    by = tiers.get("by", "quantity")
    for step in steps:
        step["from"] = currency.parse(step["from"]) if by == "spend" else int(step["from"])
    return {
        "by": by,
        "mode": tiers.get("mode", "all"),
        "order": tiers.get("order", "dearest_first"),
        "steps": sorted(steps, key=lambda step: int(step["from"])),
    }


def read_promotion(facts: Json, context: Json, currency: Currency) -> Promotion:
    """The promotion of a request with its defaults."""
    limit = dict(facts.get("limit", {}))
    used = context.get("usage", {}).get(facts["id"], {})
    caps = []
    if "amount" in limit:
        caps.append(currency.parse(limit["amount"]))
    if "budget" in limit:
        caps.append(currency.parse(limit["budget"]) - currency.parse(used.get("amount", "0")))
    return Promotion(
        id=facts["id"],
        priority=facts.get("priority", 0),
        stage=facts.get("stage", "item"),
        combine=facts.get("combine", "one"),
        group=facts.get("group"),
        only_unreduced=facts.get("only_unreduced", False),
        when=facts.get("when", {}),
        who=facts.get("who"),
        conditions=tuple(in_minor_units(list(facts.get("if", ())), currency)),
        take=in_minor_units(facts.get("take", {}), currency),
        reward=in_minor_units(facts["reward"], currency),
        limit=limit,
        cap=min(caps) if caps else None,
    )


def missing(basket: Basket, condition: Json, prices: Sequence[int]) -> Json | None:
    """What a condition of `if` lacks at these prices; None where it is met."""
    if "any" in condition:
        lacks = [missing(basket, one, prices) for one in condition["any"]]
        unmet = [lack for lack in lacks if lack is not None]
        return {"any": unmet} if len(unmet) == len(lacks) and unmet else None
    pieces = basket.matching(condition.get("of", {}))
    if "quantity" in condition:
        short = int(condition["quantity"]) - len(pieces)
        return {"quantity": short} if short > 0 else None
    measured = basket.list if condition.get("basis") == "list" else prices
    short = condition["spend"] - sum(measured[piece] for piece in pieces)
    return {"spend": short} if short > 0 else None


def met(basket: Basket, promotion: Promotion, prices: Sequence[int]) -> bool:
    """Whether everything in `if` holds at these prices."""
    return all(missing(basket, one, prices) is None for one in promotion.conditions)


def reduction(step: Json, price: int, floor: int) -> int:
    """What percent, amount or price takes off one piece that costs `price` now."""
    if "percent" in step:
        wanted = half_up(price * Fraction(str(step["percent"])) / 100)
    elif "amount" in step:
        wanted = int(step["amount"])
    else:
        wanted = max(0, price - int(step["price"]))
    return min(wanted, price - floor)


def spread(
    basket: Basket, amount: int, weights: Mapping[int, int], rooms: Mapping[int, int]
) -> dict[int, int]:
    """Share an amount over pieces in proportion to `weights` by largest remainder, within their rooms."""
    shares = dict.fromkeys(weights, 0)
    active, left = set(weights), amount
    while left > 0:
        whole = sum(weights[piece] for piece in active)
        exact = {piece: Fraction(left * weights[piece], whole) for piece in active}
        part = {piece: value.__floor__() for piece, value in exact.items()}
        ranked = sorted(
            active,
            key=lambda piece: (part[piece] - exact[piece], -weights[piece], *basket.tie(piece)),
        )
        for piece in ranked[: left - sum(part.values())]:
            part[piece] += 1
        full = {piece for piece in active if part[piece] > rooms[piece]}
        if not full:
            shares.update(part)
            break
        for piece in full:
            shares[piece] = rooms[piece]
            left -= rooms[piece]
        active -= full
    return shares


def give_back(off: Mapping[int, int], cap: int | None) -> dict[int, int]:
    """Item stage: what is above the cap is given back from the last piece of the row."""
    if cap is None:
        return dict(off)
    kept, left = {}, cap
    for piece in sorted(off):
        kept[piece] = min(off[piece], left)
        left -= kept[piece]
    return kept
