"""Invoices of the Online Retail file, read and judged. Knows the file's form and nothing of tills.

An invoice is refused whole: half an invoice would be a receipt that never was.
"""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from shared.errors import DomainError
from shared.money import parse_amount, times_quantity

LONDON = ZoneInfo("Europe/London")
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice")
_PENCE = 2
_FIELD_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line: `quantity` below zero brings goods back; `unit_price` in pence, rounded half up."""

    sku: str
    description: str
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """An accepted invoice; `at` is the time of its first line."""

    number: str
    at: datetime
    lines: tuple[InvoiceLine, ...]

    @property
    def business_date(self) -> date:
        """The day it counts to, in London."""
        return self.at.date()

    @property
    def revenue(self) -> int:
        """Sum of quantity x rounded price over all lines, in pence."""
        return sum(times_quantity(line.unit_price, Decimal(line.quantity)) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An invoice that is not rung up: the first row of the file that speaks against it, and why."""

    number: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Everything a file holds, in the order in which the invoices begin."""

    accepted: tuple[Invoice, ...]
    refused: tuple[Refusal, ...]


class _RowRefusedError(Exception):
    """One row speaks against its invoice."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_file(path: Path) -> ReadFile:
    """Read `.csv` or `.csv.xz`.

    `DomainError`: `replay_file_missing`, `replay_file_unreadable` (encoding, compression, CSV form),
    `replay_column_missing`.
    """
    try:
        with _open(path) as file:
            return _judge(_rows(file))
    except FileNotFoundError:
        raise DomainError("replay_file_missing", {"path": str(path)}) from None
    except (UnicodeDecodeError, lzma.LZMAError, EOFError, csv.Error, IsADirectoryError) as problem:
        reason = str(problem)[:120] or type(problem).__name__
        raise DomainError("replay_file_unreadable", {"path": str(path), "reason": reason}) from None


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(file: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.DictReader(file, strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise DomainError("replay_column_missing", {"columns": ", ".join(missing)})
    for row in reader:
        yield reader.line_num, {name: row.get(name) or "" for name in COLUMNS}


def _judge(rows: Iterable[tuple[int, dict[str, str]]]) -> ReadFile:
    times: dict[str, datetime] = {}
    lines: dict[str, list[InvoiceLine]] = {}
    refused: dict[str, Refusal] = {}
    for row_no, row in rows:
        number = row["InvoiceNo"].strip()
        if number in refused:
            continue
        try:
            line = _line(number, row)
            times.setdefault(number, _time(row["InvoiceDate"]))
        except _RowRefusedError as refusal:
            refused[number] = Refusal(number, row_no, refusal.column, refusal.reason)
            continue
        lines.setdefault(number, []).append(line)
    accepted = tuple(
        Invoice(number, times[number], tuple(own))
        for number, own in lines.items()
        if number not in refused
    )
    return ReadFile(accepted, tuple(refused.values()))


def _line(number: str, row: dict[str, str]) -> InvoiceLine:
    if not number:
        raise _RowRefusedError("InvoiceNo", "no invoice number")
    if number.startswith("A"):
        raise _RowRefusedError("InvoiceNo", "bad-debt adjustment, not a sale")
    price = _price(row["UnitPrice"])
    quantity = _quantity(row["Quantity"])
    if quantity <= 0 and not number.startswith("C"):
        raise _RowRefusedError(
            "Quantity", "quantity of zero or less on an invoice that is no cancellation"
        )
    if quantity == 0:
        raise _RowRefusedError("Quantity", "quantity of zero")
    sku = row["StockCode"].strip()
    if not sku:
        raise _RowRefusedError("StockCode", "no article number")
    return InvoiceLine(sku, " ".join(row["Description"].split()), quantity, price)


def _price(text: str) -> int:
    try:
        exact = Decimal(text.strip())
        price = parse_amount(text, _PENCE)
    except (ArithmeticError, DomainError):
        raise _RowRefusedError("UnitPrice", "not a price") from None
    if exact < 0:
        raise _RowRefusedError("UnitPrice", "negative price")
    return price


def _quantity(text: str) -> int:
    cleaned = text.strip()
    if not cleaned.removeprefix("-").isdecimal() or len(cleaned) > 9:
        raise _RowRefusedError("Quantity", "not a whole number")
    return int(cleaned)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=LONDON)
    except ValueError:
        raise _RowRefusedError("InvoiceDate", "not a date and time") from None
