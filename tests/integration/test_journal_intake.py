"""Accepting journals and booking them: exactly once, in order, nothing refused that is well-formed."""

import pytest
from sqlalchemy import func, select

from central_server.features.exceptions import service as exceptions
from central_server.features.reporting import repository as figures
from central_server.features.sales import repository as sales
from central_server.features.sales.tables import sale, sale_line
from central_server.features.stock.service import check_levels
from central_server.features.stock.tables import stock_level
from central_server.gateway.journal import checks, intake, repository
from central_server.gateway.journal.decoding import TillPlace
from central_server.gateway.journal.intake import Accepted, Forked
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import project_pending, retry
from central_server.gateway.journal.tables import till_event
from central_server.platform.unit_of_work import reading, writing
from shared.errors import DomainError
from shared.identity import FixedClock
from tests.support.journals import START, ImaginedTill

CLOCK = FixedClock(START)
DAY = START.date()


def accept(database, till, batch=None):
    with writing(database) as unit:
        return intake.accept(unit, till.till_id, till.incarnation, batch or till.batch(), START)


def project(database, limit=500):
    moved = 0
    while step := project_pending(database, places, CLOCK, limit):
        moved += step
    return moved


def totals(database, store="DE01"):
    with reading(database) as unit:
        rows = figures.sales_by(unit.connection, DAY, DAY, [store], ())
        return [(r["receipts"], r["lines"], r["gross"]) for r in rows]


def open_exceptions(database):
    with reading(database) as unit:
        return [(e["code"], e["kind"], e["seq"]) for e in exceptions.listed(unit)]


def counted(database, table):
    with reading(database) as unit:
        return unit.connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def till():
    return ImaginedTill()


def test_a_sale_arrives_in_sales_stock_and_figures(centre, till):
    till.sell(("A-1", "2", 1999), ("B", "0.375", 1000))
    till.sell(("A-1", "-1", 1999))
    assert accept(centre, till).new_events == 2
    assert project(centre) == 2
    assert totals(centre) == [(2, 3, 3998 + 375 - 1999)]
    with reading(centre) as unit:
        query = select(stock_level.c.sku, stock_level.c.quantity_thousandths)
        levels = {row[0]: row[1] for row in unit.connection.execute(query)}
        assert levels == {"A-1": -1000, "B": -375}
        assert check_levels(unit) == []
        vat = figures.vat_by(unit.connection, DAY, DAY, ["DE01"], ("rate_thousandths",))
        assert [(r["gross"], r["net"] + r["vat"]) for r in vat] == [(2374, 2374)]
        tender = figures.tender_by(unit.connection, DAY, DAY, ["DE01"], ("tender",))
        assert [(r["tender"], r["amount"]) for r in tender] == [("cash", 2374)]
        first = sales.receipt_by_number(unit.connection, "DE01-T1", 1, 1)
        parts = sales.receipt_parts(unit.connection, first["event_id"])
        assert [line["sku"] for line in parts["lines"]] == ["A-1", "B"]
    assert open_exceptions(centre) == []
    assert checks.nightly(centre)


def test_the_same_batch_twice_and_overlapping_ones_change_nothing(centre, till):
    for _ in range(5):
        till.sell()
    accept(centre, till, till.batch(1, 3))
    again = accept(centre, till, till.batch(1, 3))
    assert isinstance(again, Accepted)
    assert (again.new_events, again.chain.last_seq) == (0, 3)
    assert accept(centre, till, till.batch(2)).new_events == 2
    project(centre)
    assert accept(centre, till).new_events == 0
    assert project(centre) == 0
    assert totals(centre) == [(5, 5, 5 * 1999)]


def test_a_gap_names_what_is_missing_and_stores_nothing(centre, till):
    for _ in range(4):
        till.sell()
    accept(centre, till, till.batch(1, 1))
    with pytest.raises(DomainError) as refused:
        accept(centre, till, till.batch(3))
    assert (refused.value.code, refused.value.params) == ("journal_gap", {"expected_seq": 2})
    assert counted(centre, till_event) == 1


def test_a_wrong_hash_stores_nothing_of_the_batch(centre, till):
    for _ in range(3):
        till.sell()
    sent = till.batch()
    bent = sent.model_copy(
        update={
            "events": [
                *sent.events[:1],
                sent.events[1].model_copy(update={"body": "{}"}),
                sent.events[2],
            ]
        }
    )
    with pytest.raises(DomainError) as refused:
        accept(centre, till, bent)
    assert (refused.value.code, refused.value.params) == ("journal_hash_wrong", {"seq": 2})
    assert counted(centre, till_event) == 0
    assert accept(centre, till).new_events == 3


