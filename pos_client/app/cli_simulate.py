"""`tresen simulate DEVICE`: devices that are none, for trying a till. Each says plainly that it is one."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
from collections.abc import Callable
from decimal import Decimal

from pos_client.devices.display.simulator import DisplaySimulator
from pos_client.devices.reader.port import Source
from pos_client.devices.reader.simulator import ReaderSimulator, send_words
from pos_client.devices.scale.simulator import ScaleSimulator
from pos_client.devices.simulated import PtyPlace
from pos_client.runtime.clock import sleep
from shared.errors import DomainError
from shared.quantity import parse_quantity

# Device → the module that describes its arguments and runs it.
_ROOMS = {
    "terminal": ("a payment terminal (ZVT)", "pos_client.devices.terminal.simulator.cli"),
    "printer": ("a receipt printer (ESC/POS)", "pos_client.devices.printer.simulator.cli"),
}
_SERIAL = {
    "scanner": "a scanner on a serial line; each line on stdin is scanned",
    "stripe": "a magnetic stripe reader; each line on stdin is the number of a card",
    "tag": "an RFID reader; each line on stdin is the number of a tag, in hexadecimal digits",
    "display": "a customer display; what it shows is written to stdout",
    "scale": "a scale; each line on stdin is what lies on it, in kilograms",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `simulate`, a device each."""
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    for name, (text, module) in _ROOMS.items():
        one = devices.add_parser(name, help=text, description=f"Be {text} that is simulated.")
        importlib.import_module(module).add_arguments(one)
    for name, text in _SERIAL.items():
        one = devices.add_parser(name, help=text, description=f"Be {text}. It is simulated.")
        if name == "display":
            one.add_argument("--mode", choices=("cd5220", "epson"), default="cd5220")
        if name == "scale":
            one.add_argument("--protocol", choices=("toledo", "dialog06"), default="toledo")


def run(options: argparse.Namespace) -> int:
    """Be the device until the end of the process."""
    if options.device in _ROOMS:
        _, module = _ROOMS[options.device]
        return int(importlib.import_module(module).run(options))
    place = PtyPlace()
    form = "?form=8N1" if options.device == "scale" else ""
    print(f"simulated {options.device} at {place.address}{form}", flush=True)
    if options.device == "display":
        _watch(DisplaySimulator(place, options.mode))
    elif options.device == "scale":
        scale = ScaleSimulator(place, options.protocol)
        _read_lines(lambda words: _put_on(scale, words))
    else:
        reader, source = ReaderSimulator(place), Source(options.device)
        _read_lines(lambda words: send_words(reader, source, words))
    return 0


def _read_lines(act: Callable[[str], None]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            if words := line.strip():
                act(words)
        while True:
            sleep(3600)


def _put_on(scale: ScaleSimulator, words: str) -> None:
    try:
        load: Decimal = parse_quantity(words)
    except DomainError:
        print(f"not understood: {words}", flush=True)
        return
    scale.load = load
    print(f"on the scale: {load} kg", flush=True)


def _watch(display: DisplaySimulator) -> None:
    shown = ("", "")
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            rows = display.rows()
            if rows != shown:
                shown = rows
                print(f"|{rows[0]:<20}|{rows[1]:<20}|", flush=True)
            sleep(0.05)
