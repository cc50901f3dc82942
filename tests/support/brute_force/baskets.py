"""Seeded random requests, small enough for the reference: few pieces, colliding promotions, many ties.

`MIXTURES` names what a request may be mixed of. Everything made here is valid by the contract.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any

from tests.support.brute_force.model import Currency
from tests.support.brute_force.random_promotions import (
    AT,
    CATEGORIES,
    TAGS,
    Dice,
    promotion,
    shut_or_open,
)

ITEMS = frozenset({"pieces", "tiers", "bundles"})
EVERYTHING = ITEMS | {
    "stacks",
    "basket",
    "exclusive",
    "groups",
    "priorities",
    "limits",
    "picks",
    "conditions",
    "gates",
    "benefits",
    "floors",
    "flags",
    "weighed",
    "selections",
    "by_priority",
    "currencies",
    "shipping",
}
MIXTURES: dict[str, frozenset[str]] = {
    "plain": frozenset({"pieces", "priorities"}),
    "tiers": frozenset({"pieces", "tiers", "floors", "limits"}),
    "bundles": frozenset({"pieces", "bundles", "floors", "flags"}),
    "stacks": ITEMS | {"stacks", "priorities", "picks", "floors"},
    "basket": frozenset(
        {"pieces", "basket", "stacks", "exclusive", "conditions", "floors", "limits"}
    ),
    "limits": ITEMS | {"limits", "picks", "stacks", "basket"},
    "together": ITEMS | {"stacks", "basket", "exclusive", "groups", "priorities", "conditions"},
    "benefits": frozenset({"pieces", "basket", "benefits", "conditions", "shipping", "gates"}),
    "by_priority": ITEMS
    | {"stacks", "basket", "exclusive", "groups", "priorities", "limits", "by_priority"},
    "everything": EVERYTHING,
    # Caps of benefits are read one way here; they stand apart so that nothing else depends on it.
    "benefit_caps": EVERYTHING | {"benefit_caps"},
}
_PRICES = (100, 105, 200, 333, 999, 1000)
_RARE_PRICES = (0, 1, 50, 199, 250, 995, 1999)


def request(seed: int, kinds: str | Collection[str] | None = None) -> dict[str, Any]:
    """The request of a seed; `kinds` is the name of a mixture, single kinds, or None for any mixture."""
    rng = random.Random(seed)
    if kinds is None:
        kinds = rng.choice((*sorted(set(MIXTURES) - {"benefit_caps"}), *["everything"] * 6))
    able = MIXTURES[kinds] if isinstance(kinds, str) else frozenset(kinds)
    code = rng.choice(("EUR",) * 8 + ("JPY", "KWD")) if "currencies" in able else "EUR"
    dice = Dice(rng, able, Currency.of(code))
    lines = _lines(dice)
    dice.lines = [line["id"] for line in lines]
    dice.skus = sorted({line["sku"] for line in lines})
    dice.pieces = sum(1 if "." in line["quantity"] else int(line["quantity"]) for line in lines)
    count = rng.choices((1, 2, 3, 4, 5), (1, 4, 6, 6, 4))[0]
    promotions = [promotion(dice, number) for number in range(1, count + 1)]
    rng.shuffle(promotions)
    return {
        "context": _context(dice, code, promotions),
        "lines": lines,
        "promotions": promotions,
    }


# --- lines ------------------------------------------------------------------------------------------


def _lines(dice: Dice) -> list[dict[str, Any]]:
    """Three to seven pieces in at most four lines; lines of one sku agree in what an article is."""
    rng = dice.rng
    articles = {sku: _article(dice) for sku in ("A", "B", "C", "D")}
    total, made = rng.choices((3, 4, 5, 6, 7), (2, 4, 6, 5, 3))[0], []
    for number, count in enumerate(_parts(rng, total), start=1):
        sku = rng.choice("AABBCCD")
        floor, facts = articles[sku]
        price = rng.choice(_RARE_PRICES if dice.sometimes(0.12) else _PRICES)
        line: dict[str, Any] = {"id": str(number), "sku": sku, **facts}
        line["price"] = dice.currency.text(price)
        line["quantity"] = f"{count}.0" if dice.sometimes(0.03) else str(count)
        if dice.can("weighed", 0.15):
            line["quantity"] = rng.choice(("0.5", "1.5", "0.333", "1.250"))
        if floor is not None:
            line["floor"] = dice.currency.text(floor)
        made.append(line)
    return made


def _parts(rng: random.Random, total: int) -> list[int]:
    """The pieces of each line."""
    cuts = sorted(rng.sample(range(1, total), rng.randint(0, min(3, total - 1))))
    return [end - begin for begin, end in zip([0, *cuts], [*cuts, total], strict=True)]


def _article(dice: Dice) -> tuple[int | None, dict[str, Any]]:
    """The floor (if any) and the facts that all lines of one sku share."""
    rng = dice.rng
    facts: dict[str, Any] = {"categories": rng.sample(CATEGORIES, rng.randint(0, 2))}
    if dice.sometimes(0.5):
        facts["tags"] = rng.sample(TAGS, 1)
    if dice.sometimes(0.4):
        facts["brand"] = rng.choice(("X", "Y"))
    if dice.sometimes(0.7):
        facts["tax"] = rng.choice(("19", "7", "19.00", "7.5", "0"))
    if dice.can("flags", 0.12):
        facts["discountable"] = False
    if dice.can("flags", 0.08):
        facts["counts"] = False
    floor = rng.choice((0, 50, 95, 180, 300, 900, 990)) if dice.can("floors", 0.35) else None
    return floor, facts


# --- context ----------------------------------------------------------------------------------------


def _context(dice: Dice, code: str, promotions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rng = dice.rng
    context: dict[str, Any] = {
        "at": AT,
        "currency": code,
        "explain": rng.choices(("all", "near", "none"), (5, 4, 1))[0],
        "store": "berlin-1",
        "codes": [" herbst10 "] if dice.sometimes(0.8) else [],
        "tenders": rng.choice((["cash"], ["cash"], ["card"], ["cash", "card"], [])),
    }
    if dice.can("by_priority", 1 if dice.able == MIXTURES["by_priority"] else 0.2):
        context["strategy"] = "by_priority"
    if dice.can("shipping", 0.6):
        context["shipping"] = dice.money(490, 333, 500)
    if dice.sometimes(0.85):
        context["customer"] = {
            "id": "C1",
            "groups": ["vip"],
            "types": ["t"],
            "attributes": {"city": "Bonn"},
            "birthday": rng.choice(("1980-11-22", "1984-02-29", "1990-11-15")),
            "since": "2019-05-01",
            "purchases": rng.choice((0, 9, 12)),
        }
    context["usage"] = {
        one["id"]: shut_or_open(dice, one["limit"])
        for one in promotions
        if set(one.get("limit", ())) & {"total", "per_customer", "budget"}
    }
    return context