def test_another_incarnation_is_refused(centre, till):
    till.sell()
    with writing(centre) as unit, pytest.raises(DomainError) as refused:
        intake.accept(unit, till.till_id, 2, till.batch(), START)
    assert refused.value.code == "incarnation_wrong"


def test_two_journals_under_one_identity_are_a_fork_and_both_are_kept(centre, till):
    copy = ImaginedTill(seed=1)
    shared_past = till.sell()
    copy.events.append(shared_past)
    copy.number = 1
    till.sell(("A-1", "1", 100))
    copy.sell(("A-1", "1", 200))
    copy.sell(("A-1", "1", 300))
    accept(centre, till)
    fork = accept(centre, copy)
    assert fork == Forked(2)
    assert accept(centre, copy) == Forked(2)
    with reading(centre) as unit:
        kept = repository.forked_events(unit.connection, "DE01-T1")
    assert [(k["seq"], k["hash"]) for k in kept] == [
        (2, copy.events[1].hash),
        (3, copy.events[2].hash),
    ]
    assert counted(centre, till_event) == 2


@pytest.mark.parametrize(
    ("kind", "body", "version", "code"),
    [
        ("sale.imagined", b'{"a":1}', 1, "event_type_unknown"),
        ("sale.completed", b'{"a":1}', 99, "event_version_unknown"),
        ("sale.completed", b"no json", 1, "event_body_malformed"),
        ("sale.completed", b'{"a":1.5}', 1, "event_body_malformed"),
        ("sale.completed", b'{"a":1}', 1, "event_field_wrong"),
        ("stock.counted", b'{"a":1}', 1, "event_without_projector"),
        ("receipt.null", b'{"a":1}', 1, "event_field_wrong"),
        ("shift.opened", b"[]", 1, "event_body_malformed"),
    ],
)
def test_what_cannot_be_booked_is_accepted_parked_and_blocks_nobody(
    centre, till, kind, body, version, code
):
    till.journal(kind, body, version=version)
    till.sell()
    assert accept(centre, till).new_events == 2
    assert project(centre) == 2
    assert open_exceptions(centre) == [(code, "blocked", 1)]
    assert totals(centre) == [(1, 1, 1999)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": 5}, "receipt_sums_differ"),
        ({"store_id": "AT01"}, "receipt_of_other_store"),
        ({"currency": "GBP"}, "receipt_of_other_store"),
        (
            {"receipt": {"till_id": "DE01-T2", "incarnation": 1, "number": 1}},
            "receipt_of_other_till",
        ),
    ],
)
def test_receipts_that_are_not_this_tills_own_are_parked(centre, till, changes, code):
    till.sell(**changes)
    accept(centre, till)
    project(centre)
    assert open_exceptions(centre) == [(code, "blocked", 1)]
    assert counted(centre, sale) == 0


def test_facts_of_which_nothing_is_booked_stay_in_the_journal(centre, till):
    till.journal("drawer.opened", {"occurred_at": START.isoformat()})
    till.number += 1
    till.journal("receipt.null", {"receipt": {"number": 1}})
    till.sell()
    accept(centre, till)
    assert project(centre) == 3
    assert open_exceptions(centre) == []


def test_a_gap_in_the_receipt_numbers_is_reported_and_the_receipt_booked(centre, till):
    till.sell()
    till.number += 2
    till.sell()
    accept(centre, till)
    project(centre)
    assert open_exceptions(centre) == [("receipt_number_gap", "notice", 2)]
    assert totals(centre) == [(2, 2, 3998)]


def test_a_reference_that_comes_again_is_reported_and_both_receipts_are_booked(centre, till):
    till.sell(external_ref="581587")
    till.sell(external_ref="")
    till.sell(external_ref="")
    till.sell(external_ref="581588")
    accept(centre, till)
    project(centre)
    assert open_exceptions(centre) == []
    again = ImaginedTill(incarnation=2, seed=1)
    again.sell(external_ref="581587")
    again.sell(external_ref="581589")
    again.sell(external_ref="581589")
    accept(centre, again)
    project(centre)
    with reading(centre) as unit:
        found = {
            (e["code"], e["kind"], e["seq"], e["params"]["other"]) for e in exceptions.listed(unit)
        }
    assert found == {
        ("external_ref_repeated", "notice", 1, "DE01-T1-1-1"),
        ("external_ref_repeated", "notice", 3, "DE01-T1-2-2"),
    }
    assert totals(centre) == [(7, 7, 7 * 1999)]


