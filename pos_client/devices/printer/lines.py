"""The line to a printer. It is opened for one job and closed behind it: a printer that was switched off and on again is
simply met anew, and tills that share one take turns.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.devices.lines import (
    DescriptorLine,
    FileLine,
    Line,
    SerialForm,
    SerialLine,
    SocketLine,
)
from pos_client.devices.printer.address import PrinterAddress


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to be connected; for an answer; for a printer that takes no bytes; for a job to be on paper."""

    connect: float = 3.0
    answer: float = 1.5
    stall: float = 10.0
    complete: float = 15.0


def open_line(address: PrinterAddress, patience: Patience) -> Line:
    """Open the line; OSError if there is nobody."""
    if address.kind == "tcp":
        return SocketLine.to(address.target, address.number, patience.connect, patience.stall)
    if address.kind == "serial":
        return SerialLine(address.target, SerialForm(address.number), patience.stall)
    if address.kind == "usb":
        return DescriptorLine.to(address.target, patience.stall, asks=address.asks)
    return FileLine(address.target)
