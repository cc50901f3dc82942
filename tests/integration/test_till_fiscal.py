"""What a fiscal device hears of a till: every receipt from its first line to its end, and no end that never was."""

from contextlib import contextmanager

import pytest

from shared.errors import DomainError, EnvironmentProblem
from shared.fiscal import FiscalResult
from shared.journal import parse_body
from tests.integration.till_world import World, all_events, sell


class RecordingDevice:
    """Signs everything, remembers every call, and can be broken."""

    signs = True

    def __init__(self):
        self.calls = []
        self.broken_at = ""

    def _hear(self, what, transaction):
        if what == self.broken_at:
            raise EnvironmentProblem("fiscal_device_away")
        self.calls.append((what, transaction))

    def start(self, transaction):
        self._hear("start", transaction)

    def update(self, transaction):
        self._hear("update", transaction)

    def finish(self, transaction):
        self._hear("finish", transaction)
        return FiscalResult("recording", ("signed",), {"signature": str(len(self.calls))})

    def cancel(self, transaction):
        self._hear("cancel", transaction)

    def take(self):
        """What was called since the last time, with the total at each call."""
        heard = [(what, transaction.total) for what, transaction in self.calls]
        self.calls.clear()
        return heard


@pytest.fixture
def device():
    return RecordingDevice()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def till(world, device):
    return world.open(fiscal=device)


@contextmanager
def full_disk(till):
    """Not a byte more goes into the journal."""
    connection = till.journal.file._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")

    def fill(size):
        for _ in range(2_000):
            till.recorder.record(("drawer.opened", {"why": "x" * size}))

    for size in (500, 1):
        refused("journal_disk_full", fill, size)
    yield
    connection.execute("PRAGMA max_page_count=1000000")


@contextmanager
def dead_disk(till):
    """The journal's disk takes no write at all."""
    till.journal.file._connection.execute("PRAGMA query_only=ON")
    yield
    till.journal.file._connection.execute("PRAGMA query_only=OFF")


def refused(code, act, *args):
    with pytest.raises((EnvironmentProblem, DomainError)) as caught:
        act(*args)
    assert caught.value.code == code


def last_body(till):
    return parse_body(all_events(till)[-1].body)


# --- every step of a receipt ---------------------------------------------------------------------


def test_a_sale_is_started_at_its_first_line_and_told_each_change(till, device):
    till.basket.on_add("S1")
    till.basket.on_add("S2")
    till.basket.on_quantity(2, "3")
    till.basket.on_price(1, "0.50", "stain")
    till.basket.on_void(2)
    till.basket.on_undo()
    till.payment.on_cash("10")
    assert device.take() == [
        ("start", 100),
        ("update", 300),
        ("update", 700),
        ("update", 650),
        ("update", 50),
        ("update", 650),
    ]
    till.payment.on_finish()
    ((what, transaction),) = device.calls
    receipt = till.payment.last_receipt
    assert what == "finish"
    assert (transaction.basket_id, transaction.receipt_no) == (receipt.basket_id, "1-1")
    assert (transaction.kind, transaction.total, transaction.vat) == ("sale", 650, receipt.vat)
    assert [(str(t.kind), t.amount) for t in transaction.tenders] == [
        ("cash", 1000),
        ("change", -350),
    ]
    assert transaction.at == receipt.finished_at


def test_what_the_device_answers_stands_in_the_event(till):
    receipt = sell(till, "S1")
    assert receipt.fiscal == FiscalResult("recording", ("signed",), {"signature": "2"})
    assert last_body(till)["fiscal"] == {
        "device": "recording",
        "print": ["signed"],
        "fields": {"signature": "2"},
    }


def test_a_receipt_given_up_is_cancelled(till, device):
    till.basket.on_add("S1")
    till.basket.on_cancel("changed his mind")
    assert device.take() == [("start", 100), ("cancel", 100)]


def test_a_parked_receipt_goes_on_when_it_is_recalled(till, device):
    till.basket.on_add("S1")
    parked = till.sale.basket.basket_id
    till.basket.on_park("coat")
    sell(till, "S2")
    device.calls.clear()
    till.basket.on_recall()
    till.basket.on_add("S3")
    till.payment.on_cash()
    till.payment.on_finish()
    assert {transaction.basket_id for _, transaction in device.calls} == {parked}
    assert device.take() == [("update", 100), ("update", 400), ("finish", 400)]


def test_a_receipt_that_was_open_goes_on_after_a_restart(world, till, device):
    till.basket.on_add("S1")
    till.close()
    world.opened.clear()
    device.calls.clear()
    world.open(fiscal=device)
    assert device.take() == [("update", 100)]


def test_a_return_is_signed_too(till, device):
    till.basket.on_return("S1", "1", None, "broken")
    till.payment.on_cash()
    till.payment.on_finish()
    assert device.take() == [("start", -100), ("finish", -100)]


def test_training_is_told_as_training(till, device):
    till.basket.on_training(True)
    sell(till, "S1", "S2")
    till.basket.on_add("S1")
    till.basket.on_cancel("enough")
    assert {transaction.kind for _, transaction in device.calls} == {"training"}
    assert [what for what, _ in device.take()] == ["start", "update", "finish", "start", "cancel"]


