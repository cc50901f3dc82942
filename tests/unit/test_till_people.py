"""Who may log in, who takes over, who is locked out; and counting a drawer without knowing what it should hold."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from pos_client.features.login.presenter import LOCKED_AT, LONGEST_WAIT, LoginPresenter
from pos_client.ports import OpenShift
from shared.errors import DomainError
from shared.identity import FixedClock
from shared.wire.payloads import StaffRow
from tests.unit.test_till_presenters import FakeAttempts, FakePins, FakeSale, make_shift, refused
from tests.unit.till_fakes import MIA, MOMENT, FakeRecording, FakeTexts, View

PEOPLE = {
    row.staff_id: row
    for row in (
        StaffRow("101", "Mia Wolke", "cashier", "de", "4711", active=True),
        StaffRow("102", "Jo", "store_manager", "en", "0815", active=True),
    )
}


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 25, tzinfo=UTC))


def make_login(clock, operator=None):
    recording = FakeRecording(operator)
    staff = SimpleNamespace(staff=PEOPLE.get, colleagues=lambda: tuple(PEOPLE.values()))
    return LoginPresenter(
        staff, FakePins(), FakeAttempts(), recording, recording, clock, FakeTexts(), View()
    )


def fail(login, clock, number="101", times=LOCKED_AT):
    for _ in range(times):
        refused("login_refused", login.on_login, number, "wrong")
        clock.at += LONGEST_WAIT


def test_the_list_names_no_more_than_it_takes_to_find_oneself(clock):
    state = make_login(clock).on_staff()
    assert [(t.staff_id, t.name, t.initials, t.role) for t in state.staff] == [
        ("101", "Mia Wolke", "MW", "role.cashier"),
        ("102", "Jo", "J", "role.store_manager"),
    ]
    assert (state.name, state.waiting_s) == ("", 0)


def test_the_list_says_how_long_a_number_must_wait(clock):
    login = make_login(clock)
    for _ in range(3):
        refused("login_refused", login.on_login, "101", "wrong")
    assert login.on_staff("101").waiting_s == 6
    assert login.on_staff("102").waiting_s == 0
    clock.at += timedelta(seconds=5)
    assert login.on_staff("101").waiting_s == 0


def test_who_is_in_is_shown_with_initials_and_role(clock):
    state = make_login(clock).on_login("101", "4711")
    assert (state.initials, state.role, state.staff_id) == ("MW", "role.cashier", "101")


def test_taking_over_records_both(clock):
    login = make_login(clock, MIA)
    state = login.on_switch("102", "0815")
    assert state.name == "Jo"
    assert login._recording.events == [
        ("operator.logged_out", {}),
        ("operator.logged_in", {"switched_from": "101"}),
    ]


def test_a_refused_takeover_leaves_who_was_there(clock):
    login = make_login(clock, MIA)
    refused("login_refused", login.on_switch, "102", "wrong")
    assert login._recording.operator is MIA
    assert login.on_switch("101", "4711").name == "Mia"
    assert [kind for kind, _ in login._recording.events] == ["operator.login_failed"]


def test_taking_over_from_nobody_is_logging_in(clock):
    login = make_login(clock)
    assert login.on_switch("101", "4711").name == "Mia Wolke"
    assert login._recording.events == [("operator.logged_in", {})]


def test_ten_wrong_tries_lock_and_waiting_does_not_help(clock):
    login = make_login(clock)
    fail(login, clock, times=LOCKED_AT - 1)
    assert login._attempts.of("101", "").failures == LOCKED_AT - 1
    fail(login, clock, times=1)
    clock.at += timedelta(days=30)
    refused("login_locked", login.on_login, "101", "4711")
    refused("login_locked", login.on_switch, "101", "4711")


def test_a_store_managers_login_lifts_the_lock_and_a_cashiers_does_not(clock):
    login = make_login(clock)
    fail(login, clock, "999")
    login.on_login("101", "4711")
    refused("login_locked", login.on_login, "999", "x")
    login.on_login("102", "0815")
    assert login._recording.events[-1] == ("operator.logged_in", {"unlocked": ["999"]})
    refused("login_refused", login.on_login, "999", "x")


def test_a_locked_manager_cannot_unlock_themselves(clock):
    login = make_login(clock)
    fail(login, clock, "102")
    refused("login_locked", login.on_login, "102", "0815")


# --- counting -------------------------------------------------------------------------------------

RUNNING = OpenShift("id", MOMENT.at, 10_000, 15_000, 3, 5_000, (("cash", 3, 5_000),))
ALL = {20_000: 0, 10_000: 1, 5_000: 1, 2_000: 0, 1_000: 0, 500: 0} | dict.fromkeys(
    (200, 100, 50, 20, 10, 5, 2, 1), 0
)


@pytest.fixture
def shift():
    return make_shift(FakeSale(), running=RUNNING)


def test_a_count_adds_up_as_far_as_it_is(shift):
    state = shift[0].count({5_000: 3, 200: 2, 1: 0})
    assert (state.counted, state.of, state.complete) == (3, 14, False)
    assert (state.notes_total, state.coins_total, state.total) == (
        "15000 EUR",
        "400 EUR",
        "15400 EUR",
    )
    rows = {row.value: row for row in state.rows}
    assert (rows[200].count, rows[200].amount, rows[200].note) == (2, "400", False)
    assert (rows[100].count, rows[100].amount) == (None, "")
    assert 50_000 not in rows


def test_a_rare_note_has_a_row_once_there_is_one(shift):
    state = shift[0].count({50_000: 1})
    assert (state.rows[0].value, state.of) == (50_000, 15)


def test_while_counting_nothing_says_what_should_be_there(shift):
    presenter, _ = shift
    assert presenter.refresh().expected == ""
    assert presenter.expected() == "15000 EUR"
    assert "15000" not in repr(presenter.count({5_000: 1}))


@pytest.mark.parametrize("pieces", [-1, 100_001])
def test_a_number_of_pieces_that_cannot_be_is_refused(shift, pieces):
    refused("count_wrong", shift[0].count, {100: pieces})


def test_the_count_goes_on_record_piece_by_piece(shift):
    presenter, recording = shift
    state = presenter.on_close_counted(ALL)
    kind, facts = recording.events[0]
    assert kind == "shift.closed"
    assert facts["counts"][1] == {"value": 10_000, "count": 1}
    assert (facts["counted"], facts["difference"], facts["hand_ins"]) == (15_000, 0, 1)
    assert "reason" not in facts
    assert (state.expected, state.counted, state.over_limit) == ("15000 EUR", "15000 EUR", False)
    assert [(row.text, row.count, row.amount) for row in state.by_tender] == [
        ("tender.cash", "3", "5000")
    ]


def test_a_row_that_is_missing_keeps_the_shift_open(shift):
    presenter, recording = shift
    refused("count_incomplete", presenter.on_close_counted, {**ALL, 1: None})
    assert recording.events == []


def test_a_small_difference_needs_no_reason_and_a_large_one_does(shift):
    presenter, recording = shift
    with pytest.raises(DomainError) as caught:
        presenter.on_close_counted({**ALL, 500: 1, 1: 1})
    assert caught.value.params == {"difference": "501 EUR", "limit": "500 EUR"}
    assert recording.events == []
    state = presenter.on_close_counted({**ALL, 500: 1, 1: 1}, " wrong change ")
    facts = recording.events[0][1]
    assert (facts["reason"], facts["hand_ins"]) == ("wrong change", 2)
    assert state.over_limit
    presenter, recording = make_shift(FakeSale(), running=RUNNING)
    assert not presenter.on_close_counted({**ALL, 500: 1}).over_limit


def test_a_shift_shows_its_receipts_and_what_came_in(shift):
    state = shift[0].refresh()
    assert (state.receipts, state.cash_sales) == ("3", "5000 EUR")
    assert state.by_tender[0].kind == "cash"
