"""`tresen prices`: set a price, or show the prices of an article."""

from __future__ import annotations

import argparse

from central_server.app.arguments import moment, opened_centre
from central_server.features.pricing import service
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing
from shared.money import Money, currency, parse_amount
from shared.pricing import STANDARD_OFFER, PriceEntry


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prices`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="set|show")
    put = actions.add_parser("set", help="set the price of an article")
    put.add_argument("sku")
    put.add_argument("amount", help="such as 12.90, gross")
    put.add_argument("--currency", required=True, help="such as EUR")
    put.add_argument("--offer", default=STANDARD_OFFER)
    put.add_argument("--scope", default="chain", help="chain, market:DE or store:DE01")
    put.add_argument("--channel", default="", help="store, web …; any if left out")
    put.add_argument("--from", dest="valid_from", help="day or time it begins; now if left out")
    put.add_argument("--until", dest="valid_to", help="day or time it ends; open if left out")
    show = actions.add_parser("show", help="show all prices of an article, past ones too")
    show.add_argument("sku")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action == "show":
            _show(context, arguments.sku)
            return 0
        now = context.business_clock.now()
        entry = PriceEntry(
            sku=arguments.sku,
            scope=arguments.scope,
            amount=parse_amount(arguments.amount, currency(arguments.currency).exponent),
            currency=arguments.currency,
            valid_from=moment(arguments.valid_from) if arguments.valid_from else now,
            valid_to=moment(arguments.valid_to) if arguments.valid_to else None,
            offer=arguments.offer,
            channel=arguments.channel,
        )
        changed = run_writing(context.database, lambda unit: service.set_price(unit, entry, now))
    print("The price is set." if changed else "That is the price already.")
    return 0


def _show(context: JobContext, sku: str) -> None:
    with reading(context.database) as unit:
        for entry in service.prices_of(unit, [sku]).get(sku, []):
            amount = Money(entry.amount, entry.currency).plain()
            end = entry.valid_to.isoformat() if entry.valid_to else "…"
            channel = entry.channel or "any"
            begin = entry.valid_from.isoformat()
            print(
                f"{entry.offer}  {entry.scope}  {channel}  {begin} - {end}  {amount} {entry.currency}"
            )
