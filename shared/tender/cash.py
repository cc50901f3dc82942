"""Notes and coins: what a drawer holds, what customers are likely to give, and the fewest pieces for an amount.

Amounts are minor units of the currency. A currency whose cash is not listed has none: nothing is offered for it.
"""

from __future__ import annotations

from dataclasses import dataclass

QUICK_AMOUNTS = 5


@dataclass(frozen=True, slots=True)
class Denomination:
    """A note or coin of `value` minor units; a `rare` one is taken, but is neither expected nor handed out."""

    value: int
    note: bool
    rare: bool = False


def _cash(
    notes: tuple[int, ...], coins: tuple[int, ...], rare: tuple[int, ...] = ()
) -> tuple[Denomination, ...]:
    return (
        *(Denomination(value, note=True, rare=True) for value in rare),
        *(Denomination(value, note=True) for value in notes),
        *(Denomination(value, note=False) for value in coins),
    )


# European Central Bank: 500 EUR is legal tender but no longer issued. Bank of England notes, Royal Mint coins.
_BY_CURRENCY = {
    "EUR": _cash(
        (20_000, 10_000, 5_000, 2_000, 1_000, 500), (200, 100, 50, 20, 10, 5, 2, 1), (50_000,)
    ),
    "GBP": _cash((5_000, 2_000, 1_000, 500), (200, 100, 50, 20, 10, 5, 2, 1)),
}
_WHOLE = 100


def denominations(currency: str) -> tuple[Denomination, ...]:
    """All notes and coins of a currency, the largest first."""
    return _BY_CURRENCY.get(currency, ())


def quick_amounts(due: int, currency: str) -> tuple[int, ...]:
    """Round amounts above `due` that are likely given for it, upwards: full units, then what notes add up to."""
    notes = [d.value for d in denominations(currency) if d.note]
    if due <= 0 or not notes:
        return ()
    steps = [_WHOLE, *sorted(notes)]
    found = {amount for step in steps if (amount := -(-due // step) * step) != due}
    # Beyond the largest note people count out hundreds, or the largest note where that is less.
    step = min(max(notes), 10_000)
    following = (due // step + 1) * step
    while len(found) < QUICK_AMOUNTS:
        found.add(following)
        following += step
    return tuple(sorted(found)[:QUICK_AMOUNTS])


def fewest_pieces(amount: int, currency: str) -> tuple[tuple[Denomination, int], ...]:
    """The fewest notes and coins that make `amount`, the largest first; nothing if they cannot make it.

    Taking the largest that fits is right for series that step 1, 2, 5.
    """
    parts = []
    left = amount
    for piece in denominations(currency):
        if piece.rare or left < piece.value:
            continue
        count, left = divmod(left, piece.value)
        parts.append((piece, count))
    return tuple(parts) if left == 0 else ()
