"""`tresen figures`: turnover by day, or one day in detail; and the check that figures and receipts agree."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

from central_server.app.arguments import day, opened_centre
from central_server.features.reporting import service
from central_server.features.reporting.cells import make_again
from central_server.features.stores.service import get_store, list_stores
from central_server.gateway.journal import checks
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing
from shared.money import Money
from shared.quantity import format_quantity, from_thousandths

_FIRST = date(1970, 1, 1)
_LAST = date(9999, 12, 31)


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `figures`."""
    parser.add_argument("--store", help="one store; all without it")
    parser.add_argument("--till", help="one till only")
    parser.add_argument("--day", help="one day, with VAT and tenders")
    parser.add_argument("--from", dest="first", help="first day of a list by day")
    parser.add_argument("--to", dest="last", help="last day of a list by day")
    parser.add_argument("--json", action="store_true", help="for programs: amounts in minor units")
    parser.add_argument(
        "--verify", action="store_true", help="compare all figures with the booked receipts instead"
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="make the figures of all periods again from the booked receipts instead",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what was asked for; 1 if `--verify` finds a difference."""
    with opened_centre(settings) as context:
        if arguments.verify:
            return _verify(context)
        if arguments.rebuild:
            days = run_writing(context.database, make_again)
            print(f"figures of {days} days made again")
            return 0
        first, last = _span(arguments)
        with reading(context.database) as unit:
            if arguments.store:
                get_store(unit, arguments.store)
            known = [store.store_id for store in list_stores(unit)]
            stores = [arguments.store] if arguments.store else known
            rows = service.turnover_by_day(unit, first, last, stores, till_id=arguments.till)
            parts: dict[str, list[dict[str, Any]]] = {"days": rows}
            if arguments.day:
                parts["vat"] = service.vat_by_day(unit, first, last, stores)
                parts["tenders"] = service.tenders_by_day(unit, first, last, stores)
    if arguments.json:
        json.dump(parts, sys.stdout, default=str, ensure_ascii=False)
        print()
    else:
        _print(parts)
    return 0


def _span(arguments: argparse.Namespace) -> tuple[date, date]:
    if arguments.day:
        return day(arguments.day), day(arguments.day)
    return (
        day(arguments.first) if arguments.first else _FIRST,
        day(arguments.last) if arguments.last else _LAST,
    )


def _print(parts: dict[str, list[dict[str, Any]]]) -> None:
    if parts["days"]:
        print(f"{'store':<8}{'day':<12}{'receipts':>9}{'returns':>9}{'lines':>8}{'gross':>16}")
    else:
        # VAT may be due all the same: of vouchers that head office issued.
        print("no receipts")
    for row in parts["days"]:
        print(
            f"{row['store_id']:<8}{row['business_date']!s:<12}{row['receipts']:>9}{row['returns']:>9}"
            f"{row['lines']:>8}{_money(row, 'gross'):>16}"
        )
    for row in parts.get("vat", ()):
        rate = format_quantity(from_thousandths(row["rate_thousandths"]))
        cells = "  ".join(f"{name} {_money(row, name)}" for name in ("gross", "net", "vat"))
        print(f"{row['store_id']:<8}VAT {rate} %  {cells}")
    for row in parts.get("tenders", ()):
        print(f"{row['store_id']:<8}{row['tender']}  {_money(row, 'amount')}")


def _money(row: dict[str, Any], name: str) -> str:
    return f"{Money(row[name], row['currency']).plain()} {row['currency']}"


def _verify(context: JobContext) -> int:
    differing = checks.verify_figures(context.database)
    broken = checks.verify_chains(context.database)
    for one in differing:
        own, booked = (Money(n, one.currency).plain() for n in (one.of_figures, one.of_receipts))
        print(
            f"{one.store_id} {one.business_date}: figures {own}, receipts {booked} {one.currency}"
        )
    for chain in broken:
        print(f"{chain.till_id} incarnation {chain.incarnation}: the chain breaks at {chain.seq}")
    if differing or broken:
        return 1
    print("figures and receipts agree, all chains hold")
    return 0
