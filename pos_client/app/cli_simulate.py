"""`tresen simulate DEVICE`: devices that are none, for trying a till. Each says plainly that it is one."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
from collections.abc import Callable

from pos_client.devices.display.simulator import DisplaySimulator
from pos_client.devices.reader.port import Source
from pos_client.devices.reader.simulator import ReaderSimulator, send_words
from pos_client.devices.scale.simulator import TROUBLES, ScaleSimulator, obey_words
from pos_client.devices.simulated import PtyPlace
from pos_client.runtime.clock import sleep
from shared.errors import DomainError

# Device → the module that describes its arguments and runs it.
_ROOMS = {
    "terminal": ("a payment terminal (ZVT)", "pos_client.devices.terminal.simulator.cli"),
    "printer": ("a receipt printer (ESC/POS)", "pos_client.devices.printer.simulator.cli"),
}
_SERIAL = {
    "scanner": "a scanner on a serial line; each line on stdin is scanned",
    "stripe": "a magnetic stripe reader; each line on stdin is the number of a card, or whole tracks",
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
            one.epilog = (
                f"Words on stdin change what is wrong with it: {', '.join(TROUBLES)} until the next weight;"
                " silent, nonsense, answers. unmoved and below minimum are known to dialog06 only."
            )


def run(options: argparse.Namespace) -> int:
    """Be the device until the end of the process."""
    if options.device in _ROOMS:
        _, module = _ROOMS[options.device]
        return int(importlib.import_module(module).run(options))
    place = PtyPlace()
    print(f"simulated {options.device} at {_address(place, options)}", flush=True)
    if options.device == "display":
        _watch(DisplaySimulator(place, options.mode))
    elif options.device == "scale":
        scale = ScaleSimulator(place, options.protocol)
        _read_lines(lambda words: obey_words(scale, words))
    else:
        reader, source = ReaderSimulator(place), Source(options.device)
        _read_lines(lambda words: _read_by(reader, source, words))
    return 0


def _address(place: PtyPlace, options: argparse.Namespace) -> str:
    """What `till.json` needs to say to reach the device."""
    if options.device == "display":
        return f"{place.address}?mode={options.mode}"
    if options.device == "scale":
        return f"{place.address}?protocol={options.protocol}&form=8N1"
    return place.address


def _read_lines(act: Callable[[str], str]) -> None:
    """Do each line of stdin, and write what `act` says of it; a line that it refuses is not understood."""
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            if words := line.strip():
                try:
                    print(act(words), flush=True)
                except DomainError:
                    print(f"not understood: {words}", flush=True)
        while True:
            sleep(3600)


def _read_by(reader: ReaderSimulator, source: Source, words: str) -> str:
    send_words(reader, source, words)
    return f"read: {words}"


def _watch(display: DisplaySimulator) -> None:
    shown = ("", "")
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            rows = display.rows()
            if rows != shown:
                shown = rows
                print(f"|{rows[0]:<20}|{rows[1]:<20}|", flush=True)
            sleep(0.05)
