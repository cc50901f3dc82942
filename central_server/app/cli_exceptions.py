"""`tresen exceptions`: what was accepted and could not be booked; try again, or take note."""

from __future__ import annotations

import argparse

from central_server.app.arguments import opened_centre
from central_server.features.exceptions import service
from central_server.gateway.journal.settling import dismiss, try_again
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing

_OPERATOR = "command"


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `exceptions`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|retry|dismiss")
    listed = actions.add_parser("list", help="list the newest")
    listed.add_argument("--all", action="store_true", help="closed ones too")
    for name, text in (("retry", "book the event again"), ("dismiss", "close without booking")):
        action = actions.add_parser(name, help=text)
        action.add_argument("id", type=int)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; 1 if an event still cannot be booked."""
    from central_server.app.error_texts import ERROR_TEXTS
    from central_server.platform.errors import error_body

    with opened_centre(settings) as context:
        if arguments.action == "list":
            with reading(context.database) as unit:
                rows = service.listed(unit, state=None if arguments.all else "open")
            for row in rows:
                said = error_body(row["code"], row["params"], ERROR_TEXTS)
                print(
                    f"{row['id']}  {row['state']}  {row['kind']}  {row['till_id']}/{row['incarnation']}/{row['seq']}"
                    f"  {row['type']}  {said['message']} {said['what_next']}"
                )
            if not rows:
                print("nothing is waiting")
            return 0
        now = context.system_clock.now()

        def work(unit: UnitOfWork) -> str | None:
            if arguments.action == "dismiss":
                dismiss(unit, arguments.id, _OPERATOR, now)
                return None
            problem = try_again(unit, arguments.id, _OPERATOR, now)
            return problem.code if problem else None

        code = run_writing(context.database, work)
    if code is not None:
        print(f"exception {arguments.id} stays open: {code}")
        return 1
    print(f"exception {arguments.id} is closed")
    return 0