def test_control_receipts_are_signed(till, device):
    till.shift.on_open("10")
    till.shift.on_close("10", unsent_ok=True)
    till.shift.on_null_receipt()
    assert [(what, t.kind, t.receipt_no) for what, t in device.calls] == [
        ("start", "receipt.opening", "1-1"),
        ("finish", "receipt.opening", "1-1"),
        ("start", "receipt.closing", "1-2"),
        ("finish", "receipt.closing", "1-2"),
        ("start", "receipt.null", "1-3"),
        ("finish", "receipt.null", "1-3"),
    ]
    assert last_body(till)["fiscal"]["fields"] == {"signature": "6"}


def test_a_productive_till_in_germany_sells_with_a_device_that_signs(tmp_path, device):
    world = World(tmp_path / "productive", mode="productive")
    assert sell(world.open(fiscal=device), "S1").fiscal.device == "recording"
    world.close()


# --- the disk refuses -----------------------------------------------------------------------------


def test_a_first_line_that_the_disk_refuses_is_cancelled(till, device):
    with dead_disk(till):
        refused("journal_io_error", till.basket.on_add, "S1")
    assert till.sale.basket is None
    assert device.take() == [("start", 100), ("cancel", 100)]


def test_a_change_that_the_disk_refuses_is_not_told(till, device):
    till.basket.on_add("S1")
    device.calls.clear()
    with dead_disk(till):
        for act, words in (
            (till.basket.on_add, ("S2",)),
            (till.basket.on_quantity, (1, "2")),
            (till.basket.on_void, (1,)),
            (till.basket.on_cancel, ("enough",)),
        ):
            refused("journal_io_error", act, *words)
    assert device.calls == []


def test_a_finish_that_the_disk_refuses_is_repeated_with_the_same_receipt(till, device):
    till.basket.on_add("S1")
    till.payment.on_cash()
    basket = till.sale.basket
    device.calls.clear()
    with full_disk(till):
        refused("journal_disk_full", till.payment.on_finish)
        assert till.sale.basket == basket
    till.payment.on_finish()
    assert [(what, t.basket_id, t.receipt_no) for what, t in device.calls] == [
        ("finish", basket.basket_id, "1-1"),
        ("finish", basket.basket_id, "1-1"),
    ]
    assert till.payment.last_receipt.fiscal.fields == {"signature": "2"}
    assert last_body(till)["fiscal"]["fields"] == {"signature": "2"}


def test_a_finish_that_the_disk_refused_can_end_as_a_cancel(till, device):
    till.basket.on_add("S1")
    till.payment.on_cash()
    with full_disk(till):
        refused("journal_disk_full", till.payment.on_finish)
    till.payment.on_take_back()
    till.basket.on_add("S2")
    till.basket.on_cancel("too late")
    assert device.take() == [("start", 100), ("finish", 100), ("update", 300), ("cancel", 300)]


@pytest.mark.parametrize("control", ["open", "close", "null"])
def test_a_control_receipt_that_the_disk_refuses_is_cancelled(till, device, control):
    if control != "open":
        till.shift.on_open("10")
    act, words = {
        "open": (till.shift.on_open, ("10",)),
        "close": (lambda counted: till.shift.on_close(counted, unsent_ok=True), ("10",)),
        "null": (till.shift.on_null_receipt, ()),
    }[control]
    number = till.store.next_receipt
    device.calls.clear()
    with full_disk(till):
        refused("journal_disk_full", act, *words)
    assert [what for what, _ in device.calls] == ["start", "finish", "cancel"]
    assert len({transaction.basket_id for _, transaction in device.calls}) == 1
    assert till.store.next_receipt == number
    device.calls.clear()
    act(*words)
    assert [(what, t.receipt_no) for what, t in device.calls] == [
        ("start", f"1-{number}"),
        ("finish", f"1-{number}"),
    ]


# --- the device is away, or the trade says no ----------------------------------------------------


def test_a_device_that_is_away_at_the_start_opens_no_receipt(till, device):
    device.broken_at = "start"
    refused("fiscal_device_away", till.basket.on_add, "S1")
    assert till.sale.basket is None
    refused("fiscal_device_away", till.shift.on_null_receipt)
    assert till.store.next_receipt == 1
    device.broken_at = ""
    assert sell(till, "S1").receipt_id.number == 1


def test_a_device_that_is_away_at_the_finish_leaves_the_receipt_open(till, device):
    till.basket.on_add("S1")
    till.payment.on_cash()
    device.broken_at = "finish"
    refused("fiscal_device_away", till.payment.on_finish)
    device.broken_at = ""
    till.payment.on_finish()
    assert till.payment.last_receipt.receipt_id.number == 1
    device.calls.clear()
    device.broken_at = "finish"
    refused("fiscal_device_away", till.shift.on_null_receipt)
    assert [what for what, _ in device.calls] == ["start", "cancel"]


def test_what_the_trade_refuses_is_not_signed_first(till, device):
    till.basket.on_reference("R-1")
    till.basket.on_add("S1")
    till.basket.on_park()
    sell(till, "S2", ref="R-1")
    till.basket.on_recall()
    refused("tender_short", till.payment.on_finish)
    till.payment.on_cash()
    device.calls.clear()
    refused("receipt_exists", till.payment.on_finish)
    till.recorder.sign_on(None)
    refused("login_required", till.payment.on_finish)
    refused("login_required", till.recorder.record_control, "receipt.null")
    assert device.calls == []
