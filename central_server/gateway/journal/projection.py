"""Books accepted events into sales, stock, figures, promotions, customers, the ledger and purses, in sequence per till,
each exactly once.

A batch and the position behind it are one transaction: killed at any moment, the projection goes on where the last
commit left it. If a batch fails, its events are booked one by one, and the one that cannot be booked goes to the
exceptions queue; those behind it follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from central_server.features.catalogue.service import categories_of
from central_server.features.coupons.projector import book_codes
from central_server.features.customers import service as customers
from central_server.features.customers.cards import with_current_numbers
from central_server.features.customers.finding import keep_till_looks
from central_server.features.customers.newcomers import book_newcomers
from central_server.features.customers.said import Heard, book_said
from central_server.features.exceptions import service as exceptions
from central_server.features.instruments.projector import book_instruments
from central_server.features.instruments.value_projector import book_value_sold
from central_server.features.instruments.voucher_projector import book_vouchers
from central_server.features.ledger import projector as ledger
from central_server.features.loyalty.projector import book_loyalty
from central_server.features.promotions.projector import UseFinding, book_uses
from central_server.features.promotions.repricing import price_receipts_again
from central_server.features.reporting.cells import add_to_cells
from central_server.features.reporting.projector import add_to_figures
from central_server.features.sales import repository as sales
from central_server.features.staff.service import teams_of
from central_server.features.stock import service as stock
from central_server.gateway.journal import repository
from central_server.gateway.journal.announcements import announce_receipts, announce_waiting
from central_server.gateway.journal.decoding import Decoded, Problem, TillPlace, decode
from central_server.gateway.journal.origins import Origins, by_number
from central_server.gateway.journal.refunds import work_refunds_out_again
from central_server.gateway.journal.repository import Chain, StoredEvent
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock
from shared.loyalty import Benefits, benefits_of
from shared.receipt import Receipt

BATCH_EVENTS = 500

log = structlog.get_logger(__name__)
Earned = Mapping[UUID, Benefits]
PlaceOf = Callable[[ReadUnit, Iterable[str]], dict[str, TillPlace]]


def project_pending(
    database: Database, places: PlaceOf, clock: Clock, limit: int = BATCH_EVENTS
) -> int:
    """Book the next `limit` accepted events; how many positions moved (0: nothing is waiting)."""
    with reading(database) as unit:
        events = repository.pending_events(unit.connection, limit)
        known = places(unit, {event.till_id for event in events})
    if not events:
        return 0
    decoded = _priced_again(database, [decode(event, known.get(event.till_id)) for event in events])
    try:
        return run_writing(database, lambda unit: _book_batch(unit, decoded, clock))
    except EnvironmentProblem:
        raise
    except (SQLAlchemyError, OverflowError, DomainError) as error:
        log.warning("projection_batch_failed", events=len(decoded), error=type(error).__name__)
    return sum(_book_alone(database, one, clock) for one in decoded)


def retry(
    unit: UnitOfWork, event: StoredEvent, place: TillPlace | None, at: datetime
) -> Problem | None:
    """Book an event out of the exceptions queue; what still stands against it, or None if it is booked now.

    The receipt number was counted when the event first came by, and an event that is booked already is left alone.
    """
    decoded = decode(event, place)
    if decoded.problem is not None:
        return decoded.problem
    if decoded.drawer is not None:
        ledger.book(unit, (), [decoded.drawer], at)
    if decoded.receipt is not None and not sales.booked(unit.connection, [event.event_id]):
        findings, earned = _looked_at_again(unit, [decoded.receipt])
        for found in (*findings, *_book_receipts(unit, [decoded.receipt], earned, at)):
            _raise_exception(unit, event, Problem(found.code, found.params), "notice", at)
    return None


def _priced_again(database: Database, decoded: Sequence[Decoded]) -> list[Decoded]:
    """The events with what pricing their receipts again has found: read before anybody waits for what is written."""
    receipts = [one.receipt for one in decoded if one.receipt is not None]
    if not any(_asks(receipt) for receipt in receipts):
        return list(decoded)
    with reading(database) as unit:
        findings, earned = _looked_at_again(unit, receipts)
    by_event: dict[UUID, list[Problem]] = {}
    for found in findings:
        by_event.setdefault(found.event_id, []).append(Problem(found.code, found.params))
    return [
        replace(
            one,
            notices=(*one.notices, *by_event.get(one.event.event_id, ())),
            benefits=earned.get(one.event.event_id, Benefits()),
        )
        for one in decoded
    ]


def _asks(receipt: Receipt) -> bool:
    """Whether there is anything to work out again."""
    return bool(receipt.pricing) or any(line.origin for line in receipt.lines)


def _looked_at_again(
    unit: ReadUnit, receipts: Sequence[Receipt]
) -> tuple[list[UseFinding], Earned]:
    """What somebody should look at, and what the sales among them earn."""
    again = price_receipts_again(unit, receipts)
    earned = {event_id: benefits_of(priced) for event_id, priced in again.pricings.items()}
    return [*again.findings, *work_refunds_out_again(unit, receipts)], earned


def _book_batch(unit: UnitOfWork, decoded: Sequence[Decoded], clock: Clock) -> int:
    chains = repository.chains_for_update(unit.connection, [_key(one.event) for one in decoded])
    # Another projection may have booked some of them between our reading and our lock.
    fresh = [one for one in decoded if one.event.seq > chains[_key(one.event)].projected_seq]
    receipts = [one.receipt for one in fresh if one.receipt is not None]
    drawers = [one.drawer for one in fresh if one.drawer is not None]
    if drawers:
        ledger.book(unit, (), drawers, clock.now())
    _book_newcomers(unit, fresh, clock.now())
    _book_said(unit, fresh, clock.now())
    keep_till_looks(unit, [one.look for one in fresh if one.look is not None])
    if receipts:
        _report_repetitions(unit, fresh, clock)
        events = {one.event.event_id: one.event for one in fresh}
        earned = {one.event.event_id: one.benefits for one in fresh}
        for found in _book_receipts(unit, receipts, earned, clock.now()):
            problem = Problem(found.code, found.params)
            _raise_exception(unit, events[found.event_id], problem, "notice", clock.now())
    for one in fresh:
        # Of what is blocked the problem is said, and nothing else.
        for notice in one.notices if one.problem is None else ():
            _raise_exception(unit, one.event, notice, "notice", clock.now())
        chains[_key(one.event)] = _advance(unit, chains[_key(one.event)], one, clock)
    repository.set_projected(unit.connection, chains.values())
    return len(fresh)


def _book_newcomers(unit: UnitOfWork, fresh: Sequence[Decoded], at: datetime) -> None:
    """Before the receipts, which may be theirs."""
    found = {one.newcomer.number: one for one in fresh if one.newcomer is not None}
    newcomers = [one.newcomer for one in found.values() if one.newcomer is not None]
    for number, code, params in book_newcomers(unit, newcomers, at) if newcomers else ():
        _raise_exception(unit, found[number].event, Problem(code, params), "notice", at)


def _book_said(unit: UnitOfWork, fresh: Sequence[Decoded], at: datetime) -> None:
    events = {one.event.event_id: one.event for one in fresh if one.said is not None}
    heard = [
        Heard(one.event.event_id, one.event.till_id, one.said)
        for one in fresh
        if one.said is not None
    ]
    for found in book_said(unit, heard, at) if heard else ():
        problem = Problem(found.code, found.params)
        _raise_exception(unit, events[found.event_id], problem, "notice", at)


def _report_repetitions(unit: UnitOfWork, fresh: Sequence[Decoded], clock: Clock) -> None:
    """Report receipts whose external reference another one carries; they are booked all the same."""
    carried = [
        (one.event, one.receipt) for one in fresh if one.receipt and one.receipt.external_ref
    ]
    known = sales.receipts_by_ref(unit.connection, [receipt.external_ref for _, receipt in carried])
    for event, receipt in carried:
        ref = receipt.external_ref
        other = known.setdefault(ref, str(receipt.receipt_id))
        if other != str(receipt.receipt_id):
            problem = Problem("external_ref_repeated", {"ref": ref, "other": other})
            _raise_exception(unit, event, problem, "notice", clock.now())


def _book_receipts(
    unit: UnitOfWork, receipts: Sequence[Receipt], earned: Earned, at: datetime
) -> list[UseFinding]:
    """Book receipts that are not booked yet; what somebody should look at all the same."""
    receipts = with_current_numbers(unit, receipts)
    belonging = sales.Belonging(
        teams=teams_of(unit, {receipt.operator_id for receipt in receipts}),
        categories=categories_of(
            unit, {line.article_no for receipt in receipts for line in receipt.lines}
        ),
    )
    sales.insert_receipts(unit.connection, receipts, belonging)
    stock.book_receipts(unit, receipts)
    findings = book_uses(unit, receipts)
    origins = Origins(unit, by_number(receipts))
    findings += book_codes(unit, receipts, origins.find, at)
    customers.book_receipts(unit, receipts)
    ledger.book(unit, receipts, (), at)
    announce_receipts(unit, receipts, at)
    awards = {event_id: each.awards for event_id, each in earned.items()}
    vouchers = {event_id: each.vouchers for event_id, each in earned.items()}
    book_loyalty(unit, receipts, awards, origins, at)
    findings += book_vouchers(unit, receipts, vouchers, origins, at)
    # What is sold first: on the same day it may be paid with.
    findings += book_value_sold(unit, receipts, at)
    found, prepaid = book_instruments(unit, receipts, origins, at)
    # What vouchers paid is known to the cent now: figures are what the ledger has.
    sales.note_prepaid(unit.connection, prepaid)
    add_to_figures(unit, receipts, prepaid)
    add_to_cells(unit, receipts)
    return [*findings, *found]


def _book_alone(database: Database, one: Decoded, clock: Clock) -> int:
    try:
        return run_writing(database, lambda unit: _book_batch(unit, [one], clock))
    except EnvironmentProblem:
        raise
    except (SQLAlchemyError, OverflowError, DomainError) as error:
        refused = _refusal(error)
        blocked = replace(
            one, receipt=None, drawer=None, look=None, newcomer=None, said=None, problem=refused
        )
        log.warning(
            "projection_event_blocked", event_id=str(one.event.event_id), reason=_reason(error)
        )
        return run_writing(database, lambda unit: _book_batch(unit, [blocked], clock))


def _advance(unit: UnitOfWork, chain: Chain, one: Decoded, clock: Clock) -> Chain:
    """The chain moved behind `one`; problems and gaps in the receipt numbers go to the queue on the way."""
    if one.problem is not None:
        _raise_exception(unit, one.event, one.problem, "blocked", clock.now())
    number = one.receipt_no
    expected = chain.last_receipt_no + 1
    if number is not None and number != expected:
        gap = Problem("receipt_number_gap", {"expected": expected, "got": number})
        _raise_exception(unit, one.event, gap, "notice", clock.now())
    last = chain.last_receipt_no if number is None else max(number, chain.last_receipt_no)
    return replace(chain, projected_seq=one.event.seq, last_receipt_no=last)


def _raise_exception(
    unit: UnitOfWork, event: StoredEvent, problem: Problem, kind: str, at: datetime
) -> None:
    source = exceptions.Source(
        event.till_id, event.incarnation, event.seq, event.event_id, event.type
    )
    exceptions.raise_exception(unit, source, problem.code, problem.params, kind, at)
    announce_waiting(unit, event, problem.code, at)


def _refusal(error: Exception) -> Problem:
    if isinstance(error, DomainError):
        return Problem(error.code, error.params)
    return Problem("booking_refused", {"reason": _reason(error)})


def _reason(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


def _key(event: StoredEvent) -> tuple[str, int]:
    return event.till_id, event.incarnation
