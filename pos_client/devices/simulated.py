"""Where simulated devices are found: a TCP port of this machine, or a pseudo-terminal that is a serial line."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
from collections.abc import Callable

from pos_client.devices.lines import DescriptorLine, Line, SocketLine
from pos_client.runtime.workers import start_worker
from shared.errors import EnvironmentProblem

_STALL = 5.0
_LOOK_SECONDS = 0.02


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; `EnvironmentProblem('simulator_port_taken')` if somebody else has the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(8)
    except (OSError, OverflowError) as error:  # Python's answer to a port above 65535 is the latter
        listener.close()
        raise EnvironmentProblem(
            "simulator_port_taken", {"port": port, "detail": str(error)[:120]}
        ) from error
    return listener


def break_connection(connection: socket.socket) -> None:
    """Let a connection end with a reset when it is closed, as a device does that loses its power."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class TcpPlace:
    """A port of this machine; 0 takes a free one. Like most devices it serves one line at a time."""

    framed = False

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._listener = listen(host, port)
        self.port = self._listener.getsockname()[1]
        self.address = f"tcp://{host}:{self.port}"
        self._connection: socket.socket | None = None

    def accept(self, seconds: float) -> Line | None:
        """The next line, None if nobody calls in time."""
        ready, _, _ = select.select([self._listener], [], [], seconds)
        if not ready:
            return None
        self._connection, _ = self._listener.accept()
        return SocketLine(self._connection, _STALL)

    def hang_up(self) -> None:
        """Break the line that was accepted last."""
        if self._connection is not None:
            break_connection(self._connection)
            self._connection.close()

    def close(self) -> None:
        """Nobody can call any more."""
        self._listener.close()


class PtyPlace:
    """A serial line: `path` is what a till opens. It cannot be broken, only fall silent."""

    framed = True

    def __init__(self) -> None:
        import tty

        self._own, self._other = os.openpty()
        tty.setraw(self._other)
        os.set_blocking(self._own, False)
        self.path = os.ttyname(self._other)
        self.address = f"serial:{self.path}"

    def accept(self, seconds: float) -> Line | None:  # noqa: ARG002 - a cable is always plugged in
        """The line."""
        return _Kept(self._own, _STALL)

    def hang_up(self) -> None:
        """A cable says nothing when the other end is gone."""

    def close(self) -> None:
        """Pull the cable."""
        os.close(self._own)
        os.close(self._other)


Place = TcpPlace | PtyPlace
Ended = Callable[[], bool]


class _Kept(DescriptorLine):
    """The own end of a pseudo-terminal stays open from line to line: the place closes it."""

    def close(self) -> None:
        """Nothing."""


class Served:
    """A thread that answers each line to a place with `talk`, until it is closed; `talk` is told how to see that."""

    def __init__(self, name: str, place: Place, talk: Callable[[Line, Ended], None]) -> None:
        self._place = place
        self._talk = talk
        self._end = threading.Event()
        self._thread = start_worker(name, self._serve)

    def close(self) -> None:
        """End serving."""
        self._end.set()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            while not self._end.is_set():
                line = self._place.accept(_LOOK_SECONDS)
                if line is None:
                    continue
                try:
                    self._talk(line, self._end.is_set)
                finally:
                    line.close()
        finally:
            self._place.close()
