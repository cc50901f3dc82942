"""What each country's law wants on a receipt stands on real ones; the checklist notices what is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pos_client.app.translations import TillTexts
from shared.receipt.duties import DUTIES, missing
from shared.receipt.layout import WIDTHS, Sheet, receipt_paper
from shared.receipt.paper import plain_text
from tests.support import receipts

TEXTS = {
    "DE": TillTexts("de", "DE", "EUR"),
    "AT": TillTexts("de", "AT", "EUR"),
    "GB": TillTexts("en", "GB", "GBP"),
}
SALES = {
    "DE": [receipts.german_sale(), receipts.german_return(), receipts.control_receipt("DE")],
    "AT": [
        receipts.austrian_sale(),
        receipts.control_receipt("AT"),
        receipts.receipt("AT", [receipts.line("AT", "Brot", 420, "-1", "selected_food")]),
    ],
    "GB": [
        receipts.british_sale(),
        receipts.receipt("GB", [receipts.line("GB", "Scarf", 3450, "-2", reason="moth")]),
    ],
}
CASES = [(market, made) for market, all_made in SALES.items() for made in all_made]


def paper_of(made, width=42):
    market = made.market
    laid = receipt_paper(
        made, "sale.completed", Sheet(receipts.SELLERS[market], TEXTS[market], width)
    )
    return plain_text(laid)


def lacking(paper, made):
    return missing(paper, made, receipts.SELLERS[made.market], TEXTS[made.market])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("market", "made"), CASES)
def test_a_receipt_shows_everything_the_law_wants(market, made, width):
    assert made.market == market
    assert lacking(paper_of(made, width), made) == []


@pytest.mark.parametrize("market", sorted(SALES))
def test_an_empty_paper_lacks_every_item_of_the_checklist(market):
    made = SALES[market][0]
    wanted = {duty.what for duty in DUTIES if duty.country == market}
    assert {what for what, _ in lacking("", made)} == wanted


@pytest.mark.parametrize(
    ("market", "taken_away", "what"),
    [
        ("DE", "Große Bleichen 21", "full address of the seller"),
        ("DE", "25.11.2026 12:00:00", "date, start and end of the transaction"),
        ("DE", "DE01-T1\n", "serial number of the till"),
        ("DE", "Leinenhemd", "quantity and kind of the goods"),
        ("DE", "150,00", "kinds of payment with amounts"),
        ("DE", "B 7 %", "tax and rate"),
        ("AT", "D 4,9 %", "4.9 % on its own"),
        ("AT", "12:00:47", "day and time"),
        ("GB", "GB999 9999 73", "VAT registration number"),
        ("GB", "B 0 %", "gross amount and rate for each rate"),
    ],
)
def test_what_is_taken_away_is_missed(market, taken_away, what):
    made = SALES[market][0]
    paper = paper_of(made)
    assert taken_away in paper
    assert what in {missed for missed, _ in lacking(paper.replace(taken_away, ""), made)}


def test_the_rate_of_bread_hides_in_no_other():
    made = receipts.austrian_sale()
    together = replace(
        made, vat=tuple(row for row in made.vat if row.rate != Decimal("4.9")), lines=()
    )
    assert "4.9 % on its own" in {what for what, _ in lacking(paper_of(together), made)}


def test_every_item_names_its_law():
    assert {duty.country for duty in DUTIES} == {"DE", "AT", "GB"}
    assert all(duty.source for duty in DUTIES)
