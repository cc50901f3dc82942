"""Splitting an amount by weights so that the parts add up to the cent."""

from __future__ import annotations

from collections.abc import Sequence


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """`total` minor units split in proportion to `weights` by largest remainder.

    The parts add up to `total` exactly; equal remainders go to the earlier part; a weight of zero gets nothing.
    A negative total is the mirror image of the positive one. ValueError if a weight is negative, or if all are
    zero while there is something to split.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("allocate: weights are never negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("allocate: nothing to spread over")
        return [0] * len(weights)
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * weight // whole for weight in weights]
    missing = amount - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in by_remainder[:missing]:
        parts[i] += 1
    return [sign * part for part in parts]
