"""The worker beside the sale: what a page sees of a payment, from the first word to its end."""

import random
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest

from pos_client.app.card_desk import CardDesk, DeskPace
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from shared.errors import DomainError
from shared.identity import FixedClock
from shared.tender.card import AttemptKind
from tests.integration.printer_rig import eventually
from tests.integration.terminal_rig import Connected

BASKET = UUID(int=5)


class Page:
    """A desk and what it showed."""

    def __init__(self, folder, found):
        self.path = folder / "journal.db"
        self.states = []
        self.desk = CardDesk(
            found.terminal,
            lambda: JournalFile(self.path, "DE01-T1", 1),
            FixedClock(datetime(2026, 11, 27, tzinfo=UTC)),
            random.Random(3).randbytes,
            "EUR",
            DeskPace(0.1, 0.2),
        )
        self.desk.on_changed = lambda: self.states.append(self.desk.state())

    def pay(self, amount=1_000):
        self.desk.begin(AttemptKind.PAYMENT, BASKET, amount)

    def until(self, phase):
        assert eventually(lambda: self.desk.state().phase == phase)
        return self.desk.state()


@pytest.fixture
def found():
    connected = Connected("tcp", used=True)
    yield connected
    connected.close()


@pytest.fixture
def page(tmp_path, found):
    made = Page(tmp_path, found)
    yield made
    made.desk.close()


def test_a_payment_is_followed_to_its_end(page):
    page.pay(2_000)
    state = page.until("approved")
    assert state.payment.attempt.counted == 2_000
    assert state.pending == (state.payment,)
    assert "Bitte Karte einlegen" in [each.words for each in page.states]


def test_one_thing_at_a_time(page, found):
    found.script("approve +slow 1")
    page.pay()
    with pytest.raises(DomainError) as busy:
        page.pay()
    assert busy.value.code == "card_desk_busy"
    page.desk.abort()
    assert page.until("declined").pending == ()


def test_a_lost_payment_is_asked_for_by_itself(page, found):
    found.script("approve +late 1")
    page.pay()
    unknown = page.until("unknown")
    assert (unknown.payment.attempt.counted, unknown.amount) == (0, 1_000)
    assert page.until("approved").payment.attempt.counted == 1_000


def test_a_lost_payment_that_took_nothing_is_declined_by_itself(page, found):
    found.script("approve +lose-unbooked status")
    page.pay()
    assert page.until("declined").pending == ()


def test_what_a_dead_till_left_is_asked_for_at_the_start(tmp_path, found):
    found.script("approve +lose status")
    first = Page(tmp_path, found)
    first.desk._pace = DeskPace(60, 60)
    first.pay()
    first.until("unknown")
    first.desk.close()
    second = Page(tmp_path, found)
    assert eventually(lambda: second.desk.state().pending)
    (paid,) = eventually(lambda: [p for p in second.desk.state().pending if not p.attempt.is_open])
    assert paid.attempt.counted == 1_000
    second.desk.close()


def test_a_person_decides_and_the_till_goes_on(page, found):
    found.script("approve +lose status")
    page.desk._pace = DeskPace(60, 60)
    page.pay()
    lost = page.until("unknown").payment
    found.terminal.pay(333, "EUR", lambda _: None)
    page.desk.decide(lost.auth_id, paid=True)
    assert page.until("approved").payment.auth_id == lost.auth_id


def undoing(page):
    return [each for each in page.desk.state().pending if each.undoes is not None]


def test_a_payment_is_undone(page, found):
    page.pay()
    paid = page.until("approved").payment
    page.desk.reverse(paid.taken())
    (undone,) = eventually(lambda: page.desk.state().phase == "approved" and undoing(page))
    assert undone.undoes == paid.auth_id
    assert found.money() == 0


def test_a_terminal_that_is_off_is_shown(page, found):
    found.close()
    page.pay()
    state = eventually(lambda: page.desk.state().problem and page.desk.state())
    assert state.problem.code == "terminal_unreachable"


def test_a_second_connection_does_not_disturb_the_sale(page, tmp_path):
    """The lane of the till settles what the worker wrote."""
    page.pay()
    paid = page.until("approved").payment
    file = JournalFile(page.path, "DE01-T1", 1)
    OutstandingAuthorisations(file).settle(paid.auth_id)
    file.close()
    page.pay(500)
    state = eventually(
        lambda: (
            page.desk.state().phase == "approved"
            and page.desk.state().payment.auth_id != paid.auth_id
            and page.desk.state()
        )
    )
    assert [each.attempt.counted for each in state.pending] == [500]
    assert threading.active_count() < 20
