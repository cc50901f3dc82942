"""How the till wakes the sync process: a datagram on a loopback port that the sync process wrote into a file.

A nudge says only "look"; a lost one costs a few seconds.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from pos_client.storage.paths import write_atomically

_LOOPBACK = "127.0.0.1"


class NudgeListener:
    """The sleeper of the sync process: waits, and wakes up early when nudged."""

    def __init__(self, port_file: Path) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((_LOOPBACK, 0))
        write_atomically(port_file, str(self._socket.getsockname()[1]).encode("ascii"))

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`; True if nudged. Nudges that came meanwhile count as one."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            self._socket.recv(16)
        except (TimeoutError, OSError):
            return False
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


class Nudger:
    """The till's side: never waits, never fails."""

    def __init__(self, port_file: Path) -> None:
        self._port_file = port_file
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._stamp = 0
        self._port = 0

    def nudge(self) -> None:
        """Wake the sync process, if there is one."""
        with contextlib.suppress(OSError, ValueError):
            stamp = self._port_file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._port = int(self._port_file.read_text(encoding="ascii"))
                self._stamp = stamp
            self._socket.sendto(b"!", (_LOOPBACK, self._port))

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()
