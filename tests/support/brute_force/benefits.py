"""Stage 3: what is given on the final prices; no goods price changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.support.brute_force.model import Basket, Json, Promotion, half_up, met

# A benefit with its amounts in minor units, ready to be written.
Benefit = dict[str, Any]


def give(
    basket: Basket, promotions: Sequence[Promotion], prices: Sequence[int], shipping: int | None
) -> dict[str, Benefit]:
    """The benefits by promotion; those of the open benefit promotions that come to something."""
    active = [
        one
        for one in promotions
        if one.stage == "benefit" and basket.matching(one.take) and met(basket, one, prices)
    ]
    found: dict[str, Benefit] = {}
    for promotion in active:
        benefit = _single(basket, promotion, prices)
        if benefit is not None:
            found[promotion.id] = benefit
    for name, points in _bonuses(basket, active, prices).items():
        if points:
            found[name] = {"kind": "points", "points": points}
    off = {one.id: _shipping(one, shipping) for one in active if "shipping" in one.reward}
    if any(off.values()):
        winner = min(off, key=lambda name: (-off[name], name))
        found[winner] = {"kind": "shipping", "amount": off[winner]}
    return dict(sorted(found.items()))


def _value(prices: Sequence[int], pieces: Iterable[int]) -> int:
    return sum(prices[piece] for piece in pieces)


def _single(basket: Basket, promotion: Promotion, prices: Sequence[int]) -> Benefit | None:
    """What a promotion gives that does not depend on the others; None where it is nothing."""
    reward, value = promotion.reward, _value(prices, basket.matching(promotion.take))
    if "points" in reward:
        points = _points(reward["points"], value)
        return {"kind": "points", "points": points} if points else None
    for kind in ("wallet", "cashback"):
        if kind in reward:
            amount = _capped(_part(reward[kind], value), promotion)
            return {"kind": kind, "amount": amount} if amount else None
    if "voucher" in reward:
        return _voucher(promotion, value)
    if "gift" in reward:
        gift = reward["gift"]
        return {"kind": "gift", "skus": list(gift["skus"]), "quantity": gift.get("quantity", 1)}
    return None


def _part(rule: Json, value: int) -> int:
    """A fixed amount, or a percentage of the value."""
    if "amount" in rule:
        return int(rule["amount"])
    return half_up(value * Fraction(str(rule["percent"])) / 100)


def _capped(amount: int, promotion: Promotion) -> int:
    return amount if promotion.cap is None else min(amount, promotion.cap)


def _voucher(promotion: Promotion, value: int) -> Benefit | None:
    rule = promotion.reward["voucher"]
    made: Benefit = {"kind": "voucher"}
    if "next_percent" in rule:
        made["next_percent"] = rule["next_percent"]
    else:
        made["amount"] = _capped(_part(rule, value), promotion)
        if not made["amount"]:
            return None
    if "valid_days" in rule:
        made["valid_days"] = rule["valid_days"]
    return made


def _points(rule: Json, value: int) -> int:
    if "fixed" in rule:
        return int(rule["fixed"])
    return value // int(rule["per"]) * int(rule["give"])


def _bonuses(
    basket: Basket, active: Sequence[Promotion], prices: Sequence[int]
) -> Mapping[str, int]:
    """The bonus of each factor: on every `per` rule, for those pieces whose highest factor it is."""
    factors = {
        one.id: Fraction(str(one.reward["points_factor"]))
        for one in active
        if "points_factor" in one.reward
    }
    highest: dict[int, str] = {}
    for name in sorted(factors, key=lambda name: (-factors[name], name)):
        (promotion,) = (one for one in active if one.id == name)
        for piece in basket.matching(promotion.take):
            highest.setdefault(piece, name)
    bonuses = dict.fromkeys(factors, 0)
    for rule in active:
        if "per" not in rule.reward.get("points", {}):
            continue
        for name, factor in factors.items():
            pieces = [p for p in basket.matching(rule.take) if highest.get(p) == name]
            points = _points(rule.reward["points"], _value(prices, pieces))
            bonuses[name] += ((factor - 1) * points).__floor__()
    return bonuses


def _shipping(promotion: Promotion, shipping: int | None) -> int:
    if shipping is None:
        return 0
    return _capped(min(shipping, _part(promotion.reward["shipping"], shipping)), promotion)


def lost_shipping(
    promotion: Promotion, given: Mapping[str, Benefit], shipping: int | None
) -> list[str]:
    """The used shipping promotion that this one lost to; empty where it would give nothing."""
    if "shipping" not in promotion.reward or not _shipping(promotion, shipping):
        return []
    return [name for name, one in given.items() if one["kind"] == "shipping"]
