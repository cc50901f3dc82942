"""The vouchers that promotions give with a receipt, each on a paper of its own.

Their numbers follow from the receipt, as the centre works them out when it books it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shared.identity import derived_id
from shared.receipt.document import Receipt, RecordedMode, VoucherGiven
from shared.receipt.layout import ReceiptTexts
from shared.receipt.paper import Align, Cut, Feed, Paper, QrCode, Row, Rule, Style
from shared.receipt.rows import pair, wrapped
from shared.vouchers import voucher_number

_GROUP = 6


def number_of(receipt: Receipt, given: VoucherGiven) -> str:
    """The number of a voucher."""
    return voucher_number(derived_id(receipt.event_id, f"voucher:{given.promotion}"))


def voucher_papers(receipt: Receipt, texts: ReceiptTexts, width: int) -> Iterator[Paper]:
    """One paper for each voucher; none where somebody practises."""
    if receipt.mode is RecordedMode.TRAINING:
        return
    for given in receipt.vouchers:
        yield Paper(width, tuple(_rows(receipt, given, texts, width)))


def _rows(receipt: Receipt, given: VoucherGiven, texts: ReceiptTexts, width: int) -> Iterator[Row]:
    number = number_of(receipt, given)
    worth = texts.text("voucher.percent", percent=given.next_percent)
    if not given.next_percent:
        worth = f"{texts.amount(given.amount, receipt.currency)} {receipt.currency}"
    last = receipt.business_date + timedelta(days=given.valid_days)
    yield from wrapped(texts.text("voucher.title"), width, Style.DOUBLE, Align.CENTRE)
    yield from wrapped(worth, width, Style.DOUBLE, Align.CENTRE)
    yield Feed()
    yield from wrapped(texts.text("voucher.hint"), width, align=Align.CENTRE)
    yield Rule()
    yield from pair(texts.text("voucher.until"), texts.date(last), width)
    yield from pair(texts.text("receipt.number"), str(receipt.receipt_id), width)
    yield Feed()
    yield QrCode(number)
    parts = (number[at : at + _GROUP] for at in range(0, len(number), _GROUP))
    yield from wrapped(" ".join(parts), width, align=Align.CENTRE)
    yield Cut()
