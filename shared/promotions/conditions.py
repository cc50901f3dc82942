"""What `if` asks for, measured: on list prices, or on the prices a stage has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shared.promotions.basket import Basket
from shared.promotions.book import Need

Missing = dict[str, Any]
"""`{"spend": minor units}`, `{"quantity": pieces}` with `set` for a set of a bundle, or `{"any": [...]}`."""

Value = Callable[[int], int]


def met(needs: Iterable[Need], basket: Basket, value: Value) -> bool:
    """Whether all conditions hold; `value` gives the present value of a mask of classes."""
    return all(_met(need, basket, value) for need in needs)


def _met(need: Need, basket: Basket, value: Value) -> bool:
    if need.any_of:
        return any(_met(inner, basket, value) for inner in need.any_of)
    mask = need.of.mask(basket)
    if need.quantity is not None:
        return basket.pieces(mask) >= need.quantity
    return (basket.value(mask) if need.on_list else value(mask)) >= (need.spend or 0)


def missing(needs: Iterable[Need], basket: Basket, value: Value) -> list[Missing]:
    """One entry for each unmet condition, in order."""
    found: list[Missing] = []
    for need in needs:
        if _met(need, basket, value):
            continue
        if need.any_of:
            found.append({"any": missing(need.any_of, basket, value)})
            continue
        mask = need.of.mask(basket)
        if need.quantity is not None:
            found.append({"quantity": need.quantity - basket.pieces(mask)})
        else:
            have = basket.value(mask) if need.on_list else value(mask)
            found.append({"spend": (need.spend or 0) - have})
    return found
