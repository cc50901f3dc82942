"""The centre's commands: finds the module of a command by name and turns errors into one clear line.

Each `cli_*` module has `describe(parser)` and `run(arguments, settings)`, which returns the exit status.
Status 2 means that what was asked cannot be done, 1 that the surroundings are not as they should be.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from pydantic import ValidationError

from central_server.platform.garbage import collector_paused
from central_server.platform.settings import Settings
from shared.errors import DomainError, EnvironmentProblem, ErrorParam

EXIT_USAGE = 2
EXIT_ENVIRONMENT = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A command: the module that knows it and what it is for."""

    module: str
    help: str


COMMANDS = {
    "server": Command("cli_server", "start the central server and its scheduler"),
    "scheduler": Command("cli_scheduler", "start the central server's timed jobs alone"),
    "migrate": Command("cli_migrate", "bring the central database to this version's schema"),
    "store": Command("cli_store", "add, change or list stores"),
    "staff": Command("cli_staff", "add or list staff, set PINs and passwords"),
    "till-code": Command("cli_till", "issue a one-time code that lets a till join"),
    "offer": Command("cli_offer", "add or list offers"),
    "prices": Command("cli_prices", "set or show prices"),
    "figures": Command("cli_figures", "print turnover by day, or check it against the receipts"),
    "ledger": Command("cli_ledger", "check the ledger, look at its accounts"),
    "voucher": Command("cli_voucher", "types of vouchers, issue, look at or block one"),
    "statement": Command(
        "cli_statement", "statements of purses, cards and vouchers; what is open by age"
    ),
    "giftcard": Command("cli_giftcard", "print, look at, block or replace gift cards"),
    "customer": Command("cli_customer", "find customers, their cards, merge two, invoice accounts"),
    "loyalty": Command("cli_loyalty", "points, wallet and cashback: terms, balances, ends"),
    "exceptions": Command("cli_exceptions", "list or settle what the centre could not book"),
    "rates": Command("cli_rates", "store or list exchange rates of a day"),
    "import": Command("cli_import", "import a catalogue, promotions or customers from a file"),
    "promotions": Command("cli_promotions", "list or show promotions"),
    "backtest": Command("cli_backtest", "try a draft promotion on receipts that were sold"),
    "clock": Command("cli_clock", "show or move the business clock (moving: demo and test only)"),
    "snapshot": Command("cli_snapshot", "build the reference snapshots for tills"),
    "demo": Command("cli_demo", "load the demo chain"),
    "openapi": Command("cli_openapi", "write the description of the HTTP interface"),
}


class LineParser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; leave with status 2."""
        self.exit(EXIT_USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def usage() -> str:
    """The list of commands, one line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: tresen COMMAND [ARGUMENTS]", "", *lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if given else EXIT_USAGE
    command = COMMANDS.get(given[0])
    if command is None:
        return _complain(f"there is no command '{given[0][:40]}'; --help lists them", EXIT_USAGE)
    # What is imported stays: looking through it for cycles takes a fifth of the time a server needs to start.
    with collector_paused():
        module = importlib.import_module(f"central_server.app.{command.module}")
    parser = LineParser(prog=f"tresen {given[0]}", description=command.help.capitalize() + ".")
    module.describe(parser)
    parsed = parser.parse_args(given[1:])
    try:
        status: int = module.run(parsed, Settings())
    except ValidationError as problem:
        first = problem.errors()[0]
        name = "TRESEN_" + "_".join(str(part) for part in first["loc"]).upper()
        return _complain(f"{name}: {first['msg']}", EXIT_USAGE)
    except DomainError as refusal:
        return _complain(_sentence(refusal.code, refusal.params), EXIT_USAGE)
    except EnvironmentProblem as problem:
        return _complain(_sentence(problem.code, problem.params), EXIT_ENVIRONMENT)
    except KeyboardInterrupt:
        return _complain("interrupted", 130)
    except BrokenPipeError:
        return EXIT_ENVIRONMENT
    return status


def _sentence(code: str, params: dict[str, ErrorParam]) -> str:
    from central_server.app.error_texts import ERROR_TEXTS
    from central_server.platform.errors import error_body

    body = error_body(code, params, ERROR_TEXTS)
    return f"{body['message']} {body['what_next']}".strip()


def _complain(line: str, status: int) -> int:
    print(f"tresen: {line}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
