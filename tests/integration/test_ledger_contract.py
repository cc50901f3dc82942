"""Posting on SQLite and PostgreSQL: once, whole, never below a floor, never changed."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql as statements
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from central_server.app.schema import upgrade
from central_server.features.ledger import repository, service
from central_server.features.ledger.service import Created, Exists, ExistsDifferent, Rejected
from central_server.features.ledger.tables import ledger_account, ledger_journal, ledger_transfer
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from shared.ledger import (
    AccountKey,
    AccountKind,
    Counters,
    Journal,
    OwnerType,
    PendingRef,
    Transfer,
)
from tests.integration.ledger_rig import (
    DAY,
    HOUSE,
    ISSUED,
    REDEEMED,
    Books,
    card,
    named,
    points,
    terms,
)


@pytest.fixture
def books(centre):
    return Books(centre)


def counted(database, table):
    with reading(database) as unit:
        return unit.connection.execute(select(func.count()).select_from(table)).scalar_one()


def code(outcome):
    return outcome.code if isinstance(outcome, Rejected) else type(outcome).__name__


# --- once -------------------------------------------------------------------------------------


def test_the_same_journal_is_posted_once(books):
    assert books.load("load", 100) == Created()
    assert books.load("load", 100) == Exists()
    assert books.load("load", 101) == ExistsDifferent(named("load"))
    assert books.free() == 100
    assert counted(books.database, ledger_transfer) == 1


def test_a_repetition_much_later_is_still_the_same(books):
    books.load("load", 100)
    books.hold("hold", 60)
    books.at += timedelta(hours=3)
    books.spend("spend", 50)
    assert books.load("load", 100) == Exists()
    assert books.hold("hold", 60, minutes=15 - 180) == Exists()


def test_a_rule_books_an_event_once(books):
    event = named("event")
    move = Transfer(HOUSE, card(), 5, "load")
    assert books.post("a", move, source_event_id=event) == Created()
    assert books.post("b", move, source_event_id=event) == ExistsDifferent(named("a"))
    assert books.post("c", move, source_event_id=event, rule="other") == Created()


def test_journals_of_the_house_are_posted_once_too(books):
    paid = Transfer(HOUSE, replace(HOUSE, kind=AccountKind.EXPENSE), 5, "expense")
    journals = [Journal(named(name), "test", DAY, (paid,)) for name in ("a", "b", "a")]

    def post():
        return books.write(lambda unit: service.post_all(unit, journals, books.at))

    assert post() == [Created(), Created(), Exists()]
    assert post() == [Exists()] * 3
    other = replace(journals[0], business_date=DAY + timedelta(days=1))
    empty = replace(journals[0], transfers=())
    loaded = Journal(named("c"), "test", DAY, (Transfer(HOUSE, card(), 5, "load"),))
    mixed = books.write(lambda unit: service.post_all(unit, [loaded, empty, other], books.at))
    assert [code(each) for each in mixed] == ["Created", "ledger_journal_empty", "ExistsDifferent"]
    assert counted(books.database, ledger_journal) == 3
    assert books.findings() == []


def test_what_was_refused_is_an_error_where_nothing_may_be_refused(books):
    service.require_posted([Created(), Exists()])
    with pytest.raises(DomainError, match="ledger_journal_differs"):
        service.require_posted([ExistsDifferent(named("a"))])
    with pytest.raises(DomainError) as refused:
        service.require_posted([Rejected("ledger_overdrawn", {"free": 1, "amount": 2})])
    assert refused.value.params == {"free": 1, "amount": 2}


# --- floors -----------------------------------------------------------------------------------


def test_a_card_is_never_overdrawn(books):
    books.load("load", 100)
    assert books.spend("a", 101) == Rejected("ledger_overdrawn", {"free": 100, "amount": 101})
    assert books.spend("b", 100) == Created()
    assert code(books.spend("c", 1)) == "ledger_overdrawn"
    assert counted(books.database, ledger_transfer) == 2


def test_a_refused_journal_books_nothing_of_it(books):
    books.load("load", 100)
    first = Transfer(card(), HOUSE, 60, "spend")
    assert code(books.post("both", first, replace(first, amount=41))) == "ledger_overdrawn"
    assert books.counters() == Counters(credits_posted=100)


def test_a_debt_is_never_overpaid(books):
    debt = AccountKey(AccountKind.POINTS_DEBT, points().unit, OwnerType.CUSTOMER, "C1")
    books.post("debt", Transfer(debt, ISSUED, 30, "debt"))
    assert books.post("a", Transfer(ISSUED, debt, 20, "settle")) == Created()
    assert code(books.post("b", Transfer(ISSUED, debt, 11, "settle"))) == "ledger_overdrawn"


def test_the_table_itself_refuses_what_is_below_a_floor(books):
    books.load("load", 100)
    with pytest.raises(IntegrityError), writing(books.database) as unit:
        unit.connection.execute(ledger_account.update().values(debits_posted=101))


def test_a_malformed_journal_is_refused_before_an_account_is_opened(books):
    assert code(books.load("load", 0)) == "ledger_amount_invalid"
    assert counted(books.database, ledger_account) == 0


def test_a_closed_account_takes_nothing_new_and_ends_what_is_held(books):
    books.load("load", 100)
    books.hold("hold", 60)
    books.write(lambda unit: service.close_account(unit, card(), books.at))
    assert code(books.spend("a", 1)) == "ledger_account_closed"
    assert code(books.load("b", 1)) == "ledger_account_closed"
    assert books.capture("c", "hold", 60) == Created()
    books.write(lambda unit: service.reopen_account(unit, card(), books.at))
    assert books.spend("d", 40) == Created()


# --- holds ------------------------------------------------------------------------------------


def test_a_hold_blocks_and_a_part_frees_the_rest(books):
    books.load("load", 100)
    books.hold("hold", 60)
    assert code(books.spend("a", 50)) == "ledger_overdrawn"
    assert books.capture("capture", "hold", 40) == Created()
    assert books.counters() == Counters(40, 100, 0, 0)
    assert books.spend("b", 60) == Created()
    assert books.findings() == []


def test_a_hold_ends_once(books):
    books.load("load", 100)
    books.hold("hold", 60)
    assert books.release("void", "hold") == Created()
    assert books.release("void", "hold") == Exists()
    assert code(books.capture("late", "hold", 60)) == "ledger_hold_ended"
    assert code(books.release("again", "hold")) == "ledger_hold_ended"
    books.hold("other", 60)
    books.capture("taken", "other", 60)
    assert code(books.release("after", "other")) == "ledger_hold_ended"
    assert books.counters() == Counters(60, 100, 0, 0)


def test_a_hold_comes_free_when_its_time_is_over(books):
    books.load("load", 100)
    books.hold("hold", 60)
    books.at += timedelta(minutes=15)
    assert code(books.capture("late", "hold", 60)) == "ledger_hold_expired"
    assert books.spend("a", 100) == Created()
    assert code(books.capture("later", "hold", 60)) == "ledger_hold_expired"
    assert books.findings() == []


def test_expired_holds_are_given_back_without_a_spend(books):
    for number in ("1", "2", "3"):
        books.load(f"load {number}", 100, card(number))
        books.hold(f"hold {number}", 60, card(number), minutes=15 if number != "3" else 30)

    def expire():
        return books.write(lambda unit: service.expire_holds(unit, books.at, DAY))

    assert expire() == 0
    books.at += timedelta(minutes=15)
    assert expire() == 2
    assert expire() == 0
    assert [books.free(card(number)) for number in ("1", "2", "3")] == [100, 100, 40]


def test_a_hold_is_taken_from_the_accounts_it_is_on(books):
    books.load("load", 100)
    books.hold("hold", 60)
    assert code(books.capture("more", "hold", 61)) == "ledger_hold_other"
    assert code(books.capture("unknown", "nothing", 1)) == "ledger_hold_unknown"
    assert code(books.release("unknown", "nothing")) == "ledger_hold_unknown"
    with reading(books.database) as unit:
        (hold,) = repository.due_holds(unit.connection, [1, 2, 3], books.at + timedelta(days=1))
        ending = service._ending(unit, hold, service.Phase.POST, 10)
    elsewhere = replace(ending, credit=replace(HOUSE, store_id="AT01"))
    assert code(books.post("elsewhere", elsewhere)) == "ledger_hold_other"
    unknown = replace(ending, pending=replace(hold.ref, line=9))
    assert code(books.post("line", unknown)) == "ledger_hold_unknown"
    assert code(books.post("twice", ending, ending)) == "ledger_hold_ended"


# --- lots -------------------------------------------------------------------------------------


def test_points_are_spent_oldest_expiry_first_and_expire(books):
    books.award("a", 100, lot=terms(expires=30))
    books.award("b", 50, lot=terms(expires=10))
    books.award("c", 25)
    assert books.redeem("spend", 60) == Created()
    books.day = DAY + timedelta(days=11)
    expired = books.write(lambda unit: service.expire_lots(unit, books.day, books.at))
    assert (expired, books.free(points())) == (0, 115)
    books.day = DAY + timedelta(days=31)
    assert code(books.redeem("late", 30)) == "ledger_lots_short"
    assert books.write(lambda unit: service.expire_lots(unit, books.day, books.at)) == 1
    assert books.write(lambda unit: service.expire_lots(unit, books.day, books.at)) == 0
    assert books.free(points()) == 25
    assert books.redeem("rest", 25) == Created()
    assert books.findings() == []


def test_points_wait_until_they_vest(books):
    books.award("a", 100, lot=terms(vests=14))
    assert books.redeem("early", 1) == Rejected("ledger_lots_short", {"free": 0, "amount": 1})
    assert code(books.hold_points("h", 1)) == "ledger_lots_short"
    books.day = DAY + timedelta(days=14)
    assert books.redeem("spend", 100) == Created()


def test_what_is_held_does_not_expire(books):
    books.award("a", 100, lot=terms(expires=0))
    assert books.hold_points("hold", 70, minutes=10**5) == Created()
    assert code(books.hold_points("more", 31)) == "ledger_lots_short"
    books.day = DAY + timedelta(days=1)

    def expire():
        return books.write(lambda unit: service.expire_lots(unit, books.day, books.at))

    assert (expire(), books.free(points())) == (1, 0)
    assert books.capture("taken", "hold", 40) == Created()
    assert (expire(), books.counters(points()).balance(points().rule.floor)) == (1, 0)
    assert books.findings() == []


def test_an_award_is_taken_back_from_itself_and_a_spend_comes_back_on_its_terms(books):
    books.award("kept", 10, lot=terms(expires=5))
    books.award("returned", 20, lot=terms(vests=14, expires=9))
    assert books.reverse("back", "returned") == Created()
    assert books.free(points()) == 10
    books.redeem("spend", 10)
    assert books.reverse("undo", "spend") == Created()
    assert books.reverse("undo", "spend") == Exists()
    books.day = DAY + timedelta(days=6)
    assert code(books.redeem("late", 1)) == "ledger_lots_short"
    assert books.findings() == []


def test_an_award_that_is_spent_cannot_be_taken_back_beyond_what_is_left(books):
    books.award("a", 20)
    books.redeem("spend", 15)
    assert code(books.reverse("back", "a")) == "ledger_lots_short"


def test_an_unknown_journal_is_not_undone(books):
    with pytest.raises(DomainError, match="ledger_journal_unknown"):
        books.reverse("undo", "nothing")


# --- never changed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_transfer",
        "UPDATE ledger_transfer SET amount = amount + 1",
        "DELETE FROM ledger_journal",
        "UPDATE ledger_journal SET rule = 'x'",
        "UPDATE ledger_unit SET scale = 3",
        "DELETE FROM ledger_account",
        "UPDATE ledger_account SET floor = 'none'",
        "UPDATE ledger_lot SET amount = amount + 1",
        "DELETE FROM ledger_lot",
        "DELETE FROM ledger_lot_use",
    ],
)
def test_what_is_booked_cannot_be_changed(books, statement):
    books.award("a", 100)
    books.redeem("spend", 15)
    with (
        pytest.raises((IntegrityError, DBAPIError), match="refused"),
        writing(books.database) as unit,
    ):
        unit.connection.execute(text(statement))


@pytest.mark.postgres
def test_the_products_own_user_has_no_right_to_change_what_is_booked(postgres_url):
    """A user that is no superuser migrates and posts; the right itself is gone, not only the trigger against it."""
    plain = postgres_url.replace("+psycopg", "", 1)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute("CREATE ROLE shopkeeper LOGIN")
        server.execute("CREATE DATABASE shop OWNER shopkeeper TEMPLATE template0")
    try:
        own = postgres_url.replace("postgres@", "shopkeeper@").rpartition("/")[0] + "/shop"
        database = open_database(own)
        upgrade(database)
        books = Books(database)
        assert books.load("load", 100) == Created()
        assert books.hold("hold", 60) == Created()
        assert books.capture("taken", "hold", 60) == Created()
        books.award("a", 5)
        for table in ("ledger_journal", "ledger_transfer", "ledger_block", "ledger_lot_use"):
            for action in ("DELETE FROM {}", "UPDATE {} SET ctid = ctid", "TRUNCATE {} CASCADE"):
                with psycopg.connect(own.replace("+psycopg", "", 1)) as shop:
                    with pytest.raises(psycopg.Error) as refused:
                        shop.execute(statements.SQL(action).format(statements.Identifier(table)))
                    assert refused.value.sqlstate in ("42501", "0A000")
        database.dispose()
    finally:
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute("DROP DATABASE shop WITH (FORCE)")
            server.execute("DROP ROLE shopkeeper")


# --- at once ----------------------------------------------------------------------------------


def together(*works):
    """Run works in threads of their own, all at once; what each returned."""
    results = [[] for _ in works]
    start = threading.Barrier(len(works))

    def run(place, work):
        start.wait()
        results[place] = work()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_spends_at_once_never_overdraw(books):
    books.load("load", 100)

    def spender(number):
        return lambda: [books.spend(f"spend {number} {n}", 7) for n in range(30)]

    results = together(*(spender(number) for number in range(4)))
    outcomes = [code(outcome) for each in results for outcome in each]
    assert outcomes.count("Created") == 14
    assert outcomes.count("ledger_overdrawn") == 4 * 30 - 14
    assert books.free() == 2
    assert books.findings() == []


def test_one_journal_from_many_sides_is_posted_once(books):
    books.load("load", 100)

    def retrying():
        return [books.spend(f"spend {n}", 7) for n in range(10)]

    results = together(*[retrying] * 4)
    outcomes = [outcome for each in results for outcome in each]
    assert outcomes.count(Created()) == 10
    assert outcomes.count(Exists()) == 30
    assert books.free() == 30


def test_transfers_between_two_cards_never_wait_in_a_circle(books):
    books.load("a", 1000, card("1"))
    books.load("b", 1000, card("2"))

    def mover(name, source, target):
        move = Transfer(source, target, 3, "move")
        return lambda: [books.post(f"{name} {n}", move) for n in range(20)]

    together(mover("there", card("1"), card("2")), mover("back", card("2"), card("1")))
    assert (books.free(card("1")), books.free(card("2"))) == (1000, 1000)


def test_a_hold_that_ends_while_its_expiry_waits_is_left_alone(books):
    books.load("load", 100)
    books.hold("hold", 60)
    held = PendingRef(named("hold"), 1)
    ended = threading.Event()

    def release(unit):
        blank = Journal(named("release"), "test", books.day, ())
        outcome = service.release(unit, held, blank, books.at)
        ended.set()
        time.sleep(0.5)  # the other has looked by now, and waits
        return outcome

    def expire():
        ended.wait()
        late = books.at + timedelta(hours=1)
        return run_writing(books.database, lambda unit: service.expire_holds(unit, late, DAY))

    results = together(lambda: run_writing(books.database, release), expire)
    assert (code(results[0]), results[1]) == ("Created", 0)
    assert books.free() == 100
    assert books.findings() == []


def test_accounts_that_are_opened_at_once_are_one(books):
    def opener(name):
        return lambda: [books.load(f"{name} {n}", 1, card(str(n))) for n in range(10)]

    together(opener("a"), opener("b"), opener("c"))
    assert [books.free(card(str(n))) for n in range(10)] == [3] * 10
    assert counted(books.database, ledger_account) == 11


def test_posting_goes_on_beside_receipts(books):
    """Bulk journals of the house lock no account: they and a card's spends do not wait for each other."""
    books.load("load", 100)
    paid = Transfer(HOUSE, replace(HOUSE, kind=AccountKind.EXPENSE), 5, "expense")

    def sell():
        journals = [Journal(named(f"sale {n}"), "test", DAY, (paid,)) for n in range(50)]
        return run_writing(books.database, lambda unit: service.post_all(unit, journals, books.at))

    def spend():
        return [books.spend(f"spend {n}", 7) for n in range(14)]

    assert all(each == Created() for results in together(sell, spend) for each in results)
    assert books.findings() == []


def test_redeemed_points_lie_where_they_went(books):
    books.award("a", 10)
    books.redeem("b", 4)
    with reading(books.database) as unit:
        assert service.find_account(unit, REDEEMED).counters == Counters()
        assert service.find_account(unit, points("nobody")) is None
