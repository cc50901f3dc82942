"""`/imports`: articles, prices and stock from a file: columns assigned, tried without effect, then imported."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from central_server.backoffice.article_words import IMPORT_FIELDS
from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import word
from central_server.features.audit.service import AuditChange, record
from central_server.features.imports.fields import FIELDS, IGNORED, likely_field
from central_server.features.imports.rows import RowFault
from central_server.features.imports.service import (
    ImportOptions,
    ImportResult,
    import_catalogue,
)
from central_server.features.imports.source import BrokenRow, open_source
from central_server.features.offers.service import list_offers
from central_server.features.stock.service import list_locations
from central_server.platform.access import Right
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadUnit, reading, writing
from central_server.platform.uploads import Uploads
from shared.errors import DomainError
from shared.pricing import STANDARD_OFFER

router = APIRouter(include_in_schema=False)

ImportReader = Annotated[Visitor, looks(Right.CATALOGUE_WRITE)]
Importer = Annotated[Visitor, sends(Right.CATALOGUE_WRITE)]

_SUFFIXES = (".csv", ".xlsx")
_SHOWN_FAULTS = 100
_SHOWN_ROWS = 4
_NAMES = ("name_de", "name_en")
FILE_PROBLEMS = {
    "import_format_unknown": mark("Choose a file that ends in .csv or .xlsx."),
    "import_file_empty": mark("This file is empty."),
    "import_file_damaged": mark("This file is damaged. Export it again."),
    "import_not_text": mark("This file is no table. Export it as CSV or XLSX."),
    "import_encoding_mixed": mark("This file mixes encodings. Export it again as UTF-8."),
    "import_encoding_wrong": mark("This file has another encoding. Export it again as UTF-8."),
    "import_line_too_long": mark("A line of this file never ends: a quote is missing."),
    "import_column_missing": mark("Assign at least a number and a name."),
    "import_column_twice": mark("Two columns stand for the same thing. Leave one of them out."),
    "import_map_unknown": mark("Choose what a column stands for from the list."),
    "import_currency_missing": mark("The file has prices: choose their currency."),
    "import_location_missing": mark("The file has stock: choose the location, or leave it out."),
}


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What was chosen for a file."""

    offer: str = STANDARD_OFFER
    market: str = ""
    currency: str = ""
    location: str = ""
    language: str = "de"
    fields: tuple[str, ...] = ()


def given_choices(
    offer: Annotated[str, Form(max_length=31)] = STANDARD_OFFER,
    market: Annotated[str, Form(max_length=2)] = "",
    currency: Annotated[str, Form(max_length=3)] = "",
    location: Annotated[str, Form(max_length=31)] = "",
    language: Annotated[str, Form(max_length=5)] = "de",
    field: Annotated[list[str] | None, Form()] = None,
) -> ImportChoices:
    """The form as it was sent; `field` stands once for each column, in their order."""
    return ImportChoices(offer, market, currency, location, language, tuple(field or ()))


ChoicesInForm = Annotated[ImportChoices, Depends(given_choices)]


@router.get("/imports")
def import_page(request: Request, visitor: ImportReader) -> HTMLResponse:
    """Where a file is handed in."""
    return _start(request, visitor)


