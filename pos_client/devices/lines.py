"""Lines to devices: network, serial, a character device, a file. Bytes out, bytes in, and what broke.

No line knows what is said over it: each device's own room does.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

# What POSIX raises where a line cannot be set up or is gone: it is no OSError, and not there on Windows.
if sys.platform == "win32":
    _REFUSALS: tuple[type[Exception], ...] = ()
else:
    import termios

    _REFUSALS = (termios.error,)

_CHUNK = 2048
_LINGER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class SerialForm:
    """How a serial line is set: baud, data bits, parity (`N`one, `E`ven, `O`dd), stop bits."""

    baud: int
    bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: Literal[1, 2] = 1


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
        """What the device says within this time; nothing if it says nothing."""

    def close(self) -> None:
        """End; what was handed over still goes out."""


class SocketLine:
    """A network connection; `stall` seconds may pass in which the other side takes nothing."""

    def __init__(self, connection: socket.socket, stall: float) -> None:
        self._stall = stall
        self._socket = connection

    @classmethod
    def to(cls, host: str, port: int, connect: float, stall: float) -> SocketLine:
        """Connect within `connect` seconds; OSError if there is nobody."""
        return cls(socket.create_connection((host, port), connect), stall)

    def send(self, data: bytes) -> None:
        """Hand all bytes over."""
        self._socket.settimeout(self._stall)
        _in_chunks(data, self._socket.send)

    def receive(self, seconds: float) -> bytes:
        """What the device says within this time."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            got = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LineBrokenError(0, str(error)) from error
        if not got:
            raise LineBrokenError(0, "closed by the other side")
        return got

    def close(self) -> None:
        """End."""
        with contextlib.suppress(OSError):
            # An answer that nobody read would make the system reset the connection and lose the end of what was sent.
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_LINGER_SECONDS)
            self._socket.recv(_CHUNK)
        self._socket.close()


class SerialLine:
    """A serial port that nobody else may open meanwhile; OSError if it cannot be opened."""

    def __init__(self, path: str, form: SerialForm, stall: float) -> None:
        import serial

        try:
            self._port = serial.Serial(
                path,
                form.baud,
                bytesize=form.bits,
                parity=form.parity,
                stopbits=form.stop,
                write_timeout=stall,
                exclusive=True,
            )
        except (*_REFUSALS, ValueError) as error:
            raise OSError(f"{path} cannot be set to {form.baud} baud: {error}") from error

    def send(self, data: bytes) -> None:
        """Hand all bytes over."""
        try:
            _in_chunks(data, lambda part: int(self._port.write(part) or 0))
            self._port.flush()
        except LineBrokenError as broken:
            # pySerial does not say how much of a piece went out before it gave up.
            raise LineBrokenError(max(broken.sent, 1), str(broken)) from broken
        except (OSError, *_REFUSALS) as error:
            raise LineBrokenError(len(data), str(error)) from error

    def receive(self, seconds: float) -> bytes:
        """What the device says within this time."""
        try:
            self._port.timeout = seconds
            first = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""
        except (OSError, TypeError, *_REFUSALS) as error:
            # pySerial ends a read with TypeError where another thread closed the port meanwhile.
            raise LineBrokenError(0, str(error)) from error

    def close(self) -> None:
        """End."""
        with contextlib.suppress(OSError, *_REFUSALS):
            self._port.close()


class DescriptorLine:
    """An open character device, such as `/dev/usb/lp0` or the own end of a pseudo-terminal. `asks` is False for one
    that is opened for writing only.
    """

    def __init__(self, descriptor: int, stall: float, *, asks: bool = True) -> None:
        self._descriptor = descriptor
        self._stall = stall
        self._asks = asks

    @classmethod
    def to(cls, path: str, stall: float, *, asks: bool) -> DescriptorLine:
        """Open a device; OSError if it is not there."""
        mode = os.O_RDWR if asks else os.O_WRONLY
        return cls(os.open(path, mode | os.O_NONBLOCK | os.O_NOCTTY), stall, asks=asks)

    def send(self, data: bytes) -> None:
        """Hand all bytes over."""

        def hand_over(part: bytes) -> int:
            _, ready, _ = select.select([], [self._descriptor], [], self._stall)
            return os.write(self._descriptor, part) if ready else 0

        _in_chunks(data, hand_over)

    def receive(self, seconds: float) -> bytes:
        """What the device says within this time."""
        if not self._asks:
            return b""
        try:
            ready, _, _ = select.select([self._descriptor], [], [], seconds)
            return os.read(self._descriptor, _CHUNK) if ready else b""
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise LineBrokenError(0, str(error)) from error

    def close(self) -> None:
        """End."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class FileLine:
    """Jobs one behind the other in a file, for spoolers and to look at."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("ab", buffering=0)  # noqa: SIM115 - lives as long as the line

    def send(self, data: bytes) -> None:
        """Hand all bytes over, and wait for the disk."""
        _in_chunks(data, lambda part: self._file.write(part) or 0)
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            # A device or pipe has nothing to wait for; a full disk showed itself when it was written to.
            if not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                return
            raise LineBrokenError(len(data), str(error)) from error

    def receive(self, seconds: float) -> bytes:  # noqa: ARG002 - a file says nothing
        """Nothing."""
        return b""

    def close(self) -> None:
        """End."""
        self._file.close()


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
