"""From a receipt to paper: the layouts of Germany, Austria and the United Kingdom in 32, 42 or 48 columns.

What each country's law wants to see is `duties.py`; a fiscal device adds its own lines, and its QR code under the field
`qr`. Made from the journalled document and nothing else, so a copy says what the original said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from shared.basket import Line
from shared.money import times_quantity
from shared.receipt.card_rows import customer_rows, tender_rows
from shared.receipt.document import Party, Receipt, RecordedMode
from shared.receipt.paper import (
    Align,
    Barcode,
    Cut,
    DrawerPulse,
    Feed,
    Image,
    Paper,
    QrCode,
    Row,
    Rule,
    Style,
    Text,
)
from shared.receipt.rows import big_pair, pair, table, wrapped
from shared.receipt.value_rows import owed_rows, taxed_before, value_facts
from shared.tax import OUT_OF_SCOPE

WIDTHS = (32, 42, 48)
LOGO = "logo"


class ReceiptTexts(Protocol):
    """Sentences, amounts and times in the language of the receipt."""

    def text(self, key: str, **values: str | int) -> str:
        """The sentence of a key with its values."""

    def amount(self, minor: int, currency: str) -> str:
        """An amount without sign of the currency."""

    def quantity(self, value: Decimal) -> str:
        """A quantity or a rate."""

    def moment(self, at: datetime) -> str:
        """Day and time, ending with hour and minute."""

    def date(self, day: date) -> str:
        """A day."""


@dataclass(frozen=True, slots=True)
class CashSlip:
    """Cash that went into the drawer (`amount` above zero, minor units) or out of it; `kind` as in `cash.moved`."""

    till_id: str
    kind: str
    amount: int
    currency: str
    reason: str
    operator_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """What surrounds each document: the seller, its language, the paper's width, whether there is a logo."""

    seller: Party
    texts: ReceiptTexts
    width: int = 42
    logo: bool = False


def receipt_paper(
    receipt: Receipt, kind: str, sheet: Sheet, *, copy: bool = False, drawer: bool = False
) -> Paper:
    """A receipt; `kind` is the event type it was journalled as, `copy` marks a reprint, `drawer` opens the drawer."""
    rows: list[Row] = [DrawerPulse()] if drawer else []
    rows += _head(sheet)
    rows += _marks(receipt, sheet, copy=copy)
    rows += pair(
        sheet.texts.text(f"kind.{kind}"),
        receipt.receipt_id.printed_number,
        sheet.width,
        Style.BOLD,
    )
    rows += _times(receipt, sheet)
    rows += _lines(receipt, sheet)
    rows += _sums(receipt, sheet)
    rows += customer_rows(receipt, sheet.width)
    rows += _foot(receipt, sheet)
    return Paper(sheet.width, tuple(rows))


def gift_paper(receipt: Receipt, sheet: Sheet) -> Paper:
    """The receipt for whoever gets the goods as a present: what was bought, when and where, and no amount."""
    texts, width = sheet.texts, sheet.width
    rows: list[Row] = [*_head(sheet), *_marks(receipt, sheet, copy=False)]
    rows += wrapped(texts.text("receipt.gift"), width, Style.DOUBLE, Align.CENTRE)
    rows.append(Feed())
    rows += pair(texts.text("receipt.number"), receipt.receipt_id.printed_number, width)
    rows += pair(texts.text("receipt.till"), receipt.receipt_id.till_id, width)
    rows += pair(texts.text("receipt.date"), texts.moment(receipt.finished_at), width)
    rows.append(Rule())
    for line in receipt.lines:
        if not line.is_return and line.is_goods:
            rows += wrapped(f"{texts.quantity(line.quantity)} x {_name(line)}", width)
    rows.append(Rule())
    rows += wrapped(texts.text("receipt.gift_hint"), width, align=Align.CENTRE)
    rows += _barcode(receipt, width)
    rows.append(Cut())
    return Paper(width, tuple(rows))


