"""The till's commands: `till`, `sync`, `provision`. Exit status 2 with one clear line where something is wrong."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pos_client import BUILD
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import check_till_id

EXIT_PROBLEM = 2
# Commands of other modules of this room, loaded only when asked for: each has `add_arguments(parser)` and
# `run(options) -> int`.
COMMANDS = {"replay": "pos_client.app.replay", "demo": "pos_client.app.demo"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the till; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="tresen", description="the till's commands")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _till_arguments(commands.add_parser("till", help="start the till"))
    _sync_arguments(commands.add_parser("sync", help="start the exchange with the centre"))
    _provision_arguments(commands.add_parser("provision", help="join a centre"))
    for name, module in COMMANDS.items():
        if given[:1] == [name] and importlib.util.find_spec(module) is not None:
            importlib.import_module(module).add_arguments(commands.add_parser(name))
    options = parser.parse_args(given)
    try:
        return _run(options)
    except (DomainError, EnvironmentProblem) as problem:
        from pos_client.app.translations import TillTexts

        text, what_next = TillTexts(_language(), "", "EUR").error(problem)
        sys.stderr.write(f"tresen {options.command}: {text} {what_next} [{problem.code}]\n")
        return EXIT_PROBLEM


def _run(options: argparse.Namespace) -> int:
    if options.command == "till":
        return _till(options)
    if options.command == "sync":
        from pos_client.sync.process import main as sync_main

        return sync_main(["--data", str(data_folder(options))])
    if options.command == "provision":
        return _provision(options)
    status = importlib.import_module(COMMANDS[options.command]).run(options)
    return int(status)


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the till's data is: a folder, or a till id below `TRESEN_HOME`."""
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--data", type=Path, help="data directory of the till")
    place.add_argument("--till", help="till id; its data is in $TRESEN_HOME/tills/TILL")


def data_folder(options: argparse.Namespace) -> Path:
    """The data directory that the options name."""
    if options.data is not None:
        return Path(options.data)
    home = Path(os.environ.get("TRESEN_HOME", "var"))
    return home / "tills" / check_till_id(options.till)


def _till_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument(
        "--headless", action="store_true", help="no window: intents as JSON lines on stdin"
    )
    parser.add_argument("--no-sync", action="store_true", help="do not start the sync process")
    parser.add_argument("--second-copy", type=Path, help="folder for a second copy of the journal")
    parser.add_argument(
        "--clock", help="business time to stand at (RFC 3339; not in productive mode)"
    )


def _till(options: argparse.Namespace) -> int:
    from pos_client.app.composition import open_till
    from pos_client.app.headless import run_headless
    from pos_client.app.intents import parse_moment
    from pos_client.runtime.child import SyncChild
    from pos_client.runtime.clock import BusinessClock, SystemClock
    from pos_client.runtime.logs import log_to_stderr
    from pos_client.storage.identity import IdentityFile
    from pos_client.storage.paths import DataPaths

    if not options.headless:
        raise DomainError("window_missing")
    log_to_stderr()
    data = data_folder(options)
    system = SystemClock()
    clock = BusinessClock(system)
    if options.clock:
        if IdentityFile(DataPaths(data)).require().mode == "productive":
            raise DomainError("clock_fixed")
        clock.stand_at(parse_moment(options.clock))
    till = open_till(data, clock=clock, system_clock=system, second_copy=options.second_copy)
    sync = None if options.no_sync else SyncChild(data, system)
    try:
        if sync is not None:
            sync.start()
        source = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        sink = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
        run_headless(till, source, sink, sync)
    finally:
        if sync is not None:
            sync.stop()
        till.close()
    return 0


def _sync_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)


def _provision_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument("--server", required=True, help="address of the centre, https://…")
    parser.add_argument("--code", required=True, help="one-time code from head office")
    parser.add_argument(
        "--abandon-unsent",
        action="store_true",
        help="give up events that the centre never got; they stay in the archive only",
    )


def _provision(options: argparse.Namespace) -> int:
    from pos_client.storage.lock import ProcessLock
    from pos_client.storage.paths import DataPaths
    from pos_client.sync.ports import CentreRefusedError
    from pos_client.sync.provisioning import provision
    from pos_client.sync.transport import check_centre_url, request_provisioning

    paths = DataPaths(data_folder(options))
    paths.prepare()
    url = check_centre_url(options.server)
    locks = [ProcessLock(paths.lock("till")), ProcessLock(paths.lock("sync"))]
    try:
        identity = provision(
            paths,
            url,
            options.code.strip(),
            lambda request: request_provisioning(url, request, build=BUILD),
            build=BUILD,
            abandon_unsent=options.abandon_unsent,
        )
    except CentreRefusedError as refusal:
        raise DomainError("provision_refused", {"code": refusal.code}) from refusal
    finally:
        for lock in locks:
            lock.release()
    print(  # the answer of the command
        f"till {identity.till_id} incarnation {identity.incarnation}"
        f" of store {identity.store.store_id} ({identity.mode}) at {identity.centre_url}"
    )
    return 0


def _language() -> str:
    return "de" if os.environ.get("LANG", "").startswith("de") else "en"


if __name__ == "__main__":
    sys.exit(main())
