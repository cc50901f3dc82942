"""`tresen import catalogue FILE`: import articles, prices and stock; progress on standard error."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from central_server.app.arguments import moment, opened_centre, refuse
from central_server.features.imports.fields import FIELDS
from central_server.features.imports.rows import RowFault
from central_server.features.imports.service import (
    FaultSink,
    ImportOptions,
    ImportResult,
    import_catalogue,
)
from central_server.platform.settings import Settings
from shared.errors import EnvironmentProblem
from shared.pricing import STANDARD_OFFER

_SHOWN_FAULTS = 10


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `import`."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="catalogue")
    file = kinds.add_parser("catalogue", help="import articles, prices and stock")
    file.add_argument("file", type=Path, help=".csv, .csv.xz or .xlsx")
    file.add_argument("--dry-run", action="store_true", help="only say what would happen")
    file.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD",
        help=f"what a column stands for, '-' to leave it out; fields: {', '.join(FIELDS)}, name_de, attribute_…",
    )  # fmt: skip
    file.add_argument("--errors", type=Path, help="CSV file for the rows that were refused")
    file.add_argument("--offer", default=STANDARD_OFFER, help="whose prices these are")
    file.add_argument("--market", default="", help="prices hold in this country; else in the chain")
    file.add_argument("--currency", default="", help="of prices, if there is no column for it")
    file.add_argument("--language", default="de", help="of names without one")
    file.add_argument("--location", default="", help="where the stock lies")
    file.add_argument("--valid-from", help="day or time from which prices hold; now if left out")
    file.add_argument("--encoding", default="", help="if it is not found by itself")
    file.add_argument("--delimiter", default="", help="if it is not found by itself")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import the file. 0 even if some rows were refused: the summary and the error file say which; 2 if all were."""
    options = ImportOptions(
        offer=arguments.offer,
        market=arguments.market.upper(),
        currency=arguments.currency.upper(),
        language=arguments.language,
        location=arguments.location,
        valid_from=moment(arguments.valid_from) if arguments.valid_from else None,
        mapping=dict(_mapping(entry) for entry in arguments.map),
        encoding=arguments.encoding,
        delimiter=_delimiter(arguments.delimiter),
        dry_run=arguments.dry_run,
    )
    with opened_centre(settings) as context, _fault_file(arguments.errors) as on_fault:
        result = import_catalogue(
            context.database,
            context.business_clock,
            arguments.file,
            options,
            on_fault,
            _ProgressLine(),
        )
    nothing = result.rows > 0 and result.refused_rows == result.rows
    _summarise(result, arguments, nothing)
    return 2 if nothing else 0


def _mapping(entry: str) -> tuple[str, str]:
    column, separator, name = entry.rpartition("=")
    if not separator or not column or not name:
        raise refuse(entry, "of the form COLUMN=FIELD")
    return column, name


def _delimiter(text: str) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(found) > 1:
        raise refuse(text, "one character")
    return found


@contextmanager
def _fault_file(path: Path | None) -> Iterator[FaultSink]:
    """Where faults go: into a CSV file, and the first few onto standard error."""
    shown = 0

    def show(fault: RowFault) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN_FAULTS:
            value = f" '{fault.value}'" if fault.value else ""
            print(
                f"\nrow {fault.line} {fault.column}{value} {fault.reason}", file=sys.stderr, end=""
            )
        elif shown == _SHOWN_FAULTS + 1:
            print("\n(more rows with faults are not shown)", file=sys.stderr)

    if path is None:
        yield show
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as problem:
        params = {"path": str(path)[-200:], "reason": str(problem.strerror)}
        raise EnvironmentProblem("file_unwritable", params) from problem
    with file:
        writer = csv.writer(file)
        writer.writerow(("row", "column", "value", "reason"))

        def keep(fault: RowFault) -> None:
            writer.writerow((fault.line, fault.column, fault.value, fault.reason))
            show(fault)

        yield keep


class _ProgressLine:
    """One line on standard error that says how far the import is."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._terminal = sys.stderr.isatty()
        self._next = 0.0

    def __call__(self, result: ImportResult, line: int, lines: int) -> None:
        """Show the state, at most twice a second, in a file every ten seconds."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + (0.5 if self._terminal else 10)
        seconds = max(now - self._started, 0.001)
        part = f" of {lines}" if lines else ""
        text = (
            f"line {line}{part}, {result.rows / seconds:.0f} rows/s, {result.refused_rows} refused"
        )
        print(
            f"\r{text}   " if self._terminal else text,
            file=sys.stderr,
            end="" if self._terminal else "\n",
        )


def _summarise(result: ImportResult, arguments: argparse.Namespace, nothing: bool) -> None:
    print(file=sys.stderr)
    if nothing:
        print("Nothing was imported: every row was refused.")
    else:
        print("Dry run, nothing was changed." if arguments.dry_run else "Imported.")
    for text, count in (
        ("rows", result.rows),
        ("rows refused", result.refused_rows),
        ("articles new", result.new_articles),
        ("variants new", result.new_variants),
        ("variants changed, new ones included", result.changed_skus),
        ("prices new or changed", result.changed_prices),
        ("stock levels changed", result.changed_stock),
    ):
        print(f"{count:>10}  {text}")
    if result.refused_rows and arguments.errors is not None:
        print(f"The refused rows and why stand in {arguments.errors}.")
