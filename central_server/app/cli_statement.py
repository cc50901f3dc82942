"""`tresen statement`: what a customer, a gift card or a voucher has and where it came from; what is owed by age."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from central_server.app.arguments import day, opened_centre
from central_server.backoffice.assets import RESOURCES
from central_server.backoffice.formats import Formats
from central_server.backoffice.value_report import Sheet, as_csv, liability_sheet, statement_sheets
from central_server.features.customers import finding
from central_server.features.instruments import statements
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.translations import LANGUAGES, Texts, load_texts
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.errors import EnvironmentProblem

_OPERATOR = "command"
_OF = {
    "giftcard": (statements.card_statements, "every movement of a gift card"),
    "voucher": (statements.voucher_statements, "every movement of a voucher"),
}


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `statement`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="customer|giftcard|voucher|open"
    )
    of = actions.add_parser("customer", help="every movement of what a customer has and owes")
    of.add_argument("number", help="number or card")
    of.add_argument("--currency", default="EUR")
    parts = [of]
    for name, (_, text) in _OF.items():
        one = actions.add_parser(name, help=text)
        one.add_argument("number")
        parts.append(one)
    for each in parts:
        each.add_argument("--from", dest="first", help="first day")
        each.add_argument("--to", dest="last", help="last day")
    owed = actions.add_parser("open", help="what is owed to customers and by them, by age")
    owed.add_argument("--on", help="at the end of a day; today without it")
    for each in (*parts, owed):
        each.add_argument("--csv", type=Path, help="write a file for spreadsheets")
        each.add_argument("--pdf", type=Path, help="write a document to print")
        each.add_argument("--language", choices=LANGUAGES, default="en")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the tables, or write them."""
    texts = load_texts(RESOURCES / "locale", "centre")[arguments.language]
    with opened_centre(settings) as context:
        sheets = run_writing(
            context.database, lambda unit: _sheets(unit, context, arguments, texts)
        )
    if arguments.csv is not None:
        _write(arguments.csv, as_csv(texts, sheets).encode())
    if arguments.pdf is not None:
        _write(arguments.pdf, _pdf(texts, sheets))
    if arguments.csv is None and arguments.pdf is None:
        _print(sheets)
    return 0


def _pdf(texts: Texts, sheets: Sequence[Sheet]) -> bytes:
    # Only who asks for paper waits for its fonts and styles.
    from central_server.backoffice.value_paper import as_pdf

    return as_pdf(texts, sheets[0].title if sheets else "", sheets)


def _sheets(
    unit: UnitOfWork, context: JobContext, arguments: argparse.Namespace, texts: Texts
) -> list[Sheet]:
    now, formats = context.business_clock.now(), Formats(texts.language)
    if arguments.action == "open":
        on = day(arguments.on) if arguments.on else now.date()
        return [liability_sheet(texts, formats, on, statements.liabilities(unit, on))]
    first = day(arguments.first) if arguments.first else statements.FIRST_DAY
    last = day(arguments.last) if arguments.last else statements.LAST_DAY
    if arguments.action == "customer":
        number, currency = arguments.number, arguments.currency
        holder, found = statements.customer_statements(unit, number, currency, first, last)
        finding.keep_looks(unit, [holder], _OPERATOR, "statement", now)
    else:
        look, _ = _OF[arguments.action]
        holder, found = look(unit, arguments.number, first, last)
    return statement_sheets(texts, formats, holder, found)


def _print(sheets: Sequence[Sheet]) -> None:
    for sheet in sheets:
        print(sheet.title)
        widths = [max(map(len, column)) for column in zip(sheet.head, *sheet.rows, strict=True)]
        for row in (sheet.head, *sheet.rows):
            cells = [
                cell.rjust(width) if n >= sheet.numbers_from else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            print("  " + "  ".join(cells).rstrip())


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        params = {"path": str(path)[-200:], "reason": reason}
        raise EnvironmentProblem("file_unwritable", params) from problem
