"""Statements and open liabilities as tables for people: rows of text in their language, as CSV or on paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from central_server.backoffice.figure_export import guarded
from central_server.backoffice.formats import Formats
from central_server.backoffice.words import word
from central_server.features.instruments.statements import AGES, LiabilityRow, Statement
from central_server.platform.translations import Texts, mark
from shared.ledger import AccountKey, AccountKind, UnitKind

KIND_WORDS: Mapping[str, str] = {
    AccountKind.POINTS: mark("Points"),
    AccountKind.WALLET: mark("Wallet"),
    AccountKind.CASHBACK: mark("Cashback"),
    AccountKind.BONUS: mark("Bonus"),
    AccountKind.STORE_CREDIT: mark("Store credit"),
    AccountKind.POINTS_DEBT: mark("Owed for goods that came back"),
    AccountKind.RECEIVABLE: mark("Invoices"),
    AccountKind.GIFT_CARD: mark("Gift card"),
    AccountKind.VOUCHER: mark("Voucher"),
}
MOVE_WORDS: Mapping[str, str] = {
    "award": mark("Earned"),
    "take_back": mark("Taken back with goods"),
    "debt": mark("Owed for goods that came back"),
    "debt_settled": mark("Worked off"),
    "grant": mark("Given by hand"),
    "redeem": mark("Paid with it"),
    "refund": mark("Given back"),
    "expire": mark("Ended"),
    "lapse": mark("Lapsed"),
    "write_off": mark("Written off"),
    "issue": mark("Issued"),
    "sell": mark("Sold"),
    "top_up": mark("Topped up"),
    "merge": mark("Taken over from another number"),
    "invoice_paid": mark("Invoice paid"),
    "back": mark("Taken back"),
}
_POINTS = "PTS-"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title; the columns from `numbers_from` on are set to the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int


def statement_sheets(
    texts: Texts, formats: Formats, holder: str, found: Iterable[Statement]
) -> list[Sheet]:
    """One table for each purse, with what was there before and every movement."""
    _ = texts.gettext
    sheets = []
    for each in found:
        unit = each.key.unit.code
        name = word(texts, KIND_WORDS, each.key.kind)
        rows = [("", _("Brought forward"), "", "", _amount(formats, each.before, each.key))]
        rows += [
            (
                formats.plain_day(move.day),
                word(texts, MOVE_WORDS, move.code),
                move.document,
                _amount(formats, move.amount, each.key),
                _amount(formats, move.balance, each.key),
            )
            for move in each.movements
        ]
        head = (_("Date"), _("What"), _("Document"), _("Amount"), _("Balance"))
        sheets.append(Sheet(f"{name} {unit}, {holder}", head, tuple(rows), 3))
    return sheets


def liability_sheet(
    texts: Texts, formats: Formats, on: date, found: Iterable[LiabilityRow]
) -> Sheet:
    """What is open at the end of a day, by age."""
    _ = texts.gettext
    head = (_("What"), _("Unit"), *_ages(texts), _("Total"))
    rows = tuple(
        (
            word(texts, KIND_WORDS, row.kind),
            row.unit,
            *(_in_unit(formats, amount, row.unit) for amount in (*row.by_age, row.total)),
        )
        for row in found
    )
    title = texts.gettext("Open at the end of {day}", day=formats.short_day(on))
    return Sheet(title, head, rows, 2)


def _ages(texts: Texts) -> Iterable[str]:
    for most in AGES:
        if most is None:
            yield texts.gettext("older")
        else:
            yield texts.gettext("up to {days} days", days=most)


def _amount(formats: Formats, amount: int, key: AccountKey) -> str:
    if key.unit.kind is UnitKind.POINTS:
        return formats.whole(amount)
    return formats.amount(amount, key.unit.code)


def _in_unit(formats: Formats, amount: int, unit: str) -> str:
    return formats.whole(amount) if unit.startswith(_POINTS) else formats.amount(amount, unit)


def as_csv(texts: Texts, sheets: Sequence[Sheet]) -> str:
    """The tables one after another, each behind its title, as the reader's own spreadsheet expects them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if texts.language == "de" else ",")
    for number, sheet in enumerate(sheets):
        if number:
            writer.writerow(())
        writer.writerow((guarded(sheet.title),))
        writer.writerow(sheet.head)
        for row in sheet.rows:
            words, numbers = row[: sheet.numbers_from], row[sheet.numbers_from :]
            # A true minus is no number to a spreadsheet.
            plain = (cell.replace("\u2212", "-") for cell in numbers)
            writer.writerow((*(guarded(cell) for cell in words), *plain))
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    return "\ufeff" + buffer.getvalue()
