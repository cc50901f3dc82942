"""What several features need of the till: the open sale, texts, the moment, who stands there, and recording.

Features know these interfaces and never each other; `app` hands the objects in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from shared.basket import Basket, BasketTotals, Line, LineDiscount
from shared.loyalty import StillThere
from shared.promotions import Frozen
from shared.promotions.returns import Purchase
from shared.quantity import from_thousandths
from shared.receipt import Owed, PromotionUse, Receipt, VoucherGiven
from shared.tender import Tender, TenderKind, TenderMix

# The roles of those who lead a store: what may harm it asks for one of them.
LEADERS = frozenset(("store_manager", "regional_manager"))


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is logged in; `language` is the one they read best."""

    staff_id: str
    name: str
    role: str
    language: str

    @property
    def initials(self) -> str:
        """Up to two letters for a picture that is none."""
        return initials(self.name)


def initials(name: str) -> str:
    """The first letters of first and last name: `JS` for Jette Sandkorn."""
    words = [word for word in name.split() if word[0].isalnum()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: in the store's zone, to the second, with its trading day."""

    at: datetime
    business_date: date


@dataclass(frozen=True, slots=True)
class ParkedSale:
    """A receipt laid aside; `total` in minor units of its currency, `pieces` as the basket counts them."""

    basket_id: UUID
    label: str
    parked_at: datetime
    operator_id: str
    lines: int
    total: int = 0
    pieces: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift that is running: `cash` is what the drawer should hold now, in minor units.

    `cash_sales` is what sales and returns left in it; `tenders` are kind, number and sum of each kind of payment.
    """

    shift_id: str
    opened_at: datetime
    opening_float: int
    cash: int
    receipts: int
    cash_sales: int = 0
    tenders: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CardSums:
    """What the journal has on cards from the event `from_seq` on: minor units, refunds taken off, and how many payments
    and refunds.
    """

    amount: int
    count: int
    from_seq: int


@dataclass(frozen=True, slots=True)
class FiledReceipt:
    """A finished receipt with the event type it was journalled as."""

    kind: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ReceiptQuery:
    """What a receipt is looked for by: any of these parts may fit. `amount` in minor units, paid or paid out."""

    number: int | None = None
    day: date | None = None
    amount: int | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every receipt fits."""
        return self == ReceiptQuery()


Facts = Mapping[str, object]


class Texts(Protocol):
    """Sentences, amounts and times in the language of the person at the till."""

    @property
    def language(self) -> str:
        """The language tag in use."""

    def text(self, key: str, **values: str | int) -> str:
        """The sentence of a key with its values."""

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency sign."""

    def amount(self, minor: int, currency: str) -> str:
        """An amount without sign, for columns."""

    def coin(self, minor: int, currency: str) -> str:
        """What people call a note or coin of this value: `50 €`, `20 ct`."""

    def quantity(self, value: Decimal) -> str:
        """A quantity or a rate."""

    def day(self, day: date) -> str:
        """Weekday, day and month, short: `Di., 24. Nov.` in German."""

    def time(self, at: datetime) -> str:
        """Hour and minute."""

    def moment(self, at: datetime) -> str:
        """Day and time, to the minute."""

    def date(self, day: date) -> str:
        """A day."""


class Place(Protocol):
    """Where the till stands; set once at provisioning."""

    @property
    def till_id(self) -> str:
        """The till."""

    @property
    def store_id(self) -> str:
        """Its store."""

    @property
    def market(self) -> str:
        """The country whose law holds."""

    @property
    def currency(self) -> str:
        """The currency of its receipts, ISO 4217."""


class Recording(Protocol):
    """Makes facts durable events of the journal. `EnvironmentProblem` means that nothing was recorded."""

    @property
    def operator(self) -> Operator | None:
        """Who is logged in."""

    def require_operator(self) -> Operator:
        """Who is logged in; `DomainError('login_required')` if nobody is."""

    def moment(self) -> Moment:
        """Now, never before the last event."""

    def record(self, *events: tuple[str, Facts]) -> None:
        """Journal facts, all or none; time, trading day, store and operator are added."""

    def record_printed(self, kind: str, facts: Facts, print_kind: str) -> None:
        """Journal a fact and queue it to print."""

    def record_control(self, control: str, *before: tuple[str, Facts], note: str = "") -> Receipt:
        """Journal facts and then a receipt without goods (`receipt.opening`, `.closing`, `.null`), which takes the
        next number of the series.
        """


@dataclass(frozen=True, slots=True)
class LineRefund:
    """What goes back for a line, and what was paid for its pieces, in minor units."""

    amount: int
    paid: int


@dataclass(frozen=True, slots=True)
class Bought:
    """A receipt that goods come back from. `before` are the thousandths by line that have come back already, for which
    `refunded` was given, without what was given for gift cards and vouchers. `still_there` is what the centre said last
    can be taken back of what it gave; nothing where it said nothing.
    """

    receipt: Receipt
    purchase: Purchase
    before: Mapping[str, int]
    refunded: int
    still_there: tuple[StillThere, ...] = ()

    @property
    def number(self) -> str:
        """The full number of the receipt."""
        return str(self.receipt.receipt_id)

    @property
    def goods_before(self) -> Mapping[str, int]:
        """Of `before` what is goods."""
        goods = {str(line.number) for line in self.receipt.lines if line.is_goods}
        return {number: back for number, back in self.before.items() if number in goods}

    def left(self, line: int) -> Decimal:
        """How much of a line is still with the customer; nothing of one that was not sold."""
        sold = self.line(line)
        if sold is None:
            return Decimal(0)
        return sold.quantity - from_thousandths(self.before.get(str(line), 0))

    def line(self, number: int) -> Line | None:
        """The line of this number if goods were sold with it."""
        lines = (line for line in self.receipt.lines if line.number == number)
        return next((line for line in lines if not line.is_return), None)


@dataclass(frozen=True, slots=True)
class Deal:
    """What promotions take off an open receipt: by line number, and by promotion. `proven`: nothing better exists.

    `frozen` is what the receipt keeps to be priced again; None where no promotion was open. `refunds` are by the number
    of each line that says which receipt it comes from; `uses` contain what they take back. `vouchers` are
    given with the receipt, `owed` is what goods that come back leave to be owed.
    """

    given: Mapping[int, tuple[LineDiscount, ...]] = field(default_factory=dict)
    uses: tuple[PromotionUse, ...] = ()
    proven: bool = True
    frozen: Frozen | None = None
    refunds: Mapping[int, LineRefund] = field(default_factory=dict)
    vouchers: tuple[VoucherGiven, ...] = ()
    owed: tuple[Owed, ...] = ()


class Sale(Protocol):
    """The open receipt. Every change is on disk when the call returns; a refused one changed nothing.

    All methods may raise `EnvironmentProblem('journal_…')` and the basket's own `DomainError`s.
    """

    @property
    def basket(self) -> Basket | None:
        """The open receipt; None between customers."""

    @property
    def totals(self) -> BasketTotals:
        """Sums and VAT table, kept up with every change."""

    @property
    def payment(self) -> TenderMix:
        """What was given so far against the total."""

    @property
    def training(self) -> bool:
        """Whether receipts are for practice only."""

    def set_training(self, on: bool) -> None:
        """Practise, or not; `DomainError('basket_open')` while a receipt is open."""

    def set_reference(self, ref: str) -> None:
        """The number by which another system knows the receipt; `DomainError('receipt_exists')` if one has it."""

    def set_note(self, note: str) -> None:
        """A note on the receipt."""

    def set_customer(self, number: str) -> None:
        """For whom the receipt counts, empty for nobody; opens a receipt if none is. Until something was paid."""

    def set_codes(self, codes: tuple[str, ...]) -> None:
        """The promotion codes given for the receipt; opens a receipt if none is. Until something was paid."""

    def add(self, line: Line) -> Line:
        """Append a line, opening a receipt if none is; the line with its number."""

    def change(self, changed: Basket, number: int) -> Line:
        """Take over `changed`, which differs from the basket in the line `number`."""

    def void(self, number: int) -> Line:
        """Take a line off."""

    @property
    def last_voided(self) -> Line | None:
        """The line that `undo_void` would put back."""

    def undo_void(self) -> Line:
        """Put the line back that was taken off last; `DomainError('nothing_to_undo')`."""

    def park(self, label: str) -> None:
        """Lay the receipt aside."""

    def parked(self) -> Sequence[ParkedSale]:
        """What is laid aside."""

    @property
    def parked_count(self) -> int:
        """How many receipts are laid aside; asked with every change, so it costs nothing."""

    def recall(self, basket_id: UUID) -> None:
        """Take a parked receipt up again; `DomainError('basket_open')` while another is open."""

    def cancel(self, reason: str) -> None:
        """Give the receipt up."""

    def choose_means(self, kind: TenderKind | None) -> None:
        """The customer wants to pay (the rest) by this: promotions are priced for it. None: it is not known."""

    def totals_by_means(self) -> Mapping[TenderKind, int]:
        """What the receipt comes to by what the rest is paid with; empty where that is all the same."""

    def tender(self, tender: Tender) -> None:
        """Take a payment, or pay out; priced for the means that then have paid."""

    def take_back_tenders(self) -> None:
        """Forget what was given, and price without it; `DomainError('card_paid')` while a terminal took some of it."""

    def take_back(self, place: int) -> None:
        """Forget the tender at this place, from 0 on; `DomainError('card_paid')` for one that a terminal took."""

    def finish(self) -> Receipt:
        """Complete the receipt: durable, numbered, queued to print; `DomainError('tender_short')` if money is due."""
