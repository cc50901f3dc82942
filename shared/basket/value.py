"""Gift cards and vouchers as lines of a receipt: value that is sold, not goods.

What a multi-purpose one costs is an exchange of money, outside the scope of VAT; a single-purpose one is taxed when it
is sold, at the rate of its class (UStG section 3(13)-(15)). Neither is ever discounted, and neither is goods: no
promotion, no points, no stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.vouchers import VoucherClass


class ValueKind(StrEnum):
    """What the value is put on."""

    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class ValueSold:
    """What a line sells. `number` is the card's or the voucher's own; `top_up`: the card had been sold before.

    Of vouchers `type_code` names the type, `expires_on` is the last day (None: no end), and `code` what is printed for
    the customer, with the signature of the till that sold it; empty where the till could not sign.
    """

    kind: ValueKind
    number: str
    purpose: VoucherClass = VoucherClass.MULTI
    top_up: bool = False
    type_code: str = ""
    expires_on: date | None = None
    code: str = ""

    @property
    def business_case(self) -> str:
        """How DSFinV-K names what happens with this line."""
        return {
            VoucherClass.SINGLE: "EinzweckgutscheinKauf",
            VoucherClass.MULTI: "MehrzweckgutscheinKauf",
        }[self.purpose]
