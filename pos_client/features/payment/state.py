"""What the payment screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class QuickAmount:
    """An amount that is likely given: `value` goes back into `on_cash`, `exact` is the one that is due."""

    value: str
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class TenderRow:
    """Something given, or handed out (`kind` `change`); `detail` names the card, in its `tone`.

    `place` is what to hand in to take it back; below zero where that cannot be done. `at_terminal`: only there.
    """

    kind: str
    text: str
    amount: str
    detail: str = ""
    tone: str = "muted"
    place: int = -1
    at_terminal: bool = False


@dataclass(frozen=True, slots=True)
class MeansRow:
    """A way to pay; `saving` says in words what it costs less by it, empty if nothing. One of them is `chosen`.

    `detail` is how it is paid.
    """

    kind: str
    text: str
    saving: str = ""
    chosen: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChangePart:
    """So many of one note (`note`) or coin to hand back."""

    text: str
    count: int
    note: bool


@dataclass(frozen=True, slots=True)
class PaymentPreview:
    """What taking a typed amount would do: `change` comes back, or `short` stays due; not `ok` cannot be taken.

    `accept_text` belongs on the button.
    """

    accept_text: str
    change: str = ""
    short: str = ""
    ok: bool = False


@dataclass(frozen=True, slots=True)
class PaymentState:
    """`due` is what is still to pay (or to pay out: `refund`); `receipt_number` is set once the receipt is complete.

    `drawer` says that cash was moved, so that the drawer opens. `means` are the ways to pay, `amount_caption` says what
    an amount typed now is, and `note` that the receipt costs more than it did before another means was chosen, or how
    goods were paid that come back. `asks_number`: the number of a card, voucher or customer is to be typed now, not an
    amount.
    `paid_percent` is how much of the total has been given; `empty`: no receipt is open.
    """

    total: str = ""
    given: str = ""
    due: str = ""
    change: str = ""
    refund: bool = False
    settled: bool = False
    receipt_number: str = ""
    notice: str = ""
    quick: tuple[QuickAmount, ...] = ()
    tenders: tuple[TenderRow, ...] = ()
    change_parts: tuple[ChangePart, ...] = ()
    pieces_text: str = ""
    drawer: bool = False
    means: tuple[MeansRow, ...] = ()
    amount_caption: str = ""
    note: str = ""
    asks_number: bool = False
    paid_percent: int = 0
    empty: bool = False

    @property
    def number(self) -> str:
        """The receipt's number; empty until it is complete, because a number to come is a promise to nobody."""
        return self.receipt_number


@dataclass(frozen=True, slots=True)
class StepAction:
    """A button of a step: `key` is what to hand back, `kind` how it looks, `sign` the key cap on it."""

    key: str
    text: str
    kind: Literal["primary", "outlined", "danger"] = "outlined"
    sign: str = ""


@dataclass(frozen=True, slots=True)
class StepState:
    """What a terminal or the centre is doing about a payment, in the place of the amount.

    `said` are the terminal's own words right now; `text` says what it means and `what_next` what to do. `waits`: it
    ends by itself.
    """

    means: str
    title: str
    tone: Literal["accent", "saving", "warning", "danger"] = "accent"
    amount: str = ""
    said: str = ""
    said_caption: str = ""
    text: str = ""
    what_next: str = ""
    waits: bool = False
    actions: tuple[StepAction, ...] = ()


@dataclass(frozen=True, slots=True)
class PursesState:
    """All that a card or number carries: whose it is, and a row for each purse."""

    title: str
    number: str
    rows: tuple[TenderRow, ...] = ()
    empty_text: str = ""
    actions: tuple[StepAction, ...] = ()
