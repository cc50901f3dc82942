"""What a customer gets back for goods that return: what stays is priced again as on the day of the purchase.

Refund = the least of what was paid for the returned pieces, and what was paid in all less what the kept ones cost less
what was refunded before; never below nothing. Who returns the rest gets the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shared.promotions.engine import Priced
from shared.promotions.frozen import Frozen, price_again
from shared.promotions.terms import BasketLine, Promotion


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid for a line in the end, and the part of its discount that was given by hand, in minor units."""

    amount: int
    by_hand: int = 0


@dataclass(frozen=True, slots=True)
class Purchase:
    """A receipt that goods come back from: its pricing, the promotions of the frozen versions, what each line cost.

    `paid` is by the id of the frozen line. Quantities are thousandths, as in the frozen lines.
    """

    frozen: Frozen
    promotions: tuple[Promotion, ...]
    paid: Mapping[str, Paid]

    @property
    def total(self) -> int:
        """What was paid for all lines together."""
        return sum(self.paid[line.id].amount for line in self.frozen.lines)


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back: in all, and by line; `paid` is what was paid for these pieces by line. `uses` are the price
    promotions and benefits by id that what is kept has less of than before: applications and minor units of the goods.
    `kept` is the pricing of what stays.
    """

    amount: int
    by_line: Mapping[str, int]
    paid: Mapping[str, int]
    uses: Mapping[str, tuple[int, int]]
    kept: Priced


def refund(
    purchase: Purchase, before: Mapping[str, int], returned: Mapping[str, int], refunded: int
) -> Refund:
    """The refund for `returned` quantities by line, after `before` came back and `refunded` was given for it.

    A ValueError for a line that was not bought and for more than is still there: the caller asks for neither.
    """
    had = _left(purchase, before)
    kept = _left(purchase, _together(before, returned))
    for line_id, quantity in returned.items():
        if quantity <= 0 or quantity > had.get(line_id, 0):
            raise ValueError(f"{quantity} thousandths of line {line_id} cannot come back")
    paid = {
        line.id: _share(purchase.paid[line.id].amount, had[line.id], line)
        - _share(purchase.paid[line.id].amount, kept[line.id], line)
        for line in purchase.frozen.lines
    }
    priced = _priced(purchase, kept)
    amount = purchase.total - refunded
    if any(kept.values()):
        amount = min(sum(paid.values()), amount - _cost(purchase, kept, priced))
    amount = max(amount, 0)
    shares = _by_line(amount, paid, returned)
    own = {key: paid[key] for key in returned}
    return Refund(amount, shares, own, _less(purchase, had, priced), priced)


def priced_left(purchase: Purchase, returned: Mapping[str, int]) -> Priced | None:
    """The pricing of what the customer still has once these quantities came back in all, by line; None of nothing."""
    left = _left(purchase, returned)
    return _priced(purchase, left) if any(left.values()) else None


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {*one, *other}}


def _left(purchase: Purchase, returned: Mapping[str, int]) -> dict[str, int]:
    return {line.id: line.quantity - returned.get(line.id, 0) for line in purchase.frozen.lines}


def _share(amount: int, quantity: int, line: BasketLine) -> int:
    """The part of a line's amount that a part of its quantity has: of one return after another they add up to it."""
    return (2 * amount * quantity + line.quantity) // (2 * line.quantity)


def _priced(purchase: Purchase, kept: Mapping[str, int]) -> Priced:
    lines = [
        line if kept[line.id] == line.quantity else replace(line, quantity=kept[line.id])
        for line in purchase.frozen.lines
        if kept[line.id]
    ]
    return price_again(purchase.frozen, purchase.promotions, lines)


def _cost(purchase: Purchase, kept: Mapping[str, int], priced: Priced) -> int:
    """What the kept goods cost: under promotions, less their part of what was given by hand."""
    by_hand = sum(
        _share(purchase.paid[line.id].by_hand, kept[line.id], line)
        for line in purchase.frozen.lines
    )
    return max(priced.chosen.total - by_hand, 0)


def _by_line(amount: int, paid: Mapping[str, int], returned: Mapping[str, int]) -> dict[str, int]:
    """The refund over the returned lines in proportion to what was paid for them, by largest remainder."""
    whole = sum(paid[key] for key in returned)
    weights = {key: paid[key] if whole else 1 for key in returned}
    whole = whole or len(weights)
    shares = {key: divmod(amount * weight, whole) for key, weight in weights.items()}
    missing = amount - sum(share for share, _ in shares.values())
    ranked = sorted(shares, key=lambda key: -shares[key][1])
    more = set(ranked[:missing])
    return {key: share + (key in more) for key, (share, _) in shares.items()}


def _less(purchase: Purchase, had: Mapping[str, int], kept: Priced) -> dict[str, tuple[int, int]]:
    was = _uses(_priced(purchase, had).uses())
    now = _uses(kept.uses())
    found = {}
    for promotion in sorted({*was, *now}):
        (times, off), (times_now, off_now) = (each.get(promotion, (0, 0)) for each in (was, now))
        if (times, off) != (times_now, off_now):
            found[promotion] = (times - times_now, off - off_now)
    return found


def _uses(uses: Iterable[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    return {promotion: (times, off) for promotion, times, off in uses}
