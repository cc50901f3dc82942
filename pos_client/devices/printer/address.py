"""Where a printer is, as one line of text.

`tcp://192.168.1.50:9100`, `serial:/dev/ttyUSB0?baud=19200`, `usb:/dev/usb/lp0`, `file:/tmp/receipts.bin`, `none`.
`?status=no` behind a tcp, serial or usb address: this printer answers no questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_client.devices.address import read_place
from shared.errors import DomainError

Kind = Literal["tcp", "serial", "usb", "file"]
DEFAULT_PORT = 9100
DEFAULT_BAUD = 19200


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """`target` is a host or a path; `number` the port or the baud rate, 0 where there is none."""

    kind: Kind
    target: str
    number: int = 0
    asks: bool = True

    def __str__(self) -> str:
        if self.kind == "tcp":
            return f"tcp://{self.target}:{self.number}"
        return f"{self.kind}:{self.target}"


def parse_address(text: str) -> PrinterAddress | None:
    """The address in a text, None for `none` and for nothing; `DomainError('printer_address_invalid')` for others."""
    cleaned = text.strip()
    if cleaned in {"", "none"}:
        return None
    address = _network_or_serial(cleaned) or _file(cleaned)
    if address is None:
        raise DomainError("printer_address_invalid", {"address": text[:80]})
    return address


def _network_or_serial(text: str) -> PrinterAddress | None:
    place = read_place(text, port=DEFAULT_PORT, baud=DEFAULT_BAUD)
    if place is None:
        return None
    asks = _asks(place.options)
    if asks is None or place.options:
        return None
    return PrinterAddress(place.kind, place.target, place.number, asks)


def _file(text: str) -> PrinterAddress | None:
    path, _, query = text.partition("?")
    kind, _, target = path.partition(":")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    asks = _asks(options) if kind == "usb" else False
    if not target or asks is None or options:
        return None
    if kind == "usb":
        return PrinterAddress("usb", target, asks=asks)
    return PrinterAddress("file", target, asks=False) if kind == "file" else None


def _asks(options: dict[str, str]) -> bool | None:
    """Takes `status` out of the options; None for a value that it does not have."""
    return {"yes": True, "no": False}.get(options.pop("status", "yes"))
