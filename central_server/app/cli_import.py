"""`tresen import`: articles with prices and stock, promotions, customers. Each kind has a module of its own."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from central_server.app import cli_import_catalogue, cli_import_customers, cli_import_promotions
from central_server.platform.settings import Settings

_KINDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "catalogue": cli_import_catalogue.run,
    "promotions": cli_import_promotions.run,
    "customers": cli_import_customers.run,
}


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `import`."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(_KINDS))
    cli_import_catalogue.describe(
        kinds.add_parser("catalogue", help="import articles, prices and stock")
    )
    cli_import_promotions.describe(
        kinds.add_parser("promotions", help="publish promotions from JSON, or withdraw some")
    )
    cli_import_customers.describe(kinds.add_parser("customers", help="import customers"))


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import the file."""
    return _KINDS[arguments.kind](arguments, settings)
