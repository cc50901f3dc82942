"""Figures of a period as a file: a spreadsheet with numbers, CSV, or paper."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import Response

from central_server.backoffice.figure_export import guarded
from central_server.backoffice.figures_view import FigureWriter, exact
from central_server.backoffice.shell import Reader
from central_server.backoffice.value_paper import as_pdf
from central_server.backoffice.value_report import Sheet, as_csv
from central_server.features.reporting.board import Board, BoardRow
from central_server.platform.translations import Texts
from shared.errors import DomainError
from shared.money import currency

if TYPE_CHECKING:
    from openpyxl import Workbook

_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
KINDS = tuple(_MEDIA)
# Paper is for reading; the whole catalogue is for spreadsheets.
MOST_ON_PAPER = 500
MOST_ROWS = 10_000


def file_response(content: bytes, kind: str, name: str) -> Response:
    """A file to keep; `DomainError('not_found')`, 404, for a kind there is not."""
    if kind not in _MEDIA:
        raise DomainError("not_found", http_status=404)
    disposition = f'attachment; filename="{quote(name, safe="-_.")}.{kind}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=_MEDIA[kind], headers=headers)


def sheets_response(
    texts: Texts, kind: str, title: str, sheets: Sequence[Sheet], name: str
) -> Response:
    """Tables as a file to keep; `DomainError` as `sheets_as`."""
    return file_response(sheets_as(texts, kind, title, sheets), kind, name)


def board_sheet(reader: Reader, writer: FigureWriter, title: str, what: str) -> Sheet:
    """The table of a board, as people read it."""
    _ = reader.texts.gettext
    head = (
        what, _("Number"), _("Receipts"), _("Pieces"), _("Gross"), _("Year before"),
        _("Against year before"), _("Share"), _("Discount"), *_more_heads(reader, writer),
    )  # fmt: skip
    rows = tuple(
        (
            row.name, row.detail, row.receipts, row.pieces, row.gross, row.before,
            row.change.text if row.change is not None else "", row.share, row.discount,
            *((row.plan,) if writer.has_plan else ()), *((row.margin,) if writer.has_margin else ()),
        )
        for row in (*writer.rows(), writer.total())
    )  # fmt: skip
    return Sheet(title, head, rows, 2)


def _more_heads(reader: Reader, writer: FigureWriter) -> list[str]:
    """The heads of the columns that not every board has."""
    _ = reader.texts.gettext
    columns = ((writer.has_plan, _("Plan")), (writer.has_margin, _("Margin")))
    return [name for has, name in columns if has]


def sheets_as(texts: Texts, kind: str, title: str, sheets: Sequence[Sheet]) -> bytes:
    """Tables as a file of a kind; `DomainError('not_found')`, 404, for another than csv, xlsx and pdf."""
    if kind == "csv":
        return as_csv(texts, sheets).encode()
    if kind == "pdf":
        return as_pdf(texts, title, sheets)
    if kind == "xlsx":
        book = _new_book()
        for number, sheet in enumerate(sheets, 1):
            page = book.create_sheet(f"{number}")
            page.append([guarded(cell) for cell in sheet.head])
            for row in sheet.rows:
                page.append([guarded(cell.replace("\u2212", "-")) for cell in row])
        return _saved(book)
    raise DomainError("not_found", http_status=404)


def board_workbook(reader: Reader, writer: FigureWriter, board: Board, what: str) -> bytes:
    """The table of a board with numbers that spreadsheets work with."""
    _ = reader.texts.gettext
    exponent = currency(board.currency).exponent
    book = _new_book()
    page = book.create_sheet(_("Figures"))
    page.append(
        [
            what, _("Number"), _("Currency"), _("Receipts"), _("Pieces"), _("Gross"),
            _("Year before"), _("Discount"), *_more_heads(reader, writer),
        ]
    )  # fmt: skip
    for row, shown in zip(board.rows, writer.rows(), strict=True):
        page.append(
            [
                guarded(shown.name),
                guarded(row.key),
                board.currency,
                row.now["receipts"],
                Decimal(row.now["quantity_thousandths"]).scaleb(-3),
                exact(row.now["gross"], exponent),
                exact(row.before["gross"], exponent),
                exact(row.now["discount"], exponent),
                *(
                    (exact(row.plan.whole, exponent) if row.plan else None,)
                    if writer.has_plan
                    else ()
                ),
                *((_margin(writer, row, exponent),) if writer.has_margin else ()),
            ]
        )
    return _saved(book)


def _margin(writer: FigureWriter, row: BoardRow, exponent: int) -> Decimal | None:
    left = writer.margin_of(row.key, row.now)
    return None if left is None else exact(left, exponent)


def _new_book() -> Workbook:
    from openpyxl import Workbook  # a third of a second that no start should wait for

    return Workbook(write_only=True)


def _saved(book: Workbook) -> bytes:
    with tempfile.SpooledTemporaryFile(max_size=16_000_000) as file:
        book.save(file)
        file.seek(0)
        return file.read()
