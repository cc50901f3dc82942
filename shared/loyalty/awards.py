"""What a priced receipt earns, and how much of it stays when goods come back.

Both are one computation: the benefits of the goods that the customer has. So nothing is kept for goods that came back,
and nothing is taken twice, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shared.loyalty.purses import Purse
from shared.promotions.engine import Priced

_PURSES = {
    "points": Purse.POINTS,
    "points_factor": Purse.POINTS,
    "wallet": Purse.WALLET,
    "cashback": Purse.CASHBACK,
}


@dataclass(frozen=True, slots=True)
class Award:
    """`amount` (points or minor units, above zero) that a promotion gives into a purse."""

    promotion: str
    purse: Purse
    amount: int


def awards_of(priced: Priced) -> tuple[Award, ...]:
    """What the benefit promotions of a pricing give into purses, by promotion."""
    return tuple(
        Award(given.entry.promotion.id, _PURSES[given.benefit.kind], given.worth)
        for given in priced.benefits.given
        if given.benefit.kind in _PURSES and given.worth > 0
    )


@dataclass(frozen=True, slots=True)
class VoucherAward:
    """A voucher that a promotion gives: worth `amount` minor units, or (`next_percent`) so much off the next time."""

    promotion: str
    amount: int
    valid_days: int
    next_percent: str = ""


def vouchers_of(priced: Priced) -> tuple[VoucherAward, ...]:
    """The vouchers that the benefit promotions of a pricing give, by promotion."""
    return tuple(
        VoucherAward(
            given.entry.promotion.id,
            given.worth,
            given.benefit.valid_days,
            given.benefit.next_percent or "",
        )
        for given in priced.benefits.given
        if given.benefit.kind == "voucher" and (given.worth > 0 or given.benefit.next_percent)
    )


@dataclass(frozen=True, slots=True)
class Benefits:
    """All that a receipt earns beside its goods."""

    awards: tuple[Award, ...] = ()
    vouchers: tuple[VoucherAward, ...] = ()


def benefits_of(priced: Priced) -> Benefits:
    """What the benefit promotions of a pricing give."""
    return Benefits(awards_of(priced), vouchers_of(priced))


def still_given(left: Mapping[str, int], now: Iterable[Award]) -> dict[str, int]:
    """How much of what is `left` of each promotion's award stays, where the kept goods would earn `now`. Nothing is
    given anew: a promotion whose award would be larger for fewer goods keeps what it gave.
    """
    earned = {award.promotion: award.amount for award in now}
    return {promotion: min(amount, earned.get(promotion, 0)) for promotion, amount in left.items()}


def lost_benefits(had: Benefits, kept: Benefits) -> Benefits:
    """What is taken back of what was earned where the goods that stay earn `kept`: nothing is given anew."""
    awards = still_given({each.promotion: each.amount for each in had.awards}, kept.awards)
    left = {each.promotion: each.amount for each in kept.vouchers}
    gone = {each.promotion for each in had.vouchers} - set(left)
    less_awards = (
        replace(each, amount=each.amount - awards[each.promotion]) for each in had.awards
    )
    less_vouchers = (
        replace(each, amount=max(each.amount - left.get(each.promotion, 0), 0))
        for each in had.vouchers
    )
    return Benefits(
        tuple(each for each in less_awards if each.amount > 0),
        tuple(each for each in less_vouchers if each.amount > 0 or each.promotion in gone),
    )
