"""Lines to a printer: network, serial, the character device of a USB printer, a file.

A line is opened for one job and closed behind it: a printer that was switched off and on again is simply met anew, and
tills that share one take turns.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pos_client.devices.printer.address import PrinterAddress

_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to be connected; for an answer; for a printer that takes no bytes; for a job to be on paper."""

    connect: float = 3.0
    answer: float = 1.5
    stall: float = 10.0
    complete: float = 15.0


class LineBrokenError(Exception):
    """The line broke or stood still; `sent` bytes were handed over before."""

    def __init__(self, sent: int, why: str) -> None:
        super().__init__(why)
        self.sent = sent


class Line(Protocol):
    """An open line. Its methods raise `LineBrokenError`."""

    def send(self, data: bytes) -> None:
        """Hand all bytes over."""

    def receive(self, seconds: float) -> bytes:
        """What the printer says within this time; nothing if it says nothing."""

    def close(self) -> None:
        """End; what was handed over still goes out."""


def open_line(address: PrinterAddress, patience: Patience) -> Line:
    """Open the line; OSError if there is nobody."""
    if address.kind == "tcp":
        return _SocketLine(address, patience)
    if address.kind == "serial":
        return _SerialLine(address, patience)
    if address.kind == "usb":
        return _DeviceLine(address, patience)
    return _FileLine(address)


def _in_chunks(data: bytes, hand_over: Callable[[bytes], int]) -> None:
    sent = 0
    while sent < len(data):
        try:
            taken = hand_over(data[sent : sent + _CHUNK])
        except OSError as error:
            raise LineBrokenError(sent, str(error) or type(error).__name__) from error
        if not taken:
            raise LineBrokenError(sent, "stalled")
        sent += taken


class _SocketLine:
    def __init__(self, address: PrinterAddress, patience: Patience) -> None:
        self._patience = patience
        self._socket = socket.create_connection((address.target, address.number), patience.connect)

    def send(self, data: bytes) -> None:
        self._socket.settimeout(self._patience.stall)
        _in_chunks(data, self._socket.send)

    def receive(self, seconds: float) -> bytes:
        self._socket.settimeout(max(seconds, 0.001))
        try:
            got = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LineBrokenError(0, str(error)) from error
        if not got:
            raise LineBrokenError(0, "closed by the printer")
        return got

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # An answer that nobody read would make the system reset the connection and lose the end of the job.
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(0.05)
            self._socket.recv(_CHUNK)
        self._socket.close()


class _SerialLine:
    def __init__(self, address: PrinterAddress, patience: Patience) -> None:
        import serial

        self._port = serial.Serial(
            address.target,
            address.number,
            timeout=patience.answer,
            write_timeout=patience.stall,
            exclusive=True,
        )

    def send(self, data: bytes) -> None:
        try:
            _in_chunks(data, lambda part: int(self._port.write(part) or 0))
            self._port.flush()
        except LineBrokenError as broken:
            # pySerial does not say how much of a piece went out before it gave up.
            raise LineBrokenError(max(broken.sent, 1), str(broken)) from broken
        except OSError as error:
            raise LineBrokenError(len(data), str(error)) from error

    def receive(self, seconds: float) -> bytes:
        try:
            self._port.timeout = seconds
            first = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""
        except OSError as error:
            raise LineBrokenError(0, str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._port.close()


class _DeviceLine:
    """`/dev/usb/lp0`: the usblp driver takes bytes as the printer does, and gives what it says, if it says anything."""

    def __init__(self, address: PrinterAddress, patience: Patience) -> None:
        self._patience = patience
        self._asks = address.asks
        mode = os.O_RDWR if address.asks else os.O_WRONLY
        self._descriptor = os.open(address.target, mode | os.O_NONBLOCK | os.O_NOCTTY)

    def send(self, data: bytes) -> None:
        def hand_over(part: bytes) -> int:
            _, ready, _ = select.select([], [self._descriptor], [], self._patience.stall)
            return os.write(self._descriptor, part) if ready else 0

        _in_chunks(data, hand_over)

    def receive(self, seconds: float) -> bytes:
        if not self._asks:
            return b""
        try:
            ready, _, _ = select.select([self._descriptor], [], [], seconds)
            return os.read(self._descriptor, _CHUNK) if ready else b""
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineBrokenError(0, str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class _FileLine:
    """Jobs one behind the other in a file, for spoolers and to look at."""

    def __init__(self, address: PrinterAddress) -> None:
        self._file = open(address.target, "ab", buffering=0)  # noqa: SIM115, PTH123 - lives as long as the line

    def send(self, data: bytes) -> None:
        _in_chunks(data, lambda part: self._file.write(part) or 0)
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            # A device or pipe has nothing to wait for; a full disk showed itself when it was written to.
            if not _is_plain(self._file.fileno()):
                return
            raise LineBrokenError(len(data), str(error)) from error

    def receive(self, seconds: float) -> bytes:  # noqa: ARG002 - a file says nothing
        return b""

    def close(self) -> None:
        self._file.close()


def _is_plain(descriptor: int) -> bool:
    import stat

    return stat.S_ISREG(os.fstat(descriptor).st_mode)
