"""Reductions of a piece, and spreading one amount over many pieces; integers only."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.terms import MILLION, Off


def percent_of(amount: int, millionths: int) -> int:
    """A percentage of an amount, rounded half up."""
    return (2 * amount * millionths + MILLION) // (2 * MILLION)


def reduction(off: Off, price: int, floor: int) -> int:
    """What a piece at `price` loses; never below its floor, never a higher price."""
    if off.kind == "percent":
        wanted = percent_of(price, off.value)
    elif off.kind == "amount":
        wanted = off.value
    else:
        wanted = price - off.value
    return max(min(wanted, price - floor), 0)


Share = tuple[int, int]
"""What each of some pieces loses, and how many pieces lose it."""


def spread(amount: int, entries: Sequence[tuple[int, int, int]]) -> list[list[Share]]:
    """`amount` over entries `(price, room, count)` in proportion to price, by largest remainder.

    Ties go to the earlier entry. A piece whose share exceeds its room takes its room and drops out, and the
    rest is spread afresh. The caller sees to it that the rooms together hold the amount. The shares of an
    entry come largest first.
    """
    done: list[list[Share]] = [[] for _ in entries]
    rest = [(place, *entry) for place, entry in enumerate(entries)]
    while amount:
        whole = sum(price * count for _, price, _, count in rest)
        shares = _largest_remainder(amount, whole, rest)
        full = [(entry, share, n) for entry, share, n in shares if share > entry[2]]
        if not full:
            for entry, share, n in shares:
                done[entry[0]].append((share, n))
            return [sorted(parts, reverse=True) for parts in done]
        for entry, _, n in full:
            done[entry[0]].append((entry[2], n))
            amount -= entry[2] * n
        rest = sorted((*entry[:3], n) for entry, share, n in shares if share <= entry[2])
    for place, _, _, count in rest:
        done[place].append((0, count))
    return [sorted(parts, reverse=True) for parts in done]


_Open = tuple[int, int, int, int]


def _largest_remainder(
    amount: int, whole: int, rest: Sequence[_Open]
) -> list[tuple[_Open, int, int]]:
    """Each entry with a share and the number of its pieces that get it; an entry may be split in two."""
    missing = amount
    ranked = []
    for place, entry in enumerate(rest):
        share, remainder = divmod(amount * entry[1], whole)
        missing -= share * entry[3]
        ranked.append((-remainder, place, share, entry))
    shares = []
    for _, _, share, entry in sorted(ranked):
        more = min(missing, entry[3])
        missing -= more
        if more:
            shares.append((entry, share + 1, more))
        if more < entry[3]:
            shares.append((entry, share, entry[3] - more))
    return shares
