"""`tresen simulate terminal --port N | --pty`: the simulated terminal as a program.

Words on its stdin, or `--script`, say what it does with the next payments (`approve`, `decline 05 +slow 2`, ...);
without any it approves. `money` on stdin says what it booked.
"""

from __future__ import annotations

import argparse
import contextlib
import sys

from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.devices.terminal.address import DEFAULT_PORT
from pos_client.devices.terminal.simulator.engine import TerminalEngine
from pos_client.devices.terminal.simulator.script import FAULTS, STEPS, parse_outcome
from pos_client.devices.terminal.simulator.server import TerminalSimulator
from pos_client.runtime.clock import sleep
from shared.errors import DomainError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `simulate terminal`."""
    parser.epilog = (
        "It speaks ZVT and moves no money. What it does with the next payments, one after the other: approve,"
        " decline CODE, cancel, refuse CODE; behind it +slow SECONDS, +late SECONDS, or a fault at a step:"
        f" +FAULT STEP with the faults {', '.join(FAULTS)}, lose-unbooked and the steps {', '.join(STEPS)}."
        " The same words are taken on stdin while it runs; money says what it booked."
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"TCP port to listen on ({DEFAULT_PORT}; 0: any)",
    )
    place.add_argument("--pty", action="store_true", help="be a serial line instead")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--script", action="append", default=[], metavar="WORDS", help="for the next payment"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until the end of the process. `script_unknown` for other words, `simulator_port_taken`."""
    engine = TerminalEngine()
    engine.outcomes.extend(parse_outcome(words) for words in options.script)
    place = PtyPlace() if options.pty else TcpPlace(options.port, options.host)
    simulator = TerminalSimulator(place, engine)
    print(f"simulated payment terminal at {simulator.address}; no money moves", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            _obey(line.strip(), engine)
        while True:
            sleep(3600)
    simulator.close()
    return 0


def _obey(words: str, engine: TerminalEngine) -> None:
    if words == "money":
        print(f"booked: {engine.money()} in {len(engine.bookings())} payments", flush=True)
    elif words:
        try:
            engine.outcomes.append(parse_outcome(words))
        except DomainError:
            print(f"not understood: {words}", flush=True)
            return
        print(f"next: {words}", flush=True)
