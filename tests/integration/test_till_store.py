"""One suite for the till's store and its stand-in: all or nothing, numbers without gaps, the open receipt exactly."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest

from pos_client.storage.baskets import StoredBasket
from pos_client.storage.journal import NewEvent
from pos_client.storage.opening import open_journal
from pos_client.storage.till_store import MOST_PRINT_JOBS, TillStore
from shared.basket import Basket, Line
from shared.errors import DomainError
from shared.tender import Tender, TenderKind
from tests.integration.till_world import make_identity, write_identity
from tests.unit.till_fakes import FakeTillStore

AT = datetime.fromisoformat("2026-11-25T12:00:00+01:00")
LINE = Line(0, "S1", "S1", "Schal", Decimal("1.5"), 1990, "standard", Decimal(19), note="ü")


@pytest.fixture(params=["real", "fake"])
def store(request, tmp_path):
    if request.param == "fake":
        yield FakeTillStore()
        return
    paths = write_identity(tmp_path, make_identity())
    journal = open_journal(paths, make_identity())
    yield TillStore(journal)
    journal.file.close()


def event(number, *, kind="sale.completed", receipt_no=None, ref=None):
    body = {"occurred_at": AT.isoformat(), "business_date": "2026-11-25", "operator_id": "101"}
    return NewEvent(UUID(int=number), kind, body, receipt_no, ref)


def begun(store, *, lines=2, number=1):
    basket = Basket(UUID(int=100 + number), "EUR", AT, "101", external_ref=f"R{number}")
    basket = basket.add(LINE)
    store.begin(StoredBasket(basket, "v1"))
    for _ in range(lines - 1):
        basket = basket.add(LINE)
        store.add_line(basket, basket.lines[basket.next_number - 1])
    return basket


def test_an_open_receipt_is_there_again(store):
    assert store.load_open() is None
    basket = begun(store)
    assert store.load_open() == StoredBasket(basket, "v1")


def test_every_change_is_there_again(store):
    basket = begun(store, lines=3)
    changed = basket.with_quantity(2, Decimal(4))
    store.change_line(basket.basket_id, changed.line(2))
    voided = changed.void(1).void(3)
    store.void_line(basket.basket_id, 1, 1)
    store.void_line(basket.basket_id, 3, 2)
    headed = replace(voided, note="gift", external_ref="other")
    store.change_header(headed)
    store.set_tenders(basket.basket_id, (Tender(TenderKind.CASH, 5),))
    loaded = store.load_open()
    assert loaded.basket == headed
    assert [line.number for line in loaded.voided] == [1, 3]
    assert loaded.tenders == (Tender(TenderKind.CASH, 5),)
    store.void_line(basket.basket_id, 3, 0)
    assert list(store.load_open().basket.lines) == [2, 3]


def test_a_finished_receipt_is_an_event_a_number_and_a_print_job(store):
    basket = begun(store)
    done = store.close(basket.basket_id, [event(1, receipt_no=1, ref="R1")], "receipt")
    assert [e.seq for e in done] == [1]
    assert store.load_open() is None
    assert store.next_receipt == 2
    assert [(seq, kind) for _, seq, kind in store.print_jobs()] == [(1, "receipt")]
    store.printed(store.print_jobs()[0][0])
    assert store.print_jobs() == ()


def test_events_form_a_chain(store):
    first = store.append([event(1), event(2)])
    second = store.append([event(3)])
    assert second[0].prev_hash == first[1].hash
    assert first[1].prev_hash == first[0].hash


def test_a_foreign_number_is_taken_once(store):
    store.append([event(1, receipt_no=1, ref="R1")])
    assert store.receipt_exists("R1")
    assert not store.receipt_exists("R2")
    with pytest.raises(DomainError, match="receipt_exists"):
        store.append([event(2, receipt_no=2, ref="R1")])
    assert store.next_receipt == 2


def test_a_number_out_of_turn_is_a_bug(store):
    with pytest.raises(ValueError, match="number"):
        store.append([event(1, receipt_no=2)])
    assert store.next_receipt == 1
    assert store.append([event(2)])[0].seq == 1


def test_parked_receipts_come_back_whole(store):
    first = begun(store, number=1)
    store.park(first.basket_id, "red coat", AT, [event(1, kind="basket.parked")])
    second = begun(store, number=2, lines=1)
    store.park(second.basket_id, "", AT.replace(minute=1), [event(2, kind="basket.parked")])
    assert store.load_open() is None
    assert [(p.basket_id, p.label, p.lines) for p in store.parked()] == [
        (first.basket_id, "red coat", 2),
        (second.basket_id, "", 1),
    ]
    recalled = store.recall(first.basket_id, [event(3, kind="basket.recalled")])
    assert recalled == StoredBasket(first, "v1")
    assert store.load_open() == recalled
    with pytest.raises(DomainError, match="parked_unknown"):
        store.recall(first.basket_id, [event(4, kind="basket.recalled")])


def test_the_print_queue_has_a_limit(tmp_path):
    identity = make_identity()
    journal = open_journal(write_identity(tmp_path, identity), identity)
    store = TillStore(journal)
    for number in range(MOST_PRINT_JOBS + 3):
        store.append_printed([event(number)], "receipt")
    jobs = store.print_jobs()
    assert len(jobs) == MOST_PRINT_JOBS
    assert jobs[-1][1] == MOST_PRINT_JOBS + 3
    journal.file.close()
