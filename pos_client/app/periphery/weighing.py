"""Weighing goods: only what lies still on the scale, and only more than nothing."""

from __future__ import annotations

from pos_client.devices.scale.port import PriceScale, Scale, Weighed
from shared.errors import DomainError, EnvironmentProblem


def weigh_goods(scale: Scale | PriceScale, price: int | None) -> Weighed:
    """What lies on the scale, in kilograms; a scale that works amounts out is told the `price` of a kilogram, in minor
    units.

    `DomainError`: `scale_empty` if nothing lies on it, `price_missing` where the scale needs a price and there is none,
    and the scale's own; `EnvironmentProblem` while it moves, is below zero, overloaded or does not answer.
    """
    if isinstance(scale, PriceScale):
        if price is None:
            raise DomainError("price_missing", {"sku": ""})
        weighed = scale.weigh_at(price)
    else:
        weighed = scale.weigh()
    if weighed.weight < 0:
        raise EnvironmentProblem("scale_below_zero")
    if weighed.weight == 0:
        raise DomainError("scale_empty")
    return weighed
