"""Seeded requests that are too large for trying everything: 8 to 15 lines, 5 to 15 promotions.

`crowd` mixes every kind, `heap` has few lines of very many pieces; `countable` is made only of what an integer program
can say (tests/support/promotion_program.py).
"""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

from tests.support.brute_force.baskets import EVERYTHING
from tests.support.brute_force.model import Currency
from tests.support.brute_force.random_promotions import AT, CATEGORIES, TAGS, Dice, promotion

Json = dict[str, Any]
_PRICES = (100, 105, 200, 333, 499, 999, 1000, 1999)
_DEPARTMENTS = tuple("abcdef")


def crowd(seed: int, kinds: Collection[str] = EVERYTHING) -> Json:
    """A request mixed of these kinds, several lines of one article among its lines."""
    rng = random.Random(seed)
    dice = Dice(rng, frozenset(kinds), Currency.of("EUR"))
    articles = {sku: _article(dice) for sku in "ABCDEFGH"}
    lines = []
    for number in range(1, rng.randint(8, 15) + 1):
        sku = rng.choice(sorted(articles))
        quantity = str(rng.choice((1, 1, 1, 2, 3)))
        if dice.can("weighed", 0.1):
            quantity = rng.choice(("0.5", "1.250"))
        price = dice.money(*_PRICES)
        lines.append(
            {"id": str(number), "sku": sku, "quantity": quantity, "price": price, **articles[sku]}
        )
    dice.lines = [line["id"] for line in lines]
    dice.skus = sorted({line["sku"] for line in lines})
    dice.pieces = len(lines)
    promotions = [promotion(dice, number) for number in range(1, rng.randint(5, 15) + 1)]
    context: Json = {
        "at": AT,
        "store": "berlin-1",
        "codes": ["HERBST10"],
        "tenders": ["cash"],
        "explain": "none",
        "customer": {"id": "C1", "groups": ["vip"], "types": ["t"], "since": "2019-05-01"},
    }
    if dice.can("shipping", 0.5):
        context["shipping"] = "4.90"
    return {"context": context, "lines": lines, "promotions": promotions}


def heap(seed: int, kinds: Collection[str] = EVERYTHING) -> Json:
    """One to four lines of up to 95 pieces each, and one to four promotions."""
    made = crowd(seed, kinds)
    rng = random.Random(seed)
    made["lines"] = made["lines"][: rng.randint(1, 4)]
    made["promotions"] = made["promotions"][: rng.randint(1, 4)]
    for line in made["lines"]:
        if line["quantity"].isdigit():
            line["quantity"] = str(rng.choice((1, 2, 26, 30, 31, 60, 95)))
    return made


def _article(dice: Dice) -> Json:
    """The facts that all lines of one sku share."""
    facts: Json = {"categories": dice.rng.sample(CATEGORIES, dice.rng.randint(0, 2))}
    if dice.sometimes(0.5):
        facts["tags"] = [dice.rng.choice(TAGS)]
    if dice.sometimes(0.4):
        facts["brand"] = dice.rng.choice(("X", "Y"))
    facts["tax"] = dice.rng.choice(("19", "7", "0"))
    if dice.can("flags", 0.1):
        facts["discountable"] = False
    if dice.can("flags", 0.08):
        facts["counts"] = False
    if dice.can("floors", 0.3):
        facts["floor"] = dice.money(50, 95, 180, 300)
    return facts


def countable(seed: int) -> Json:
    """A request of percent, amount, price, tiers for all, and bundles without amounts; no stacks, no `pick`.

    There are floors or bundles for a price, never both: floors are worked out for each application.
    """
    rng = random.Random(seed)
    floors = rng.random() < 0.4
    lines: list[Json] = []
    for number in range(1, rng.randint(8, 15) + 1):
        cents = rng.choice((99, 149, 199, 250, 399, 499, 799, 999, 1250, 1999, 4995))
        line: Json = {
            "id": str(number),
            "sku": f"S{number}",
            "quantity": str(rng.choice((1, 1, 1, 2, 2, 3, 5))),
            "price": _text(cents),
            "categories": rng.sample(_DEPARTMENTS, rng.choice((1, 1, 2))),
        }
        if rng.random() < 0.1:
            line["discountable"] = False
        if floors and rng.random() < 0.4:
            line["floor"] = _text(rng.choice((50, 140, 390, 900)))
        lines.append(line)
    count = rng.randint(5, 15)
    promotions = [_countable(rng, number, floors=floors) for number in range(10, 10 + count)]
    if rng.random() < 0.4:
        promotions.append(
            {
                "id": "R",
                "stage": "basket",
                "reward": rng.choice(({"percent": "10"}, {"amount": "5.00"})),
            }
        )
    return {"context": {"at": AT, "explain": "none"}, "lines": lines, "promotions": promotions}


