"""`tresen ledger`: check that the ledger holds and tells the same days as the receipts; look at accounts."""

from __future__ import annotations

import argparse

from central_server.app.arguments import day, moment, opened_centre
from central_server.features.chains.service import anchor, chain_rows, heads, verify_chains
from central_server.features.ledger import account_repository, balances, repository, sealing
from central_server.features.ledger.account_repository import AccountRow
from central_server.features.ledger.balances import Balance
from central_server.features.ledger.verification import FIRST_DAY, LAST_DAY, Finding, verify
from central_server.gateway.journal.ledger_replay import replay
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing
from shared.ledger import UnitKind
from shared.money import Money

_MOST_ACCOUNTS = 500
_FILTERS = {"kind": "kind", "owner": "owner_id", "store": "store_id", "unit": "unit"}


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `ledger`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="verify|accounts|balance|account|replay|checkpoint"
    )
    checked = actions.add_parser("verify", help="check everything; 1 if something does not hold")
    checked.add_argument("--from", dest="first", help="first day that is compared with receipts")
    checked.add_argument("--to", dest="last", help="last day that is compared with receipts")
    listed = actions.add_parser("accounts", help="list accounts with their balances")
    for name in _FILTERS:
        listed.add_argument(f"--{name}", help=f"only those of this {name}")
    held = actions.add_parser("balance", help="what an account holds, now or then")
    held.add_argument("account", type=int)
    held.add_argument("--recorded", help="as it was known at a time")
    held.add_argument("--on", help="as it is now known to have been at the end of a day")
    told = actions.add_parser("account", help="an account with its latest transfers")
    told.add_argument("account", type=int)
    told.add_argument("--limit", type=int, default=20, help="how many transfers")
    actions.add_parser("replay", help="book what was projected before there was a ledger")
    summed = actions.add_parser("checkpoint", help="seal and sum up now")
    summed.add_argument("--again", action="store_true", help="drop all checkpoints before")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; 1 if `verify` finds something."""
    with opened_centre(settings) as context:
        return _ACTIONS[arguments.action](context, arguments)


def _verify(context: JobContext, arguments: argparse.Namespace) -> int:
    first = day(arguments.first) if arguments.first else FIRST_DAY
    last = day(arguments.last) if arguments.last else LAST_DAY
    findings = verify(context.database, first=first, last=last)
    with reading(context.database) as unit:
        findings += verify_chains(unit, context.signing_key.public_bytes)
        counts = repository.counts(unit.connection)
        ends = heads(unit)
    for finding in findings:
        print(_sentence(finding))
    print(
        f"{counts.transfers} transfers in {counts.journals} bookings on {counts.accounts} accounts,"
        f" {counts.blocks} blocks sealed"
    )
    for name, (position, digest) in ends.items():
        if position:
            print(f"chain {name} ends at {position}: {digest}")
    if findings:
        print(f"{len(findings)} findings")
        return 1
    print("the ledger holds, and tells the same days as the receipts")
    return 0


def _accounts(context: JobContext, arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    filters = {column: given[name] for name, column in _FILTERS.items() if given[name]}
    with reading(context.database) as unit:
        rows = account_repository.listed_accounts(unit.connection, filters, _MOST_ACCOUNTS)
        for row in rows:
            print(_line(row, balances.balance(unit, row.id)))
    if not rows:
        print("no accounts")
    return 0


def _balance(context: JobContext, arguments: argparse.Namespace) -> int:
    with reading(context.database) as unit:
        row = balances.require_account(unit, arguments.account)
        if arguments.recorded:
            held = balances.balance_recorded(unit, row.id, moment(arguments.recorded))
        elif arguments.on:
            held = balances.balance_effective(unit, row.id, day(arguments.on))
        else:
            held = balances.balance(unit, row.id)
    print(_line(row, held))
    return 0


def _account(context: JobContext, arguments: argparse.Namespace) -> int:
    with reading(context.database) as unit:
        row = balances.require_account(unit, arguments.account)
        print(_line(row, balances.balance(unit, row.id)))
        if held := row.counters.held:
            print(f"  held {_amount(row, held)}")
        for each in balances.statement(unit, row.id, limit=arguments.limit):
            side, other = ("debit", each.credit_id)
            if each.credit_id == row.id:
                side, other = ("credit", each.debit_id)
            source = each.source_event_id or each.reversal_of or each.journal_id
            print(
                f"  {each.effective_date}  {side:<6} {_amount(row, each.amount):>14}  {each.phase:<7}"
                f"  {each.code} ({each.rule})  account {other}  {source}"
            )
    return 0


def _replay(context: JobContext, _arguments: argparse.Namespace) -> int:
    done = replay(context.database, context.business_clock)
    print(f"{done.events} events read, {done.booked} booked now, {done.unreadable} cannot be read")
    return 0


def _checkpoint(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    blocks = sealing.seal(context.database, now, wait=True)
    accounts = sealing.sum_up(context.database, again=arguments.again, wait=True)
    while run_writing(context.database, chain_rows):
        pass
    signed = run_writing(context.database, lambda unit: anchor(unit, context.signing_key, now))
    print(f"{blocks} blocks sealed, {accounts} accounts summed up, {signed} chains anchored")
    return 0


_ACTIONS = {
    "verify": _verify,
    "accounts": _accounts,
    "balance": _balance,
    "account": _account,
    "replay": _replay,
    "checkpoint": _checkpoint,
}


def _line(row: AccountRow, held: Balance) -> str:
    key = row.key
    owner = f"{key.owner_type} {key.owner_id}".strip()
    state = "  closed" if row.closed else ""
    balance = _amount(row, held.on_side(row.floor))
    return f"{row.id}  {key.kind}  {owner}  {key.store_id}  {balance}{state}"


def _amount(row: AccountRow, amount: int) -> str:
    unit = row.key.unit
    plain = Money(amount, unit.code).plain() if unit.kind is UnitKind.MONEY else str(amount)
    return f"{plain} {unit.code}"


def _sentence(finding: Finding) -> str:
    from central_server.app.error_texts import ERROR_TEXTS
    from central_server.platform.errors import error_body

    body = error_body(finding.code, dict(finding.params), ERROR_TEXTS)
    return f"{body['message']} {body['what_next']}"
