"""Stage 2: what a set of basket promotions takes off, on what stage 1 left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.support.brute_force.claims import step_for
from tests.support.brute_force.model import Basket, Json, Promotion, half_up, met, spread


@dataclass(frozen=True)
class Taken:
    """What one basket promotion does at its turn.

    `value` is what its tiers or its `each` are measured by, `before` the prices at its turn.
    """

    amount: int
    applications: int
    value: int
    pieces: tuple[int, ...]
    before: tuple[int, ...]
    off: Mapping[int, int]


def in_turn(promotions: Sequence[Promotion]) -> list[Promotion]:
    """The order of application: the `one` (or exclusive) first, then the stacks."""
    return sorted(promotions, key=lambda one: (one.combine == "stack", *one.order))


def apply_basket(
    basket: Basket, used: Sequence[Promotion], after_items: tuple[int, ...]
) -> tuple[dict[str, Taken], tuple[int, ...]] | None:
    """What each takes and the final prices; None if one of them is unmet or takes nothing."""
    prices, taken = after_items, {}
    for promotion in in_turn(used):
        if not met(basket, promotion, after_items):
            return None
        one = take_off(basket, promotion, after_items, prices)
        if not one.amount:
            return None
        taken[promotion.id] = one
        prices = tuple(price - one.off.get(piece, 0) for piece, price in enumerate(prices))
    return taken, prices


def take_off(
    basket: Basket, promotion: Promotion, after_items: Sequence[int], prices: tuple[int, ...]
) -> Taken:
    """What a promotion takes off when these are the prices at its turn."""
    pieces = [
        piece
        for piece in basket.reducible(promotion.take)
        if not (promotion.only_unreduced and prices[piece] < basket.list[piece])
    ]
    value = sum(after_items[piece] for piece in pieces)
    left = {piece: prices[piece] for piece in pieces}
    rooms = {piece: prices[piece] - basket.floor[piece] for piece in pieces}
    reward, applications = promotion.reward, 1
    if "each" in reward:
        times = value // int(reward["each"]["spend"])
        times = min(times, promotion.limit.get("applications", times))
        wanted = times * int(reward["each"]["amount"])
    else:
        step: Json | None = reward
        if "tiers" in reward:
            step = step_for(reward["tiers"]["steps"], value)
        wanted = wanted_by(step, sum(left.values()))
    amount = min(wanted, sum(rooms.values()))
    if promotion.cap is not None:
        amount = min(amount, promotion.cap)
    if "each" in reward:
        # Every application saves something: those after the last that does are not made.
        applications = -(-amount // int(reward["each"]["amount"]))
    off = spread(basket, amount, left, rooms)
    return Taken(amount, applications, value, tuple(pieces), prices, off)


def wanted_by(step: Json | None, left: int) -> int:
    """What a percentage or an amount would take off pieces that cost `left` together."""
    if step is None:
        return 0
    if "percent" in step:
        return half_up(left * Fraction(str(step["percent"])) / 100)
    return int(step["amount"])
