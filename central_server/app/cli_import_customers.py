"""`tresen import customers FILE`: import what pricing needs to know of customers; progress on standard error."""

from __future__ import annotations

import argparse
from pathlib import Path

from central_server.app.arguments import opened_centre
from central_server.app.cli_import_output import (
    ProgressLine,
    delimiter,
    fault_file,
    mapping,
    summarise,
)
from central_server.features.imports.customer_rows import FIELDS
from central_server.features.imports.customers import CustomerOptions, import_customers
from central_server.platform.settings import Settings


def describe(file: argparse.ArgumentParser) -> None:
    """The arguments of `import customers`."""
    file.add_argument("file", type=Path, help=".csv, .csv.xz or .xlsx")
    file.add_argument("--dry-run", action="store_true", help="only say what would happen")
    file.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD",
        help=f"what a column stands for, '-' to leave it out; fields: {', '.join(FIELDS)}",
    )  # fmt: skip
    file.add_argument("--errors", type=Path, help="CSV file for the rows that were refused")
    file.add_argument("--encoding", default="", help="if it is not found by itself")
    file.add_argument("--delimiter", default="", help="if it is not found by itself")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import the file. 0 even if some rows were refused: the summary and the error file say which; 2 if all were."""
    options = CustomerOptions(
        mapping=mapping(arguments.map),
        encoding=arguments.encoding,
        delimiter=delimiter(arguments.delimiter),
        dry_run=arguments.dry_run,
    )
    with opened_centre(settings) as context, fault_file(arguments.errors) as on_fault:
        result = import_customers(
            context.database,
            context.business_clock,
            arguments.file,
            options,
            on_fault,
            ProgressLine(),
        )
    counts = (("customers new", result.new), ("customers changed", result.changed))
    return summarise(result, counts, arguments.errors, dry_run=arguments.dry_run)
