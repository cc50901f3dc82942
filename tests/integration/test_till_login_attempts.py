"""Wrong log-ins in the journal's file: counted by PIN, kept over restarts, and never pushed out once locked."""

from datetime import UTC, datetime, timedelta

import pytest

from pos_client.storage.login_attempts import LoginAttempts
from tests.integration.till_world import World

AT = datetime(2026, 11, 25, tzinfo=UTC)
LOCKED = 10


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def attempts(till):
    return LoginAttempts(till.journal.file, LOCKED)


def test_failures_survive_a_restart(world):
    till = world.open()
    for _ in range(LOCKED):
        attempts(till).failed("101", "pin", AT)
    till = world.reopen(till, login=False)
    assert attempts(till).of("101", "pin").failures == LOCKED


def test_a_new_pin_starts_from_nothing(world):
    counters = attempts(world.open())
    for _ in range(LOCKED):
        counters.failed("101", "old", AT)
    assert counters.of("101", "new") is None
    assert counters.failed("101", "new", AT) == 1


def test_made_up_numbers_do_not_push_out_what_is_locked(world):
    counters = attempts(world.open())
    for _ in range(LOCKED):
        counters.failed("101", "pin", AT)
    for number in range(600):
        counters.failed(f"x{number}", "", AT + timedelta(seconds=number + 1))
    assert counters.of("101", "pin").failures == LOCKED
    assert counters.of("x0", "") is None


def test_only_what_is_locked_is_unlocked(world):
    counters = attempts(world.open())
    for _ in range(LOCKED):
        counters.failed("102", "pin", AT)
    counters.failed("101", "pin", AT)
    assert counters.unlock() == ("102",)
    assert counters.of("101", "pin").failures == 1
    assert counters.of("102", "pin") is None


def test_the_till_lists_who_may_log_in(world):
    till = world.open()
    assert {tile.staff_id for tile in till.login.on_staff().staff} == {"101", "102"}


def test_what_came_in_is_summed_by_kind_of_payment(world):
    till = world.open()
    till.shift.on_open("10")
    till.basket.on_add("S3")
    till.payment.on_cash("5")
    till.payment.on_finish()
    till.basket.on_return("S1", "1", None, "too small")
    till.payment.on_cash()
    till.payment.on_finish()
    state = till.shift.refresh()
    assert (state.receipts, state.cash_sales) == ("2", "2,00\xa0€")
    assert [(row.text, row.count, row.amount) for row in state.by_tender] == [("Bar", "2", "2,00")]
    assert till.shift.expected() == "12,00\xa0€"
