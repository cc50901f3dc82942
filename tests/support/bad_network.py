"""A proxy before several web processes that loses, doubles and delays requests, as bad networks do.

One address for the tills; each request goes to one of the processes, by chance. Without faults it is a plain proxy that
tries the next process where one is away.
"""

from __future__ import annotations

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.support.bridge import Faults

_SECONDS = 20.0
_LONGEST_DELAY = 0.25


class BadNetwork(ThreadingHTTPServer):
    """Listens on a free port of loopback. `faults` may be changed at any time; `happened` counts what struck."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, ports: tuple[int, ...], chance: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self._ports = ports
        self._chance = chance
        self._guard = threading.Lock()
        self.faults = Faults()
        self.happened: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where tills reach their centre."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def strikes(self, name: str) -> bool:
        """Whether this fault happens now."""
        with self._guard:
            struck = self._chance.randrange(100) < int(getattr(self.faults, name))
            self.happened[name] += struck
        return struck

    def delay(self) -> float:
        """How long a late request is under way, in seconds."""
        with self._guard:
            return self._chance.random() * _LONGEST_DELAY

    def backends(self) -> tuple[int, ...]:
        """The processes in the order in which they are tried for one request."""
        with self._guard:
            return tuple(self._chance.sample(self._ports, len(self._ports)))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A till that was killed asks no more: nobody has to hear of it."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadNetwork
    _unheard: ClassVar[set[str]] = {"connection", "transfer-encoding", "content-length"}

    def _pass_on(self) -> None:
        network = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if network.strikes("lost"):
            self._cut()
            return
        if network.strikes("late"):
            time.sleep(network.delay())
        if network.strikes("twice"):
            self._ask(body)
        answer = self._ask(body)
        if answer is None or network.strikes("answer_lost"):
            self._cut()
            return
        status, headers, content = answer
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in self._unheard:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = _pass_on  # noqa: N815 - the base class looks for these names
    do_POST = _pass_on  # noqa: N815

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes] | None:
        for port in self.server.backends():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
            try:
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                response = connection.getresponse()
                return response.status, response.getheaders(), response.read()
            except ConnectionRefusedError:
                continue  # this process is away; nothing of the request has arrived
            except (OSError, http.client.HTTPException):
                return None
            finally:
                connection.close()
        return None

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is that of the base class
        """Nothing is logged."""


@contextlib.contextmanager
def bad_network(ports: tuple[int, ...], chance: random.Random) -> Iterator[BadNetwork]:
    """The proxy, for as long as the block lasts."""
    network = BadNetwork(ports, chance)
    thread = threading.Thread(target=network.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield network
    finally:
        network.shutdown()
        network.server_close()
        thread.join()
