"""Which printer stands behind an address."""

from __future__ import annotations

from pos_client.devices.printer.address import PrinterAddress
from pos_client.devices.printer.cups import CupsPrinter
from pos_client.devices.printer.device import EscPosPrinter
from pos_client.devices.printer.lines import Patience
from pos_client.devices.printer.port import Printer


def printer_at(address: PrinterAddress, patience: Patience | None = None) -> Printer:
    """The printer at an address; nothing is opened yet."""
    if address.kind == "cups":
        return CupsPrinter(address, patience)
    return EscPosPrinter(address, patience)
