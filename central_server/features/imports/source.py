"""Opens a file of rows: finds format, encoding and delimiter, and reads on behind a broken row.

Knows nothing of articles. Memory stays bounded by one record, whatever the file's size.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from shared.errors import DomainError, ErrorParam

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A field beyond this is no field: most likely a quote that never ends.
MAX_FIELD = 2_000_000
_MAX_LINE = 8_000_000
_MAX_RECORD_LINES = 200
_BLOCK = 1 << 20
_DELIMITERS = ";,\t|"
_UNDEFINED_1252 = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record; `line` is where it begins, the header being line 1. `values` are the cells as a workbook holds them,
    numbers and dates apart from texts; a file of text has none.
    """

    line: int
    cells: list[str]
    values: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A record that could not be taken apart."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file. `lines` is the number of its lines if that is known (0: unknown)."""

    name: str
    header: list[str]
    rows: Iterator[SourceRow | BrokenRow]
    lines: int
    german: bool
    # As the cells of `SourceRow.values`.
    header_values: Sequence[object] = ()


def _refused(code: str, /, **params: ErrorParam) -> DomainError:
    return DomainError(code, params, http_status=400)


@contextmanager
def open_source(
    path: Path, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Iterator[Source]:
    """The rows of a `.csv`, `.csv.xz` or `.xlsx` file; of a workbook those of `sheet`, without one of the first.

    `DomainError` `import_…` if the file as a whole cannot be read; what is wrong with single rows comes as
    `BrokenRow`.
    """
    name = path.name
    if not path.is_file():
        raise _refused("import_file_missing", path=str(path)[-200:])
    lowered = name.lower()
    if lowered.endswith(".xlsx"):
        with _open_xlsx(path, sheet) as source:
            yield source
    elif lowered.endswith((".csv", ".txt", ".tsv", ".csv.xz")):
        with _open_csv(path, encoding, delimiter) as source:
            yield source
    else:
        raise _refused("import_format_unknown", name=name[-80:])


@contextmanager
def _open_csv(path: Path, encoding: str, delimiter: str) -> Iterator[Source]:
    name = path.name[-80:]
    try:
        with _open_bytes(path) as file:
            found, line_count = _detect(file, name)
        with _open_bytes(path) as file:
            # newline="": line ends inside quotes belong to the field.
            text = io.TextIOWrapper(file, encoding or found, errors="strict", newline="")
            lines = _Lines(text, name, encoding or found)
            first = lines.peek()
            separator = delimiter or _sniff(first)
            csv.field_size_limit(MAX_FIELD)
            rows = _records(lines, separator)
            header = next(rows)
            if isinstance(header, BrokenRow):
                params = {"name": name, "reason": f"broken quoting in the header: {header.reason}"}
                raise DomainError("import_file_damaged", params, http_status=400)
            yield Source(
                name, [cell.strip() for cell in header.cells], rows, line_count, separator == ";"
            )
    except (lzma.LZMAError, EOFError, OSError) as problem:
        raise _refused(
            "import_file_damaged",
            name=name,
            reason=str(problem)[:120] or "it ends too early",
        ) from problem
    except LookupError:
        raise _refused("import_encoding_wrong", name=name, encoding=encoding[:40], line=1) from None


def _open_bytes(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".xz"):
        return cast("BinaryIO", lzma.open(path, "rb"))
    return path.open("rb")


def _detect(file: BinaryIO, name: str) -> tuple[str, int]:
    """The encoding of a file, by reading all of it, and its number of lines."""
    start = file.read(_BLOCK)
    if not start.strip():
        raise _refused("import_file_empty", name=name)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", 0
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, beyond_ascii, position, lines = True, False, 0, 0
    block = start
    while block:
        if (zero := block.find(b"\0")) >= 0:
            raise _refused("import_not_text", name=name, position=position + zero)
        if utf8:
            try:
                beyond_ascii |= not decoder.decode(block).isascii()
            except UnicodeDecodeError as problem:
                utf8 = False
                at = position + problem.start
                if beyond_ascii or not problem.object[: problem.start].isascii():
                    raise _refused("import_encoding_mixed", name=name, position=at) from None
        if not utf8:
            _check_1252(block, position, name)
        lines += block.count(b"\n")
        position += len(block)
        block = file.read(_BLOCK)
    if not utf8:
        return "cp1252", lines
    return "utf-8-sig", lines


def _check_1252(block: bytes, position: int, name: str) -> None:
    at = next((block.find(byte) for byte in _UNDEFINED_1252 if byte in block), -1)
    if at >= 0:
        raise _refused("import_encoding_unknown", name=name, position=position + at)


def _sniff(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


class _TooManyLinesError(Exception):
    """A record goes on for more lines than any honest one."""


class _Lines:
    """The lines of a file, with a way to go back to the second line of the current record."""

    def __init__(self, file: IO[str], name: str, encoding: str) -> None:
        self._file = file
        self._name = name
        self._encoding = encoding
        self._waiting: deque[str] = deque()
        self._record: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self._record) >= _MAX_RECORD_LINES:
            raise _TooManyLinesError
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self._record.append(line)
        self.number += 1
        return line

    def _read(self) -> str:
        try:
            line = self._file.readline()
        except UnicodeError:
            raise _refused(
                "import_encoding_wrong",
                name=self._name,
                encoding=self._encoding,
                line=self.number + 1,
            ) from None
        if len(line) > _MAX_LINE:
            raise _refused(
                "import_line_too_long",
                name=self._name,
                line=self.number + 1,
                most=_MAX_LINE,
            )
        return line

    def peek(self) -> str:
        """The next line, which is not used up."""
        if not self._waiting:
            self._waiting.append(self._read())
        return self._waiting[0]

    def begin_record(self) -> int:
        """Forget the last record; the number of the line at which the next one begins."""
        self._record.clear()
        return self.number + 1

    def skip_one(self) -> str:
        """Go on behind the first line of the current record; that line."""
        first, rest = self._record[0], self._record[1:]
        self._waiting.extendleft(reversed(rest))
        self.number -= len(rest)
        self._record.clear()
        return first


def _records(lines: _Lines, delimiter: str) -> Iterator[SourceRow | BrokenRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooManyLinesError) as problem:
            yield BrokenRow(line, _why(problem), lines.skip_one().rstrip("\r\n"))
            continue
        if cells:
            yield SourceRow(line, cells)


def _why(problem: Exception) -> str:
    text = str(problem)
    if isinstance(problem, _TooManyLinesError) or "end of data" in text or "field limit" in text:
        return "a quote opened here is never closed"
    return "a quote stands inside a field or is followed by text"


@contextmanager
def _open_book(path: Path, *, results: bool) -> Iterator[Workbook]:
    """A workbook with the `results` of its formulas, or with the formulas themselves."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=results)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as problem:
        raise _refused(
            "import_file_damaged", name=path.name[-80:], reason="it is not an Excel workbook"
        ) from problem
    try:
        yield book
    finally:
        book.close()


def _sheet_of(book: Workbook, name: str) -> Worksheet | None:
    sheets = (one for one in book.worksheets if name in ("", one.title))
    return next(sheets, None)


@contextmanager
def _open_xlsx(path: Path, wanted: str) -> Iterator[Source]:
    name = path.name[-80:]
    with _open_book(path, results=True) as book:
        sheet = _sheet_of(book, wanted)
        values = sheet.iter_rows(values_only=True) if sheet is not None else iter(())
        header = next(values, None)
        if header is None or not any(header):
            raise _refused("import_file_empty", name=name)
        names = [_cell_text(cell).strip() for cell in header]
        while names and not names[-1]:
            names.pop()
        count = (sheet.max_row or 0) if sheet is not None else 0
        rows = _xlsx_rows(values, len(names))
        yield Source(name, names, rows, count, german=False, header_values=header)


def sheets_of(path: Path) -> list[str]:
    """The sheets of a workbook that are not hidden and on which something stands; `DomainError` as `open_source`."""
    with _open_book(path, results=False) as book:
        return [
            sheet.title
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
            and any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)
        ]


def formulas_of(path: Path, sheet: str = "") -> frozenset[tuple[int, int]]:
    """Line and place of the formulas on the sheet of a workbook that `open_source` opened. Whoever made the workbook
    without reckoning left their results out, and they read as empty.
    """
    with _open_book(path, results=False) as book:
        found = _sheet_of(book, sheet)
        return frozenset(
            (line, place)
            for line, row in enumerate(found.iter_rows() if found is not None else (), 1)
            for place, cell in enumerate(row)
            if cell.data_type == "f"
        )


def _xlsx_rows(values: Iterator[tuple[object, ...]], width: int) -> Iterator[SourceRow | BrokenRow]:
    for line, row in enumerate(values, 2):
        cells = [_cell_text(cell) for cell in row]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if any(cells):
            yield SourceRow(line, cells, row)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    # A spreadsheet keeps whole numbers as floats; a barcode must not gain a decimal.
    return text.removesuffix(".0") if text[:1].isdigit() and text.endswith(".0") else text
