"""`tresen staff`: add and list staff, set PINs and passwords. Secrets are asked for, never given as arguments."""

from __future__ import annotations

import argparse

from central_server.app.arguments import ask_secret, opened_centre
from central_server.features.staff import service
from central_server.features.staff.service import StaffMember
from central_server.platform.access import Role
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading, run_writing
from shared.identity import StaffId


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `staff`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="add|stores|list|set-pin|set-password|leave"
    )
    add = actions.add_parser("add", help="add somebody")
    add.add_argument("staff_id", help="staff number")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, help=", ".join(role.value for role in Role))
    add.add_argument("--store", action="append", default=[], help="may be repeated")
    add.add_argument("--language", default="de")
    stores = actions.add_parser("stores", help="assign exactly these stores")
    stores.add_argument("staff_id")
    stores.add_argument("--store", action="append", default=[], help="may be repeated")
    actions.add_parser("list", help="list the staff")
    for name, text in (
        ("set-pin", "set the PIN for tills; asked for, or the first line of standard input"),
        ("set-password", "set the password for head office; asked for, or from standard input"),
        ("leave", "let somebody who left in nowhere any more"),
    ):
        actions.add_parser(name, help=text).add_argument("staff_id")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with opened_centre(settings) as context:
        if arguments.action == "list":
            _list(context)
            return 0
        member = _change(arguments, context)
    print(f"{member.staff_id}: {member.name}, {member.role.value}")
    return 0


def _change(arguments: argparse.Namespace, context: JobContext) -> StaffMember:
    at = context.system_clock.now()
    number = arguments.staff_id
    database = context.database
    if arguments.action == "add":
        role = service.parse_role(arguments.role)
        stores = frozenset(arguments.store)
        new = StaffMember(StaffId(number), arguments.name, role, stores, arguments.language)
        return run_writing(database, lambda unit: service.add_staff(unit, new, at))
    if arguments.action == "stores":
        return run_writing(
            database, lambda unit: service.change_stores(unit, number, arguments.store)
        )
    if arguments.action == "leave":
        return run_writing(database, lambda unit: service.deactivate(unit, number, at))
    with reading(database) as unit:
        member = service.get_staff(unit, number)
    if arguments.action == "set-pin":
        pin = ask_secret("New PIN: ")
        rules = service.PinRules(context.pin_key, context.settings.pin_digits)
        run_writing(database, lambda unit: service.set_pin(unit, number, pin, at, rules))
    else:
        password = ask_secret("New password: ")
        run_writing(database, lambda unit: service.set_password(unit, number, password, at))
    return member


def _list(context: JobContext) -> None:
    with reading(context.database) as unit:
        for member in service.list_staff(unit):
            stores = ",".join(sorted(member.store_ids)) or "-"
            state = "" if member.active else "  (left)"
            print(f"{member.staff_id}  {member.role.value}  {stores}  {member.name}{state}")