def _countable(rng: random.Random, number: int, *, floors: bool) -> Json:
    made: Json = {"id": f"P{number}"}
    kind = rng.random()
    if kind < 0.5:
        made |= {"take": _select(rng), "reward": _off(rng)}
        limits: Json = {"pieces": rng.randint(1, 5)}
    elif kind < 0.62:
        made |= {"take": _select(rng), "reward": {"tiers": _steps(rng)}}
        limits = {"pieces": rng.randint(2, 8)}
    else:
        made["reward"] = {"bundle": _bundle(rng, floors=floors)}
        limits = {"applications": rng.randint(1, 3), "pieces": rng.randint(2, 6)}
    limits["amount"] = _text(rng.choice((100, 333, 1000, 2500)))
    if rng.random() < 0.3:
        made["limit"] = dict(rng.sample(sorted(limits.items()), 1))
    if rng.random() < 0.25:
        made["group"] = rng.choice(("g", "h"))
    if rng.random() < 0.1:
        made["combine"] = "exclusive"
    if rng.random() < 0.2:
        made["if"] = [rng.choice(({"spend": "60.00"}, {"quantity": 9, "of": _select(rng)}))]
    return made


def _select(rng: random.Random) -> Json:
    if rng.random() < 0.12:
        return rng.choice(({}, {"price_at_least": _text(rng.choice((200, 500, 1000)))}))
    return rng.choice(
        (
            {"categories": [rng.choice(_DEPARTMENTS)]},
            {"categories": rng.sample(_DEPARTMENTS, 2)},
            {"skus": [f"S{number}" for number in rng.sample(range(1, 16), 4)]},
        )
    )


def _off(rng: random.Random) -> Json:
    return rng.choice(
        (
            {"percent": rng.choice(("5", "10", "12.5", "20", "33", "50"))},
            {"amount": _text(rng.choice((10, 100, 250)))},
            {"price": _text(rng.choice((99, 250, 500)))},
        )
    )


def _steps(rng: random.Random) -> Json:
    by = rng.choice(("quantity", "spend"))
    starts = rng.sample((1, 2, 3, 4, 6), rng.randint(1, 3))
    return {
        "by": by,
        "steps": [
            {"from": start if by == "quantity" else _text(start * 800), **_off(rng)}
            for start in starts
        ],
    }


def _bundle(rng: random.Random, *, floors: bool) -> Json:
    sets = [
        {"of": _select(rng), "quantity": rng.choice((1, 1, 2))}
        for _ in range(rng.choice((1, 2, 2)))
    ]
    form = rng.choice(("percent", "reduce", "cheapest", "price"))
    if form == "cheapest" or (form == "price" and floors):
        size = rng.randint(2, 5)
        # How its pieces stand in groups can be said with one set only.
        sets = [{"of": _select(rng), "quantity": size}]
        free = rng.choice((1, 1, 2))
        return {
            "sets": sets,
            "cheapest": {"count": min(free, size), **_plain_off(rng, floors=floors)},
        }
    if form == "price":
        return {"sets": sets, "price": _text(rng.choice((500, 999, 1500)))}
    if form == "percent":
        return {"sets": sets, "percent": rng.choice(("10", "20", "25"))}
    return {"sets": sets, "reduce": {"set": len(sets) - 1, **_off(rng)}}


def _plain_off(rng: random.Random, *, floors: bool) -> Json:
    """What the cheapest pieces lose."""
    return {"percent": rng.choice(("50", "100"))} if floors else _off(rng)


def _text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
