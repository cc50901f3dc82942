"""`tresen simulate DEVICE`: devices that are none, for trying a till. Each says plainly that it is one."""

from __future__ import annotations

import argparse
import importlib

# Device → the module that describes its arguments and runs it.
_DEVICES = {
    "terminal": ("a payment terminal (ZVT)", "pos_client.devices.terminal.simulator.cli"),
    "printer": ("a receipt printer (ESC/POS)", "pos_client.devices.printer.simulator.cli"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `simulate`, a device each."""
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    for name, (text, module) in _DEVICES.items():
        one = devices.add_parser(name, help=text, description=f"Be {text} that is simulated.")
        importlib.import_module(module).add_arguments(one)


def run(options: argparse.Namespace) -> int:
    """Be the device until the end of the process."""
    _, module = _DEVICES[options.device]
    return int(importlib.import_module(module).run(options))
