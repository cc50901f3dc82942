"""Where a printer is, as one line of text.

`tcp://192.168.1.50:9100`, `serial:/dev/ttyUSB0?baud=19200`, `usb:/dev/usb/lp0`, `file:/tmp/receipts.bin`, `none`.
`?status=no` behind a tcp, serial or usb address: this printer answers no questions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shared.errors import DomainError

Kind = Literal["tcp", "serial", "usb", "file"]
DEFAULT_PORT = 9100
DEFAULT_BAUD = 19200
_BAUDS = frozenset((1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200))
_TCP = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?/?")


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
    place, _, query = cleaned.partition("?")
    kind, colon, target = place.partition(":")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    address = _address(kind, target, options) if colon and target else None
    if address is None or options:
        raise DomainError("printer_address_invalid", {"address": text[:80]})
    return address


def _address(kind: str, target: str, options: dict[str, str]) -> PrinterAddress | None:
    """Takes out of `options` what it understands."""
    if kind == "file":
        return PrinterAddress("file", target, asks=False)
    asks = {"yes": True, "no": False}.get(options.pop("status", "yes"))
    if asks is None:
        return None
    if kind == "usb":
        return PrinterAddress("usb", target, asks=asks)
    if kind == "serial":
        baud = options.pop("baud", str(DEFAULT_BAUD))
        known = baud.isascii() and baud.isdigit() and int(baud) in _BAUDS
        return PrinterAddress("serial", target, int(baud), asks) if known else None
    match = _TCP.fullmatch(target.removeprefix("//"))
    if kind != "tcp" or not target.startswith("//") or match is None:
        return None
    port = int(match[2] or DEFAULT_PORT)
    return PrinterAddress("tcp", match[1].strip("[]"), port, asks) if 0 < port < 65536 else None
