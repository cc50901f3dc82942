"""`tresen import catalogue FILE`: import articles, prices and stock; progress on standard error."""

from __future__ import annotations

import argparse
from pathlib import Path

from central_server.app.arguments import moment, opened_centre
from central_server.app.cli_import_output import (
    ProgressLine,
    delimiter,
    fault_file,
    mapping,
    summarise,
)
from central_server.features.imports.fields import FIELDS
from central_server.features.imports.service import ImportOptions, import_catalogue
from central_server.platform.settings import Settings
from shared.pricing import STANDARD_OFFER


def describe(file: argparse.ArgumentParser) -> None:
    """The arguments of `import catalogue`."""
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
        mapping=mapping(arguments.map),
        encoding=arguments.encoding,
        delimiter=delimiter(arguments.delimiter),
        dry_run=arguments.dry_run,
    )
    with opened_centre(settings) as context, fault_file(arguments.errors) as on_fault:
        result = import_catalogue(
            context.database,
            context.business_clock,
            arguments.file,
            options,
            on_fault,
            ProgressLine(),
        )
    counts = (
        ("articles new", result.new_articles),
        ("variants new", result.new_variants),
        ("variants changed, new ones included", result.changed_skus),
        ("prices new or changed", result.changed_prices),
        ("stock levels changed", result.changed_stock),
        ("purchase prices changed", result.changed_costs),
    )
    return summarise(result, counts, arguments.errors, dry_run=arguments.dry_run)
