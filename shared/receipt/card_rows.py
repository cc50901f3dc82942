"""What papers say of cards: under each tender what names it, the terminal's own rows, and the copy for the house.

It is made from what is frozen in the receipt, so a copy says what the original said.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.receipt.document import Receipt
from shared.receipt.paper import Align, Cut, Feed, Paper, Row, Rule, Style, Text
from shared.receipt.rows import pair, wrapped
from shared.receipt.value_rows import ValueTexts, purpose_fact
from shared.tender import AUTHORISED, Tender, TenderKind, TerminalSlip, masked_on_paper

_INDENT = "  "
_NUMBERS = {TenderKind.GIFT_CARD: "gift_card_number", TenderKind.VOUCHER: "voucher_number"}


def tender_rows(receipt: Receipt, texts: ValueTexts, width: int) -> Iterator[Row]:
    """What was given and handed out, and what is known of the cards."""
    for tender in receipt.tenders:
        amount = texts.amount(tender.amount, receipt.currency)
        yield from pair(texts.text(f"tender.{tender.kind}"), amount, width)
        for fact in _facts(tender, receipt.currency, texts):
            yield from wrapped(fact, width, indent=_INDENT)


def _facts(tender: Tender, currency: str, texts: ValueTexts) -> Iterator[str]:
    if tender.kind in AUTHORISED:
        key = _NUMBERS.get(tender.kind, "customer_account")
        yield texts.text(f"receipt.{key}", number=masked_on_paper(tender.instrument))
        if tender.balance is not None:
            before = texts.amount(tender.balance + tender.amount, currency)
            after = texts.amount(tender.balance, currency)
            key = "invoice_limit" if tender.kind is TenderKind.INVOICE else "gift_card_balance"
            yield texts.text(f"receipt.{key}", before=before, after=after)
    if tender.purpose is not None:
        yield purpose_fact(tender.purpose, currency, texts)
    if tender.slip is not None:
        yield from _slip_facts(tender.slip, texts)


def _slip_facts(slip: TerminalSlip, texts: ValueTexts) -> Iterator[str]:
    card = " ".join(part for part in (slip.card_name, masked_on_paper(slip.card)) if part)
    if card:
        yield card
    named = (
        ("terminal", slip.terminal_id),
        ("slip", slip.receipt_number),
        ("trace", slip.trace),
        ("authorisation", slip.authorisation),
    )
    for key, value in named:
        if value not in (None, ""):
            yield texts.text(f"receipt.card_{key}", number=str(value))


def customer_rows(receipt: Receipt, width: int) -> Iterator[Row]:
    """What terminals want the customer to read, as they worded it."""
    for tender in receipt.tenders:
        if tender.slip is not None and tender.slip.customer:
            yield Rule()
            yield from _as_worded(tender.slip.customer, width)


def merchant_papers(receipt: Receipt, texts: ValueTexts, width: int) -> Iterator[Paper]:
    """The copies that the house keeps, one for each payment of which a terminal asks for one."""
    for tender in receipt.tenders:
        if tender.slip is None or not tender.slip.merchant:
            continue
        title = texts.text("receipt.merchant_copy")
        yield Paper(
            width,
            (
                *wrapped(title, width, Style.DOUBLE, Align.CENTRE),
                Feed(),
                *pair(texts.text("receipt.till"), receipt.receipt_id.till_id, width),
                *pair(texts.text("receipt.number"), receipt.receipt_id.printed_number, width),
                Rule(),
                *_as_worded(tender.slip.merchant, width),
                Cut(),
            ),
        )


def terminal_day_paper(rows: tuple[str, ...], till_id: str, texts: ValueTexts, width: int) -> Paper:
    """What a card terminal says when it closes its day, as it worded it."""
    title = texts.text("receipt.terminal_day")
    return Paper(
        width,
        (
            *wrapped(title, width, Style.DOUBLE, Align.CENTRE),
            Feed(),
            *pair(texts.text("receipt.till"), till_id, width),
            Rule(),
            *_as_worded(rows, width),
            Cut(),
        ),
    )


def _as_worded(rows: tuple[str, ...], width: int) -> Iterator[Row]:
    for row in rows:
        if row.strip():
            yield from wrapped(row.rstrip(), width)
        else:
            yield Text("")
