"""The simulator's line: a TCP port or a pseudo-terminal, served by one thread of the runtime.

Like printers do, it serves one line at a time; a second caller waits its turn.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable

from pos_client.devices.printer.simulator.engine import DiedError, Engine, Faults
from pos_client.devices.printer.simulator.roll import Piece
from pos_client.devices.simulated import break_connection, listen
from pos_client.runtime.workers import start_worker

_LOOK_SECONDS = 0.02
_CHUNK = 4096


class _Served:
    """An engine with a thread that serves its line. `lock` guards the engine."""

    def __init__(self, on_cut: Callable[[Piece], None] | None = None) -> None:
        self.engine = Engine(on_cut)
        self.lock = threading.Lock()
        self._end = threading.Event()

    def start(self) -> None:
        """Begin to serve."""
        self._thread = start_worker("printer-simulator", self._serve)

    def change(self, **faults: bool | int | None) -> None:
        """Change what is wrong with it; paper that comes back lets it print on, power that goes drops the line."""
        with self.lock:
            for name, value in faults.items():
                if name not in Faults.__slots__:
                    raise ValueError(name)
                setattr(self.engine.faults, name, value)
            if not self.engine.faults.power:
                self.engine.switch_off()

    def pieces(self) -> list[Piece]:
        """What was cut off so far."""
        with self.lock:
            return list(self.engine.roll.pieces)

    def torn(self) -> Piece | None:
        """What hangs out uncut."""
        with self.lock:
            return self.engine.roll.torn

    def tear(self) -> bool:
        """Tear off what hangs out, as a person does at a printer without a cutter; whether anything did."""
        with self.lock:
            return self.engine.tear()

    def pulses(self) -> int:
        """How often the drawer was opened."""
        with self.lock:
            return self.engine.roll.pulses

    def received(self) -> bytes:
        """All bytes that came."""
        with self.lock:
            return bytes(self.engine.received)

    def close(self) -> None:
        """End serving."""
        self._end.set()
        self._thread.join(5)

    def _serve(self) -> None:
        raise NotImplementedError


class TcpSimulator(_Served):
    """Listens on a port of this machine; port 0 takes a free one. Without power it refuses connections."""

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        on_cut: Callable[[Piece], None] | None = None,
    ) -> None:
        super().__init__(on_cut)
        self._host, self.port = host, port
        self._listener: socket.socket | None = None
        self._listen()

    @property
    def address(self) -> str:
        """Where tills find it."""
        return f"tcp://{self._host}:{self.port}"

    def _listen(self) -> None:
        self._listener = listen(self._host, self.port)
        self.port = self._listener.getsockname()[1]

    def _serve(self) -> None:
        try:
            while not self._end.is_set():
                self._power()
                if self._listener is None:
                    self._end.wait(_LOOK_SECONDS)
                    continue
                ready, _, _ = select.select([self._listener], [], [], _LOOK_SECONDS)
                with self.lock:
                    self.engine.go_on()  # what is in the buffer is printed whoever listens
                if ready:
                    line, _ = self._listener.accept()
                    with line:
                        self._talk(line)
        finally:
            if self._listener is not None:
                self._listener.close()

    def _power(self) -> None:
        power = self.engine.faults.power
        if not power and self._listener is not None:
            self._listener.close()
            self._listener = None
        elif power and self._listener is None:
            self._listen()

    def _talk(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not self._end.is_set():
                ready, _, _ = select.select([line], [], [], _LOOK_SECONDS)
                with self.lock:
                    if not self.engine.faults.power:
                        break_connection(line)
                        return
                    answers = self.engine.go_on()
                if ready:
                    data = line.recv(_CHUNK)
                    if not data:
                        return
                    try:
                        with self.lock:
                            answers += self.engine.take(data)
                    except DiedError:
                        break_connection(line)
                        return
                if answers:
                    line.sendall(answers)


class PtySimulator(_Served):
    """A serial line: `path` is what a till opens. Without power it neither reads nor answers."""

    def __init__(self, on_cut: Callable[[Piece], None] | None = None) -> None:
        super().__init__(on_cut)
        import tty

        self._own, self._other = os.openpty()
        tty.setraw(self._other)
        self.path = os.ttyname(self._other)

    @property
    def address(self) -> str:
        """Where tills find it."""
        return f"serial:{self.path}"

    def _serve(self) -> None:
        try:
            while not self._end.is_set():
                ready, _, _ = select.select([self._own], [], [], _LOOK_SECONDS)
                came = os.read(self._own, _CHUNK) if ready else b""
                answers = b""
                with self.lock:
                    # What comes while it is off is lost.
                    if self.engine.faults.power:
                        with contextlib.suppress(DiedError):
                            answers = self.engine.go_on() + self.engine.take(came)
                if answers:
                    os.write(self._own, answers)
        finally:
            os.close(self._own)
            os.close(self._other)
