"""The ledger tells the same days as the receipts, and what was changed behind its back is found."""

import json
from datetime import timedelta

import pytest

from central_server.features.ledger import balances, chain_check, sealing, service
from central_server.features.ledger.balance_repository import last_checkpoint, last_transfer
from central_server.features.ledger.sealing import seal
from central_server.features.ledger.tables import (
    ledger_block,
    ledger_checkpoint,
    ledger_journal,
)
from central_server.features.sales.tables import sale
from central_server.gateway.journal.settling import try_again
from central_server.platform.unit_of_work import reading, run_writing
from shared.ledger import AccountKind, Journal, OwnerType, Transfer, money_unit
from shared.ledger.accounts import AccountKey
from tests.integration.ledger_rig import DAY, HOUSE, Books, behind_the_back, card, named, terms
from tests.integration.test_journal_intake import CLOCK, accept, counted, open_exceptions, project
from tests.support.journals import START, ImaginedTill

EUR = money_unit("EUR")


@pytest.fixture
def books(centre):
    return Books(centre)


@pytest.fixture
def till():
    return ImaginedTill()


def drawer_of(database, till_id="DE01-T1", kind=AccountKind.CASH):
    owner = (OwnerType.TILL, till_id) if kind is AccountKind.CASH else (OwnerType.CHAIN, "")
    return balance_of(database, AccountKey(kind, EUR, *owner, "DE01"))


def balance_of(database, key):
    with reading(database) as unit:
        account = service.find_account(unit, key)
        found = balances.balance(unit, account.id)
        return found.debits - found.credits


def cash(till, event_type, /, **facts):
    common = {
        "store_id": till.store_id,
        "currency": till.currency,
        "business_date": DAY.isoformat(),
        "occurred_at": START.isoformat(),
    }
    return till.journal(event_type, {**common, **facts})


def a_day(till):
    """A shift with a float, a sale, a return, cash to the bank, and one coin too few."""
    cash(till, "shift.opened", float=10_000)
    till.sell(("A-1", "2", 1999), ("B", "0.375", 1000))
    till.sell(("A-1", "-1", 1999))
    cash(till, "cash.moved", kind="bank", amount=-5_000)
    cash(till, "shift.closed", expected=7_374, counted=7_373, difference=-1)


def test_a_day_is_the_same_in_the_ledger_and_in_the_receipts(books, till):
    a_day(till)
    accept(books.database, till)
    assert project(books.database) == 5
    assert open_exceptions(books.database) == []
    assert books.findings() == []
    database = books.database
    assert drawer_of(database) == 0
    assert drawer_of(database, kind=AccountKind.BANK) == 5_000
    assert drawer_of(database, kind=AccountKind.CASH_DIFFERENCE) == 1
    assert drawer_of(database, kind=AccountKind.SAFE) == 7_373 - 10_000
    assert drawer_of(database, kind=AccountKind.CLEARING) == 0


def test_booking_again_changes_nothing(books, till):
    a_day(till)
    accept(books.database, till)
    project(books.database)
    journals = counted(books.database, ledger_journal)
    with behind_the_back(books.database) as change:
        change("UPDATE till_chain SET projected_seq = 0")
        for table in ("sale_line", "sale_vat", "sale_tender", "sale", "stock_movement"):
            change(f"DELETE FROM {table}")
    project(books.database)
    assert counted(books.database, ledger_journal) == journals
    assert books.findings() == []


def test_an_event_of_another_drawer_waits_and_is_booked_when_it_is_mended(books, till):
    cash(till, "shift.opened", float="100")
    cash(till, "shift.opened", float=100, store_id="AT01")
    cash(till, "shift.opened", float=100, currency="GBP")
    cash(till, "shift.closed", expected=7, counted=7, difference=1)
    cash(till, "cash.moved", kind="bank", amount=10**17)
    till.sell()
    accept(books.database, till)
    assert project(books.database) == 6
    assert open_exceptions(books.database)[::-1] == [
        ("event_field_wrong", "blocked", 1),
        ("drawer_of_other_store", "blocked", 2),
        ("drawer_of_other_store", "blocked", 3),
        ("drawer_sums_differ", "blocked", 4),
        ("ledger_amount_invalid", "blocked", 5),
    ]
    assert (counted(books.database, sale), counted(books.database, ledger_journal)) == (1, 1)
    with behind_the_back(books.database) as change:
        change("UPDATE till SET store_id = 'AT01'")
    at = CLOCK.now()
    problem = run_writing(books.database, lambda unit: try_again(unit, 2, "command", at))
    assert (problem, counted(books.database, ledger_journal)) == (None, 2)


