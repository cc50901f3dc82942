"""`tresen offer`: add and list offers."""

from __future__ import annotations

import argparse

from central_server.app.arguments import moment, opened_centre
from central_server.features.offers import service
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `offer`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list")
    add = actions.add_parser("add", help="add an offer")
    add.add_argument("code", help="such as FLYER-47")
    add.add_argument("--name", required=True)
    add.add_argument("--kind", required=True, help="store, web, catalogue or flyer")
    add.add_argument("--from", dest="valid_from", help="day or time from which it holds")
    add.add_argument("--until", dest="valid_to", help="day or time from which it no longer holds")
    actions.add_parser("list", help="list the offers")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action == "list":
            with reading(context.database) as unit:
                for offer in service.list_offers(unit):
                    begin = offer.valid_from.isoformat() if offer.valid_from else "…"
                    end = offer.valid_to.isoformat() if offer.valid_to else "…"
                    print(f"{offer.code}  {offer.kind.value}  {begin} - {end}  {offer.name}")
            return 0
        offer = service.Offer(
            code=arguments.code,
            name=arguments.name,
            kind=service.parse_kind(arguments.kind),
            valid_from=moment(arguments.valid_from) if arguments.valid_from else None,
            valid_to=moment(arguments.valid_to) if arguments.valid_to else None,
        )
        at = context.system_clock.now()
        run_writing(context.database, lambda unit: service.add_offer(unit, offer, at))
    print(f"{offer.code}: {offer.name}")
    return 0
