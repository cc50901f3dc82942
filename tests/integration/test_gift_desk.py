"""The worker that asks for gift cards: what is shown of each question, and what becomes of answers nobody waits for."""

import random
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest

from pos_client.app.card_desk import DeskPace
from pos_client.app.gift_cards import CardPhase, GiftCards
from pos_client.app.gift_desk import GiftDesk
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from pos_client.sync.ports import CentreRefusedError
from shared.errors import EnvironmentProblem
from shared.identity import FixedClock
from shared.vouchers import NumberRange, StandInPolicy
from shared.wire.authorisations import AuthorisationAnswer, AuthorisationState, BalanceAnswer
from tests.integration.printer_rig import eventually

BASKET = UUID(int=5)
CARD, OTHER = (NumberRange("2950", 8, 6).number(n, 123_456) for n in (1, 2))
WORTH = 5_000


class Centre:
    """Answers at once, or once `goes_on` is set; `cut` is a network that is away."""

    def __init__(self):
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.cut = False
        self.held = {}
        self.asked = []

    def balance(self, request):
        self._wait()
        if request.instrument == OTHER:
            raise CentreRefusedError(404, "giftcard_unknown")
        return BalanceAnswer(
            instrument=request.instrument, currency="EUR", balance=WORTH, state="active"
        )

    def authorise(self, request):
        self.asked.append(request.auth_id)
        self._wait()
        self.held[request.auth_id] = request.amount
        return AuthorisationAnswer(
            auth_id=request.auth_id,
            state=AuthorisationState.APPROVED,
            amount=request.amount,
            balance=WORTH - request.amount,
        )

    def release(self, auth_id):
        self._wait()
        self.held.pop(auth_id, None)
        return AuthorisationAnswer(
            auth_id=auth_id, state=AuthorisationState.RELEASED, amount=0, balance=WORTH
        )

    def _wait(self):
        self.goes_on.wait(5)
        if self.cut:
            raise EnvironmentProblem("centre_unreachable", {"detail": "cut"})


@pytest.fixture
def centre():
    return Centre()


@pytest.fixture
def desk(tmp_path, centre):
    clock = FixedClock(datetime(2026, 11, 27, tzinfo=UTC))

    def cards(file):
        return GiftCards(
            centre,
            file,
            clock,
            random.Random(4).randbytes,
            "EUR",
            StandInPolicy,
            lambda _fact: None,
            bytes,
        )

    made = GiftDesk(
        lambda: JournalFile(tmp_path / "journal.db", "DE01-T1", 1), cards, DeskPace(0.05, 0.1)
    )
    yield made
    centre.goes_on.set()
    made.close()


def until(desk, phase):
    assert eventually(lambda: desk.state().phase == phase), desk.state()
    return desk.state()


def open_rows(tmp_path):
    file = JournalFile(tmp_path / "journal.db", "DE01-T1", 1)
    rows = OutstandingAuthorisations(file).all()
    file.close()
    return [row.state for row in rows]


def test_what_a_card_has_and_why_it_cannot_be_said(desk, centre):
    desk.look(CARD)
    assert until(desk, "balance").balance.balance == WORTH
    desk.look(OTHER)
    assert eventually(lambda: desk.state().problem)
    assert desk.state().problem.code == "giftcard_unknown"
    centre.cut = True
    desk.look(CARD)
    assert eventually(lambda: desk.state().problem and desk.state().number == CARD)
    assert desk.state().problem.code == "centre_unreachable"


def test_what_is_not_known_is_asked_again_by_itself_under_the_same_id(desk, centre):
    centre.cut = True
    desk.ask(BASKET, CARD, 1_000)
    until(desk, "unknown")
    assert eventually(lambda: len(centre.asked) > 2)
    centre.cut = False
    found = until(desk, "approved").payment
    assert (found.phase, found.amount, found.balance) == (CardPhase.APPROVED, 1_000, 4_000)
    assert set(centre.asked) == {found.auth_id}
    count = len(centre.asked)
    assert not eventually(lambda: len(centre.asked) > count, seconds=0.4)


def test_an_answer_that_comes_after_the_customer_changed_their_mind_is_given_back(
    desk, centre, tmp_path
):
    centre.goes_on.clear()
    desk.ask(BASKET, CARD, 1_000)
    assert eventually(lambda: centre.asked)
    desk.drop()
    shown = []
    desk.on_changed = lambda: shown.append(desk.state().phase)
    centre.goes_on.set()
    assert eventually(lambda: open_rows(tmp_path) == [])
    assert centre.held == {}
    assert set(shown) <= {"idle"}


def test_a_new_question_is_not_answered_by_the_one_before(desk, centre):
    centre.goes_on.clear()
    desk.look(CARD)
    desk.look(OTHER)
    shown = []
    desk.on_changed = lambda: shown.append(desk.state())
    centre.goes_on.set()
    assert eventually(lambda: desk.state().problem)
    assert [state.number for state in shown] == [OTHER]


def test_what_is_on_a_receipt_is_not_given_back_with_the_next_card(desk, centre):
    desk.ask(BASKET, CARD, 1_000)
    until(desk, "approved")
    desk.forget()
    desk.drop()
    desk.look(CARD)
    until(desk, "balance")
    assert list(centre.held.values()) == [1_000]


def test_what_is_given_back_is_told_at_once_and_else_later(desk, centre, tmp_path):
    desk.ask(BASKET, CARD, 1_000)
    auth_id = until(desk, "approved").payment.auth_id
    centre.cut = True
    desk.give_back(auth_id)
    assert eventually(lambda: open_rows(tmp_path) == ["voiding"])
    centre.cut = False
    desk.give_back(auth_id)
    assert eventually(lambda: open_rows(tmp_path) == [])
    assert centre.held == {}
