"""What the shift screens show, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountRow:
    """A denomination of `value` minor units; `count` is None until it was counted, then `amount` is what it makes."""

    value: int
    text: str
    note: bool
    count: int | None = None
    amount: str = ""


@dataclass(frozen=True, slots=True)
class CountState:
    """The drawer while it is counted, blind: nothing here says what it should hold.

    `counted` of `of` denominations are counted; `complete` when all are.
    """

    rows: tuple[CountRow, ...] = ()
    notes_total: str = ""
    coins_total: str = ""
    total: str = ""
    counted: int = 0
    of: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """What one kind of payment brought in a shift; change is taken off cash."""

    kind: str
    text: str
    count: str
    amount: str


@dataclass(frozen=True, slots=True)
class ShiftState:
    """`expected`, `counted` and `difference` are set when a shift was counted; `receipts` counts those of the shift.

    `over_limit` says that the difference needed a reason.
    """

    open: bool = False
    opened_at: str = ""
    opening_float: str = ""
    expected: str = ""
    counted: str = ""
    difference: str = ""
    receipt_number: str = ""
    notice: str = ""
    receipts: str = ""
    cash_sales: str = ""
    by_tender: tuple[TenderTotal, ...] = ()
    over_limit: bool = False
