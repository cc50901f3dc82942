"""Files of up to a million lines, written while they are read: the download begins at once and its progress is the
browser's; memory holds some hundred lines.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from fastapi.responses import StreamingResponse

from central_server.backoffice.figure_export import guarded
from shared.errors import DomainError

Rows = Iterator[Sequence[str]]
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_ONCE = 500
_NS = "http://schemas.openxmlformats.org"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# The least that a spreadsheet program asks for: one sheet without styles, texts in its cells.
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_NS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_NS}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_NS}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_NS}/spreadsheetml/2006/main" '
        f'xmlns:r="{_NS}/officeDocument/2006/relationships">'
        '<sheets><sheet name="codes" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_NS}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_NS}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def file_of(rows: Rows, kind: str, name: str) -> StreamingResponse:
    """A file `name` to keep, of kind `csv` or `xlsx`; `DomainError('not_found')`, 404, for another kind."""
    if kind == "csv":
        content: Iterator[str] | Iterator[bytes] = csv_lines(rows)
        media = "text/csv; charset=utf-8"
    elif kind == "xlsx":
        content, media = sheet(rows), _SHEET
    else:
        raise DomainError("not_found", http_status=404)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(content, media_type=media, headers=headers)


def csv_lines(rows: Rows) -> Iterator[str]:
    """The lines, some hundred at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    for number, row in enumerate(rows, 1):
        writer.writerow([guarded(cell) for cell in row])
        if number % _AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def sheet(rows: Rows) -> Iterator[bytes]:
    """A spreadsheet with one sheet, in pieces."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:  # type: ignore[call-overload]
        for part, text in _PARTS.items():
            book.writestr(part, _XML + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as lines:
            head = f'{_XML}<worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetData>'
            lines.write(head.encode())
            pending: list[str] = []
            for row in rows:
                pending.append(_line(row))
                if len(pending) == _AT_ONCE:
                    lines.write("".join(pending).encode())
                    pending.clear()
                    yield sink.taken()
            lines.write(("".join(pending) + "</sheetData></worksheet>").encode())
    yield sink.taken()


def _line(row: Sequence[str]) -> str:
    cells = (f'<c t="inlineStr"><is><t>{escape(guarded(cell))}</t></is></c>' for cell in row)
    return f"<row>{''.join(cells)}</row>"


class _Sink:
    """Takes what is written and hands it on; it cannot go back, so the archive is written straight through."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        """What came since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found
