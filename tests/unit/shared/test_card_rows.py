"""What papers say of cards: the customer's rows under each tender, and the copy for the house."""

from dataclasses import replace
from uuid import UUID

import pytest

from pos_client.app.translations import TillTexts
from shared.receipt.card_rows import customer_rows, merchant_papers, tender_rows, terminal_day_paper
from shared.receipt.layout import WIDTHS
from shared.receipt.paper import plain_text, row_text
from shared.tender import Tender, TenderKind, TerminalSlip
from tests.support import receipts

GERMAN = TillTexts("de", "DE", "EUR")
SLIP = TerminalSlip(
    "99000001", 42, 118, "************8810", "girocard", "004711",
    customer=("K-U-N-D-E-N-B-E-L-E-G", " ", "Genehmigt"), merchant=("Händlerbeleg", "", "Genehmigt"),
)  # fmt: skip
CARD = Tender(TenderKind.CARD, 1_000, UUID(int=1), slip=SLIP)
GIFT = Tender(TenderKind.GIFT_CARD, 500, UUID(int=2), "2950000000424471", balance=1_500)


def paid(*tenders):
    return replace(receipts.german_sale(), tenders=tenders)


def lines(rows, width):
    return "\n".join(row_text(row, width) for row in rows)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_receipt_says_what_paid_it(width):
    said = lines(tender_rows(paid(CARD, GIFT), GERMAN, width), width)
    for part in ("girocard", "8810", "99000001", "118", "004711", "4471", "20,00", "15,00"):
        assert part in said, part
    assert "2950000000424471" not in said
    assert all(len(line) <= width for line in said.splitlines())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (TenderKind.VOUCHER, ("Gutschein ****WXYZ", "Guthaben vorher 20,00, jetzt 15,00")),
        (TenderKind.POINTS, ("Kundenkonto ****WXYZ", "Guthaben vorher 20,00, jetzt 15,00")),
        (TenderKind.INVOICE, ("Kundenkonto ****WXYZ", "Rahmen vorher 20,00, jetzt 15,00")),
    ],
)
def test_a_receipt_says_what_is_left_of_what_a_customer_has(kind, said):
    tender = Tender(kind, 500, UUID(int=2), "KD-WXYZ", balance=1_500)
    rows = lines(tender_rows(paid(tender), GERMAN, 42), 42)
    assert all(part in rows for part in said), rows


def test_what_is_not_known_is_not_said():
    silent = replace(GIFT, balance=None)
    assert "15,00" not in lines(tender_rows(paid(silent), GERMAN, 42), 42)
    bare = Tender(TenderKind.CARD, 1_000, UUID(int=1), slip=TerminalSlip("", None, None))
    assert len(list(tender_rows(paid(bare), GERMAN, 42))) == 1
    assert list(customer_rows(paid(bare, GIFT), 42)) == []
    assert list(merchant_papers(paid(bare, GIFT), GERMAN, 42)) == []


def test_the_terminals_own_words_stand_as_it_worded_them():
    said = lines(customer_rows(paid(CARD), 42), 42)
    assert "K-U-N-D-E-N-B-E-L-E-G" in said
    assert "Genehmigt" in said


def test_the_house_keeps_a_copy_for_each_payment_that_asks_for_one():
    receipt = paid(CARD, GIFT, CARD)
    papers = list(merchant_papers(receipt, GERMAN, 42))
    assert len(papers) == 2
    for paper in papers:
        assert "Händlerbeleg" in plain_text(paper)
        assert receipt.receipt_id.till_id in plain_text(paper)


def test_the_day_of_a_terminal_is_printed_as_it_worded_it():
    paper = terminal_day_paper(("Tagesabschluss", "", "girocard 3   30,00"), "DE01-T1", GERMAN, 42)
    said = plain_text(paper)
    assert "KASSENSCHNITT" in said
    assert "DE01-T1" in said
    assert "girocard 3   30,00" in said


def test_only_a_card_that_the_till_asked_is_at_the_terminal():
    assert CARD.at_terminal
    assert not Tender(TenderKind.CARD, 1).at_terminal
    assert not GIFT.at_terminal
