"""Card payments in the journal: money at the terminal is money at the till, whatever breaks and whenever it dies."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from pos_client.app.card_payments import CardPayments
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.channel import SerialTiming
from pos_client.devices.terminal.device import Patience, ZvtTerminal
from pos_client.devices.terminal.simulator.engine import TerminalEngine
from pos_client.devices.terminal.simulator.script import FAULTS, STEPS
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock
from shared.tender import Tender, TenderKind
from shared.tender.card import AttemptState
from tests.integration.printer_rig import eventually
from tests.integration.terminal_rig import Connected
from tests.integration.till_world import World

BASKET = UUID(int=77)
HURRIED = Patience(connect=1, accept=0.12, dialogue=0.15, serial=SerialTiming(0.05, 0.1))


class Desk:
    """A till's journal and a simulated terminal. `restart` is what follows a kill: nothing but the disk is left."""

    def __init__(self, folder, kind="tcp", *, used=True):
        self.folder = folder
        self.found = Connected(kind, TerminalEngine(0.12), used=used)
        self.random = random.Random(11)
        self.file = None
        self.restart()

    def restart(self):
        if self.file is not None:
            self.file.close()
        self.file = JournalFile(self.folder / "journal.db", "DE01-T1", 1)
        self.outstanding = OutstandingAuthorisations(self.file)
        terminal = ZvtTerminal(parse_terminal_address(self.found.address), "EUR", HURRIED)
        self.payments = CardPayments(
            terminal,
            self.outstanding,
            FixedClock(datetime(2026, 11, 27, 12, tzinfo=UTC)),
            self.random.randbytes,
            "EUR",
        )

    def pay(self, amount=1_000):
        return self.payments.pay(BASKET, amount, lambda _: None)

    def resolved(self):
        def once():
            try:
                return self.payments.resolve()
            except EnvironmentProblem:
                return False

        return eventually(once)

    def close(self):
        self.file.close()
        self.found.close()


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


def test_an_approved_payment_stays_until_a_receipt_holds_it(desk):
    paid = desk.pay(2_500)
    assert paid.attempt.counted == 2_500
    desk.restart()
    (kept,) = desk.payments.pending()
    assert kept == paid
    assert kept.result.merchant_receipt[0] == "** SIMULATOR - KEINE ZAHLUNG **"
    desk.outstanding.settle(kept.auth_id)
    assert desk.payments.pending() == ()


def test_a_declined_payment_leaves_nothing(desk):
    desk.found.script("decline 05")
    assert desk.pay().attempt.state is AttemptState.DECLINED
    assert desk.payments.pending() == ()


def test_a_lost_payment_that_was_booked_is_found_again(desk):
    desk.found.script("approve +lose status")
    lost = desk.pay()
    assert lost.attempt.state is AttemptState.UNKNOWN
    assert lost.attempt.counted == 0
    assert desk.resolved()
    (found,) = desk.payments.pending()
    assert found.auth_id == lost.auth_id
    assert found.attempt.counted == 1_000 == desk.found.money()
    assert found.result.receipt_number == 2


def test_a_lost_payment_that_was_not_booked_is_gone(desk):
    desk.pay()
    desk.outstanding.settle(desk.payments.pending()[0].auth_id)
    desk.found.script("approve +lose-unbooked status")
    desk.pay()
    assert desk.resolved()
    assert desk.payments.pending() == ()
    assert desk.found.money() == 1_000


def test_a_new_terminal_can_be_paid_at_and_a_person_decides_what_it_cannot_tell(tmp_path):
    desk = Desk(tmp_path, used=False)
    desk.found.script("approve +lose status")
    lost = desk.pay()
    assert not desk.payments.resolve()
    desk.payments.decide(lost.auth_id, paid=True)
    assert desk.pay(500).attempt.counted == 500
    assert desk.found.money() == 1_500
    desk.close()


def test_a_payment_that_ends_late_is_waited_for(desk):
    desk.found.script("approve +late 1")
    desk.pay()
    with pytest.raises(EnvironmentProblem) as busy:
        desk.pay(500)
    assert busy.value.code == "terminal_busy"
    assert desk.resolved()
    assert [each.attempt.counted for each in desk.payments.pending()] == [1_000]


