"""A mail server on a real socket that keeps what it is given: with or without a password, and able to refuse."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Delivery:
    """What came in: from whom, to whom, and the mail."""

    sender: str
    to: list[str]
    message: EmailMessage


@dataclass
class MailServer:
    """The server while it runs; `refuse` are addresses it knows nobody at, `password` is asked for if set."""

    port: int = 0
    user: str = ""
    password: str = ""
    refuse: set[str] = field(default_factory=set)
    delivered: list[Delivery] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        """One connection, as RFC 5321 has it."""
        self.own = cast("_Server", self.server).own
        self._begin()
        self.known = not self.own.password
        self._say("220 mail.example ESMTP")
        while line := self.rfile.readline(2_000):
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(verb.upper(), rest)

    def _begin(self) -> None:
        self.sender, self.to = "", list[str]()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _answer(self, verb: str, rest: str) -> None:
        if verb == "EHLO":
            self._say("250-mail.example\r\n250-AUTH PLAIN\r\n250 8BITMIME")
        elif verb == "AUTH":
            self._log_in(rest)
        elif not self.known and verb in ("MAIL", "RCPT", "DATA"):
            self._say("530 authentication required")
        elif verb == "MAIL":
            self.sender = _address(rest)
            self._say("250 ok")
        elif verb == "RCPT":
            self._add(_address(rest))
        elif verb == "DATA":
            self._take()
        elif verb == "RSET":
            self._begin()
            self._say("250 ok")
        else:
            self._say("502 not known here")

    def _log_in(self, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).split(b"\0")
        wanted = [self.own.user.encode(), self.own.password.encode()]
        self.known = given[1:] == wanted
        self._say("235 welcome" if self.known else "535 wrong")

    def _add(self, address: str) -> None:
        if address in self.own.refuse:
            self._say("550 nobody of that name")
            return
        self.to.append(address)
        self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline(2_000_000)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.own.delivered.append(Delivery(self.sender, self.to, message))
        self._begin()
        self._say("250 kept")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    own: MailServer


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@contextmanager
def mail_server(user: str = "", password: str = "") -> Iterator[MailServer]:
    """A server on a free port of this machine for the block."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.own = MailServer(server.server_address[1], user, password)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.own
        finally:
            server.shutdown()
            thread.join(5)
