"""What the law of a country wants to see on a receipt, with its source: a checklist that tests go through.

The fiscal signature (DE: numbers of the security module, signature and its counter; AT: the machine-readable code) is
the fiscal device's own; what is listed here stands on the paper without one. Not legal advice: a tax adviser signs off
per country before go-live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from shared.money import times_quantity
from shared.receipt.document import Party, Receipt
from shared.receipt.layout import ReceiptTexts, second

Evidence = Callable[[Receipt, Party, ReceiptTexts], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Duty:
    """One item of the checklist: `evidence` gives the texts that prove it, all of which must be on the paper."""

    country: str
    what: str
    source: str
    evidence: Evidence


def missing(
    paper: str, receipt: Receipt, seller: Party, texts: ReceiptTexts
) -> list[tuple[str, str]]:
    """What the law of the receipt's market wants and the text of the paper does not show: `(what, text)`."""
    shown = _squeezed(paper)
    return [
        (duty.what, text)
        for duty in DUTIES
        if duty.country == receipt.market
        for text in duty.evidence(receipt, seller, texts)
        if _squeezed(text) not in shown
    ]


def _squeezed(text: str) -> str:
    # Rows wrap where the paper ends; what counts is the letters and their order.
    return "".join(text.split())


def _name(_receipt: Receipt, seller: Party, _texts: ReceiptTexts) -> Iterable[str]:
    return (seller.name,)


def _address(_receipt: Receipt, seller: Party, _texts: ReceiptTexts) -> Iterable[str]:
    return seller.address


def _vat_number(_receipt: Receipt, seller: Party, _texts: ReceiptTexts) -> Iterable[str]:
    return (seller.vat_id,)


def _issued(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    return (second(texts, receipt.finished_at),)


def _begin_and_end(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    return (second(texts, receipt.started_at), second(texts, receipt.finished_at))


def _goods(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    for line in receipt.lines:
        amount = texts.amount(times_quantity(line.unit_price, line.quantity), receipt.currency)
        price = texts.amount(line.unit_price, receipt.currency)
        named = (part for part in (line.name, line.size, line.colour) if part)
        yield f"{', '.join(named)} {texts.quantity(line.quantity)} x {price} {amount}"


def _number(receipt: Receipt, _seller: Party, _texts: ReceiptTexts) -> Iterable[str]:
    return (receipt.receipt_id.printed_number,)


def _till(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    return (f"{texts.text('receipt.till')} {receipt.receipt_id.till_id}",)


def _total(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    return (f"{receipt.currency} {texts.amount(receipt.total, receipt.currency)}",)


def _vat_by_rate(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    for row in receipt.vat:
        amounts = (texts.amount(part, receipt.currency) for part in (row.net, row.vat, row.gross))
        yield f"{texts.quantity(row.rate)} % {' '.join(amounts)}"


def _selected_food(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    for row in receipt.vat:
        if row.rate == Decimal("4.9"):
            amounts = (
                texts.amount(part, receipt.currency) for part in (row.net, row.vat, row.gross)
            )
            yield f"{texts.quantity(row.rate)} % {' '.join(amounts)}"


def _payments(receipt: Receipt, _seller: Party, texts: ReceiptTexts) -> Iterable[str]:
    for tender in receipt.tenders:
        kind = texts.text(f"tender.{tender.kind}")
        yield f"{kind} {texts.amount(tender.amount, receipt.currency)}"


_KASSENSICHV = "KassenSichV section 6 sentence 1"
_BAO = "BAO section 132a (3)"
_RKSV = "RKSV section 11 (1)"
_UK = "VAT Regulations 1995 (SI 1995/2518) regulation 16"

DUTIES: tuple[Duty, ...] = (
    Duty("DE", "full name of the seller", f"{_KASSENSICHV} no. 1", _name),
    Duty("DE", "full address of the seller", f"{_KASSENSICHV} no. 1", _address),
    Duty("DE", "date, start and end of the transaction", f"{_KASSENSICHV} no. 2", _begin_and_end),
    Duty("DE", "quantity and kind of the goods", f"{_KASSENSICHV} no. 3", _goods),
    Duty("DE", "number of the transaction", f"{_KASSENSICHV} no. 4", _number),
    Duty("DE", "consideration in one sum", f"{_KASSENSICHV} no. 5", _total),
    Duty("DE", "tax and rate", f"{_KASSENSICHV} no. 5", _vat_by_rate),
    Duty("DE", "serial number of the till", f"{_KASSENSICHV} no. 6", _till),
    Duty(
        "DE",
        "kinds of payment with amounts",
        "KassenSichV section 6 with section 2 sentence 2 no. 5",
        _payments,
    ),
    Duty("AT", "name of the seller", f"{_BAO} no. 1", _name),
    Duty("AT", "running number", f"{_BAO} no. 2", _number),
    Duty("AT", "day and time", f"{_BAO} no. 3, {_RKSV} no. 2", _issued),
    Duty("AT", "quantity and usual name of the goods", f"{_BAO} no. 4", _goods),
    Duty("AT", "amount paid", f"{_BAO} no. 5", _total),
    Duty("AT", "till id", f"{_RKSV} no. 1", _till),
    Duty("AT", "amount by rate", f"{_RKSV} no. 3", _vat_by_rate),
    Duty("AT", "4.9 % on its own", f"{_RKSV}; BMF notes of 13 March 2026", _selected_food),
    Duty("GB", "name of the retailer", f"{_UK} (a)", _name),
    Duty("GB", "address of the retailer", f"{_UK} (a)", _address),
    Duty("GB", "VAT registration number", f"{_UK} (a)", _vat_number),
    Duty("GB", "time of supply", f"{_UK} (b)", _issued),
    Duty("GB", "description of the goods", f"{_UK} (c)", _goods),
    Duty("GB", "total with VAT", f"{_UK} (d)", _total),
    Duty("GB", "gross amount and rate for each rate", f"{_UK} (e)", _vat_by_rate),
)