def test_a_receipt_that_the_ledger_lacks_is_found(books, till):
    a_day(till)
    accept(books.database, till)
    project(books.database)
    with behind_the_back(books.database) as change:
        change("UPDATE sale_vat SET net = net - 1, vat = vat + 1")
    day = {"store": "DE01", "day": "2026-11-25", "currency": "EUR"}
    assert books.findings() == [
        (
            "ledger_day_differs",
            {**day, "what": "net standard@19", "ledger": "19.95", "receipts": "19.93"},
        ),
        (
            "ledger_day_differs",
            {**day, "what": "vat standard@19", "ledger": "3.79", "receipts": "3.81"},
        ),
    ]


def test_discounts_agree_with_the_receipts(books, till):
    made = till.sell(("A-1", "2", 1999), ("A-2", "1", 500))
    body = json.loads(made.body)
    line = body["lines"][0]
    line["discount"], line["gross"] = 399, line["gross"] - 399
    body["total"] -= 399
    body["tenders"] = [{"kind": "card", "amount": 1_000}, {"kind": "cash", "amount": 5_000}]
    body["tenders"].append({"kind": "change", "amount": body["total"] - 6_000})
    gross = body["total"]
    vat = (gross * 19 * 2 + 119) // (119 * 2)
    body["vat"][0] |= {"gross": gross, "net": gross - vat, "vat": vat}
    till.events.clear()
    till.journal("sale.completed", body)
    accept(books.database, till)
    project(books.database)
    assert open_exceptions(books.database) == []
    assert books.findings() == []
    with behind_the_back(books.database) as change:
        change("UPDATE sale_line SET discount = discount + 1 WHERE number = 1")
        change("UPDATE sale_tender SET amount = amount - 1 WHERE number = 3")
        change("UPDATE sale_tender SET amount = amount - 2 WHERE number = 1")
    assert [(code, params["what"]) for code, params in books.findings()] == [
        ("ledger_day_differs", "discounts"),
        ("ledger_day_differs", "rounding"),
        ("ledger_day_differs", "tender card"),
        ("ledger_day_differs", "tender cash"),
    ]


# --- behind the back --------------------------------------------------------------------------


@pytest.fixture
def used(books):
    """A ledger in use: sealed, with checkpoints, holds open and ended, lots spent in part."""
    books.load("load", 1_000)
    books.spend("spend", 100)
    books.hold("hold", 60)
    books.hold("taken", 50)
    books.capture("capture", "taken", 30)
    books.award("award", 500, lot=terms(expires=30))
    books.redeem("redeem", 200)
    assert seal(books.database, books.at, wait=True) == 1
    sealing.sum_up(books.database, wait=True)
    books.spend("behind", 10)
    assert books.findings() == []
    return books


