"""Plans as a file: a row for each store, a column for each month, out and in again. What is wrong is said cell by cell.

A file is kept whole or not at all.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.figure_export import csv_response, guarded
from central_server.backoffice.import_pages import FILE_PROBLEMS
from central_server.backoffice.plan_page import (
    PlanKeeper,
    PlanReader,
    Year,
    amount_problem,
    keep_months,
    plan_answer,
    read_amount,
    whole_amount,
)
from central_server.backoffice.scope import Scope, link, scope_of
from central_server.backoffice.shell import Reader, reader_of
from central_server.features.imports.source import BrokenRow, SourceRow, open_source
from central_server.features.reporting import plans
from central_server.features.stores.service import Store
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.errors import DomainError
from shared.money import currency

router = APIRouter(include_in_schema=False)

_MONTH = re.compile(r"(20[0-9]{2}|2100)-(0[1-9]|1[0-2])")
_SUFFIXES = (".csv", ".xlsx")
MOST_PROBLEMS = 20
Months = dict[tuple[str, date], int | None]


@dataclass(frozen=True, slots=True)
class Misread:
    """A cell that cannot be taken: its line, its column, and why."""

    line: int
    column: str
    why: str


@router.get("/plan.csv")
def plan_file(
    request: Request, visitor: PlanReader, unit: ReadOnlyUnit, year: Annotated[Year, Query()]
) -> Response:
    """The plans of a year as the page shows them."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, "")
    found = plans.plans_of_year(unit, year, [store.store_id for store in scope.visible])
    months = range(1, 13)
    _ = reader.texts.gettext
    rows = [[_("Store"), _("Name"), *(f"{year}-{month:02}" for month in months)]]
    for store in scope.visible:
        scale = 10 ** currency(store.currency).exponent
        amounts = [found.get((store.store_id, month)) for month in months]
        cells = ["" if amount is None else str(amount // scale) for amount in amounts]
        rows.append([store.store_id, guarded(store.name), *cells])
    return csv_response(reader, rows, f"tresen-plan-{year}")


@router.post("/plan/file")
def hand_in_plans(
    request: Request,
    visitor: PlanKeeper,
    unit: WriteUnit,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep what a file says of the visitor's own stores; empty cells take plans away."""
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, "")
    try:
        months, wrong = _read(reader, scope, file)
    except DomainError as refusal:
        if refusal.code not in FILE_PROBLEMS:
            raise
        said = reader.texts.gettext(FILE_PROBLEMS[refusal.code])
        return plan_answer(request, visitor, unit, None, misread=[Misread(1, "", said)])
    if wrong or not months:
        none = Misread(1, "", reader.texts.gettext("No column is a month such as 2026-01."))
        return plan_answer(request, visitor, unit, None, misread=wrong or [none])
    keep_months(request, visitor, unit, months)
    year = min(month for _, month in months).year
    return RedirectResponse(link("/plan", year=year, saved=1), status_code=303)


def _read(reader: Reader, scope: Scope, file: UploadFile | None) -> tuple[Months, list[Misread]]:
    suffix = Path(file.filename or "").suffix.lower() if file is not None else ""
    if file is None or suffix not in _SUFFIXES:
        raise DomainError("import_format_unknown", http_status=400)
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        kept.write(file.file.read())
        kept.flush()
        with open_source(Path(kept.name)) as source:
            return read_plans(reader, scope, source.header, source.rows)


def read_plans(
    reader: Reader, scope: Scope, header: Sequence[str], rows: Iterable[SourceRow | BrokenRow]
) -> tuple[Months, list[Misread]]:
    """The months of a table by store, and what is wrong with it; the first column names the store."""
    _ = reader.texts.gettext
    stores: dict[str, Store] = {store.store_id: store for store in scope.visible}
    columns: Mapping[int, date] = {
        place: date(int(match[1]), int(match[2]), 1)
        for place, title in enumerate(header)
        if (match := _MONTH.fullmatch(title.strip())) is not None
    }
    months: Months = {}
    wrong: list[Misread] = []
    for row in rows:
        if len(wrong) >= MOST_PROBLEMS:
            break
        if isinstance(row, BrokenRow):
            wrong.append(Misread(row.line, "", row.reason))
            continue
        name = row.cells[0].strip() if row.cells else ""
        store = stores.get(name)
        if store is None:
            if any(cell.strip() for cell in row.cells):
                why = _("»{name}« is none of your stores.", name=name[:40])
                wrong.append(Misread(row.line, header[0] if header else "", why))
            continue
        for place, month in columns.items():
            try:
                months[name, month] = _amount(row, place, store.currency, reader.language)
            except DomainError as refusal:
                wrong.append(Misread(row.line, header[place], amount_problem(reader, refusal)))
    return months, wrong


def _amount(row: SourceRow, place: int, code: str, language: str) -> int | None:
    """What a cell says; `DomainError` as `read_amount`. A number of a workbook has no language, so no signs of one."""
    text = row.cells[place] if place < len(row.cells) else ""
    if place < len(row.values) and isinstance(row.values[place], int | float):
        return whole_amount(text, code, text)
    return read_amount(text, code, language)
