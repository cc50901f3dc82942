"""What a payment terminal promises, on a network and on a serial line, held against the simulated one."""

import threading
import time

import pytest

from pos_client.devices.simulated import TcpPlace
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.devices.terminal.port import Ending
from pos_client.devices.terminal.simulator.script import FAULTS, STEPS
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.printer_rig import eventually
from tests.integration.terminal_rig import LINES, QUICK, Connected


@pytest.fixture(params=LINES)
def found(request):
    connected = Connected(request.param)
    yield connected
    connected.close()


@pytest.fixture
def tcp():
    connected = Connected("tcp")
    yield connected
    connected.close()


def test_a_payment_is_taken_and_has_its_receipts(found):
    found.terminal.register()
    result = found.pay(2_040)
    assert result.ending is Ending.APPROVED
    assert (result.amount, result.currency) == (2_040, "EUR")
    assert (result.trace, result.receipt_number, result.terminal_id) == (1, 1, "99000001")
    assert (result.card, result.card_name) == ("************0014", "TESTKARTE")
    assert "20,40" in result.merchant_receipt
    assert result.customer_receipt == result.merchant_receipt
    assert found.engine.money() == 2_040


def test_the_cashier_sees_what_the_customer_is_to_do(found):
    found.pay()
    assert [each.text for each in found.saw] == ["Bitte Karte einlegen", "Bitte warten"]


def test_a_refused_card_moves_no_money(found):
    found.script("decline 05", "cancel")
    declined, cancelled = found.pay(), found.pay()
    assert (declined.ending, declined.result) == (Ending.DECLINED, 5)
    assert declined.text == "Abgelehnt"
    assert (cancelled.ending, cancelled.result) == (Ending.CANCELLED, 0x6C)
    assert found.engine.money() == 0


def test_the_cashier_ends_a_payment(found):
    found.script("approve +slow 20")
    helper = threading.Timer(0.3, found.terminal.abort)
    helper.start()
    began = time.monotonic()
    found.terminal._patience = type(QUICK)(1, 1, 5, QUICK.serial)
    assert found.pay().ending is Ending.CANCELLED
    assert time.monotonic() - began < 4
    helper.join()
    assert found.engine.money() == 0


def test_an_abort_of_before_ends_nothing(found):
    found.terminal.abort()
    assert found.pay().ending is Ending.APPROVED


def test_a_payment_is_undone_once(found):
    paid = found.pay(700)
    undone = found.reverse(paid.receipt_number)
    assert (undone.ending, undone.amount) == (Ending.APPROVED, 700)
    assert found.engine.money() == 0
    with pytest.raises(DomainError) as caught:
        found.reverse(paid.receipt_number)
    assert caught.value.code == "terminal_refused"


def test_money_is_given_back(found):
    found.pay(700)
    assert found.refund(200).ending is Ending.APPROVED
    assert found.engine.money() == 500


def test_the_last_payment_is_told_again_and_moves_nothing(found):
    assert found.terminal.last() is None
    paid = found.pay(333)
    again = found.terminal.last()
    assert (again.ending, again.amount, again.trace) == (Ending.APPROVED, 333, paid.trace)
    assert again.merchant_receipt == paid.merchant_receipt
    assert found.engine.money() == 333


def test_the_day_is_closed_with_its_sums(found):
    found.pay(100)
    found.pay(250)
    day = found.terminal.end_of_day()
    assert (day.amount, day.currency, day.first_receipt, day.last_receipt) == (350, "EUR", 1, 2)
    assert ("Visa", 2, 350) in day.by_card
    assert "Kassenschnitt" in day.receipt
    assert found.terminal.end_of_day().amount == 0


def test_state_and_diagnosis(found):
    state = found.terminal.state()
    assert state.ready
    assert state.version == "SIMULATOR"
    assert "Diagnose erfolgreich" in found.terminal.diagnose()


def test_a_refused_command_is_told_from_a_busy_terminal(found):
    found.script("refuse 83", "refuse 9C")
    with pytest.raises(DomainError) as refused:
        found.pay()
    assert (refused.value.code, refused.value.params) == ("terminal_refused", {"code": "83"})
    with pytest.raises(EnvironmentProblem) as busy:
        found.pay()
    assert busy.value.code == "terminal_busy"
    assert found.engine.money() == 0


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [*FAULTS, "lose-unbooked"])
def test_whatever_breaks_nothing_is_claimed_that_is_not_so(tcp, step, fault):
    """Approved is what the terminal booked, refused what it did not; all else is unknown, and asking finds it out."""
    tcp.script(f"approve +{fault} {step}")
    result = tcp.pay(500)
    assert result.ending in {Ending.APPROVED, Ending.UNKNOWN}
    booked = eventually(lambda: (tcp.engine.money(),), 0.3)[0] == 500
    if result.ending is Ending.APPROVED:
        assert booked
    last = tcp.terminal.last()
    assert (last is not None and last.amount == 500) == (tcp.engine.money() == 500)


@pytest.mark.parametrize("step", ["accept", "status", "completion"])
@pytest.mark.parametrize("fault", ["lose", "duplicate", "short", "garbage"])
def test_whatever_breaks_on_a_serial_line(step, fault):
    found = Connected("serial")
    found.script(f"approve +{fault} {step}")
    result = found.pay(500)
    assert result.ending is (Ending.APPROVED if fault == "duplicate" else Ending.UNKNOWN)
    last = eventually(lambda: _asked(found))
    assert last.amount == 500
    assert found.engine.money() == 500
    found.close()


def _asked(found):
    try:
        return found.terminal.last()
    except EnvironmentProblem:
        return None


def test_a_terminal_that_still_works_on_a_payment_is_busy(tcp):
    tcp.script("approve +late 1")
    assert tcp.pay(900).ending is Ending.UNKNOWN
    with pytest.raises(EnvironmentProblem) as busy:
        tcp.terminal.last()
    assert busy.value.code == "terminal_busy"
    assert eventually(lambda: _asked(tcp)).amount == 900


def test_nobody_there_is_unreachable_and_certain(tcp):
    tcp.close()
    with pytest.raises(EnvironmentProblem) as caught:
        tcp.pay()
    assert caught.value.code == "terminal_unreachable"
    away = ZvtTerminal(parse_terminal_address("serial:/dev/none"), "EUR", QUICK)
    with pytest.raises(EnvironmentProblem) as caught:
        away.register()
    assert caught.value.code == "terminal_unreachable"


def test_a_terminal_that_never_answers_leaves_it_unknown():
    place = TcpPlace()
    away = ZvtTerminal(parse_terminal_address(place.address), "EUR", QUICK)
    assert away.pay(100, "EUR", lambda _: None).ending is Ending.UNKNOWN
    with pytest.raises(EnvironmentProblem) as caught:
        away.register()
    assert caught.value.code == "terminal_lost"
    place.close()


def test_nothing_works_in_the_gui_thread(tcp):
    mark_gui_thread()
    try:
        with pytest.raises(RuntimeError, match="GUI thread"):
            tcp.pay()
    finally:
        forget_gui_thread()
