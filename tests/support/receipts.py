"""Receipts as the domain makes them, for tests of paper: a sale in each country, and what happens besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from shared.basket import Basket, Line
from shared.fiscal import FiscalTransaction, NoFiscalDevice
from shared.journal.receipt_body import check_receipt
from shared.receipt import Party, Receipt, ReceiptId, RecordedMode
from shared.receipt.layout import CashSlip
from shared.tax import vat_rate
from shared.tender import Tender, TenderKind, TenderMix, TerminalSlip

_CURRENCY = {"DE": "EUR", "AT": "EUR", "GB": "GBP"}
_ZONE = {"DE": 1, "AT": 1, "GB": 0}
SELLERS = {
    "DE": Party(
        "DE01",
        "Kranich & Kater",
        ("Kranich & Kater Handels-GmbH", "Große Bleichen 21", "20354 Hamburg"),
        "DE811907980",
        ("Mode und Schönes",),
    ),
    "AT": Party(
        "AT01",
        "Kranich & Kater",
        ("Kranich & Kater Österreich GmbH", "Lindengasse 9", "1070 Wien"),
        "ATU12345675",
        ("Mode und Schönes",),
    ),
    "GB": Party(
        "GB01",
        "Kranich & Kater",
        ("Kranich & Kater (UK) Ltd", "9 Earlham Street", "London WC2H 9LL"),
        "GB999 9999 73",
    ),
}


def at(market: str) -> datetime:
    """Begin of the samples: noon on the store's clock."""
    return datetime(2026, 11, 25, 12, 0, tzinfo=timezone(timedelta(hours=_ZONE[market])))


def line(
    market: str,
    name: str,
    price: int,
    quantity: str = "1",
    category: str = "standard",
    **facts: object,
) -> Line:
    """A line with the VAT rate that is in force."""
    rate = vat_rate(market, category, at(market).date()).rate
    made = Line(0, "S", "A", name, Decimal(quantity), price, category, rate)
    for field, value in facts.items():
        object.__setattr__(made, field, value)
    return made


def receipt(
    market: str,
    lines: Sequence[Line],
    *,
    given: int | None = None,
    mode: RecordedMode = RecordedMode.PRODUCTIVE,
    number: int = 42,
    note: str = "",
    external_ref: str = "",
) -> Receipt:
    """A finished receipt over lines, paid in cash: exactly, or with `given`."""
    began = at(market)
    basket = Basket(UUID(int=7), _CURRENCY[market], began, "101")
    for each in lines:
        basket = basket.add(each)
    totals = basket.totals()
    mix = TenderMix(totals.gross)
    if totals.gross:
        mix = mix.add(Tender(TenderKind.CASH, totals.gross if given is None else given))
    receipt_id = ReceiptId(f"{market}01-T1", 1, number)
    done = began + timedelta(seconds=47)
    fiscal = NoFiscalDevice().finish(
        FiscalTransaction(
            UUID(int=7), receipt_id.till_id, market, basket.currency, "sale", done, totals.gross
        )
    )
    made = Receipt(
        event_id=UUID(int=9),
        basket_id=basket.basket_id,
        receipt_id=receipt_id,
        store_id=f"{market}01",
        market=market,
        currency=basket.currency,
        mode=mode,
        operator_id="101",
        business_date=done.date(),
        started_at=began,
        finished_at=done,
        lines=tuple(basket.lines.values()),
        vat=totals.vat,
        tenders=mix.settled(),
        total=totals.gross,
        fiscal=fiscal,
        note=note,
        external_ref=external_ref,
    )
    check_receipt(made)
    return made


def german_sale() -> Receipt:
    """Two rates, a size and a colour, a discount, a note, change."""
    return receipt(
        "DE",
        [
            line("DE", "Leinenhemd Ahoi", 5990, size="M", colour="marine"),
            line("DE", "Strickmütze", 2495, "2", discount=500, note="Abholung morgen"),
            line("DE", "Bildband „Kraniche“", 3200, category="reduced"),
        ],
        given=15000,
    )


def austrian_sale() -> Receipt:
    """All five rates of Austria, 4.9 % among them."""
    return receipt(
        "AT",
        [
            line("AT", "Lodenmantel", 24900, size="42", colour="tannengrün"),
            line("AT", "Reiseführer Wien", 1490, category="reduced"),
            line("AT", "Topfpflanze", 1250, category="second_reduced"),
            line("AT", "Bauernbrot", 420, "1.250", category="selected_food", uom="KGM"),
            line("AT", "Pfand", 200, category="zero"),
        ],
    )


def british_sale() -> Receipt:
    """Standard and zero rate."""
    return receipt(
        "GB",
        [
            line("GB", "Wool scarf", 3450, colour="heather"),
            line("GB", "Children's rain coat", 4200, category="zero", size="6 yrs"),
        ],
        given=8000,
    )


def paid_by_cards(made: Receipt) -> Receipt:
    """The same receipt, paid in parts by a gift card and at a terminal that wants both copies printed."""
    slip = TerminalSlip(
        terminal_id="99000001",
        receipt_number=42,
        trace=118,
        card="************8810",
        card_name="girocard",
        authorisation="004711",
        customer=("** SIMULATOR - KEINE ZAHLUNG **", "Kundenbeleg", "Betrag bezahlt"),
        merchant=("** SIMULATOR - KEINE ZAHLUNG **", "Terminal-ID 99000001", "", "Betrag bezahlt"),
    )
    tenders = (
        Tender(TenderKind.GIFT_CARD, 5000, UUID(int=11), "2950000000424471", 1000),
        Tender(TenderKind.CARD, made.total - 5000, UUID(int=12), slip=slip),
    )
    done = replace(made, tenders=tenders)
    check_receipt(done)
    return done


def german_return() -> Receipt:
    """Goods that come back."""
    return receipt(
        "DE",
        [line("DE", "Leinenhemd Ahoi", 5990, "-1", size="M", colour="marine", reason="zu klein")],
        number=43,
    )


def control_receipt(market: str = "AT") -> Receipt:
    """A receipt without goods: opening, closing, null."""
    return receipt(market, [], number=1)


def cash_slip() -> CashSlip:
    """Money for the bank."""
    return CashSlip("DE01-T1", "bank", -50000, "EUR", "Tageseinnahme", "101", at("DE"))
