"""Random promotions for small baskets: most of them touch the basket, many of them want the same pieces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.brute_force.model import Currency, Json

# A Saturday morning.
AT = "2026-11-21T10:15:00+01:00"
CATEGORIES = ("shirts", "trousers")
TAGS = ("new", "old")
_PERCENTS = ("5", "10", "12.5", "20", "25", "33", "33.3", "50", "100")
_AMOUNTS = (1, 5, 50, 100, 105, 200)
_NEW_PRICES = (1, 50, 95, 100, 200, 333, 899)
Made = dict[str, Any]


@dataclass
class Dice:
    """What decides: the randomness, the kinds that are allowed, and what the basket holds."""

    rng: random.Random
    able: frozenset[str]
    currency: Currency
    lines: list[str] = field(default_factory=list)
    skus: list[str] = field(default_factory=list)
    pieces: int = 0

    def sometimes(self, chance: float) -> bool:
        """True in this share of all cases."""
        return self.rng.random() < chance

    def can(self, kind: str, chance: float) -> bool:
        """True in this share of the cases in which the kind is mixed in."""
        return kind in self.able and self.sometimes(chance)

    def money(self, *choices: int) -> str:
        """One of these amounts of minor units in writing."""
        return self.currency.text(self.rng.choice(choices))


def promotion(dice: Dice, number: int) -> Made:
    """A promotion of one of the kinds that are allowed."""
    # Ids that do not stand in the order of their numbers, so that sorting by id shows.
    made: Made = {"id": f"{dice.rng.choice('PQ')}{number}"}
    if dice.can("benefits", 0.15 if len(dice.able) > 8 else 0.5):
        _benefit(dice, made)
    elif dice.can("basket", 0.3 if dice.able & {"tiers", "bundles"} else 0.5):
        _basket(dice, made)
    else:
        _item(dice, made)
    if made.get("stage") != "benefit":
        if "combine" not in made and dice.can("exclusive", 0.15):
            made["combine"] = "exclusive"
        if dice.can("groups", 0.3):
            made["group"] = "g"
        if dice.can("priorities", 0.6):
            made["priority"] = dice.rng.choice((-1, 0, 1, 1, 5))
    if dice.can("conditions", 0.3):
        made["if"] = [_condition(dice) for _ in range(dice.rng.choice((1, 1, 1, 2)))]
    if dice.can("gates", 0.12):
        _gates(dice, made)
    if dice.can("limits", 0.12):
        made.setdefault("limit", {}).update(_uses(dice))
    return made


# --- selections -------------------------------------------------------------------------------------


def select(dice: Dice, depth: int = 0) -> Made:
    """A selection, wide more often than narrow."""
    rng = dice.rng
    simple: list[Made] = [
        {},
        {},
        {"categories": [rng.choice(CATEGORIES)]},
        {"categories": list(CATEGORIES)},
        {"skus": rng.sample(dice.skus, rng.randint(1, len(dice.skus)))},
        {"skus": [rng.choice(dice.skus)]},
        {"price_at_least": dice.money(105, 200, 333)},
        {"price_at_most": dice.money(200, 333, 999)},
    ]
    if "selections" not in dice.able or depth > 1 or dice.sometimes(0.6):
        return rng.choice(simple)
    return rng.choice(
        (
            {"lines": rng.sample(dice.lines, rng.randint(1, len(dice.lines)))},
            {"brands": ["X"], "skus": []},
            {"tags": [rng.choice(TAGS)]},
            {"not": select(dice, depth + 1)},
            {"any": [select(dice, depth + 1), select(dice, depth + 1)]},
            {"all": [select(dice, depth + 1), {"price_at_least": dice.money(50, 105)}]},
        )
    )


# --- item stage -------------------------------------------------------------------------------------


def _item(dice: Dice, made: Made) -> None:
    rng = dice.rng
    forms = [one for one in ("pieces", "tiers", "bundles") if one in dice.able]
    form = rng.choices(forms, [2 if one == "bundles" else 3 for one in forms])[0]
    if dice.can("stacks", 0.35):
        form, made["combine"] = "pieces", "stack"
        if dice.sometimes(0.3):
            made["only_unreduced"] = True
    if form == "bundles":
        made["reward"] = {"bundle": _bundle(dice)}
        if dice.can("limits", 0.35):
            made["limit"] = _some(
                dice, {"applications": rng.randint(1, 2), "pieces": rng.randint(1, 5)}
            )
        return
    made["take"] = select(dice)
    if form == "tiers":
        made["reward"] = {"tiers": _tiers(dice)}
        if dice.can("limits", 0.35):
            made["limit"] = _some(dice, {"pieces": rng.randint(1, 4)})
        return
    made["reward"] = _step(dice)
    if dice.can("picks", 0.35):
        made["limit"] = {"pieces": rng.randint(1, 3)}
        if dice.sometimes(0.7):
            made["limit"]["pick"] = rng.choice(("best", "cheapest", "dearest"))
    elif dice.can("limits", 0.35):
        made["limit"] = _some(dice, {"pieces": rng.randint(1, 3)})


def _step(dice: Dice) -> Made:
    """A percentage, an amount or a price for a piece."""
    return dice.rng.choice(
        (
            {"percent": dice.rng.choice(_PERCENTS)},
            {"percent": dice.rng.choice(_PERCENTS)},
            {"amount": dice.money(*_AMOUNTS)},
            {"price": dice.money(*_NEW_PRICES)},
        )
    )


def _tiers(dice: Dice) -> Made:
    rng = dice.rng
    steps = rng.randint(1, 3)
    if dice.sometimes(0.3):
        starts: list[Any] = [
            dice.currency.text(one) for one in rng.sample((100, 105, 305, 400, 999, 1200), steps)
        ]
        return {"by": "spend", "steps": [{"from": one, **_step(dice)} for one in starts]}
    starts = rng.sample((1, 2, 2, 3, 4), steps)
    made: Made = {
        "by": "quantity",
        "mode": rng.choice(("all", "each")),
        "steps": [{"from": one, **_step(dice)} for one in dict.fromkeys(starts)],
    }
    if made["mode"] == "each" and dice.sometimes(0.5):
        made["order"] = rng.choice(("cheapest_first", "dearest_first"))
    return made


def _bundle(dice: Dice) -> Made:
    rng = dice.rng
    sets: list[Made] = [
        {"of": select(dice), "quantity": rng.choice((1, 1, 2, 2, 3))}
        for _ in range(rng.choice((1, 1, 2, 2, 2)))
    ]
    if len(sets) > 1:
        for one in sets:
            one["quantity"] = rng.choice((1, 1, 2))
    needed = sum(int(one["quantity"]) for one in sets)
    form: Made = rng.choice(
        (
            {"price": dice.money(150, 200, 400, 999, 1500)},
            {"percent": rng.choice(_PERCENTS)},
            {"amount": dice.money(1, 50, 101, 200, 500)},
            {"reduce": {"set": rng.randrange(len(sets)), **_step(dice)}},
            {"reduce": {"set": rng.randrange(len(sets)), **_step(dice)}},
            {"cheapest": _step(dice)},
            {"cheapest": {"count": rng.randint(1, min(2, needed)), **_step(dice)}},
        )
    )
    return {"sets": sets, **form}


# --- basket stage -----------------------------------------------------------------------------------


def _basket(dice: Dice, made: Made) -> None:
    rng = dice.rng
    made.update(stage="basket", take=select(dice))
    if dice.can("stacks", 0.45):
        made["combine"] = "stack"
    if dice.sometimes(0.2):
        made["only_unreduced"] = True
    form = rng.choice(("percent", "amount", "each", "tiers"))
    if form == "percent":
        made["reward"] = {"percent": rng.choice(_PERCENTS[:-1])}
    elif form == "amount":
        made["reward"] = {"amount": dice.money(1, 50, 101, 333, 1000)}
    elif form == "each":
        spend, amount = dice.money(200, 333, 500), dice.money(1, 33, 50, 100)
        made["reward"] = {"each": {"spend": spend, "amount": amount}}
        if dice.can("limits", 0.5):
            made["limit"] = {"applications": rng.randint(1, 3)}
    else:
        starts = rng.sample((100, 300, 500, 999, 1500, 2500), rng.randint(1, 3))
        steps = [
            {
                "from": dice.currency.text(start),
                **rng.choice(
                    ({"percent": rng.choice(_PERCENTS[:-1])}, {"amount": dice.money(*_AMOUNTS)})
                ),
            }
            for start in starts
        ]
        made["reward"] = {"tiers": {"by": "spend", "steps": steps}}


# --- benefit stage ----------------------------------------------------------------------------------


def _benefit(dice: Dice, made: Made) -> None:
    rng = dice.rng
    credit = rng.choice(({"percent": rng.choice(_PERCENTS)}, {"amount": dice.money(50, 200)}))
    made.update(stage="benefit", take=select(dice))
    made["reward"] = rng.choice(
        (
            {"points": {"per": dice.money(1, 50, 100, 333), "give": rng.randint(1, 3)}},
            {"points": {"per": dice.money(1, 50, 100, 333), "give": rng.randint(1, 3)}},
            {"points": {"fixed": 100}},
            {"points_factor": rng.choice(("2", "1.5", "3"))},
            {"points_factor": rng.choice(("2", "1.5", "3"))},
            {"wallet": credit},
            {"cashback": credit},
            {"voucher": {**credit, "valid_days": 30}},
            {"voucher": {"next_percent": "10", "valid_days": 30}},
            {"gift": {"skus": ["G1"], "quantity": 1}},
            {
                "shipping": rng.choice(
                    ({"percent": "50"}, {"percent": "100"}, {"amount": dice.money(200, 490)})
                )
            },
        )
    )
    if dice.can("benefit_caps", 0.5):
        made["limit"] = {"amount": dice.money(1, 50, 100)}


# --- conditions, gates, limits ----------------------------------------------------------------------


def _condition(dice: Dice, depth: int = 0) -> Made:
    rng = dice.rng
    if depth == 0 and dice.sometimes(0.2):
        return {"any": [_condition(dice, 1), _condition(dice, 1)]}
    if dice.sometimes(0.5):
        made: Made = {"quantity": rng.randint(1, max(2, dice.pieces - 1))}
    else:
        made = {"spend": dice.money(100, 300, 500, 999, 1200, 2000)}
        if dice.sometimes(0.25):
            made["basis"] = "list"
    if dice.sometimes(0.6):
        made["of"] = select(dice)
    return made


def _gates(dice: Dice, made: Made) -> None:
    rng = dice.rng
    made["when"] = rng.choice(
        (
            {},
            {"from": AT, "until": "2026-11-22T00:00:00+01:00"},
            {"until": AT},
            {"weekdays": [6], "hours": [["08:00", "10:15"], ["10:15", "24:00"]]},
            {"weekdays": [5], "hours": [["22:00", "11:00"]]},
            {"weekdays": [1, 2]},
            {"hours": [["17:00", "19:00"]]},
            {"stores": ["berlin-1"], "channels": ["store"]},
            {"stores": ["koeln-1"]},
            {"channels": ["web"]},
            {"codes": ["HERBST10", "X"]},
            {"tenders": ["cash"]},
        )
    )
    if dice.sometimes(0.5):
        made["who"] = rng.choice(
            (
                {},
                {"known": True, "groups": ["vip", "staff"]},
                {"groups": ["staff"]},
                {"attributes": {"city": ["Bonn", "Koeln"]}, "ids": ["C1"]},
                {"birthday_within_days": rng.choice((1, 7))},
                {"member_for_days": 365, "types": ["t"]},
                {"purchases": {"every": 10}},
                {"purchases": {"at_least": 1, "at_most": 9}},
                {"segments": ["s"]},
            )
        )


def _some(dice: Dice, limits: Made) -> Made:
    """One of these limits, or some of them, or an amount."""
    every: Sequence[tuple[str, Any]] = [
        *limits.items(),
        ("amount", dice.money(1, 33, 100, 150, 500)),
    ]
    return dict(dice.rng.sample(every, dice.rng.choice((1, 1, 2))))


def _uses(dice: Dice) -> Made:
    """A limit that is measured by what was used before."""
    return dice.rng.choice(
        ({"total": 100}, {"per_customer": 2}, {"budget": dice.money(1000, 5000), "total": 500})
    )


def shut_or_open(dice: Dice, limit: Json) -> Made:
    """What was used before: mostly less than the limit, of a budget often nearly everything."""
    rng, used = dice.rng, {"total": 99, "customer": 1, "amount": dice.money(0, 500)}
    if "budget" in limit and dice.sometimes(0.6):
        rest = dice.currency.parse(limit["budget"]) - rng.choice((1, 50, 100, 333))
        used["amount"] = dice.currency.text(rest)
    if dice.sometimes(0.25):
        used["total"], used["customer"] = 500, 2
    return used
