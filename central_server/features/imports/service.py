"""Imports a file of articles: streamed, in batches that are one transaction each, rows with faults left out and named.

The same file twice changes nothing. Interrupted, it is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from central_server.features.catalogue import repository as catalogue
from central_server.features.catalogue.costs import enter_costs
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.imports.fields import Columns, find_columns
from central_server.features.imports.rows import (
    ArticleRow,
    RowFacts,
    RowFault,
    broken_fault,
    parse_row,
    row_reason,
)
from central_server.features.imports.seen_repository import SeenRows
from central_server.features.imports.source import BrokenRow, Source, SourceRow, open_source
from central_server.features.offers.service import get_offer
from central_server.features.pricing.service import set_prices
from central_server.features.stock.service import count_levels, require_location
from central_server.features.stores.service import list_stores
from central_server.platform.changes import CHAIN, market_scope
from central_server.platform.database import Database
from central_server.platform.garbage import collector_paused
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing
from shared.errors import DomainError
from shared.identity import Clock
from shared.pricing import STANDARD_OFFER, PriceEntry

BATCH = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the operator decides. Empty `market`: prices hold for the chain; `valid_from` None: from now."""

    offer: str = STANDARD_OFFER
    market: str = ""
    currency: str = ""
    language: str = "de"
    location: str = ""
    valid_from: datetime | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    dry_run: bool = False


@dataclass(slots=True)
class ImportResult:
    """What an import did, or in a dry run would do."""

    rows: int = 0
    refused_rows: int = 0
    new_articles: int = 0
    new_variants: int = 0
    changed_skus: int = 0
    changed_prices: int = 0
    changed_stock: int = 0
    changed_costs: int = 0


