"""`tresen store`: add, change and list stores."""

from __future__ import annotations

import argparse
from typing import Any

from central_server.app.arguments import opened_centre
from central_server.features.stock.service import add_branch
from central_server.features.stores import service
from central_server.features.stores.service import Store
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.identity import StoreId

_FACTS = (
    "name",
    "timezone",
    "address",
    "vat_id",
    "header_lines",
    "languages",
    "day_starts_minutes",
)


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `store`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|change|list")
    add = actions.add_parser("add", help="add a store")
    add.add_argument("store_id", help="such as DE01")
    add.add_argument("--name", required=True)
    add.add_argument("--market", required=True, help="country, such as DE")
    add.add_argument("--currency", required=True, help="such as EUR")
    add.add_argument("--timezone", required=True, help="such as Europe/Berlin")
    _facts(add)
    change = actions.add_parser("change", help="change facts of a store")
    change.add_argument("store_id")
    change.add_argument("--name")
    change.add_argument("--timezone")
    _facts(change)
    actions.add_parser("list", help="list the stores")


def _facts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--address", action="append", metavar="LINE", help="may be repeated")
    parser.add_argument("--vat-id")
    parser.add_argument(
        "--header",
        action="append",
        metavar="LINE",
        dest="header_lines",
        help="of receipts; may be repeated",
    )
    parser.add_argument(
        "--language", action="append", dest="languages", help="first one is the default"
    )
    parser.add_argument(
        "--day-starts-minutes", type=int, help="the trading day begins so long after midnight"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name in _FACTS
        if (value := getattr(arguments, name, None)) is not None
    }
    with opened_centre(settings) as context:
        at = context.system_clock.now()
        if arguments.action == "list":
            with reading(context.database) as unit:
                for store in service.list_stores(unit):
                    print(
                        f"{store.store_id}  {store.market}  {store.currency}  {store.timezone}  {store.name}"
                    )
            return 0

        def work(unit: UnitOfWork) -> Store:
            if arguments.action == "change":
                return service.change_store(unit, arguments.store_id, **given)
            new = Store(
                StoreId(arguments.store_id),
                market=arguments.market,
                currency=arguments.currency,
                **given,
            )
            store = service.add_store(unit, new, at)
            add_branch(unit, store, at)
            return store

        store = run_writing(context.database, work)
    print(f"{store.store_id}: {store.name}")
    return 0
