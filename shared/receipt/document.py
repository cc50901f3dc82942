"""The receipt document model. Layouts (text, ESC/POS, PDF, web) are made from this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.basket import Line
from shared.coupons import CodeUse
from shared.fiscal import FiscalResult
from shared.tax import VatAmount
from shared.tender import Tender, TenderKind


class RecordedMode(StrEnum):
    """In which mode a till recorded: only `PRODUCTIVE` receipts are business."""

    PRODUCTIVE = "productive"
    TRAINING = "training"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class ReceiptId:
    """Till, incarnation and the number without gaps; together never used again."""

    till_id: str
    incarnation: int
    number: int

    @property
    def printed_number(self) -> str:
        """The number as printed: incarnation and running number, `1-42`."""
        return f"{self.incarnation}-{self.number}"

    def __str__(self) -> str:
        return f"{self.till_id}-{self.printed_number}"


@dataclass(frozen=True, slots=True)
class Party:
    """The seller as receipts must name it: full name, address lines, VAT number, free header lines."""

    store_id: str
    name: str
    address: tuple[str, ...]
    vat_id: str
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromotionUse:
    """A version of a promotion that a receipt used, how often, and the `amount` given in minor units.

    Where goods come back `applications` and `amount` are below zero: that much of the use is taken back.
    `customer` is the number of whom it counts for; empty if nobody was known.
    """

    promotion: str
    version: int
    applications: int
    amount: int
    customer: str = ""

    @property
    def counts(self) -> int:
        """What this adds to the uses that limits count: a receipt is one use, however often it applied."""
        return (self.applications > 0) - (self.applications < 0)


@dataclass(frozen=True, slots=True)
class VoucherGiven:
    """A voucher that a promotion gives with a receipt: worth `amount` minor units, or (`next_percent`) so much off a
    later purchase; good for `valid_days` from the day of the receipt. `code` is what is printed of it, signed by the
    till; empty where that cannot sign.
    """

    promotion: str
    amount: int
    valid_days: int
    next_percent: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What goods that came back took with them and was spent already, by what it was in: `amount` points, or minor
    units.
    """

    kind: TenderKind
    amount: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A completed receipt. Amounts are gross minor units of `currency`; sum of lines = total = sum of VAT rows
    = sum of tenders, which `check_receipt` holds it to.

    `pricing` is what promotions were priced with, as `shared.promotions.frozen` writes it; empty where none was open.
    `vouchers` are those that were printed with it, `codes` those of batches that it used up.
    `owed` is what the customer was told will be owed.
    """

    event_id: UUID
    basket_id: UUID
    receipt_id: ReceiptId
    store_id: str
    market: str
    currency: str
    mode: RecordedMode
    operator_id: str
    business_date: date
    started_at: datetime
    finished_at: datetime
    lines: tuple[Line, ...]
    vat: tuple[VatAmount, ...]
    tenders: tuple[Tender, ...]
    total: int
    fiscal: FiscalResult
    reference_version: str = ""
    voided_lines: int = 0
    external_ref: str = ""
    note: str = ""
    customer: str = ""
    promotions: tuple[PromotionUse, ...] = ()
    pricing: Mapping[str, object] = field(default_factory=dict)
    vouchers: tuple[VoucherGiven, ...] = ()
    codes: tuple[CodeUse, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def is_return(self) -> bool:
        """Whether every line brings goods back."""
        return all(line.is_return for line in self.lines)

    @property
    def is_purchase(self) -> bool:
        """Whether goods were sold: a gift card alone is none."""
        goods = any(line.is_goods for line in self.lines)
        return goods and not self.is_return