CHANGES = {
    "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = 2": {
        "ledger_counters_differ",
        "ledger_checkpoint_differs",
        "ledger_digest_differs",
    },
    "UPDATE ledger_transfer SET recorded_at = (SELECT max(expires_at) FROM ledger_transfer)"
    " WHERE id = 8": {"ledger_digest_differs"},
    "DELETE FROM ledger_transfer WHERE id = 8": {
        "ledger_counters_differ",
        "ledger_digest_differs",
    },
    "INSERT INTO ledger_transfer (journal_id, line, debit_id, credit_id, unit, amount, code, phase,"
    " effective_date, recorded_at) SELECT journal_id, 2, debit_id, credit_id, unit, amount, code,"
    " phase, effective_date, recorded_at FROM ledger_transfer WHERE id = 8": {
        "ledger_counters_differ",
        "ledger_digest_differs",
    },
    "UPDATE ledger_journal SET rule = 'other' WHERE rule = 'test'": {"ledger_digest_differs"},
    "UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE kind = 'giftcard'": {
        "ledger_counters_differ"
    },
    "UPDATE ledger_account SET floor = 'none', credits_posted = 0, debits_posted = 0,"
    " debits_pending = 0 WHERE kind = 'giftcard'": {"ledger_floor_broken"},
    "UPDATE ledger_account SET unit = 'EUR' WHERE kind = 'customer.points'": {
        "ledger_unit_unbalanced"
    },
    "UPDATE ledger_transfer SET amount = 51 WHERE phase = 'post'": {
        "ledger_counters_differ",
        "ledger_checkpoint_differs",
        "ledger_digest_differs",
        "ledger_hold_broken",
    },
    "UPDATE ledger_lot SET remaining = remaining - 1": {
        "ledger_lots_differ",
        "ledger_lot_use_differs",
    },
    "UPDATE ledger_lot_use SET amount = amount - 1": {"ledger_lot_use_differs"},
    "UPDATE ledger_checkpoint SET credits = credits + 1": {"ledger_checkpoint_differs"},
    "UPDATE ledger_block SET hash = prev_hash": {"ledger_block_differs"},
    "UPDATE ledger_block SET transfers = 3": {"ledger_block_differs"},
    "UPDATE ledger_block SET last_transfer = 3": {"ledger_block_differs"},
}


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_changed_behind_the_ledgers_back_is_found(used, statement):
    with behind_the_back(used.database) as change:
        change(statement)
    assert {code for code, _ in used.findings()} == CHANGES[statement]


def test_journals_and_blocks_are_checked_across_the_ends_of_pages(used, monkeypatch):
    for page in ("_PAGE", "_PAGE_OF_POSTGRESQL", "_BLOCKS_AT_ONCE"):
        monkeypatch.setattr(chain_check, page, 1)
    books = used
    books.post("many", *(Transfer(HOUSE, card(str(n)), n, "load") for n in range(1, 8)))
    assert seal(books.database, books.at, wait=True) == 1
    assert books.findings() == []
    with behind_the_back(books.database) as change:
        change("UPDATE ledger_transfer SET code = 'other' WHERE amount = 7 AND line = 7")
        change("UPDATE ledger_block SET prev_hash = hash WHERE n = 2")
    assert books.findings() == [
        ("ledger_digest_differs", {"journal": str(named("many"))}),
        ("ledger_block_differs", {"block": 2}),
    ]


@pytest.mark.postgres
def test_transfers_without_their_journal_are_found(used):
    if not used.database.is_postgresql:
        pytest.skip("SQLite keeps references even then")
    with behind_the_back(used.database) as change:
        change(
            "DELETE FROM ledger_journal WHERE id = (SELECT min(id::text)::uuid FROM ledger_journal)"
        )
    codes = {code for code, _ in used.findings()}
    assert {"ledger_digest_differs", "ledger_block_differs"} <= codes


_BEFORE = "(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00 BC')::timestamptz"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_lot SET expires_on = (expires_on::text || ' BC')::date",
        "UPDATE ledger_lot SET vests_on = '-infinity'",
        f"UPDATE ledger_transfer SET expires_at = {_BEFORE.format('expires_at')} WHERE phase = 'pending'",
        (
            "UPDATE ledger_journal SET business_date = (business_date::text || ' BC')::date;"
            "UPDATE ledger_transfer SET effective_date = (effective_date::text || ' BC')::date"
        ),
    ],
)
def test_days_that_look_like_others_in_text_are_found(used, change):
    if not used.database.is_postgresql:
        pytest.skip("SQLite compares what Python reads")
    with behind_the_back(used.database) as statement:
        for each in change.split(";"):
            statement(each)
    with reading(used.database) as unit:
        codes = {code for code, _ in chain_check.journal_findings(unit)}
    assert codes == {"ledger_digest_differs"}


@pytest.mark.postgres
def test_moments_that_look_like_others_in_text_break_their_block(used):
    if not used.database.is_postgresql:
        pytest.skip("SQLite compares what Python reads")
    with behind_the_back(used.database) as change:
        change(
            f"UPDATE ledger_transfer SET recorded_at = {_BEFORE.format('recorded_at')} WHERE id = 1"
        )
    with reading(used.database) as unit:
        assert list(chain_check.block_findings(unit)) == [("ledger_block_differs", {"block": 1})]


