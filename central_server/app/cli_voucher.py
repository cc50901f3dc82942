"""`tresen voucher`: types of vouchers, issuing them sold or given, looking at one, blocking."""

from __future__ import annotations

import argparse

from central_server.app.arguments import opened_centre, request_id
from central_server.features.instruments import purse_repository, vouchers
from central_server.features.instruments.voucher_repository import Voucher, VoucherType
from central_server.features.instruments.vouchers import Issue
from central_server.features.stores.service import get_store
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing
from shared.money import Money, currency, parse_amount
from shared.vouchers import VoucherClass

_OPERATOR = "command"


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `voucher`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="types|type|issue|show|block|unblock"
    )
    actions.add_parser("types", help="list what vouchers are issued as")
    added = actions.add_parser("type", help="add a type")
    added.add_argument("code")
    added.add_argument("name")
    added.add_argument(
        "--class", dest="kind", choices=[c.value for c in VoucherClass], default="multi"
    )
    added.add_argument("--currency", default="EUR")
    added.add_argument("--in-parts", action="store_true", help="what is left stays on it")
    added.add_argument("--vat", help="the one VAT category of single-purpose vouchers")
    added.add_argument("--country", help="and the one country")
    added.add_argument("--days", type=int, help="valid so many days; else as the law has it")
    issued = actions.add_parser("issue", help="issue one, and print its number and code")
    issued.add_argument("type")
    issued.add_argument("amount")
    issued.add_argument("--store", required=True)
    holder = issued.add_mutually_exclusive_group()
    holder.add_argument("--customer", default="", help="only this customer may redeem it")
    holder.add_argument("--group", default="", help="only customers of this group")
    issued.add_argument("--request", help="the request's id; the same one again issues nothing")
    actions.add_parser("show", help="what one has and what was asked of it").add_argument("number")
    for name, text in (("block", "let nobody redeem it"), ("unblock", "let it be redeemed again")):
        changed = actions.add_parser(name, help=text)
        changed.add_argument("number")
        changed.add_argument("--reason", default="")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action in ("types", "type"):
            _types(context, arguments)
        elif arguments.action == "issue":
            _issue(context, arguments)
        elif arguments.action == "show":
            _show(context, arguments.number)
        else:
            _block(context, arguments)
    return 0


def _types(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.system_clock.now()
    if arguments.action == "type":
        new = VoucherType(
            arguments.code,
            arguments.name,
            arguments.currency,
            VoucherClass(arguments.kind),
            arguments.in_parts,
            arguments.vat,
            arguments.country,
            arguments.days,
        )
        run_writing(context.database, lambda unit: vouchers.add_type(unit, new, now))
    with reading(context.database) as unit:
        found = vouchers.list_types(unit)
    for each in found:
        vat = f"  {each.vat_category} in {each.country}" if each.vat_category else ""
        parts = "in parts" if each.in_parts else "as a whole"
        days = f"  {each.valid_days} days" if each.valid_days is not None else ""
        print(
            f"{each.code}  {each.name}  {each.voucher_class}{vat}  {each.currency}  {parts}{days}"
        )
    if not found:
        print("no types")


def _issue(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.business_clock.now()
    request = request_id(context, arguments.request)

    def work(unit: UnitOfWork) -> Voucher:
        code = get_store(unit, arguments.store).currency
        amount = parse_amount(arguments.amount, currency(code).exponent)
        asked = Issue(
            request,
            arguments.type,
            arguments.store,
            amount,
            now.date(),
            arguments.customer,
            arguments.group,
        )
        return vouchers.issue(unit, asked, context.signing_key.sign, now)

    made = run_writing(context.database, work)
    with reading(context.database) as unit:
        print(_line(unit, made))
    print(made.facts.token(made.signature))


def _show(context: JobContext, number: str) -> None:
    with reading(context.database) as unit:
        found = vouchers.find(unit, number)
        print(_line(unit, found))
        for row in purse_repository.events_of(unit.connection, found.number, 100):
            amount = Money(row.amount, found.currency).plain()
            said = row.code or "approved"
            print(f"  {row.at:%Y-%m-%d %H:%M}  {row.action:<8}  {amount:>10}  {said}")


def _block(context: JobContext, arguments: argparse.Namespace) -> None:
    now = context.business_clock.now()
    blocked = arguments.action == "block"

    def work(unit: UnitOfWork) -> Voucher:
        return vouchers.set_blocked(
            unit,
            arguments.number,
            blocked=blocked,
            by=_OPERATOR,
            reason=arguments.reason,
            at=now,
        )

    found = run_writing(context.database, work)
    with reading(context.database) as unit:
        print(_line(unit, found))


def _line(unit: ReadUnit, of: Voucher) -> str:
    held = Money(vouchers.balance_of(unit, of), of.currency).plain()
    state = "blocked" if of.blocked else "active"
    until = f"  until {of.expires_on}" if of.expires_on else ""
    holder = f"  for {of.customer or of.customer_group}" if of.customer or of.customer_group else ""
    percent = f"  {of.next_percent} % off" if of.next_percent else ""
    return f"{of.number}  {of.voucher_class}  {state}  {held} {of.currency}{percent}{until}{holder}"
