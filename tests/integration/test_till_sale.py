"""A till on real files: sales, returns, training, parking, shifts, receipts, times."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pos_client.features.receipts.receipt_text import WIDTH
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body, receipt_from_body
from shared.ledger import AccountKind
from shared.ledger.drawer import DRAWER_TYPES, drawer_event, drawer_journal
from shared.ledger.posting import receipt_journal
from tests.integration.till_world import NOON, PIN, World, all_events, gtin, sell


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def types(till):
    return [event.type for event in all_events(till)]


def bodies(till, kind):
    return [parse_body(e.body) for e in all_events(till) if e.type == kind]


def refused(code, act, *args, **named):
    with pytest.raises(DomainError) as caught:
        act(*args, **named)
    assert caught.value.code == code


def test_a_sale_is_one_event_with_all_facts(world):
    till = world.open()
    till.basket.on_scan(gtin(3))
    world.later(seconds=40)
    till.basket.on_add("S2", "3")
    till.payment.on_cash("20")
    till.payment.on_finish()
    event = all_events(till)[-1]
    receipt = receipt_from_body(event.event_id, parse_body(event.body))
    assert event.type == "sale.completed"
    assert str(receipt.receipt_id) == "DE01-T1-1-1"
    assert receipt.total == 900
    assert [(str(t.kind), t.amount) for t in receipt.tenders] == [("cash", 2000), ("change", -1100)]
    assert receipt.started_at.isoformat() == "2026-11-25T12:00:00+01:00"
    assert receipt.finished_at.isoformat() == "2026-11-25T12:00:40+01:00"
    assert receipt.fiscal.print_lines == ("Kein Kassenbeleg",)
    assert receipt.reference_version == "e.1.0"
    assert receipt.lines[0].scanned == gtin(3)
    assert till.sale.basket is None


def test_nobody_sells_without_logging_in(world):
    till = world.open(login=False)
    refused("login_required", till.basket.on_scan, gtin(1))
    refused("login_refused", till.login.on_login, "101", "0000")
    assert types(till) == ["operator.login_failed"]


def test_failed_logins_are_remembered_across_restarts(world):
    till = world.open(login=False)
    for _ in range(3):
        refused("login_refused", till.login.on_login, "101", "0000")
    till = world.reopen(till, login=False)
    refused("login_wait", till.login.on_login, "101", PIN)
    world.later(seconds=6)
    assert till.login.on_login("101", PIN).name == "Mia"


def test_a_return_pays_out(world):
    till = world.open()
    till.basket.on_return("S5", "2", None, "too small")
    till.payment.on_cash()
    till.payment.on_finish()
    assert types(till)[-1] == "return.completed"
    assert till.payment.last_receipt.total == -1000


def test_a_free_line_needs_no_money(world):
    till = world.open()
    till.basket.on_add("S1", "1", "0", "gift")
    till.payment.on_finish()
    assert till.payment.last_receipt.tenders == ()


def test_prices_by_hand_are_one_event_beside_the_receipt(world):
    till = world.open()
    till.basket.on_add("S1", "1", "0.50", "stain")
    till.basket.on_add("S2")
    till.basket.on_price(2, "1", "last piece")
    till.basket.on_add("S3", "1", "9", "wrong")
    till.basket.on_void(3)
    till.payment.on_cash()
    till.payment.on_finish()
    assert types(till)[-2:] == ["price.overridden", "sale.completed"]
    lines = bodies(till, "price.overridden")[0]["lines"]
    assert [(x["number"], x["list_price"], x["unit_price"], x["voided"]) for x in lines] == [
        (1, 100, 50, False),
        (2, 200, 100, False),
        (3, 300, 900, True),
    ]


def test_lines_stay_as_they_are_once_payment_began(world):
    till = world.open()
    till.basket.on_add("S1")
    till.payment.on_cash("0.50")
    refused("payment_begun", till.basket.on_add, "S2")
    refused("payment_begun", till.basket.on_void, 1)
    refused("tender_short", till.payment.on_finish)
    till.payment.on_take_back()
    till.basket.on_add("S2")
    assert till.sale.payment.total == 300


def test_training_takes_numbers_and_adds_nothing(world):
    till = world.open()
    till.shift.on_open("10")
    till.basket.on_training(True)
    sell(till, "S1")
    till.basket.on_training(False)
    sell(till, "S2")
    till.basket.on_training(True)
    till.basket.on_add("S1")
    till.basket.on_cancel("enough")
    assert till.shift.expected() == "12,00\xa0€"
    assert till.shift.refresh().expected == ""
    assert "training.completed" in types(till)
    assert types(till)[-1] == "training.voided"
    page = till.receipts.on_find("2").text
    assert "ÜBUNG" in page
    assert till.lookup.on_stock("S1").levels == ()


def test_a_receipt_can_be_parked_and_recalled(world):
    till = world.open()
    till.basket.on_add("S1")
    till.basket.on_park("red coat")
    sell(till, "S2")
    till = world.reopen(till)
    assert [row.label for row in till.basket.on_parked()] == ["red coat"]
    till.basket.on_add("S3")
    refused("basket_open", till.basket.on_recall)
    till.basket.on_cancel("changed mind")
    till.basket.on_recall()
    till.payment.on_cash()
    till.payment.on_finish()
    assert till.payment.last_receipt.total == 100
    kinds = types(till)
    assert kinds.count("basket.parked") == kinds.count("basket.recalled") == 1


def test_an_open_receipt_is_there_after_a_restart(world):
    till = world.open()
    till.basket.on_reference("R-1")
    till.basket.on_add("S1")
    till.basket.on_add("S2", "1", "1", "stain")
    till.basket.on_note(0, "wrap it")
    till.basket.on_void(1)
    till.payment.on_cash("0.40")
    before = (till.sale.basket, till.sale.payment, till.sale.totals)
    till = world.reopen(till)
    assert (till.sale.basket, till.sale.payment, till.sale.totals) == before
    till.payment.on_take_back()
    till.basket.on_undo()
    assert list(till.sale.basket.lines) == [1, 2]


def test_a_foreign_receipt_is_rung_up_once(world):
    till = world.open()
    sell(till, "S1", ref="R-1")
    refused("receipt_exists", till.basket.on_reference, "R-1")
    refused("reference_too_long", till.basket.on_reference, "R" * 61)
    assert till.journal.refs() == {"R-1"}


def test_a_shift_counts_what_went_through_the_drawer(world):
    till = world.open()
    till.shift.on_open("100")
    sell(till, "S5", "S5")
    till.basket.on_return("S1", "1", None, "broken")
    till.payment.on_cash()
    till.payment.on_finish()
    till.shift.on_cash_move("withdrawal", "50", "bank")
    till.shift.on_cash_move("deposit", "5", "coins")
    refused("shift_unsent", till.shift.on_close, "64")
    state = till.shift.on_close("64", unsent_ok=True)
    assert (state.expected, state.difference) == ("64,00\xa0€", "0,00\xa0€")
    till.shift.on_null_receipt()
    till.shift.on_close_day()
    facts = bodies(till, "day.closed")[0]
    assert (facts["sales"], facts["returns"], facts["first_number"], facts["last_number"]) == (
        1,
        1,
        1,
        5,
    )
    assert facts["totals"] == {"EUR": 900}
    assert facts["head_hash"] == all_events(till)[-2].hash.hex()
    assert [e.type for e in all_events(till) if e.type.startswith("receipt.")] == [
        "receipt.opening",
        "receipt.closing",
        "receipt.null",
    ]


def test_what_the_drawer_journals_is_what_the_ledger_books(world):
    """The till's own events, read by the centre's rules: the drawer holds what was expected, and nothing after."""
    till = world.open()
    till.shift.on_open("100")
    sell(till, "S5", "S5")
    till.shift.on_cash_move("bank", "50", "safe bag")
    till.shift.on_cash_move("expense", "7.50", "stamps")
    till.shift.on_cash_move("deposit", "5", "coins")
    expected = _in_the_drawer(till)
    till.shift.on_close("57", unsent_ok=True)
    assert expected == bodies(till, "shift.closed")[0]["expected"] == 5750
    assert _in_the_drawer(till) == 0


def _in_the_drawer(till):
    held = 0
    for event in all_events(till):
        body = parse_body(event.body)
        if event.type in DRAWER_TYPES:
            journal = drawer_journal(drawer_event(event.event_id, event.type, "DE01-T1", body))
        elif event.type == "sale.completed":
            journal = receipt_journal(receipt_from_body(event.event_id, body))
        else:
            continue
        for transfer in journal.transfers:
            held += transfer.amount * (transfer.debit.kind is AccountKind.CASH)
            held -= transfer.amount * (transfer.credit.kind is AccountKind.CASH)
    return held


def test_a_day_that_is_closed_is_not_counted_again(world):
    till = world.open()
    sell(till, "S1")
    till.shift.on_close_day()
    sell(till, "S2")
    till.shift.on_close_day()
    assert [b["totals"] for b in bodies(till, "day.closed")] == [{"EUR": 100}, {"EUR": 200}]


def test_receipts_are_found_by_each_of_their_numbers(world):
    till = world.open()
    sell(till, "S1", ref="R-1")
    for number in ("1", "1-1", "DE01-T1-1-1", "R-1"):
        assert till.receipts.on_find(number).number == "1-1"
    for number in ("2", "2-1", "DE02-T1-1-1", "nothing", ""):
        refused("receipt_unknown", till.receipts.on_find, number)
    assert [row.reference for row in till.receipts.on_recent().rows] == ["R-1"]


def test_a_receipt_fits_the_paper(world):
    till = world.open()
    till.basket.on_add("S1", "12,345", "1234.56", "a very long reason for a very odd price indeed")
    till.basket.on_note(1, "x" * 150)
    till.payment.on_cash("99999")
    till.payment.on_finish()
    text = till.receipts.on_reprint("1").text
    assert max(len(row) for row in text.splitlines()) <= WIDTH
    assert "KOPIE" in text
    assert "Kein Kassenbeleg" in text
    assert "odd price" not in text
    assert types(till)[-1] == "receipt.reprinted"
    assert [kind for *_, kind in till.store.print_jobs()] == ["receipt", "copy"]


def test_a_british_receipt_speaks_english_and_needs_no_notice(tmp_path):
    world = World(tmp_path, market="GB", currency="GBP", mode="productive")
    till = world.open(login=False)
    till.login.on_login("101", PIN)
    till.texts.speak("en")
    sell(till, "S1")
    text = till.receipts.on_find("1").text
    assert "Kein Kassenbeleg" not in text
    assert "Total GBP" in text
    assert "20 %" in text
    world.close()


def test_a_productive_till_that_must_sign_does_not_start(tmp_path):
    world = World(tmp_path, mode="productive")
    with pytest.raises(DomainError, match="fiscal_device_required"):
        world.open()


def test_a_second_process_does_not_start(world):
    world.open()
    with pytest.raises(EnvironmentProblem, match="already_running"):
        world.open()


def occurred(till):
    return [json.loads(e.body)["occurred_at"] for e in all_events(till)]


def test_a_small_step_back_is_journalled_and_time_does_not_fall(world):
    till = world.open()
    first = sell(till, "S1")
    world.later(seconds=-30)
    sell(till, "S1")
    assert "clock.changed" not in types(till)
    world.later(minutes=-100)
    second = sell(till, "S1")
    assert types(till).count("clock.changed") == 1
    assert second.finished_at == first.finished_at
    world.later(minutes=1)
    third = sell(till, "S1")
    assert types(till).count("clock.changed") == 1
    assert third.finished_at == first.finished_at
    facts = bodies(till, "clock.changed")[0]
    assert facts["shows"] < facts["shown_before"]
    assert occurred(till) == sorted(occurred(till))
    world.later(minutes=100)
    assert sell(till, "S1").finished_at > first.finished_at


def test_small_steps_back_do_not_add_up_to_a_wrong_day(world):
    till = world.open()
    sell(till, "S1")
    for _ in range(40):
        world.later(minutes=-59)
        late = sell(till, "S1")
        assert late.finished_at - world.system.at <= timedelta(hours=2)
    assert late.business_date == NOON.date() - timedelta(days=2)


@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_that_was_ahead_by_days_does_not_pin_the_till_to_that_day(world, restart):
    till = world.open()
    world.system.at = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
    ahead = sell(till, "S1")
    assert ahead.business_date == date(2030, 1, 1)
    world.system.at = NOON
    if restart:
        till = world.reopen(till)
    for minutes in (0, 1):
        world.later(minutes=minutes)
        receipt = sell(till, "S1")
        assert receipt.started_at == receipt.finished_at == world.system.at
        assert receipt.business_date == NOON.date()
    assert types(till).count("clock.changed") == 1
    facts = bodies(till, "clock.changed")[0]
    assert facts["shown_before"] == "2030-01-01T10:00:00+01:00"
    assert facts["shows"] == facts["occurred_at"] == "2026-11-25T12:00:00+01:00"
    assert facts["business_date"] == "2026-11-25"
    assert occurred(till)[-2:] == sorted(occurred(till)[-2:])
    if restart:
        till = world.reopen(till)
        assert sell(till, "S1").finished_at == world.system.at
        assert types(till).count("clock.changed") == 1


def test_a_receipt_that_was_open_while_the_clock_was_put_back_does_not_begin_after_its_end(world):
    world.system.at = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
    till = world.open()
    till.basket.on_add("S1")
    world.system.at = NOON
    till = world.reopen(till)
    till.payment.on_cash()
    till.payment.on_finish()
    receipt = till.payment.last_receipt
    assert receipt.started_at == receipt.finished_at == NOON
    assert receipt.business_date == NOON.date()
    world.later(days=1)
    till.basket.on_add("S1")
    world.later(days=-1)
    till.basket.on_cancel("changed his mind")
    facts = bodies(till, "basket.voided")[0]
    assert facts["started_at"] == facts["occurred_at"] == "2026-11-25T12:00:00+01:00"


def test_a_step_back_that_the_disk_refuses_is_journalled_with_the_next_event(world, monkeypatch):
    till = world.open()
    world.later(days=3)
    sell(till, "S1")
    world.later(days=-3)

    def full(*_):
        raise EnvironmentProblem("journal_disk_full")

    with monkeypatch.context() as patch:
        patch.setattr(till.journal, "append", full)
        with pytest.raises(EnvironmentProblem):
            till.basket.on_add("S1")
    receipt = sell(till, "S1")
    assert receipt.business_date == NOON.date()
    assert types(till).count("clock.changed") == 1


def test_a_clock_that_is_behind_at_the_start_is_journalled(world):
    till = world.open()
    sell(till, "S1")
    world.system.at -= timedelta(days=2)
    till = world.reopen(till)
    assert "clock.changed" in types(till)


def test_stock_shows_own_sales_that_the_centre_has_not_booked(world):
    from pos_client.storage.feed_applier import FeedApplier
    from shared.wire.models import FeedRow
    from shared.wire.payloads import StockLevel, stock_level_key, stock_level_payload
    from tests.integration.till_world import page

    def book(quantity, processed, cursor):
        level = StockLevel("S1", "DE01", Decimal(quantity))
        row = FeedRow(
            kind="stock_level",
            key=stock_level_key("S1", "DE01"),
            scope="store:DE01",
            seq=1,
            op="put",
            d=stock_level_payload(level),
        )
        applier = FeedApplier(world.reference_file)
        applier.take("stock", page([row], cursor, processed=processed))
        applier.close()

    till = world.open()
    book(10, 0, "e.0.1")
    sell(till, "S1", "S1")
    sell(till, "S1")
    assert till.lookup.on_stock("S1").levels[0].quantity == "7"
    book(8, till.journal.head.seq - 1, "e.0.2")  # the centre booked the first of the two
    assert till.lookup.on_stock("S1").levels[0].quantity == "7"
    book(7, till.journal.head.seq, "e.0.3")
    assert till.lookup.on_stock("S1").levels[0].quantity == "7"


def test_a_thousand_lines_write_one_row_each(world):
    till = world.open()
    statements = []
    till.journal.file._connection.set_trace_callback(statements.append)
    for _ in range(1_000):
        till.basket.on_add("S1")
    till.journal.file._connection.set_trace_callback(None)
    writes = [s for s in statements if s.lstrip().startswith(("INSERT INTO basket_line", "UPDATE"))]
    assert len(writes) <= 2_100
    till.payment.on_cash()
    till.payment.on_finish()
    assert till.payment.last_receipt.total == 100_000


def test_what_was_finished_is_shown_with_its_number_and_the_drawer_opens(world):
    till = world.open()
    till.basket.on_add("S1", "2")
    state = till.payment.on_cash("5")
    assert (state.number, state.drawer) == ("", False)
    done = till.payment.on_finish()
    assert done.number == done.receipt_number == "1-1"
    assert done.drawer
    assert done.pieces_text == "2 Teile"
    assert [(row.kind, row.amount) for row in done.tenders] == [
        ("cash", "5,00"),
        ("change", "−3,00"),
    ]
    assert [part.text for part in done.change_parts] == ["2 €", "1 €"]
    assert done.quick == ()


def test_parked_receipts_are_counted_and_summed(world):
    till = world.open()
    till.basket.on_add("S1", "2")
    till.basket.on_add("S2")
    till.basket.on_void(2)
    assert till.basket.on_park("red coat").parked == 1
    (row,) = till.basket.on_parked()
    assert (row.total, row.pieces, row.ago) == ("2,00\xa0€", "2 Teile", "gerade eben")
    assert row.operator == till.recorder.operator.name
    till.close()
    till = world.open()
    assert till.basket.refresh().parked == 1
    till.basket.on_recall()
    assert till.sale.parked_count == 0
