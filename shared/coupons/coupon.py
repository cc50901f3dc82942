"""A code of a batch on a receipt: while the receipt is open, and in what is journalled of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from shared.coupons.batch import literal_of

_NO_BATCH = UUID(int=0)


class CouponState(StrEnum):
    """`ASKED`: the centre has not said yet whether it counts. `HELD`: it is kept for this receipt. `ALONE`: the till
    took it without an answer.
    """

    ASKED = "asked"
    HELD = "held"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code that was given for an open receipt. `auth_id` is under which id the centre is asked for it.

    One of no batch that the till knows has no `promotion` until the centre has said whose it is; until then it is shown
    as it was `typed`.
    """

    auth_id: UUID
    code: str
    batch_id: UUID = _NO_BATCH
    promotion: str = ""
    state: CouponState = CouponState.ASKED
    typed: str = ""

    @property
    def shown(self) -> str:
        """How people read it: as it was typed, for only a batch says which of its signs are meant otherwise."""
        return self.typed or self.code

    @property
    def literal(self) -> str:
        """What promotions are priced with for it; empty as long as it does not count."""
        return "" if self.state is CouponState.ASKED else literal_of(self.promotion)

    @property
    def end(self) -> str:
        """The last signs, by which people tell it from others."""
        return self.code[-4:]


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A code that a receipt used up once. `alone`: the till took it without an answer of the centre."""

    auth_id: UUID
    code: str
    batch_id: UUID
    promotion: str
    alone: bool = False

    @property
    def end(self) -> str:
        """The last signs, by which people tell it from others."""
        return self.code[-4:]


def asked_again(coupons: Iterable[Coupon]) -> tuple[Coupon, ...]:
    """The codes of a receipt that is taken up again: what was kept may have come free, and what was taken alone may be
    known to the centre now, so it is asked for all of them.
    """
    return tuple(replace(one, state=CouponState.ASKED) for one in coupons)


def used_of(coupons: Iterable[Coupon], promotions: Iterable[str]) -> tuple[CodeUse, ...]:
    """The codes that these promotions used up: one of each, for two codes give no more than one does, and rather one
    that is held than one that was taken alone. One that gave nothing stays unused and works again.
    """
    counting = [one for one in coupons if one.state is not CouponState.ASKED]
    first: dict[str, Coupon] = {}
    for one in sorted(counting, key=lambda one: one.state is CouponState.ALONE):
        first.setdefault(one.promotion, one)
    using = set(promotions)
    return tuple(
        CodeUse(one.auth_id, one.code, one.batch_id, one.promotion, one.state is CouponState.ALONE)
        for one in first.values()
        if one.promotion in using
    )


def coupon_to_body(coupon: Coupon) -> dict[str, object]:
    """A coupon as JSON, for the open receipt on the till."""
    return {
        "auth_id": str(coupon.auth_id),
        "code": coupon.code,
        "batch": str(coupon.batch_id),
        "promotion": coupon.promotion,
        "state": str(coupon.state),
        "typed": coupon.typed,
    }


def coupon_from_body(values: Mapping[str, str]) -> Coupon:
    """The coupon in its JSON form, which this release or an earlier one wrote."""
    return Coupon(
        UUID(values["auth_id"]),
        values["code"],
        UUID(values["batch"]),
        values["promotion"],
        CouponState(values["state"]),
        values.get("typed", ""),
    )
