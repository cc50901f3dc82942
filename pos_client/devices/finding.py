"""Which devices are plugged in, on serial lines and USB, and what came or went since the last look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from pos_client.devices.usb import UsbBackend

Guess = Literal["", "printer", "scanner", "terminal"]
# Makers by their USB number. A guess for the set-up page, never more: many make several kinds.
_MAKERS: dict[int, Guess] = {
    0x04B8: "printer",  # Epson
    0x0519: "printer",  # Star
    0x1504: "printer",  # Bixolon
    0x1D90: "printer",  # Citizen
    0x2730: "printer",  # Citizen
    0x05F9: "scanner",  # Datalogic
    0x05E0: "scanner",  # Zebra
    0x0C2E: "scanner",  # Honeywell
    0x1EAB: "scanner",  # Newland
    0x079B: "terminal",  # Ingenico
    0x0B00: "terminal",  # Ingenico
    0x11CA: "terminal",  # Verifone
}


class SerialFacts(Protocol):
    """A serial line as pySerial lists it."""

    @property
    def device(self) -> str:
        """Its path."""

    @property
    def description(self) -> str | None:
        """What the system calls it."""

    @property
    def vid(self) -> int | None:
        """The USB number of its maker."""


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """`address` is what goes into till.json; `name` what the system calls it."""

    address: str
    name: str = ""
    guess: Guess = ""


def list_serial() -> list[SerialFacts]:
    """The serial lines of this machine, USB-CDC among them."""
    from serial.tools.list_ports import comports

    return list(comports())


def list_usblp() -> list[str]:
    """The printers that Linux drives as character devices."""
    return sorted(str(path) for path in Path("/dev/usb").glob("lp*"))


class Finder:
    """Looks for devices. `usb` is None where the system has nothing that reaches USB devices."""

    def __init__(
        self,
        serial: Callable[[], Iterable[SerialFacts]] = list_serial,
        usb: UsbBackend | None = None,
        usblp: Callable[[], Iterable[str]] = list_usblp,
    ) -> None:
        self._serial = serial
        self._usb = usb
        self._usblp = usblp
        self._known: frozenset[FoundDevice] = frozenset()

    def look(self) -> tuple[FoundDevice, ...]:
        """All that are there, by address. A source that fails gives none."""
        found = [*self._on_serial(), *self._on_usb()]
        return tuple(sorted(found, key=lambda each: each.address))

    def changes(self) -> tuple[tuple[FoundDevice, ...], tuple[FoundDevice, ...]]:
        """What came and what went since the last time this was asked."""
        now = frozenset(self.look())
        came, went = now - self._known, self._known - now
        self._known = now
        return (
            tuple(sorted(came, key=lambda each: each.address)),
            tuple(sorted(went, key=lambda each: each.address)),
        )

    def _on_serial(self) -> list[FoundDevice]:
        try:
            ports = list(self._serial())
        except OSError:
            return []
        return [
            FoundDevice(
                f"serial:{port.device}",
                port.description if port.description and port.description != "n/a" else "",
                _MAKERS.get(port.vid or 0, ""),
            )
            for port in ports
        ]

    def _on_usb(self) -> list[FoundDevice]:
        try:
            devices = self._usb.devices() if self._usb is not None else ()
        except OSError:
            return []
        found = [FoundDevice(f"usb:{path}", guess="printer") for path in self._usblp()]
        return found + [
            FoundDevice(f"usb:{each}", guess="printer") for each in devices if each.printer
        ]
