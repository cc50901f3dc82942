"""A receiver of webhooks on a real socket, which answers as a test says and keeps what came."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """`answers` are given in turn, the last for ever; a pause in seconds between their bytes is `drip`."""

    port: int = 0
    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\n\r\n"])
    drip: float = 0.0
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        first = self.rfile.readline().decode().strip()
        headers: dict[str, str] = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        body = self.rfile.read(int(headers.get("content-length", "0")))
        answer = receiver.answers[min(len(receiver.came), len(receiver.answers) - 1)]
        receiver.came.append((first, headers, body))
        with contextlib.suppress(OSError):
            for byte in answer:
                self.wfile.write(bytes([byte]))
                time.sleep(receiver.drip)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_words: object) -> None:
        """Callers who hang up are what some tests are about."""


@contextlib.contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a free port of loopback, with TLS if a context is given."""
    receiver = Receiver()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.receiver = receiver  # type: ignore[attr-defined]
        receiver.port = server.server_address[1]
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
