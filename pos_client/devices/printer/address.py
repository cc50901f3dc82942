"""Where a printer is, as one line of text.

`tcp://192.168.1.50:9100`, `serial:/dev/ttyUSB0?baud=19200`, `usb:/dev/usb/lp0`, `usb:04b8:0202`, `cups:QUEUE`,
`winraw:NAME`, `file:/tmp/receipts.bin`, `none`.
`?status=no` behind a tcp, serial or usb address: this printer answers no questions. `?profile=NAME` behind any but
`none`: what model it is (`pos_client.devices.printer.profiles`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pos_client.devices.address import read_place
from pos_client.devices.printer.profiles import PROFILES, STANDARD, PrinterProfile
from shared.errors import DomainError

Kind = Literal["tcp", "serial", "usb", "libusb", "file", "cups", "winraw"]
DEFAULT_PORT = 9100
DEFAULT_BAUD = 19200
CUPS_PORT = 631
_USB = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}(?::[A-Za-z0-9._-]{1,60})?")
_QUEUE = re.compile(r"[A-Za-z0-9._-]{1,127}")


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """`target` is a host, a path, a name or `vendor:product:serial`; `number` the port or the baud rate, 0 where there
    is none; `queue` the print queue at a host, `profile` what model the printer is.
    """

    kind: Kind
    target: str
    number: int = 0
    asks: bool = True
    queue: str = ""
    profile: PrinterProfile = STANDARD

    def __str__(self) -> str:
        if self.kind == "tcp":
            return f"tcp://{self.target}:{self.number}"
        if self.kind == "cups":
            return f"cups:{self.queue}?host={self.target}:{self.number}"
        if self.kind == "libusb":
            return f"usb:{self.target}"
        return f"{self.kind}:{self.target}"


def parse_address(text: str) -> PrinterAddress | None:
    """The address in a text, None for `none` and for nothing; `DomainError('printer_address_invalid')` for others."""
    cleaned = text.strip()
    if cleaned in {"", "none"}:
        return None
    place, profile = _with_profile(cleaned)
    address = _network_or_serial(place) or _named(place)
    if address is None or profile is None:
        raise DomainError("printer_address_invalid", {"address": text[:80]})
    return replace(address, profile=profile)


def _with_profile(text: str) -> tuple[str, PrinterProfile | None]:
    """The text without its profile, and the profile: None for a name that is none."""
    place, mark, query = text.partition("?")
    parts = [part for part in query.split("&") if part]
    named = [part.removeprefix("profile=") for part in parts if part.startswith("profile=")]
    if not named:
        return text, STANDARD
    rest = "&".join(part for part in parts if not part.startswith("profile="))
    return f"{place}{mark if rest else ''}{rest}", PROFILES.get(named[-1])


def _network_or_serial(text: str) -> PrinterAddress | None:
    place = read_place(text, port=DEFAULT_PORT, baud=DEFAULT_BAUD)
    if place is None:
        return None
    asks = _asks(place.options)
    if asks is None or place.options:
        return None
    return PrinterAddress(place.kind, place.target, place.number, asks)


def _named(text: str) -> PrinterAddress | None:
    """Addresses by path, number or name."""
    path, _, query = text.partition("?")
    kind, _, target = path.partition(":")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    found = _of_kind(kind, target, options) if target else None
    return None if options else found


def _of_kind(kind: str, target: str, options: dict[str, str]) -> PrinterAddress | None:
    """Takes out of `options` what it understands."""
    match kind:
        case "file":
            return PrinterAddress("file", target, asks=False)
        case "winraw":
            return PrinterAddress("winraw", target, asks=False)
        case "usb":
            asks = _asks(options)
            numbers = _USB.fullmatch(target)
            if asks is None or (numbers is None and not target.startswith("/")):
                return None
            return PrinterAddress("libusb" if numbers else "usb", target, asks=asks)
        case "cups":
            host = read_place(f"tcp://{options.pop('host', 'localhost')}", port=CUPS_PORT, baud=0)
            if host is None or not _QUEUE.fullmatch(target):
                return None
            return PrinterAddress("cups", host.target, host.number, queue=target)
        case _:
            return None


def _asks(options: dict[str, str]) -> bool | None:
    """Takes `status` out of the options; None for a value that it does not have."""
    return {"yes": True, "no": False}.get(options.pop("status", "yes"))