def test_an_event_id_used_twice_is_booked_once(centre, till):
    first = till.sell()
    other = ImaginedTill("DE01-T2")
    body = first.body.replace(b"DE01-T1", b"DE01-T2")
    other.number = 1
    other.journal("sale.completed", body, first.event_id)
    other.sell()
    accept(centre, till)
    accept(centre, other)
    project(centre)
    assert [code for code, _, _ in open_exceptions(centre)] == ["booking_refused"]
    assert totals(centre) == [(2, 2, 3998)]
    assert checks.nightly(centre)


def test_one_event_that_the_database_refuses_does_not_hold_up_the_batch(centre, till):
    for number in range(6):
        price = 10**14 if number == 3 else 100
        till.sell(("A-1", "100000", price))
    accept(centre, till)
    assert project(centre) == 6
    assert [(code, seq) for code, _, seq in open_exceptions(centre)] == [("booking_refused", 4)]
    assert totals(centre) == [(5, 5, 5 * 100 * 100_000)]


def test_a_projection_killed_between_its_commits_goes_on_where_it_was(centre, till, monkeypatch):
    for _ in range(30):
        till.sell()
    accept(centre, till)
    assert project_pending(centre, places, CLOCK, 10) == 10

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(repository, "set_projected", die)
    with pytest.raises(KeyboardInterrupt):
        project_pending(centre, places, CLOCK, 10)
    monkeypatch.undo()
    assert totals(centre) == [(10, 10, 10 * 1999)]
    assert project(centre) == 20
    assert totals(centre) == [(30, 30, 30 * 1999)]
    assert counted(centre, sale_line) == 30


def test_two_projections_at_once_book_once(centre, till):
    for _ in range(20):
        till.sell()
    accept(centre, till)

    def overtaken(unit, wanted):
        found = places(unit, wanted)
        if not overtaken.done:
            overtaken.done = True
            assert project_pending(centre, places, CLOCK, 15) == 15
        return found

    overtaken.done = False
    assert project_pending(centre, overtaken, CLOCK, 20) == 5
    assert totals(centre) == [(20, 20, 20 * 1999)]


def test_a_parked_event_is_booked_once_its_cause_is_mended(centre, till):
    till.sell(store_id="AT01")
    accept(centre, till)
    project(centre)
    with writing(centre) as unit:
        stored = repository.one_event(unit.connection, till.events[0].event_id)
        assert retry(unit, stored, TillPlace("DE01", "EUR"), START).code == "receipt_of_other_store"
        assert retry(unit, stored, TillPlace("AT01", "EUR"), START) is None
        assert retry(unit, stored, TillPlace("AT01", "EUR"), START) is None
    assert totals(centre, "AT01") == [(1, 1, 1999)]


def test_the_nightly_check_finds_a_changed_event_and_a_changed_figure(centre, till):
    till.sell()
    till.sell()
    accept(centre, till)
    project(centre)
    with writing(centre) as unit:
        unit.connection.execute(till_event.update().where(till_event.c.seq == 2).values(body=b"{}"))
        unit.connection.execute(sale.update().values(total=sale.c.total + 1))
    broken = checks.verify_chains(centre)
    assert [(b.till_id, b.seq) for b in broken] == [("DE01-T1", 2)]
    differing = checks.verify_figures(centre)
    assert [(d.of_figures, d.of_receipts) for d in differing] == [(3998, 4000)]
    assert not checks.nightly(centre)


def test_batches_of_many_tills_share_a_round(centre):
    tills = [ImaginedTill(f"DE01-T{n}") for n in range(1, 3)] + [
        ImaginedTill("UK01-T1", "UK01", "GBP", "GB")
    ]
    for till in tills:
        for _ in range(3):
            till.sell(rate="20")
        accept(centre, till)
    assert project_pending(centre, places, CLOCK, 4) == 4
    assert project(centre) == 5
    assert totals(centre) == [(6, 6, 6 * 1999)]
    assert totals(centre, "UK01") == [(3, 3, 3 * 1999)]


def test_a_batch_of_foreign_events_is_no_part_of_the_chain(centre, till):
    till.sell()
    other = ImaginedTill("DE01-T2")
    other.sell()
    with pytest.raises(DomainError) as refused:
        accept(centre, till, other.batch())
    assert refused.value.code == "journal_hash_wrong"
