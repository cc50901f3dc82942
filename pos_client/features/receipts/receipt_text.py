"""A receipt as text in 42 columns: what a narrow printer, a preview and the headless till show.

Made from the receipt document and nothing else. Widths count terminal cells as single-width letters.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pos_client.ports import Texts
from shared.basket import Line
from shared.receipt import Party, Receipt, RecordedMode

WIDTH = 42


def receipt_text(
    receipt: Receipt, kind: str, seller: Party, texts: Texts, *, copy: bool = False
) -> str:
    """The whole receipt; `kind` is the event type it was journalled as, `copy` marks a reprint."""
    blocks = (
        _head(receipt, kind, seller, texts, copy=copy),
        _lines(receipt, texts),
        _sums(receipt, texts),
        _foot(receipt, texts),
    )
    return "\n".join(row.rstrip() for block in blocks for row in block) + "\n"


def _head(receipt: Receipt, kind: str, seller: Party, texts: Texts, *, copy: bool) -> Iterator[str]:
    for text in (*seller.header, seller.name, *seller.address):
        yield from _centred(text)
    if seller.vat_id:
        yield from _centred(texts.text("receipt.vat_id", number=seller.vat_id))
    yield "-" * WIDTH
    if receipt.mode is RecordedMode.TRAINING:
        yield from _centred(texts.text("receipt.training"))
    if receipt.mode is RecordedMode.DEMO:
        yield from _centred(texts.text("receipt.demo"))
    if copy:
        yield from _centred(texts.text("receipt.copy"))
    yield _pair(texts.text(f"kind.{kind}"), receipt.receipt_id.printed_number)
    yield _pair(texts.text("receipt.till"), receipt.receipt_id.till_id)
    yield _pair(texts.text("receipt.operator"), receipt.operator_id)
    yield _pair(texts.text("receipt.started"), texts.moment(receipt.started_at))
    yield _pair(texts.text("receipt.finished"), texts.moment(receipt.finished_at))
    if receipt.external_ref:
        yield _pair(texts.text("receipt.reference"), receipt.external_ref)


def _lines(receipt: Receipt, texts: Texts) -> Iterator[str]:
    if not receipt.lines:
        return
    yield "-" * WIDTH
    for line in receipt.lines:
        yield from _line(line, receipt.currency, texts)


def _line(line: Line, currency: str, texts: Texts) -> Iterator[str]:
    name = " ".join(part for part in (line.name, line.size, line.colour) if part)
    yield from textwrap.wrap(name, WIDTH, break_long_words=True)
    price = texts.amount(line.unit_price, currency)
    rate = texts.quantity(line.vat_rate)
    left = f"  {texts.quantity(line.quantity)} x {price}  ({rate} %)"
    yield _pair(left, texts.amount(line.gross, currency))
    if line.discount:
        discount = texts.amount(-line.discount, currency)
        yield f"  {texts.text('receipt.discount')} {discount}"
    # Why a price was set by hand is the house's business; why goods came back is the customer's.
    for text in (line.note, line.reason if line.is_return else ""):
        if text:
            yield from textwrap.wrap(
                text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=True
            )


def _sums(receipt: Receipt, texts: Texts) -> Iterator[str]:
    if not receipt.lines:
        return
    code = receipt.currency
    yield "-" * WIDTH
    label = texts.text("receipt.refund" if receipt.total < 0 else "receipt.total")
    yield _pair(f"{label} {code}", texts.amount(receipt.total, code))
    for tender in receipt.tenders:
        yield _pair(texts.text(f"tender.{tender.kind}"), texts.amount(tender.amount, code))
    yield "-" * WIDTH
    yield _columns(
        texts.text("receipt.vat"),
        texts.text("receipt.net"),
        texts.text("receipt.tax"),
        texts.text("receipt.gross"),
    )
    for row in receipt.vat:
        yield _columns(
            f"{texts.quantity(row.rate)} %",
            texts.amount(row.net, code),
            texts.amount(row.vat, code),
            texts.amount(row.gross, code),
        )


def _foot(receipt: Receipt, texts: Texts) -> Iterator[str]:
    if receipt.note:
        yield "-" * WIDTH
        yield from textwrap.wrap(receipt.note, WIDTH, break_long_words=True)
    if receipt.fiscal.print_lines:
        yield "-" * WIDTH
        for text in receipt.fiscal.print_lines:
            yield from _centred(text)
    if receipt.mode is RecordedMode.TRAINING:
        yield from _centred(texts.text("receipt.training"))


def _centred(text: str) -> Iterator[str]:
    for row in textwrap.wrap(text, WIDTH, break_long_words=True):
        yield row.center(WIDTH)


def _pair(left: str, right: str) -> str:
    room = WIDTH - len(right) - 1
    return f"{left[:room].ljust(room)} {right}"


def _columns(first: str, *rest: str) -> str:
    return first[:9].ljust(9) + "".join(text[:11].rjust(11) for text in rest)
