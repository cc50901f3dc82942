"""What travels when a till asks the centre for value that a customer has: balances and authorisations.

An authorisation has an id that the till makes, keeps before it asks, and uses for every repetition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.vouchers import StandInPolicy
from shared.wire.models import WireModel

# Larger than any amount that is paid, and small enough for every database; whether an amount makes sense is decided,
# and kept, by the centre.
_MOST = 10**15
Minor = Annotated[int, Field(strict=True, ge=-_MOST, le=_MOST)]
# As long as the printed code of a voucher with its signature.
Number = Annotated[str, Field(min_length=1, max_length=300)]
Kind = Literal[
    "gift_card", "points", "wallet", "cashback", "bonus", "store_credit", "invoice", "voucher"
]


class AuthorisationState(StrEnum):
    """`APPROVED` holds the amount. `CAPTURED`: a receipt took it. `RELEASED`: given back, or never to be taken.
    `EXPIRED`: held too long, and given back by itself.
    """

    APPROVED = "approved"
    DECLINED = "declined"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class BalanceRequest(WireModel):
    """What can be spent of an instrument? Its number stands in the body, so that no log of addresses has it."""

    kind: Kind
    instrument: Number


class BalanceAnswer(WireModel):
    """`balance` is what can be spent now, in minor units of `currency`; `state` that of the card, `active` for purses.

    Of points `points` is how many are worth that. `pending` is what may be spent later, in the purse's own unit, and
    `expires_on` the last day of what ends next. A gift card is sold with `least` at least, and holds `most` at most.
    """

    instrument: str
    currency: str
    balance: int
    state: str
    expires_on: date | None = None
    points: int | None = None
    pending: int = 0
    least: int | None = None
    most: int | None = None


class PursesRequest(WireModel):
    """All that a card or number carries is asked for."""

    instrument: Number


class PurseLine(BalanceAnswer):
    """One of the purses that an instrument carries."""

    kind: str


class DebtLine(WireModel):
    """What a customer owes of what was given for goods that came back: in `points`, or in `money` of the till's
    currency (minor units).
    """

    unit: Literal["points", "money"]
    amount: int


class PursesAnswer(WireModel):
    """`customer` is the number of whom the instrument names, empty for a gift card that is nobody's. `purses` are those
    that can be paid with in the till's currency, empty ones left out; `debts` what later purses work off.
    """

    customer: str
    name: str
    purses: tuple[PurseLine, ...]
    debts: tuple[DebtLine, ...] = ()


class AuthorisationRequest(WireModel):
    """Hold `amount` (minor units) of an instrument for the receipt `basket_id`; with `part_ok` what there is of it.

    `customer` is whom the receipt is for, where that is known: vouchers may be for one customer or group only.
    """

    auth_id: UUID
    kind: Kind
    instrument: Number
    amount: Minor
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    basket_id: UUID
    part_ok: Annotated[bool, Field(strict=True)] = False
    customer: Annotated[str, Field(max_length=40)] = ""


class VoucherFacts(WireModel):
    """What a voucher is to the tax office: `single`, `multi` or `given`. Of what a single-purpose one pays `vat` minor
    units at `vat_rate` percent of `vat_category` were taxed when it was issued.
    """

    purpose: str
    vat_category: str = ""
    vat_rate: str = "0"
    vat: int = 0


class AuthorisationAnswer(WireModel):
    """What became of an authorisation: the same for every repetition, until a receipt or time ends it.

    `amount` is what is held or was taken, `balance` what could be spent when it was decided. A refusal has a `code`
    with its parameters. Of points `points` is how many are held or were taken for it; `voucher` is said of vouchers.
    """

    auth_id: UUID
    state: AuthorisationState
    amount: int
    balance: int
    expires_at: datetime | None = None
    code: str = ""
    params: dict[str, str | int] = Field(default_factory=dict)
    points: int | None = None
    voucher: VoucherFacts | None = None


STAND_IN_KEY = "stand_in"


def stand_in_policy(values: Mapping[str, object] | None) -> StandInPolicy:
    """The config row `stand_in`; what is missing or no amount allows nothing."""

    def limit(name: str) -> int:
        value = (values or {}).get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

    return StandInPolicy(limit("per_receipt"), limit("per_card"), limit("per_till"))
