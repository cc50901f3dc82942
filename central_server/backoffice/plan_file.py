"""Plans as a file: a row for each store, a column for each month, out and in again. What is wrong is said cell by cell.

A file is kept whole or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.figure_export import csv_response, guarded
from central_server.backoffice.import_pages import FILE_PROBLEMS
from central_server.backoffice.plan_months import month_of
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
from central_server.features.imports.source import (
    BrokenRow,
    Source,
    SourceRow,
    formulas_of,
    open_source,
    sheets_of,
)
from central_server.features.reporting import plans
from central_server.features.stores.service import Store
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadOnlyUnit, WriteUnit
from shared.errors import DomainError
from shared.money import currency

router = APIRouter(include_in_schema=False)

_SUFFIXES = (".csv", ".xlsx")
MOST_PROBLEMS = 20
_NO_RESULT = mark("This formula has no result. Reckon it in your spreadsheet first.")
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
    sheet: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Keep what a file says of the visitor's own stores; empty cells take plans away. Of a workbook with more than
    one sheet on which something stands, `sheet` is read: nothing is left out without being said.
    """
    reader, scope = reader_of(request, visitor), scope_of(unit, visitor, "")
    try:
        months, wrong = _read(reader, scope, file, sheet.strip())
    except _SheetWantedError as asked:
        said = _which_sheet(reader, sheet.strip(), asked.sheets)
        return plan_answer(
            request, visitor, unit, None, misread=[Misread(0, "", said)], sheets=asked.sheets
        )
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


class _SheetWantedError(Exception):
    """A workbook does not say by itself which of its `sheets` is the plan."""

    def __init__(self, sheets: list[str]) -> None:
        super().__init__(sheets)
        self.sheets = sheets


def _which_sheet(reader: Reader, named: str, sheets: list[str]) -> str:
    _ = reader.texts.gettext
    names = ", ".join(f"»{sheet}«" for sheet in sheets)
    if named:
        return _("The workbook has no sheet »{name}« but {sheets}.", name=named, sheets=names)
    return _("Several sheets are filled: {sheets}. Say below which one is the plan.", sheets=names)


def _sheet(path: Path, named: str) -> str:
    """The sheet to be read; `_SheetWantedError` where that is not clear."""
    filled = sheets_of(path)
    if named not in filled and (named or len(filled) > 1):
        raise _SheetWantedError(filled)
    return named or next(iter(filled), "")


def _read(
    reader: Reader, scope: Scope, file: UploadFile | None, named: str
) -> tuple[Months, list[Misread]]:
    suffix = Path(file.filename or "").suffix.lower() if file is not None else ""
    if file is None or suffix not in _SUFFIXES:
        raise DomainError("import_format_unknown", http_status=400)
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        kept.write(file.file.read())
        kept.flush()
        path, is_book = Path(kept.name), suffix == ".xlsx"
        sheet = _sheet(path, named) if is_book else ""
        with open_source(path, sheet=sheet) as source:
            formulas = formulas_of(path, sheet) if is_book else frozenset()
            return _PlanTable(reader, scope, source, formulas).read()


class _PlanTable:
    """A table of plans: the first column names the store, each other one a month, but for the store's name."""

    def __init__(
        self, reader: Reader, scope: Scope, source: Source, formulas: frozenset[tuple[int, int]]
    ) -> None:
        self._reader = reader
        self._source = source
        self._formulas = formulas
        self._stores: dict[str, Store] = {store.store_id: store for store in scope.visible}
        self._heads = list(source.header)
        self._columns: dict[int, date] = {}
        for place, title in enumerate(source.header):
            values = source.header_values
            month = month_of(title, values[place] if place < len(values) else None)
            if place and month is not None:
                self._columns[place] = month
                self._heads[place] = f"{month:%Y-%m}"

    def read(self) -> tuple[Months, list[Misread]]:
        """The months by store, and what is wrong; nothing of both where no column is a month."""
        months: Months = {}
        wrong = list(self._wrong_heads()) if self._columns else []
        seen: set[str] = set()
        empty = {line for line, _ in self._formulas if line > 1}
        for row in self._source.rows:
            empty.discard(row.line)
            if len(wrong) >= MOST_PROBLEMS or not self._columns:
                break
            if isinstance(row, BrokenRow):
                wrong.append(Misread(row.line, "", row.reason))
            elif any(cell.strip() for cell in row.cells):
                wrong += self._take(row, months, seen)
        if len(wrong) < MOST_PROBLEMS and self._columns:
            # A row of nothing but formulas without results reads as none.
            why = self._reader.texts.gettext(_NO_RESULT)
            wrong += [Misread(line, "", why) for line in sorted(empty)[:MOST_PROBLEMS]]
        return months, wrong

    def _wrong_heads(self) -> Iterator[Misread]:
        _ = self._reader.texts.gettext
        names = {"", "name", _("Name").lower()}
        seen: set[date] = set()
        for place, title in enumerate(self._heads):
            month = self._columns.get(place)
            if month is None and place and title.strip().lower() not in names:
                why = _("»{name}« is no month such as 2026-01.", name=title[:40])
                yield Misread(1, title, why)
            elif month is not None and month in seen:
                yield Misread(1, title, _("»{name}« is in the file twice.", name=title))
            elif month is not None:
                seen.add(month)

    def _take(self, row: SourceRow, months: Months, seen: set[str]) -> Iterator[Misread]:
        _ = self._reader.texts.gettext
        name = row.cells[0].strip()
        store = self._stores.get(name)
        if store is None:
            why = _("»{name}« is none of your stores.", name=name[:40])
            yield Misread(row.line, self._heads[0], why)
            return
        if name in seen:
            why = _("»{name}« is in the file twice.", name=name)
            yield Misread(row.line, self._heads[0], why)
        seen.add(name)
        for place, cell in enumerate(row.cells):
            headed = place == 0 or self._heads[place : place + 1] not in ([], [""])
            if cell.strip() and not headed:
                yield Misread(
                    row.line, "", _("»{value}« is in no month's column.", value=cell[:40])
                )
        for place, month in self._columns.items():
            head = self._heads[place]
            if place >= len(row.cells) and not row.values:
                yield Misread(row.line, head, _("The row ends before this column."))
                continue
            try:
                months[name, month] = _amount(row, place, store.currency, self._reader.language)
            except DomainError as refusal:
                yield Misread(row.line, head, amount_problem(self._reader, refusal))
            else:
                if months[name, month] is None and (row.line, place) in self._formulas:
                    yield Misread(row.line, head, _(_NO_RESULT))


def _amount(row: SourceRow, place: int, code: str, language: str) -> int | None:
    """What a cell says; `DomainError` as `read_amount`. A number of a workbook has no language, so no signs of one."""
    text = row.cells[place] if place < len(row.cells) else ""
    if place < len(row.values) and isinstance(row.values[place], int | float):
        return whole_amount(text, code, text)
    return read_amount(text, code, language)
