"""The vouchers that promotions give with a receipt and those that it sells, and store credit, each on its own paper.

The numbers of given ones follow from the receipt, as the centre works them out when it books it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from shared.basket import Line, ValueKind, ValueSold
from shared.identity import derived_id
from shared.receipt.document import Receipt, RecordedMode, VoucherGiven
from shared.receipt.layout import ReceiptTexts
from shared.receipt.paper import Align, Cut, Feed, Paper, QrCode, Row, Rule, Style
from shared.receipt.rows import pair, wrapped
from shared.tender import Tender, TenderKind
from shared.vouchers import SignedFacts, VoucherClass, voucher_number

_GROUP = 6


def number_of(receipt: Receipt, given: VoucherGiven) -> str:
    """The number of a voucher."""
    return voucher_number(derived_id(receipt.event_id, f"voucher:{given.promotion}"))


def facts_of(receipt: Receipt, given: VoucherGiven) -> SignedFacts:
    """What stands on a voucher that a promotion gives, as the centre issues it: for whoever has it."""
    number, last = number_of(receipt, given), _last_day(receipt, given)
    return SignedFacts(number, VoucherClass.GIVEN, receipt.currency, given.amount, last)


def _last_day(receipt: Receipt, given: VoucherGiven) -> date:
    return receipt.business_date + timedelta(days=given.valid_days)


def voucher_papers(receipt: Receipt, texts: ReceiptTexts, width: int) -> Iterator[Paper]:
    """One paper for each voucher; none where somebody practises."""
    if receipt.mode is RecordedMode.TRAINING:
        return
    for given in receipt.vouchers:
        yield Paper(width, tuple(_rows(receipt, given, texts, width)))
    for line in receipt.lines:
        if line.value is not None and line.value.kind is ValueKind.VOUCHER and not line.is_return:
            yield Paper(width, tuple(_sold_rows(receipt, line, line.value, texts, width)))
    for tender in receipt.tenders:
        if tender.kind is TenderKind.STORE_CREDIT and tender.amount < 0:
            yield Paper(width, tuple(_credit_rows(receipt, tender, texts, width)))


def _sold_rows(
    receipt: Receipt, line: Line, value: ValueSold, texts: ReceiptTexts, width: int
) -> Iterator[Row]:
    """A voucher that was paid for: its code with the till's signature, or its number where the till could not sign."""
    amount = f"{texts.amount(line.gross, receipt.currency)} {receipt.currency}"
    yield from wrapped(line.name, width, Style.DOUBLE, Align.CENTRE)
    yield from wrapped(amount, width, Style.DOUBLE, Align.CENTRE)
    yield Feed()
    rate = texts.quantity(line.vat_rate)
    kind = texts.text(f"receipt.value_{value.purpose}", rate=rate)
    yield from wrapped(kind, width, align=Align.CENTRE)
    yield from wrapped(texts.text("voucher.sold_hint"), width, align=Align.CENTRE)
    yield Rule()
    if value.expires_on is not None:
        yield from pair(texts.text("voucher.until"), texts.date(value.expires_on), width)
    yield from pair(texts.text("receipt.number"), str(receipt.receipt_id), width)
    yield from _code(value.code or value.number, value.number, width)


def _credit_rows(
    receipt: Receipt, tender: Tender, texts: ReceiptTexts, width: int
) -> Iterator[Row]:
    """What was put on the customer's account instead of being paid out, with the number to pay with."""
    amount = f"{texts.amount(-tender.amount, receipt.currency)} {receipt.currency}"
    yield from wrapped(texts.text("voucher.credit_title"), width, Style.DOUBLE, Align.CENTRE)
    yield from wrapped(amount, width, Style.DOUBLE, Align.CENTRE)
    yield Feed()
    yield from wrapped(texts.text("voucher.credit_hint"), width, align=Align.CENTRE)
    yield Rule()
    if tender.balance is not None:
        balance = texts.amount(tender.balance, receipt.currency)
        yield from pair(texts.text("voucher.credit_balance"), balance, width)
    yield from pair(texts.text("receipt.date"), texts.date(receipt.business_date), width)
    yield from pair(texts.text("receipt.number"), str(receipt.receipt_id), width)
    yield Feed()
    yield QrCode(tender.instrument)
    yield from wrapped(tender.instrument, width, align=Align.CENTRE)
    yield Cut()


def _code(code: str, number: str, width: int) -> Iterator[Row]:
    yield Feed()
    yield QrCode(code)
    parts = (number[at : at + _GROUP] for at in range(0, len(number), _GROUP))
    yield from wrapped(" ".join(parts), width, align=Align.CENTRE)
    yield Cut()


def _rows(receipt: Receipt, given: VoucherGiven, texts: ReceiptTexts, width: int) -> Iterator[Row]:
    number = number_of(receipt, given)
    worth = texts.text("voucher.percent", percent=given.next_percent)
    if not given.next_percent:
        worth = f"{texts.amount(given.amount, receipt.currency)} {receipt.currency}"
    yield from wrapped(texts.text("voucher.title"), width, Style.DOUBLE, Align.CENTRE)
    yield from wrapped(worth, width, Style.DOUBLE, Align.CENTRE)
    yield Feed()
    yield from wrapped(texts.text("voucher.hint"), width, align=Align.CENTRE)
    yield Rule()
    yield from pair(texts.text("voucher.until"), texts.date(_last_day(receipt, given)), width)
    yield from pair(texts.text("receipt.number"), str(receipt.receipt_id), width)
    yield from _code(given.code or number, number, width)
