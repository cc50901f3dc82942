"""`tresen promotions`: list and show what is published. They are published with `import promotions`."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from central_server.app.arguments import opened_centre
from central_server.features.promotions import catalogue
from central_server.features.promotions.catalogue import PublishedVersion
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading
from shared.money import Money


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `promotions`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show")
    listed = actions.add_parser("list", help="list the promotions that count")
    listed.add_argument("--all", action="store_true", help="ended and withdrawn ones too")
    show = actions.add_parser("show", help="show a promotion with all its versions")
    show.add_argument("id")
    show.add_argument("--version", type=int, help="its JSON in this version; else in the newest")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action == "show":
            _show(context, arguments.id, arguments.version)
        else:
            _list(context, everything=arguments.all)
    return 0


def _list(context: JobContext, *, everything: bool) -> None:
    now = context.business_clock.now()
    shown = 0
    with reading(context.database) as unit:
        for one in catalogue.list_promotions(unit):
            newest = one.newest
            if not everything and newest.state(now) not in {"open", "to come"}:
                continue
            shown += 1
            given = Money(one.amount, one.currency).plain()
            print(
                f"{one.promotion_id}  v{newest.version}  {newest.state(now)}  {_span(newest)}  {one.currency}"
                f"  used {one.uses}, given {given}  {newest.name}"
            )
    if not shown:
        print("no promotions" if everything else "no promotion is open or to come")


def _show(context: JobContext, promotion_id: str, version: int | None) -> None:
    now = context.business_clock.now()
    with reading(context.database) as unit:
        one = catalogue.get_promotion(unit, promotion_id)
    chosen = one.newest if version is None else one.version(version)
    given = Money(one.amount, one.currency).plain()
    print(f"{one.promotion_id}: {one.newest.name}")
    print(f"amounts in {one.currency}; used {one.uses} times, given {given}")
    for each in one.versions:
        published = f"published {_at(each.published_at)} by {each.published_by}"
        line = f"v{each.version}  {each.state(now)}  {_span(each)}  {published}"
        if each.withdrawn_at is not None:
            line += f"  withdrawn {_at(each.withdrawn_at)} by {each.withdrawn_by}"
        print(f"{line}  sha256 {each.hash.hex()}")
    print(json.dumps(json.loads(chosen.body), ensure_ascii=False, indent=2))


def _span(version: PublishedVersion) -> str:
    begin = _at(version.starts_at) if version.starts_at else "…"
    end = _at(version.ends_at) if version.ends_at else "…"
    return f"{begin} - {end}"


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
