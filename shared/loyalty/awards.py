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


@dataclass(frozen=True, slots=True)
class StillThere:
    """What can still be taken back of what a receipt gave. Into a `purse`: `own` of it that is still there and cannot
    be spent yet, and `free`, which the customer may spend of that purse, whatever it came from. Of the voucher of a
    `promotion` (`purse` is None): `own`.
    """

    purse: Purse | None
    own: int
    free: int = 0
    promotion: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """What goods that come back take with them: all of it, and what of that was spent already, so that it is owed."""

    taken: Benefits = Benefits()
    owed: Benefits = Benefits()


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


def owed_of(returns: Iterable[tuple[Benefits, Iterable[StillThere]]]) -> Benefits:
    """What of what receipts of one customer lose nothing is left of: for each receipt what it loses, and what is still
    there of what it gave. Its vouchers, and what it gave and cannot be spent yet, stand in for itself alone; what is
    free in a purse is there once, for all of them. Of what nothing is known nothing counts as spent.
    """
    found = [(lost, tuple(there)) for lost, there in returns]
    free: dict[Purse, int] = {}
    for each in (each for _, there in found for each in there):
        if each.purse is not None:
            free[each.purse] = max(free.get(each.purse, 0), each.free)
    awards: list[Award] = []
    vouchers: list[VoucherAward] = []
    for lost, there in found:
        own = {each.purse: each.own for each in there if each.purse is not None}
        left = {each.promotion: each.own for each in there if each.purse is None}
        for award in lost.awards:
            if award.purse not in own:
                continue
            spent = award.amount - _taken_from(own, award.purse, award.amount)
            spent -= _taken_from(free, award.purse, spent)
            awards.append(replace(award, amount=spent))
        vouchers += (
            replace(each, amount=max(each.amount - left.get(each.promotion, each.amount), 0))
            for each in lost.vouchers
        )
    return Benefits(
        tuple(each for each in awards if each.amount),
        tuple(each for each in vouchers if each.amount),
    )


def _taken_from(left: dict[Purse, int], purse: Purse, amount: int) -> int:
    taken = min(left[purse], amount)
    left[purse] -= taken
    return taken