@router.post("/imports")
def hand_in(
    request: Request, visitor: Importer, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Keep the file and lead to its columns."""
    suffix = Path(file.filename or "").suffix.lower() if file is not None else ""
    if file is None or suffix not in _SUFFIXES:
        return _start(request, visitor, "import_format_unknown")
    uploads = _uploads(request)
    owner = visitor.identity.staff_id
    key = uploads.keep(owner, suffix, file.file.read())
    try:
        with open_source(uploads.path(owner, key)):
            pass
    except DomainError as refusal:
        return _start(request, visitor, refusal.code)
    return RedirectResponse(f"/imports/{key}", status_code=303)


@router.get("/imports/{key}")
def columns_page(request: Request, key: str, visitor: ImportReader) -> HTMLResponse:
    """The columns, what they stand for, and the first rows."""
    return _columns(request, visitor, key, ImportChoices())


@router.post("/imports/{key}/try")
def try_import(
    request: Request, key: str, visitor: Importer, choices: ChoicesInForm
) -> HTMLResponse:
    """Say what an import would do; nothing changes."""
    return _run(request, visitor, key, choices, dry=True)


@router.post("/imports/{key}/run")
def run_import(
    request: Request, key: str, visitor: Importer, choices: ChoicesInForm
) -> HTMLResponse:
    """Import the file; rows with faults are left out and stand in the error file."""
    return _run(request, visitor, key, choices, dry=False)


@router.get("/imports/{key}/errors.csv")
def error_file(request: Request, key: str, visitor: ImportReader) -> Response:
    """Every fault with row, column, value and reason."""
    path = _uploads(request).beside(visitor.identity.staff_id, key)
    if not path.exists():
        raise DomainError("upload_unknown", http_status=404)
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="errors.csv")


def _run(
    request: Request, visitor: Visitor, key: str, choices: ImportChoices, *, dry: bool
) -> HTMLResponse:
    state, uploads = request.app.state, _uploads(request)
    owner = visitor.identity.staff_id
    path = uploads.path(owner, key)
    faults: list[RowFault] = []
    count = 0
    with uploads.beside(owner, key).open("w", encoding="utf-8", newline="") as errors:
        writer = csv.writer(errors)
        writer.writerow(("row", "column", "value", "reason"))

        def note_fault(fault: RowFault) -> None:
            nonlocal count
            count += 1
            writer.writerow((fault.line, fault.column, fault.value, fault.reason))
            if len(faults) < _SHOWN_FAULTS:
                faults.append(fault)

        try:
            with open_source(path) as source:
                header = source.header
            options = _options(choices, header, dry=dry)
            result = import_catalogue(
                state.database, state.business_clock, path, options, note_fault, _no_progress
            )
        except DomainError as refusal:
            return _columns(request, visitor, key, choices, refusal.code)
    if not dry:
        with writing(state.database) as unit:
            change = AuditChange("applied", "import", path.suffix, {}, asdict(result))
            record(unit, owner, state.system_clock.now(), change)
    return _columns(request, visitor, key, choices, "", result, faults, count, dry=dry)


def _no_progress(_result: ImportResult, _line: int, _lines: int) -> None:
    """Nobody watches: the answer comes when all is done."""


def _options(choices: ImportChoices, header: list[str], *, dry: bool) -> ImportOptions:
    return ImportOptions(
        offer=choices.offer,
        market=choices.market,
        currency=choices.currency,
        language=choices.language[:2],
        location=choices.location,
        mapping={
            title: field for title, field in zip(header, choices.fields, strict=False) if field
        },
        dry_run=dry,
    )


def _uploads(request: Request) -> Uploads:
    return Uploads(request.app.state.settings.uploads_dir)


def _start(request: Request, visitor: Visitor, problem: str = "") -> HTMLResponse:
    with reading(request.app.state.database) as unit:
        return render(
            request,
            "import.html",
            part="articles",
            status=422 if problem else 200,
            waiting=attention(unit, visitor, request),
            problem=FILE_PROBLEMS.get(problem, FILE_PROBLEMS["import_format_unknown"])
            if problem
            else "",
        )


def _columns(
    request: Request,
    visitor: Visitor,
    key: str,
    choices: ImportChoices,
    problem: str = "",
    result: ImportResult | None = None,
    faults: list[RowFault] | None = None,
    count: int = 0,
    *,
    dry: bool = True,
) -> HTMLResponse:
    if problem and problem not in FILE_PROBLEMS:
        raise DomainError(problem, http_status=400)
    path = _uploads(request).path(visitor.identity.staff_id, key)
    with open_source(path) as source:
        header = source.header
        sample = [
            row.cells
            for row, _ in zip(source.rows, range(_SHOWN_ROWS), strict=False)
            if not isinstance(row, BrokenRow)
        ]
    chosen = choices.fields or tuple(likely_field(title, choices.language) for title in header)
    with reading(request.app.state.database) as unit:
        return render(
            request,
            "import_columns.html",
            part="articles",
            status=422 if problem else 200,
            waiting=attention(unit, visitor, request),
            key=key,
            columns=[
                (
                    title,
                    chosen[n] if n < len(chosen) else IGNORED,
                    [r[n] for r in sample if n < len(r)],
                )
                for n, title in enumerate(header)
            ],
            fields=_field_choices(request, visitor, {*chosen}),
            ignored=IGNORED,
            choices=choices,
            problem=FILE_PROBLEMS.get(problem, ""),
            result=result,
            faults=faults or [],
            fault_count=count,
            dry=dry,
            **_places(unit, visitor),
        )


def _field_choices(request: Request, visitor: Visitor, extra: set[str]) -> list[tuple[str, str]]:
    texts = reader_of(request, visitor).texts
    names = dict.fromkeys((*FIELDS, *_NAMES, *sorted(extra - {IGNORED})))
    return [(name, word(texts, IMPORT_FIELDS, name)) for name in names if name != "name"]


def _places(unit: ReadUnit, visitor: Visitor) -> dict[str, Any]:
    stores = scope_of(unit, visitor, None).visible
    return {
        "offers": [(one.code, one.name) for one in list_offers(unit)],
        "markets": sorted({store.market for store in stores}),
        "currencies": sorted({store.currency for store in stores}),
        "locations": [(one.location_id, one.name) for one in list_locations(unit)],
    }


def forget_uploads(context: JobContext) -> None:
    """Delete handed-in files that nobody needs any more."""
    Uploads(context.settings.uploads_dir).forget_old(context.system_clock.now())


JOBS = (Job("forget_uploads", forget_uploads, every_milliseconds=3_600_000),)
