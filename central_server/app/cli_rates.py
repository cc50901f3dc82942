"""`tresen rates`: store and list exchange rates."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from central_server.app.arguments import day, opened_centre, refuse
from central_server.features.stores import service
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `rates`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="set|list")
    put = actions.add_parser("set", help="store the rate of a day")
    put.add_argument("day", help="such as 2026-07-01")
    put.add_argument("from_currency", metavar="FROM", help="such as GBP")
    put.add_argument("to_currency", metavar="TO", help="such as EUR")
    put.add_argument("rate", help="how much of TO one FROM is, such as 1.1523")
    put.add_argument("--source", required=True, help="who says so, such as 'ECB reference rate'")
    show = actions.add_parser("list", help="list stored rates")
    show.add_argument("--day", help="of one day only")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action == "list":
            only = day(arguments.day) if arguments.day else None
            with reading(context.database) as unit:
                for rate in service.list_rates(unit, only):
                    pair = f"1 {rate.from_currency} = {rate.rate:f} {rate.to_currency}"
                    print(f"{rate.day.isoformat()}  {pair}  ({rate.source})")
            return 0
        try:
            value = Decimal(arguments.rate)
        except InvalidOperation:
            raise refuse(arguments.rate, "a rate such as 1.1523") from None
        new = service.ExchangeRate(
            day(arguments.day),
            arguments.from_currency,
            arguments.to_currency,
            value,
            arguments.source,
        )
        at = context.system_clock.now()
        run_writing(context.database, lambda unit: service.store_rate(unit, new, at))
    print(f"{new.day.isoformat()}: 1 {new.from_currency} = {new.rate:f} {new.to_currency}")
    return 0
