"""USB devices without a driver of the system's own: found by their numbers, spoken to through two bulk endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pos_client.devices.lines import LineBrokenError

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class UsbFacts:
    """What a device says of itself: the numbers of maker and model, and its serial number where it has one.
    `printer` is whether it has an interface of the printer class.
    """

    vendor: int
    product: int
    serial: str = ""
    printer: bool = False

    def __str__(self) -> str:
        tail = f":{self.serial}" if self.serial else ""
        return f"{self.vendor:04x}:{self.product:04x}{tail}"


class UsbPipe(Protocol):
    """An open device. Its methods raise OSError when it is gone."""

    def write(self, data: bytes, seconds: float) -> int:
        """Hand octets over; how many it took in this time."""

    def read(self, seconds: float) -> bytes:
        """What it says within this time; nothing if it says nothing."""

    def close(self) -> None:
        """Let it go."""


class UsbBackend(Protocol):
    """What reaches USB devices."""

    def devices(self) -> tuple[UsbFacts, ...]:
        """All that are plugged in."""

    def open(self, vendor: int, product: int, serial: str) -> UsbPipe:
        """The first device with these numbers (any serial number if none is given); OSError if there is none."""


class UsbLine:
    """A line over a USB device; `stall` seconds may pass in which it takes nothing."""

    def __init__(self, pipe: UsbPipe, stall: float) -> None:
        self._pipe = pipe
        self._stall = stall

    def send(self, data: bytes) -> None:
        """Hand all octets over."""
        sent = 0
        while sent < len(data):
            try:
                taken = self._pipe.write(data[sent : sent + _CHUNK], self._stall)
            except OSError as error:
                raise LineBrokenError(sent, str(error)) from error
            if not taken:
                raise LineBrokenError(sent, "stalled")
            sent += taken

    def receive(self, seconds: float) -> bytes:
        """What the device says within this time."""
        try:
            return self._pipe.read(seconds)
        except OSError as error:
            raise LineBrokenError(0, str(error)) from error

    def close(self) -> None:
        """End."""
        self._pipe.close()
