"""The till's commands. Exit status 2 with one clear line on stderr where something is wrong, with the words too."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos_client import BUILD
from pos_client.app.command_line import EXIT_USAGE, LineParser
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import check_till_id

EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it is for, its arguments and what it does; `run` gives the exit status."""

    help: str
    describe: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the till; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if given else EXIT_USAGE
    command = COMMANDS.get(given[0])
    if command is None:
        return _complain(f"tresen: there is no command '{given[0][:40]}'; --help lists them")
    parser = LineParser(prog=f"tresen {given[0]}", description=f"{_sentence(command.help)}.")
    command.describe(parser)
    options = parser.parse_args(given[1:])
    try:
        return command.run(options)
    except (DomainError, EnvironmentProblem) as problem:
        from pos_client.app.translations import TillTexts

        text, what_next = TillTexts(_language(), "", "EUR").error(problem)
        return _complain(f"{parser.prog}: {text} {what_next} [{problem.code}]")
    except KeyboardInterrupt:
        return _complain(f"{parser.prog}: interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Who read the answer has enough of it; Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def usage() -> str:
    """The list of commands, one line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: tresen COMMAND [ARGUMENTS]", "", *lines, ""])


def _complain(line: str, status: int = EXIT_USAGE) -> int:
    sys.stderr.write(" ".join(line.split()) + "\n")
    return status


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


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
    parser.add_argument("--window", metavar="WIDTHxHEIGHT", help="a window instead of the screen")
    parser.add_argument("--printer", help="address of the receipt printer; see docs/printing.md")
    parser.add_argument("--no-sync", action="store_true", help="do not start the sync process")
    parser.add_argument("--second-copy", type=Path, help="folder for a second copy of the journal")
    parser.add_argument(
        "--clock", help="business time to stand at (RFC 3339; not in productive mode)"
    )


def _till(options: argparse.Namespace) -> int:
    from pos_client.runtime.logs import log_to_stderr

    log_to_stderr()
    data = data_folder(options)
    if options.headless:
        return _till_headless(options, data)
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not shown and not os.environ.get("QT_QPA_PLATFORM"):
        raise DomainError("display_missing")
    from pos_client.app.window.application import WindowOptions, run_window

    return run_window(
        WindowOptions(
            data,
            size=_size(options.window),
            second_copy=options.second_copy,
            printer=options.printer,
            sync=not options.no_sync,
            clock=options.clock,
        )
    )


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 640 and int(height) >= 480):
        raise DomainError("window_size_wrong", {"size": text[:20]})
    return int(width), int(height)


def _till_headless(options: argparse.Namespace, data: Path) -> int:
    from pos_client.app.composition import open_till
    from pos_client.app.headless import run_headless
    from pos_client.app.printing import start_printing_if_set
    from pos_client.app.starting import business_clock
    from pos_client.runtime.child import SyncChild
    from pos_client.runtime.clock import SystemClock

    system = SystemClock()
    clock = business_clock(data, options.clock, system)
    till = open_till(data, clock=clock, system_clock=system, second_copy=options.second_copy)
    sync = None if options.no_sync else SyncChild(data, system)
    printing = None
    try:
        printing = start_printing_if_set(till, options.printer)
        if sync is not None:
            sync.start()
        source = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        sink = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
        run_headless(till, source, sink, sync)
    finally:
        if printing is not None:
            printing.close()
        if sync is not None:
            sync.stop()
        till.close()
    return 0


def _sync_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument("--parent", type=int, help="process id: end when that process does")


def _sync(options: argparse.Namespace) -> int:
    from pos_client.sync.process import serve

    serve(data_folder(options), options.parent)


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
    from pos_client.sync.provisioning import check_code, provision
    from pos_client.sync.transport import check_centre_url, request_provisioning

    paths = DataPaths(data_folder(options))
    url = check_centre_url(options.server)
    code = check_code(options.code)
    paths.prepare()
    locks = [ProcessLock(paths.lock("till")), ProcessLock(paths.lock("sync"))]
    try:
        identity = provision(
            paths,
            url,
            code,
            lambda request: request_provisioning(url, request, build=BUILD),
            build=BUILD,
            till_id=options.till,
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


def _described_by(module: str) -> Callable[[argparse.ArgumentParser], None]:
    return lambda parser: importlib.import_module(module).add_arguments(parser)


def _run_by(module: str) -> Callable[[argparse.Namespace], int]:
    return lambda options: int(importlib.import_module(module).run(options))


# Rooms of their own, loaded only when asked for.
COMMANDS = {
    "till": Command("start the till", _till_arguments, _till),
    "sync": Command("exchange journal and data with the centre", _sync_arguments, _sync),
    "provision": Command("join a centre with a one-time code", _provision_arguments, _provision),
    **{
        name: Command(text, _described_by(module), _run_by(module))
        for name, text, module in (
            ("replay", "ring up recorded receipts at a till", "pos_client.app.replay"),
            ("demo", "start the demo chain in one command", "pos_client.app.demo"),
            (
                "printer",
                "be a simulated receipt printer",
                "pos_client.devices.printer.simulator.cli",
            ),
            ("simulate", "be a simulated device", "pos_client.app.cli_simulate"),
            ("price", "price a basket under promotions", "pos_client.app.cli_price"),
            ("screens", "draw every screen of the till into a gallery", "pos_client.app.screens"),
        )
    },
}


if __name__ == "__main__":
    sys.exit(main())
