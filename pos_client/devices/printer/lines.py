"""The line to a printer. It is opened for one job and closed behind it: a printer that was switched off and on again is
simply met anew, and tills that share one take turns.
"""

from __future__ import annotations

from collections.abc import Callable
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
from pos_client.devices.printer.winspool import open_spooler
from pos_client.devices.usb import UsbBackend, UsbLine


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to be connected; for an answer; for a printer that takes no bytes; for a job to be on paper."""

    connect: float = 3.0
    answer: float = 1.5
    stall: float = 10.0
    complete: float = 15.0


UsbSource = Callable[[], UsbBackend]


def open_line(address: PrinterAddress, patience: Patience, usb: UsbSource | None = None) -> Line:
    """Open the line; OSError if there is nobody. `usb` gives what reaches USB devices: libusb, if nothing else."""
    if address.kind == "tcp":
        return SocketLine.to(address.target, address.number, patience.connect, patience.stall)
    if address.kind == "serial":
        return SerialLine(address.target, SerialForm(address.number), patience.stall)
    if address.kind == "libusb":
        vendor, product, serial = (*address.target.split(":"), "")[:3]
        backend = usb() if usb is not None else _libusb()
        return UsbLine(backend.open(int(vendor, 16), int(product, 16), serial), patience.stall)
    if address.kind == "winraw":
        return open_spooler(address.target)
    if address.kind == "usb":
        return DescriptorLine.to(address.target, patience.stall, asks=address.asks)
    return FileLine(address.target)


def _libusb() -> UsbBackend:
    from pos_client.devices.libusb import LibUsb

    return LibUsb()