Progress = Callable[[ImportResult, int, int], None]
FaultSink = Callable[[RowFault], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """One running import."""

    database: Database
    clock: Clock
    options: ImportOptions
    columns: Columns
    facts: RowFacts
    scope: str
    at: datetime
    seen: SeenRows


class _DryRunError(Exception):
    """Ends a dry run's transaction; carries what it would have done."""

    def __init__(self, outcome: _Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(slots=True)
class _Outcome:
    faults: list[RowFault] = field(default_factory=list)
    dropped_lines: set[int] = field(default_factory=set)
    entered: list[ArticleRow] = field(default_factory=list)
    new_articles: int = 0
    new_variants: int = 0
    changed_skus: int = 0
    changed_prices: int = 0
    changed_stock: int = 0
    changed_costs: int = 0

    def drop(self, row: ArticleRow, column: str, value: str, reason: str) -> None:
        self.faults.append(RowFault(row.line, column, value, reason))
        self.dropped_lines.add(row.line)


def import_catalogue(
    database: Database,
    clock: Clock,
    path: Path,
    options: ImportOptions,
    on_fault: FaultSink,
    on_progress: Progress,
) -> ImportResult:
    """Import a `.csv`, `.csv.xz` or `.xlsx` file.

    `on_fault` hears of each fault of a row, `on_progress` after each batch (result so far, line, lines in all
    or 0). `DomainError` if the file as a whole cannot be imported; nothing is changed then.
    """
    result = ImportResult()
    with open_source(path, options.encoding, options.delimiter) as source, SeenRows() as seen:
        columns = find_columns(source.name, source.header, options.mapping, options.language)
        at = clock.now()
        with reading(database) as unit:
            facts = _facts(unit, source, columns, options, at)
        scope = market_scope(options.market) if options.market else CHAIN
        job = _Job(database, clock, options, columns, facts, scope, at, seen)
        for batch in batches(source.rows, BATCH):
            with collector_paused():
                _import_batch(job, batch, result, on_fault)
            on_progress(result, batch[-1].line, source.lines)
    return result


def _facts(
    unit: ReadUnit, source: Source, columns: Columns, options: ImportOptions, at: datetime
) -> RowFacts:
    get_offer(unit, options.offer)
    currency = options.currency
    if not currency and options.market:
        stores = [store for store in list_stores(unit) if store.market == options.market]
        currency = stores[0].currency if stores else ""
    if (
        {"price", "cost"} & columns.position.keys()
        and "currency" not in columns.position
        and not currency
    ):
        raise DomainError("import_currency_missing", http_status=400)
    if "stock" in columns.position:
        if not options.location:
            raise DomainError("import_location_missing", http_status=400)
        require_location(unit, options.location)
    return RowFacts(options.market, currency, at.date(), source.german)


def batches(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of up to `size`."""
    while batch := list(islice(rows, size)):
        yield batch


def _import_batch(
    job: _Job, batch: Sequence[SourceRow | BrokenRow], result: ImportResult, on_fault: FaultSink
) -> None:
    faults: list[RowFault] = []
    refused: set[int] = set()
    rows: list[ArticleRow] = []
    for raw in batch:
        parsed = (
            [broken_fault(raw)]
            if isinstance(raw, BrokenRow)
            else parse_row(raw, job.columns, job.facts)
        )
        if isinstance(parsed, ArticleRow):
            rows.append(parsed)
        elif parsed is not None:
            faults.extend(parsed)
            refused.add(raw.line)
        else:
            continue
        result.rows += 1
    outcome = _enter(job, rows)
    _remember(job.seen, outcome.entered)
    for fault in sorted((*faults, *outcome.faults), key=lambda one: one.line):
        on_fault(fault)
    result.refused_rows += len(refused | outcome.dropped_lines)
    result.new_articles += outcome.new_articles
    result.new_variants += outcome.new_variants
    result.changed_skus += outcome.changed_skus
    result.changed_prices += outcome.changed_prices
    result.changed_stock += outcome.changed_stock
    result.changed_costs += outcome.changed_costs


def _remember(seen: SeenRows, rows: Iterable[ArticleRow]) -> None:
    articles: dict[str, int] = {}
    skus: dict[str, int] = {}
    codes: dict[str, int] = {}
    for row in rows:
        articles.setdefault(row.article_no, row.line)
        skus.setdefault(row.sku, row.line)
        for code in row.barcodes:
            codes.setdefault(code, row.line)
    seen.remember(articles, skus, codes)


def _enter(job: _Job, rows: Sequence[ArticleRow]) -> _Outcome:
    first = _Outcome()
    fresh = _without_repetitions(job, rows, first)
    known_articles = job.seen.articles({row.article_no for row in fresh})

    def work(unit: UnitOfWork) -> _Outcome:
        outcome = _Outcome(list(first.faults), set(first.dropped_lines))
        _enter_rows(job, unit, fresh, known_articles, outcome)
        if job.options.dry_run:
            raise _DryRunError(outcome)
        return outcome

    try:
        return run_writing(job.database, work)
    except _DryRunError as dry:
        return dry.outcome


def _without_repetitions(
    job: _Job, rows: Sequence[ArticleRow], outcome: _Outcome
) -> list[ArticleRow]:
    """The rows whose sku and barcodes have not stood in the file before."""
    skus = job.seen.skus(row.sku for row in rows)
    codes = job.seen.codes(code for row in rows for code in row.barcodes)
    fresh = []
    for row in rows:
        taken = next((code for code in row.barcodes if code in codes), None)
        if row.sku in skus:
            reason = row_reason("sku_twice", line=skus[row.sku])
            outcome.drop(row, job.columns.title("sku"), row.sku, reason)
        elif taken is not None:
            reason = row_reason("barcode_twice", line=codes[taken])
            outcome.drop(row, job.columns.title("barcode"), taken, reason)
        else:
            skus[row.sku] = row.line
            codes.update(dict.fromkeys(row.barcodes, row.line))
            fresh.append(row)
    return fresh


def _enter_rows(
    job: _Job,
    unit: UnitOfWork,
    rows: Sequence[ArticleRow],
    known_articles: Mapping[str, int],
    outcome: _Outcome,
) -> None:
    accepted = _without_conflicts(job, unit, rows, outcome)
    articles: dict[str, ArticleRow] = {}
    for row in accepted:
        # The first row of an article speaks for it; in a dry run nothing of an earlier batch is there.
        if row.article_no not in known_articles or job.options.dry_run:
            articles.setdefault(row.article_no, row)
    entered = enter_batch(
        unit,
        [_article(row, job.options.language) for row in articles.values()],
        [VariantDraft(r.sku, r.article_no, r.size, r.colour, r.barcodes) for r in accepted],
        job.at,
    )
    outcome.entered = accepted
    outcome.new_articles = entered.new_articles
    outcome.new_variants = entered.new_variants
    outcome.changed_skus = len(entered.changed_skus)
    _enter_prices(job, unit, accepted, outcome)
    costs = {(r.article_no, r.currency): r.cost for r in accepted if r.cost is not None}
    outcome.changed_costs = enter_costs(unit, costs, job.at)
    counted = {r.sku: r.stock_thousandths for r in accepted if r.stock_thousandths is not None}
    if counted:
        changed = count_levels(unit, job.options.location, counted, job.clock)
        outcome.changed_stock = len(changed)


def _without_conflicts(
    job: _Job, unit: UnitOfWork, rows: Sequence[ArticleRow], outcome: _Outcome
) -> list[ArticleRow]:
    """The rows that claim neither a barcode nor a sku of another article."""
    owners = catalogue.barcode_owners(unit, (code for row in rows for code in row.barcodes))
    present = catalogue.variants(unit, (row.sku for row in rows))
    accepted = []
    for row in rows:
        taken = next((c for c in row.barcodes if owners.get(c, row.sku) != row.sku), None)
        variant = present.get(row.sku)
        if taken is not None:
            reason = row_reason("barcode_taken", other=owners[taken])
            outcome.drop(row, job.columns.title("barcode"), taken, reason)
        elif variant is not None and variant.article_no != row.article_no:
            reason = row_reason("sku_elsewhere", other=variant.article_no)
            outcome.drop(row, job.columns.title("sku"), row.sku, reason)
        else:
            accepted.append(row)
    return accepted


def _article(row: ArticleRow, language: str) -> ArticleDraft:
    return ArticleDraft(
        article_no=row.article_no,
        names=row.names,
        brand=row.brand,
        category=row.category,
        category_language=language,
        vat_category=row.vat_category,
        age_class=row.age_class,
        uom=row.uom,
        images=row.images,
        attributes=row.attributes,
    )


def _enter_prices(
    job: _Job, unit: UnitOfWork, rows: Sequence[ArticleRow], outcome: _Outcome
) -> None:
    by_currency: dict[str, list[PriceEntry]] = {}
    lines = {}
    for row in rows:
        if row.price is not None:
            lines[row.sku] = row
            by_currency.setdefault(row.currency, []).append(
                PriceEntry(
                    sku=row.sku,
                    scope=job.scope,
                    amount=row.price,
                    currency=row.currency,
                    valid_from=job.options.valid_from or job.at,
                    offer=job.options.offer,
                )
            )
    for entries in by_currency.values():
        done = set_prices(unit, entries, job.at)
        outcome.changed_prices += len(done.changed)
        for sku, refusal in done.refused.items():
            row = lines[sku]
            reason = row_reason("price_refused", code=refusal.code)
            outcome.faults.append(
                RowFault(row.line, job.columns.title("price"), str(row.price), reason)
            )