def test_a_journal_that_is_put_in_between_breaks_its_block(used):
    """Whoever writes a sound journal, digest and all, still lacks the block over it."""
    with behind_the_back(used.database) as change:
        change("UPDATE ledger_block SET last_transfer = last_transfer + 1")
    assert ("ledger_block_differs", {"block": 1}) in used.findings()


# --- balances ---------------------------------------------------------------------------------


def test_balances_as_they_were_believed_and_as_they_were(books):
    hour = timedelta(hours=1)
    books.load("a", 100)
    sealing.sum_up(books.database, wait=True)
    books.at += hour
    books.day += timedelta(days=1)
    books.spend("b", 30)
    books.hold("held", 5)
    books.at += hour
    books.day -= timedelta(days=1)
    books.spend("late", 20)
    sealing.sum_up(books.database, wait=True)
    books.at += hour
    books.load("c", 7)

    with reading(books.database) as unit:
        number = service.find_account(unit, card()).id
        floor = card().rule.floor

        def recorded(moment):
            return balances.balance_recorded(unit, number, moment).on_side(floor)

        def effective(day):
            return balances.balance_effective(unit, number, day).on_side(floor)

        moments = [START - hour, START, START + hour, START + 2 * hour, START + 3 * hour]
        assert [recorded(moment) for moment in moments] == [0, 100, 70, 50, 57]
        assert balances.balance(unit, number).on_side(floor) == 57
        assert [effective(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [0, 87, 57]
        rows = balances.statement(unit, number, limit=2)
        assert [(row.code, row.amount, row.rule) for row in rows] == [
            ("load", 7, "test"),
            ("spend", 20, "test"),
        ]
        rest = balances.statement(unit, number, before_id=rows[-1].id)
        assert [row.amount for row in rest] == [0, 5, 30, 100]
        assert balances.require_account(unit, number).key == card()
    assert books.findings() == []


def test_checkpoints_can_be_made_again(used):
    with behind_the_back(used.database) as change:
        change("UPDATE ledger_checkpoint SET credits = credits + 1")
    made = sealing.sum_up(used.database, again=True, wait=True)
    assert (made, used.findings()) == (5, [])
    assert sealing.sum_up(used.database, wait=True) == 0


def test_blocks_follow_each_other_and_wait_while_somebody_posts(books, monkeypatch):
    monkeypatch.setattr("central_server.features.ledger.sealing.MOST_TRANSFERS", 2)
    for number in range(5):
        books.load(f"load {number}", 10)
    if books.database.is_postgresql:

        def while_posting(unit):
            load = Transfer(HOUSE, card(), 1, "load")
            journal = Journal(named("while"), "test", books.day, (load,))
            outcome = service.post(unit, journal, books.at)
            return outcome, seal(books.database, books.at)

        assert run_writing(books.database, while_posting) == (service.Created(), 0)
    sealed = seal(books.database, books.at)
    assert sealed == 3
    assert seal(books.database, books.at) == 0
    assert counted(books.database, ledger_block) == 3
    assert books.findings() == []


def test_balances_are_summed_up_as_the_ledger_grows_and_not_before(books):
    books.load("first", 1_000)
    assert sealing.sum_up(books.database, least=3) == 0
    for number in range(3):
        books.spend(f"spend {number}", 100)
    assert sealing.sum_up(books.database, least=3) == 2
    assert sealing.sum_up(books.database, least=3) == 0
    with reading(books.database) as unit:
        assert last_checkpoint(unit.connection) == last_transfer(unit.connection)
    books.spend("later", 100)
    assert balance_of(books.database, card()) == -600
    assert books.findings() == []


def test_an_account_that_moves_now_and_then_has_few_checkpoints(books, monkeypatch):
    monkeypatch.setattr(sealing, "ENOUGH_MOVES", 3)
    for number in range(7):
        books.at += timedelta(hours=1)
        books.load(str(number), 10 + number)
        assert sealing.sum_up(books.database) == 2
    # Three moves each, of the house and of the card, and one that may still move on.
    assert counted(books.database, ledger_checkpoint) == 2 * 3
    assert balance_of(books.database, card()) == -91
    assert books.findings() == []
