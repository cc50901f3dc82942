"""Imports a file of customers: streamed, in batches that are one transaction each, rows with faults left out and named.

The same file twice changes nothing. Interrupted, it is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from central_server.features.customers.service import CustomerResult, enter_batch
from central_server.features.imports.customer_rows import (
    CustomerColumns,
    CustomerRowFacts,
    ReadCustomer,
    find_customer_columns,
    parse_customer,
)
from central_server.features.imports.rows import RowFault, broken_fault, row_reason
from central_server.features.imports.seen_repository import SeenRows
from central_server.features.imports.service import FaultSink, batches
from central_server.features.imports.source import BrokenRow, SourceRow, open_source
from central_server.features.stores.service import list_stores
from central_server.platform.database import Database
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.identity import Clock

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class CustomerOptions:
    """What the operator decides."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    dry_run: bool = False


@dataclass(slots=True)
class CustomerImport:
    """What an import did, or in a dry run would do."""

    rows: int = 0
    refused_rows: int = 0
    new: int = 0
    changed: int = 0


Progress = Callable[[CustomerImport, int, int], None]


@dataclass(frozen=True, slots=True)
class _Job:
    database: Database
    columns: CustomerColumns
    facts: CustomerRowFacts
    at: datetime
    dry_run: bool
    seen: SeenRows


class _DryRunError(Exception):
    """Ends a dry run's transaction; carries what it would have done."""

    def __init__(self, result: CustomerResult) -> None:
        super().__init__()
        self.result = result


def import_customers(
    database: Database,
    clock: Clock,
    path: Path,
    options: CustomerOptions,
    on_fault: FaultSink,
    on_progress: Progress,
) -> CustomerImport:
    """Import a `.csv`, `.csv.xz` or `.xlsx` file: numbers that are new are added, known ones changed.

    `on_fault` hears of each fault of a row, `on_progress` after each batch (result so far, line, lines in all
    or 0). `DomainError` if the file as a whole cannot be imported; nothing is changed then.
    """
    result = CustomerImport()
    with open_source(path, options.encoding, options.delimiter) as source, SeenRows() as seen:
        columns = find_customer_columns(source.name, source.header, options.mapping)
        at = clock.now()
        with reading(database) as unit:
            stores = frozenset(store.store_id for store in list_stores(unit))
        facts = CustomerRowFacts(stores, at.date())
        job = _Job(database, columns, facts, at, options.dry_run, seen)
        for batch in batches(source.rows, BATCH):
            _import_batch(job, batch, result, on_fault)
            on_progress(result, batch[-1].line, source.lines)
    return result


def _import_batch(
    job: _Job,
    batch: Sequence[SourceRow | BrokenRow],
    result: CustomerImport,
    on_fault: FaultSink,
) -> None:
    faults: list[RowFault] = []
    customers: list[ReadCustomer] = []
    for raw in batch:
        parsed = (
            [broken_fault(raw)]
            if isinstance(raw, BrokenRow)
            else parse_customer(raw, job.columns, job.facts)
        )
        if isinstance(parsed, ReadCustomer):
            customers.append(parsed)
        elif parsed is not None:
            faults.extend(parsed)
        result.rows += parsed is not None
    fresh = _without_repetitions(job, customers, faults)
    entered = _enter(job, fresh)
    job.seen.remember({}, {one.draft.number: one.line for one in fresh}, {})
    for fault in sorted(faults, key=lambda one: one.line):
        on_fault(fault)
    result.refused_rows += len({fault.line for fault in faults})
    result.new += entered.new
    result.changed += entered.changed


def _without_repetitions(
    job: _Job, customers: Sequence[ReadCustomer], faults: list[RowFault]
) -> list[ReadCustomer]:
    """The customers whose number has not stood in the file before."""
    lines = job.seen.skus(one.draft.number for one in customers)
    fresh = []
    for one in customers:
        number = one.draft.number
        if number in lines:
            reason = row_reason("number_twice", line=lines[number])
            faults.append(RowFault(one.line, job.columns.title("number"), number, reason))
            continue
        lines[number] = one.line
        fresh.append(one)
    return fresh


def _enter(job: _Job, customers: Sequence[ReadCustomer]) -> CustomerResult:
    drafts = [one.draft for one in customers]

    def work(unit: UnitOfWork) -> CustomerResult:
        result = enter_batch(unit, drafts, job.at)
        if job.dry_run:
            raise _DryRunError(result)
        return result

    try:
        return run_writing(job.database, work)
    except _DryRunError as dry:
        return dry.result
