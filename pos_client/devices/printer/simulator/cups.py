"""A raw queue that is none: it answers IPP on a port of this machine, and prints on the simulated printer."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from pos_client.devices.printer import ipp
from pos_client.devices.printer.ipp import IppError, IppMessage
from pos_client.devices.printer.simulator.engine import DiedError, Engine, Faults
from pos_client.devices.printer.simulator.roll import Piece
from pos_client.runtime.workers import start_worker

_IDLE, _STOPPED, _PENDING, _ABORTED, _COMPLETED = 3, 5, 3, 8, 9
_BAD_REQUEST = 0x0400
_QUEUE = "kasse"


class CupsSimulator:
    """A queue called `kasse`. What is wrong with its printer is said as reasons; `silent` answers nothing."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.lock = threading.Lock()
        self._jobs: dict[int, int] = {}
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.address = f"cups:{_QUEUE}?host=127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread = start_worker("cups-simulator", lambda: self._server.serve_forever(0.05))

    def change(self, **faults: bool | int | None) -> None:
        """Change what is wrong with the printer; paper that comes back lets it print on."""
        with self.lock:
            for name, value in faults.items():
                if name not in Faults.__slots__:
                    raise ValueError(name)
                setattr(self.engine.faults, name, value)
            self.engine.go_on()

    def pieces(self) -> list[Piece]:
        """What was cut off so far."""
        with self.lock:
            return list(self.engine.roll.pieces)

    def pulses(self) -> int:
        """How often the drawer was opened."""
        with self.lock:
            return self.engine.roll.pulses

    def torn(self) -> Piece | None:
        """What hangs out uncut."""
        with self.lock:
            return self.engine.roll.torn

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Answer a request."""
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                with simulator.lock:
                    answer = simulator.answer(body)
                if not answer:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/ipp")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing on stderr."""

        return Handler

    def answer(self, body: bytes) -> bytes:
        """What the queue says to a request; nothing if it falls silent."""
        faults = self.engine.faults
        if faults.silent:
            return b""
        if faults.nonsense:
            return b"nonsense"
        try:
            asked = ipp.decode(body)
        except IppError:
            return ipp.encode(IppMessage(_BAD_REQUEST), "job")
        if asked.code == ipp.GET_PRINTER:
            return ipp.encode(IppMessage(0, self._state(), number=asked.number), "printer")
        if asked.code == ipp.PRINT_JOB:
            number = self._print(asked.data)
        else:
            number = asked.integer("job-id")
            if asked.code == ipp.CANCEL_JOB:
                self._jobs[number] = _ABORTED
            elif self._jobs.get(number) == _PENDING and self.engine.status.problem() is None:
                self._jobs[number] = _COMPLETED
        said: dict[str, ipp.Values] = {
            "job-id": (number,),
            "job-state": (self._jobs.get(number, _ABORTED),),
        }
        return ipp.encode(IppMessage(0, said, number=asked.number), "job")

    def _state(self) -> dict[str, ipp.Values]:
        faults = self.engine.faults
        reasons = [
            reason
            for there, reason in (
                (faults.paper_out, "media-empty-error"),
                (faults.paper_low, "media-low-warning"),
                (faults.cover_open, "cover-open-error"),
                (not faults.power, "offline-report"),
            )
            if there
        ]
        stopped = self.engine.status.problem() is not None
        return {
            "printer-state": (_STOPPED if stopped else _IDLE,),
            "printer-state-reasons": tuple(reasons) or ("none",),
        }

    def _print(self, data: bytes) -> int:
        number = len(self._jobs) + 1
        try:
            self.engine.take(data)
            done = self.engine.status.problem() is None
            self._jobs[number] = _COMPLETED if done else _PENDING
        except DiedError:
            self._jobs[number] = _ABORTED
        return number
