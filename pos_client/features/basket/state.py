"""What the basket screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

from shared.wire.coupons import CodeRequest


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line; `detail` is size and colour, `marks` what is special about it (return, price by hand).

    `list_price` is set where a lower price holds (shown struck through), `saving` is how much that saves. `voided` rows
    were taken off and can be brought back. `age` is the sentence about the buyer's age, empty where nothing must be
    checked. `deal` names the promotions that took something off, or says why less goes back than was paid.
    """

    number: int
    name: str
    detail: str
    sku: str
    quantity: str
    unit_price: str
    total: str
    marks: tuple[str, ...] = ()
    note: str = ""
    list_price: str = ""
    saving: str = ""
    is_return: bool = False
    voided: bool = False
    age: str = ""
    deal: str = ""


@dataclass(frozen=True, slots=True)
class BasketState:
    """The open receipt; no lines and `open` False between customers. `last` is the line that just changed.

    `pieces_text` counts the pieces in words, `subtotal` sums the lines before anything is taken off the whole receipt,
    `vat_text` is the VAT that the total contains. `voided` is the line that undoing would bring back; `parked` how many
    receipts are laid aside. `saved` is what promotions take off in all, in words, and `saved_amount` as an amount.
    `customer` is the name of whom the receipt counts for, `codes` are the promotion codes given; `said` what was just
    done with one of them. `promotions` says whether this till has any. `refund`: money goes out.
    `code_request` is what the centre has to be asked of one of the codes before it counts.
    """

    open: bool = False
    lines: tuple[LineRow, ...] = ()
    pieces: str = "0"
    total: str = ""
    training: str = ""
    note: str = ""
    notice: str = ""
    last: LineRow | None = None
    pieces_text: str = ""
    subtotal: str = ""
    vat_text: str = ""
    can_pay: bool = False
    refund: bool = False
    voided: LineRow | None = None
    parked: int = 0
    saved: str = ""
    saved_amount: str = ""
    customer: str = ""
    customer_number: str = ""
    codes: tuple[str, ...] = ()
    said: str = ""
    promotions: bool = False
    code_request: CodeRequest | None = None


@dataclass(frozen=True, slots=True)
class BoughtRow:
    """A line of an earlier receipt: `left` says how many of it the customer still has, `paid` what the line cost. Of a
    gift card or voucher `value_kind` and `value_number` say which.
    """

    line: int
    name: str
    left: str
    paid: str
    value_kind: str = ""
    value_number: str = ""


@dataclass(frozen=True, slots=True)
class BoughtState:
    """An earlier receipt by its full number; `title` names it, `rows` are the lines that can still come back."""

    number: str
    title: str
    rows: tuple[BoughtRow, ...]


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A receipt laid aside; `ago` says since when in words, `operator` who did it, where the name is known."""

    basket_id: str
    label: str
    parked_at: str
    lines: int
    total: str = ""
    pieces: str = ""
    ago: str = ""
    operator: str = ""
