"""`tresen loyalty`: terms of purses, what customers have in them, where it comes from, and what ends."""

from __future__ import annotations

import argparse

from central_server.app.arguments import opened_centre, request_id
from central_server.features.customers.cards import current_numbers
from central_server.features.ledger import balances
from central_server.features.ledger import jobs as ledger_jobs
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import jobs, service, write_off
from central_server.features.loyalty.service import Grant, PurseBalance
from central_server.features.stores.service import get_store
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.loyalty import Purse, PurseTerms, Worth, unit_of
from shared.money import Money, currency, parse_amount

_PURSES = [purse.value for purse in Purse]


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `loyalty`."""
    actions = parser.add_subparsers(
        dest="action",
        required=True,
        metavar="terms|worth|balance|statement|grant|expire|write-off-limit",
    )
    terms = actions.add_parser("terms", help="on what terms purses are filled, or set them")
    terms.add_argument("purse", nargs="?", choices=_PURSES)
    terms.add_argument("--window", type=int, help="days in which goods come back")
    terms.add_argument("--months", type=int, help="valid for so many months from then; 0: for ever")
    terms.add_argument("--announce", type=int, help="days before its end that it is announced")
    ending = terms.add_mutually_exclusive_group()
    ending.add_argument("--year-end", action="store_true", default=None, help="to the year's end")
    ending.add_argument("--to-the-day", dest="year_end", action="store_false")
    worth = actions.add_parser("worth", help="what points are worth as payment, or set it")
    worth.add_argument("points", nargs="?", type=int, help="so many points; 0: nothing is paid so")
    worth.add_argument("amount", nargs="?", help="pay for that much")
    worth.add_argument("--currency", default="EUR")
    for name, text in (
        ("balance", "what a customer has"),
        ("statement", "every movement of a customer's purses"),
    ):
        asked = actions.add_parser(name, help=text)
        asked.add_argument("customer")
        asked.add_argument("--currency", default="EUR")
        asked.add_argument("--purse", choices=_PURSES)
    granted = actions.add_parser("grant", help="give by hand")
    granted.add_argument("customer")
    granted.add_argument("amount")
    granted.add_argument("--purse", choices=_PURSES, required=True)
    granted.add_argument("--store", required=True, help="whose expense it is")
    granted.add_argument("--now", action="store_true", help="may be spent at once")
    granted.add_argument("--request", help="the request's id; the same one again gives nothing")
    limited = actions.add_parser(
        "write-off-limit", help="up to how much of a debt one person alone writes off, or set it"
    )
    limited.add_argument("unit", help="a currency, or a unit of points such as PTS-CLUB")
    limited.add_argument("most", nargs="?", type=int, help="in the smallest part of the unit")
    actions.add_parser("expire", help="announce what ends soon, end what is over, settle debts")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        _ACTIONS[arguments.action](context, arguments)
    return 0


def _terms(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.system_clock.now()

    def work(unit: UnitOfWork) -> None:
        purse = Purse(arguments.purse)
        old = service.terms(unit)[purse]
        new = PurseTerms(
            old.window_days if arguments.window is None else arguments.window,
            old.valid_months if arguments.months is None else arguments.months or None,
            old.year_end if arguments.year_end is None else arguments.year_end,
            old.announce_days if arguments.announce is None else arguments.announce,
        )
        service.set_terms(unit, purse, new, now)

    given = arguments.window, arguments.months, arguments.year_end, arguments.announce
    if arguments.purse and any(each is not None for each in given):
        run_writing(context.database, work)
    with reading(context.database) as unit:
        found = service.terms(unit)
    for purse, each in found.items():
        if arguments.purse in (None, purse.value):
            print(f"{purse:<13} {_said(each)}")


def _worth(context: JobContext, arguments: argparse.Namespace) -> None:
    now, code = context.system_clock.now(), arguments.currency
    places = currency(code).exponent
    if arguments.points is not None:
        minor = parse_amount(arguments.amount or "0", places)
        new = Worth(arguments.points, minor) if arguments.points else None
        run_writing(context.database, lambda unit: service.set_worth(unit, code, new, now))
    with reading(context.database) as unit:
        found = service.worth(unit, code)
    if found is None:
        print(f"nothing is paid with points in {code}")
    else:
        print(f"{found.points} points pay for {Money(found.minor, code).plain()} {code}")


def _said(terms: PurseTerms) -> str:
    start = f"after {terms.window_days} days"
    if terms.valid_months is None:
        return f"{start}, for ever"
    end = " to the end of the year" if terms.year_end else ""
    return f"{start}, {terms.valid_months} months{end}, announced {terms.announce_days} days before"


def _balance(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.business_clock.now()
    with reading(context.database) as unit:
        customer = current_numbers(unit, [arguments.customer])[arguments.customer]
        found = service.balances_of(unit, customer, arguments.currency, now.date())
    for each in found:
        if arguments.purse in (None, each.purse.value):
            _print(each)


def _print(each: PurseBalance) -> None:
    owed = f"  owed {service.shown(each.key, each.debt)}" if each.debt else ""
    held = f"  held {service.shown(each.key, each.held)}" if each.held else ""
    pending = f"  pending {service.shown(each.key, each.pending)}" if each.pending else ""
    free = service.shown(each.key, each.free)
    print(
        f"{each.purse:<13} {service.shown(each.key, each.balance)}  free {free}{pending}{held}{owed}"
    )
    for lot in each.lots:
        start = f"  from {lot.terms.vests_on}" if lot.terms.vests_on else ""
        end = f"  until {lot.terms.expires_on}" if lot.terms.expires_on else ""
        said = each.announced.get(lot.terms.expires_on) if lot.terms.expires_on else None
        announced = f"  announced {said}" if said else ""
        print(f"  {service.shown(each.key, lot.remaining):>18}{start}{end}{announced}")


def _statement(context: JobContext, arguments: argparse.Namespace) -> None:
    today = context.business_clock.now().date()
    with reading(context.database) as unit:
        customer = current_numbers(unit, [arguments.customer])[arguments.customer]
        for each in service.balances_of(unit, customer, arguments.currency, today):
            account = ledger.find_account(unit, each.key)
            if account is None or arguments.purse not in (None, each.purse.value):
                continue
            print(f"{each.purse} {service.shown(each.key, each.balance)}")
            for row in balances.statement(unit, account.id, limit=1_000):
                sign = -1 if row.debit_id == account.id else 1
                source = row.source_event_id or row.reversal_of or row.journal_id
                amount = service.shown(each.key, sign * row.amount)
                print(f"  {row.effective_date}  {amount:>18}  {row.phase:<7}  {row.code}  {source}")


def _grant(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.business_clock.now()
    purse = Purse(arguments.purse)

    def work(unit: UnitOfWork) -> None:
        code = get_store(unit, arguments.store).currency
        amount = parse_amount(arguments.amount, unit_of(purse, code).scale)
        asked = Grant(
            request_id(context, arguments.request),
            purse,
            arguments.customer,
            arguments.store,
            amount,
            now.date(),
            arguments.now,
        )
        service.grant(unit, asked, now)

    run_writing(context.database, work)
    with reading(context.database) as unit:
        code = get_store(unit, arguments.store).currency
        _print(service.purse_balance(unit, purse, arguments.customer, code, now.date()))


def _expire(context: JobContext, _arguments: argparse.Namespace) -> None:
    announced = jobs.announce(context)
    now = context.business_clock.now()
    ended = 0
    while more := run_writing(
        context.database, lambda unit: ledger.expire_lots(unit, now.date(), now)
    ):
        ended += more
    ledger_jobs.expire_holds(context)
    jobs.settle(context)
    print(f"{announced} ends announced, {ended} ended")


def _write_off_limit(context: JobContext, arguments: argparse.Namespace) -> None:
    now, code = context.system_clock.now(), arguments.unit
    if arguments.most is not None:
        run_writing(
            context.database,
            lambda unit: write_off.set_limit(unit, code, arguments.most, "command", now),
        )
    with reading(context.database) as unit:
        print(f"{write_off.limit_of(unit, code)} {code}")


_ACTIONS = {
    "write-off-limit": _write_off_limit,
    "terms": _terms,
    "worth": _worth,
    "balance": _balance,
    "statement": _statement,
    "grant": _grant,
    "expire": _expire,
}