def cash_slip_paper(slip: CashSlip, sheet: Sheet, *, copy: bool = False) -> Paper:
    """The slip of a cash movement, with a line to sign on."""
    texts, width = sheet.texts, sheet.width
    rows: list[Row] = [*_head(sheet)]
    if copy:
        rows += wrapped(texts.text("receipt.copy"), width, Style.DOUBLE, Align.CENTRE)
    rows += wrapped(texts.text(f"slip.{slip.kind}"), width, Style.DOUBLE, Align.CENTRE)
    rows.append(Feed())
    rows += pair(texts.text("receipt.date"), second(texts, slip.at), width)
    rows += pair(texts.text("receipt.till"), slip.till_id, width)
    rows += pair(texts.text("receipt.operator"), slip.operator_id, width)
    rows += pair(texts.text("slip.reason"), slip.reason, width)
    rows.append(Rule())
    amount = texts.amount(slip.amount, slip.currency)
    rows += big_pair(texts.text("slip.amount", currency=slip.currency), amount, width)
    rows += [Feed(3), Text("_" * (width * 2 // 3)), Text(texts.text("slip.signature")), Cut()]
    return Paper(width, tuple(rows))


def trial_paper(till_id: str, at: datetime, sheet: Sheet) -> Paper:
    """A page that shows whether a printer is set up rightly: width, letters, styles, codes, cut."""
    texts, width = sheet.texts, sheet.width
    rows: list[Row] = [*_head(sheet)]
    rows += wrapped(texts.text("trial.title"), width, Style.DOUBLE, Align.CENTRE)
    rows.append(Feed())
    rows += pair(texts.text("receipt.till"), till_id, width)
    rows += pair(texts.text("receipt.date"), second(texts, at), width)
    rows += pair(texts.text("trial.columns"), str(width), width)
    rows += [Rule(), Text(("1234567890" * 5)[:width]), Rule()]
    rows += [Text("ÄÖÜ äöü ß é è ç € £ §"), Text("ÄÖÜ äöü ß € £", Style.BOLD)]
    rows += [Text("ÄÖÜ ß € £", Style.DOUBLE), Feed(), QrCode(till_id), Barcode(till_id)]
    rows += [*wrapped(texts.text("trial.hint"), width, align=Align.CENTRE), Cut()]
    return Paper(width, tuple(rows))


def second(texts: ReceiptTexts, at: datetime) -> str:
    """Day and time to the second."""
    return f"{texts.moment(at)}:{at:%S}"


# --- parts ------------------------------------------------------------------------------------


def _head(sheet: Sheet) -> Iterator[Row]:
    seller, width = sheet.seller, sheet.width
    if sheet.logo:
        yield Image(LOGO)
        yield Feed()
    name_style = Style.DOUBLE if len(seller.name) <= width // 2 else Style.BOLD
    yield from wrapped(seller.name, width, name_style, Align.CENTRE)
    for text in (*seller.header, *seller.address):
        yield from wrapped(text, width, align=Align.CENTRE)
    if seller.vat_id:
        number = sheet.texts.text("receipt.vat_id", number=seller.vat_id)
        yield from wrapped(number, width, align=Align.CENTRE)
    yield Feed()


def _marks(receipt: Receipt, sheet: Sheet, *, copy: bool) -> Iterator[Row]:
    keys = {RecordedMode.TRAINING: ["training"], RecordedMode.DEMO: ["demo"]}.get(receipt.mode, [])
    if copy:
        keys = [*keys, "copy"]
    for key in keys:
        text = sheet.texts.text(f"receipt.{key}")
        yield from wrapped(text, sheet.width, Style.DOUBLE, Align.CENTRE)
    if keys:
        yield Feed()


def _times(receipt: Receipt, sheet: Sheet) -> Iterator[Row]:
    texts, width = sheet.texts, sheet.width
    yield from pair(texts.text("receipt.till"), receipt.receipt_id.till_id, width)
    yield from pair(texts.text("receipt.operator"), receipt.operator_id, width)
    if receipt.market == "GB":
        yield from pair(texts.text("receipt.date"), second(texts, receipt.finished_at), width)
    else:
        yield from pair(texts.text("receipt.started"), second(texts, receipt.started_at), width)
        yield from pair(texts.text("receipt.finished"), second(texts, receipt.finished_at), width)
    if receipt.external_ref:
        yield from pair(texts.text("receipt.reference"), receipt.external_ref, width)


def _lines(receipt: Receipt, sheet: Sheet) -> Iterator[Row]:
    yield Rule()
    letters = vat_letters(receipt)
    for line in receipt.lines:
        letter = letters[line.vat_category, line.vat_rate]
        yield from _line(line, letter, receipt.currency, sheet)
    if receipt.lines:
        yield Rule()


def _line(line: Line, letter: str, currency: str, sheet: Sheet) -> Iterator[Row]:
    texts, width = sheet.texts, sheet.width
    # The amount stands before the discount, so that the column adds up with the discount under it.
    amount = texts.amount(times_quantity(line.unit_price, line.quantity), currency)
    quantity = texts.quantity(line.quantity)
    price = texts.amount(line.unit_price, currency)
    yield from wrapped(_name(line), width)
    yield from pair(f"  {quantity} x {price}", f"{amount} {letter}", width)
    for name, off in _discounts(line, texts):
        yield from pair(f"  {name}", f"{texts.amount(-off, currency)} {letter}", width)
    # Why a price was set by hand is the house's business; why goods came back is the customer's.
    if line.is_return:
        reason = f": {line.reason}" if line.reason else ""
        yield from wrapped(f"{texts.text('receipt.returned')}{reason}", width, indent="  ")
    if line.origin is not None:
        bought = texts.text("receipt.return_from", number=line.origin.receipt)
        yield from wrapped(bought, width, indent="  ")
        if line.kept_back:
            why = texts.text(
                "receipt.return_less",
                paid=texts.amount(line.origin.paid, currency),
                less=texts.amount(line.kept_back, currency),
            )
            yield from wrapped(why, width, indent="  ")
    if line.value is not None:
        for fact in value_facts(line, line.value, texts):
            yield from wrapped(fact, width, indent="  ")
    if line.note:
        yield from wrapped(line.note, width, indent="  ")


def _discounts(line: Line, texts: ReceiptTexts) -> Iterator[tuple[str, int]]:
    """What was taken off: each promotion by its name, and the rest that was given by hand."""
    rest = line.discount
    for given in line.discounts:
        rest -= given.amount
        yield given.name or texts.text("receipt.discount"), given.amount
    if rest:
        yield texts.text("receipt.discount"), rest


def _name(line: Line) -> str:
    return ", ".join(part for part in (line.name, line.size, line.colour) if part)


def _sums(receipt: Receipt, sheet: Sheet) -> Iterator[Row]:
    texts, width, code = sheet.texts, sheet.width, receipt.currency
    label = texts.text("receipt.refund" if receipt.total < 0 else "receipt.total")
    yield from big_pair(f"{label} {code}", texts.amount(receipt.total, code), width)
    saved = sum(line.discount for line in receipt.lines if not line.is_return)
    if saved > 0:
        yield from pair(texts.text("receipt.saved"), texts.amount(saved, code), width)
    for use in receipt.codes:
        yield from wrapped(texts.text("receipt.code", end=use.end), width)
    yield from tender_rows(receipt, texts, width)
    yield from owed_rows(receipt, texts, width)
    if not receipt.vat:
        return
    yield Rule()
    head = [texts.text(f"receipt.{key}") for key in ("vat", "net", "tax", "gross")]
    letters = vat_letters(receipt)
    rows: list[Sequence[str]] = [
        (
            f"{letters[row.category, row.rate]} {texts.quantity(row.rate)} %",
            texts.amount(row.net, code),
            texts.amount(row.vat, code),
            texts.amount(row.gross, code),
        )
        for row in receipt.vat
    ]
    yield from table(head, rows, width)
    for row in receipt.vat:
        if row.category == OUT_OF_SCOPE:
            letter = letters[row.category, row.rate]
            yield from wrapped(texts.text("receipt.vat_outside", letter=letter), width)
    yield from taxed_before(receipt, texts, width)


def vat_letters(receipt: Receipt) -> dict[tuple[str, Decimal], str]:
    """The letter under which a line finds its row of the VAT table, by category and rate: one row for each rate of
    each category, so that Austria's 4.9 % never hides in another.
    """
    return {(row.category, row.rate): chr(ord("A") + n) for n, row in enumerate(receipt.vat)}


def _foot(receipt: Receipt, sheet: Sheet) -> Iterator[Row]:
    texts, width = sheet.texts, sheet.width
    yield Rule()
    if receipt.note:
        yield from wrapped(receipt.note, width)
        yield Rule()
    for text in receipt.fiscal.print_lines:
        yield from wrapped(text, width, Style.BOLD, Align.CENTRE)
    if code := receipt.fiscal.fields.get("qr", ""):
        yield QrCode(code)
    if receipt.mode is RecordedMode.TRAINING:
        text = texts.text("receipt.training")
        yield from wrapped(text, width, Style.BOLD, Align.CENTRE)
    elif receipt.lines:
        yield from _barcode(receipt, width)
        yield Feed()
        yield from wrapped(texts.text("receipt.thanks"), width, align=Align.CENTRE)
    yield Cut()


def _barcode(receipt: Receipt, width: int) -> Iterator[Row]:
    """The full number to scan when goods come back, where its bars fit on the paper: 11 modules a letter, 35 around,
    two dots a module, twelve dots a column.
    """
    text = str(receipt.receipt_id)
    if (len(text) * 11 + 35) * 2 <= width * 12:
        yield Feed()
        yield Barcode(text)
