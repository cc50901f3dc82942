"""Figures as CSV for spreadsheets, written as the reader's own spreadsheet expects them.

German: semicolons and decimal commas; else commas and decimal points. Programs take the JSON interface.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from fastapi.responses import Response

from central_server.backoffice.scope import Scope
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import TENDER_WORDS, VAT_WORDS, word
from central_server.features.reporting import service as reporting
from central_server.platform.unit_of_work import ReadUnit
from shared.money import Money

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def day_rows(unit: ReadUnit, reader: Reader, scope: Scope, day: date) -> Iterable[Sequence[str]]:
    """A day: one table with a column that says what each row sums up (till, VAT rate, tender)."""
    _ = reader.texts.gettext
    yield _head(reader)
    stores = scope.store_ids
    by_till = reporting.day_figures(unit, day, stores, reporting.chain_currency(unit)).tills
    for row in by_till:
        yield _sales(reader, scope, _("Till"), row["till_id"], day, row)
    for row in reporting.vat_by_day(unit, day, day, stores):
        yield _vat(reader, scope, row)
    for row in reporting.tenders_by_day(unit, day, day, stores):
        yield _tender(reader, scope, row)


def range_rows(
    unit: ReadUnit, reader: Reader, scope: Scope, first: date, last: date
) -> Iterable[Sequence[str]]:
    """A period: sales per store and day, then VAT and tenders per store and day."""
    _ = reader.texts.gettext
    yield _head(reader)
    stores = scope.store_ids
    for row in reporting.turnover_by_day(unit, first, last, stores):
        yield _sales(reader, scope, _("Store"), "", row["business_date"], row)
    for row in reporting.vat_by_day(unit, first, last, stores):
        yield _vat(reader, scope, row)
    for row in reporting.tenders_by_day(unit, first, last, stores):
        yield _tender(reader, scope, row)


def csv_response(reader: Reader, rows: Iterable[Sequence[str]], name: str) -> Response:
    """The rows as a file to keep."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if reader.language == "de" else ",")
    writer.writerows(rows)
    return Response(
        # The mark at the beginning tells spreadsheets that this is UTF-8.
        "\ufeff" + buffer.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _head(reader: Reader) -> list[str]:
    _ = reader.texts.gettext
    return [
        _("Row"), _("Store id"), _("Store"), _("Date"), _("What"), _("VAT rate in percent"), _("Currency"),
        _("Receipts"), _("Returns"), _("Pieces"), _("Discount"), _("Gross"), _("Net"), _("VAT"),
    ]  # fmt: skip


def _sales(
    reader: Reader, scope: Scope, kind: str, what: str, day: date, row: reporting.Row
) -> list[str]:
    code = row["currency"]
    return [
        *_start(scope, kind, row["store_id"], day, what),
        "",
        code,
        str(row["receipts"]),
        str(row["returns"]),
        _thousandths(reader, row["quantity_thousandths"]),
        _amount(reader, row["discount"], code),
        _amount(reader, row["gross"], code),
        "",
        "",
    ]


def _vat(reader: Reader, scope: Scope, row: reporting.Row) -> list[str]:
    code = row["currency"]
    name = word(reader.texts, VAT_WORDS, row["category"])
    start = _start(scope, reader.texts.gettext("VAT"), row["store_id"], row["business_date"], name)
    amounts = [_amount(reader, row[part], code) for part in ("gross", "net", "vat")]
    return [*start, _thousandths(reader, row["rate_thousandths"]), code, "", "", "", "", *amounts]


def _tender(reader: Reader, scope: Scope, row: reporting.Row) -> list[str]:
    code = row["currency"]
    name = word(reader.texts, TENDER_WORDS, row["tender"])
    kind = reader.texts.gettext("Tender")
    start = _start(scope, kind, row["store_id"], row["business_date"], name)
    return [
        *start,
        "",
        code,
        str(row["count"]),
        "",
        "",
        "",
        _amount(reader, row["amount"], code),
        "",
        "",
    ]


def _start(scope: Scope, kind: str, store_id: str, day: date, what: str) -> list[str]:
    return [kind, store_id, guarded(scope.name_of(store_id)), day.isoformat(), guarded(what)]


def _amount(reader: Reader, minor: int, code: str) -> str:
    return _comma(reader, Money(minor, code).plain())


def _thousandths(reader: Reader, number: int) -> str:
    sign = "-" if number < 0 else ""
    whole, part = divmod(abs(number), 1000)
    decimals = f"{part:03d}".rstrip("0")
    return _comma(reader, f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}")


def _comma(reader: Reader, number: str) -> str:
    return number.replace(".", ",") if reader.language == "de" else number


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
