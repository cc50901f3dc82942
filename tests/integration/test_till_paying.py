"""Paying in parts at a till on real files: one tender taken back, and what a terminal took is never forgotten."""

from dataclasses import replace
from uuid import UUID

import pytest

from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from pos_client.app.print_papers import PrintPapers
from pos_client.devices.printer.simulator.roll import read_pieces
from pos_client.storage.authorisations import OutstandingAuthorisation, OutstandingAuthorisations
from pos_client.storage.print_queue import PrintQueue
from shared.errors import DomainError
from shared.tender import Tender, TenderKind, TerminalSlip
from tests.integration.till_world import NOON, World

SLIP = TerminalSlip("99000001", 42, 118, "************8810", "girocard", "004711")
GIFT = "2950000000424471"
PAID, HELD, REVERSED = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def till(world):
    till = world.open()
    till.basket.on_add("S10")
    return till


def card(amount=400):
    return Tender(TenderKind.CARD, amount, PAID, slip=SLIP)


def gift(amount=300):
    return Tender(TenderKind.GIFT_CARD, amount, HELD, GIFT, 700)


def hold(till):
    """What the centre holds for the receipt, as it is kept."""
    basket = till.sale.basket.basket_id
    row = OutstandingAuthorisation(HELD, "gift_card", basket, {"amount": 300}, "approved", NOON)
    OutstandingAuthorisations(till.journal.file).put(row)


def states(till):
    return {row.auth_id: row.state for row in OutstandingAuthorisations(till.journal.file).all()}


def refused(code, act):
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code


def test_tenders_are_there_again_with_all_that_was_said_of_them(world, till):
    hold(till)
    till.sale.tender(card())
    till.sale.tender(gift())
    till = world.reopen(till)
    assert till.sale.payment.tenders == (card(), gift())
    rows = till.payment.refresh().tenders
    assert [(row.place, row.at_terminal) for row in rows] == [(0, True), (1, False)]
    assert rows[0].detail == "girocard ••\u00a08810"
    assert rows[1].detail == "••\u00a04471 · Rest 7,00\u00a0€"


def test_one_is_taken_back_and_the_others_stay(till):
    till.payment.on_cash("1")
    till.payment.on_cash("2")
    state = till.payment.on_take_back_one(0)
    assert [row.amount for row in state.tenders] == ["2,00"]
    refused("tender_gone", lambda: till.payment.on_take_back_one(5))


def test_what_a_gift_card_holds_is_given_back_with_its_tender(world, till):
    hold(till)
    till.sale.tender(gift())
    till.payment.on_take_back_one(0)
    assert states(till) == {HELD: "voiding"}
    till = world.reopen(till)
    assert till.sale.payment.tenders == ()


def test_what_a_terminal_took_is_only_undone_there(till):
    till.sale.tender(card())
    for act in (
        till.payment.on_take_back,
        till.payment.on_leave,
        lambda: till.payment.on_take_back_one(0),
        lambda: till.basket.on_cancel("Test"),
    ):
        refused("card_paid", act)
    basket = till.sale.basket.basket_id
    row = OutstandingAuthorisation(REVERSED, "terminal_reversal", basket, {}, "approved", NOON)
    OutstandingAuthorisations(till.journal.file).put(row)
    till.sale.take_back(0, REVERSED)
    assert states(till) == {}
    till.basket.on_cancel("Test")


def test_the_receipt_keeps_what_was_said_and_copies_say_the_same(till):
    hold(till)
    till.sale.tender(card(700))
    till.sale.tender(gift())
    number = till.payment.on_finish().receipt_number
    text = till.receipts.on_find(number).text
    for said in ("****8810", "Terminal 99000001", "Trace 118", "****4471", "vorher 10,00"):
        assert said in text
    assert GIFT not in text
    copy = till.receipts.on_reprint(number).text
    assert [row for row in text.splitlines() if "8810" in row or "vorher" in row] == [
        row for row in copy.splitlines() if "8810" in row or "vorher" in row
    ]
    assert states(till) == {}


def test_who_practises_never_asks_terminal_or_centre(world):
    till = world.open()
    till.payment.use_terminal(on=True)
    till.basket.on_training(on=True)
    till.basket.on_add("S10")
    assert not till.payment.at_terminal
    refused("authorisation_training", lambda: till.payment.on_means("gift_card"))


def test_money_goes_back_by_what_paid_most(till):
    hold(till)
    till.sale.tender(gift())
    till.payment.on_cash("7")
    number = till.payment.on_finish().receipt_number
    till.basket.on_return_of(number, 1, "1", "zu klein")
    state = till.payment.on_open()
    assert [row.kind for row in state.means if row.chosen] == ["cash"]
    assert state.note == "Bezahlt wurde mit: Geschenkkarte ••\u00a04471, Bar"


def test_a_script_takes_back_one_tender(till):
    intents = Intents(till, lambda _seconds: None)
    for amount in ("1", "2"):
        intents.perform(Arguments({"do": "tender", "amount": amount}))
    outcome = intents.perform(Arguments({"do": "take_back", "place": 0}))
    assert (outcome["given"], outcome["due"]) == (200, 800)


def test_somebody_who_leads_vouches_without_taking_over(world, till):
    refused("approval_refused", lambda: till.login.on_approve("101", "4711"))
    refused("login_refused", lambda: till.login.on_approve("101", "0000"))
    assert till.recorder.require_operator().staff_id == "101"


def test_the_house_gets_its_copy_with_the_original_and_with_no_other(till):
    slip = replace(SLIP, merchant=("Nur für die Kasse",), customer=("Nur für Sie",))
    till.sale.tender(Tender(TenderKind.CARD, 1_000, PAID, slip=slip))
    number = till.payment.on_finish().receipt_number
    till.receipts.on_reprint(number)
    queue = PrintQueue(till.journal.file)
    papers = PrintPapers(till.identity, till.texts, till.clock, 42, b"")
    printed = {}
    while (job := queue.next_waiting()) is not None:
        pieces = read_pieces(papers.job_bytes(job, queue.event))
        printed[job.kind] = [piece.text() for piece in pieces]
        queue.remove(job.job)
    original, house = printed["receipt"]
    assert "Nur für Sie" in original
    assert "Nur für die Kasse" in house
    assert "Nur für die Kasse" not in original
    (copy,) = printed["copy"]
    assert "Nur für Sie" in copy