def test_nothing_is_asked_while_one_is_unknown(desk):
    desk.found.script("approve +lose status")
    lost = desk.pay()
    # Somebody paid another amount at the terminal itself meanwhile: its last payment is not ours.
    desk.found.terminal.pay(333, "EUR", lambda _: None)
    assert not desk.payments.resolve()
    with pytest.raises(DomainError) as refused:
        desk.pay(500)
    assert refused.value.code == "card_payment_open"
    assert desk.payments.decide(lost.auth_id, paid=True).attempt.counted == 1_000
    assert desk.pay(500).attempt.counted == 500
    with pytest.raises(DomainError):
        desk.payments.decide(lost.auth_id, paid=True)


def test_a_terminal_that_is_off_takes_nothing_and_leaves_nothing(desk):
    desk.found.close()
    with pytest.raises(EnvironmentProblem):
        desk.pay()
    assert desk.payments.pending() == ()


def test_a_refused_command_leaves_nothing(desk):
    desk.found.script("refuse 83")
    with pytest.raises(DomainError):
        desk.pay()
    assert desk.payments.pending() == ()


def test_a_payment_is_undone_with_its_reversal(desk):
    paid = desk.pay(700)
    undone = desk.payments.reverse(paid.taken(), lambda _: None)
    assert undone.attempt.counted == -700
    assert undone.undoes == paid.auth_id
    assert desk.payments.pending() == (undone,)
    assert desk.found.money() == 0


def test_money_goes_back_to_a_card(desk):
    assert desk.payments.refund(BASKET, 400, lambda _: None).attempt.counted == -400
    assert desk.found.money() == -400


def test_no_card_number_is_on_the_disk(desk):
    desk.pay()
    desk.file.close()
    octets = b"".join(path.read_bytes() for path in desk.folder.glob("journal.db*"))
    assert b"0014" in octets
    assert b"************0014" in octets
    desk.restart()


def test_an_attempt_becomes_a_tender_once(tmp_path):
    """In one transaction: a till that is killed has the tender or the attempt, never both and never none."""
    world = World(tmp_path, articles=1)
    till = world.open()
    till.basket.on_add("S1")
    outstanding = OutstandingAuthorisations(till.journal.file)
    found = Connected("tcp", used=True)
    payments = CardPayments(
        found.terminal, outstanding, till.clock, random.Random(1).randbytes, "EUR"
    )
    basket_id = till.sale.basket.basket_id
    paid = payments.pay(basket_id, 100, lambda _: None)
    tender = Tender(TenderKind.CARD, paid.attempt.counted)
    till.store.set_tenders(basket_id, (tender,), (paid.auth_id,))
    assert payments.pending() == ()
    found.close()
    assert till.store.load_open().tenders == (tender,)
    world.close()


def soak(desk, payments):
    """Pay with a fault at a random step each time, restart at random; the sums of both sides."""
    chance = random.Random(20_261_127)
    counted = 0
    faults = [*FAULTS, "lose-unbooked"]
    for _ in range(payments):
        ending = chance.choice(["approve"] * 4 + ["decline 05", "cancel"])
        spoilt = chance.random() < 0.6
        fault = f" +{chance.choice(faults)} {chance.choice(STEPS)}" if spoilt else ""
        desk.found.script(f"{ending}{fault}")
        desk.pay(chance.choice([100, 100, 250, 1_999]))
        if chance.random() < 0.2:
            desk.restart()
        assert desk.resolved()
        for each in desk.payments.pending():
            counted += each.attempt.counted
            desk.outstanding.settle(each.auth_id)
        assert counted == desk.found.money()
    return counted


@pytest.mark.parametrize("kind", ["tcp", "serial"])
def test_the_sums_agree_after_every_payment(tmp_path, kind):
    desk = Desk(tmp_path, kind)
    assert soak(desk, 40 if kind == "tcp" else 15) > 0
    desk.close()


@pytest.mark.long
def test_the_sums_agree_after_a_thousand_payments(tmp_path):
    desk = Desk(tmp_path)
    assert soak(desk, 1_000) > 0
    desk.close()
