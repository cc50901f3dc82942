"""Sends one POST to an address that somebody else chose, without opening a way into the centre's own network.

The name is resolved once, every address it has must lie on the public internet, and the connection goes to one of
those addresses: a name that leads elsewhere a moment later gains nothing. Redirects are not followed, no more of an
answer is read than its status, and all of it has one deadline.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from shared.errors import DomainError, EnvironmentProblem

SECONDS = 10.0
_PORTS = {"https": 443, "http": 80}
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r\n]")
_LONGEST_STATUS_LINE = 1_000
_UNICAST = IPv6Network("2000::/3")
# Addresses of version 6 in which one of version 4 is hidden: Teredo and 6to4.
_HIDING = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be sent to: `scheme` is `https`, or `http` where the host is trusted."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, inside: frozenset[str]) -> Target:
    """The parts of `url`; `DomainError('webhook_url_invalid')`, 400.

    `inside` are hosts of the operator's own: they may be spoken to in the clear and lie in a private network.
    """
    refusal = DomainError("webhook_url_invalid", {"url": url[:80]}, http_status=400)
    # Checked before it is taken apart: taking apart drops line ends, which would end a header.
    if not all("!" <= letter <= "~" for letter in url):
        raise refusal
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refusal from None
    host = parts.hostname or ""
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in inside)
    if not secure or not host or port == 0 or parts.fragment or "@" in parts.netloc:
        raise refusal
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path)


def is_public(text: str) -> bool:
    """Whether an address lies on the public internet: not private, loopback, link-local, shared or a group."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and (
        address not in _UNICAST or any(address in hiding for hiding in _HIDING)
    ):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    inside: frozenset[str],
    trust: ssl.SSLContext | None = None,
) -> int:
    """The status that the target answers. `trust`: whose certificates are believed; the system's without it.

    `EnvironmentProblem`: `webhook_target_inside` where the host is not on the internet and not in `inside`,
    `webhook_unreachable` where there is no answer in time, or none of HTTP.
    """
    deadline = monotonic() + SECONDS
    try:
        family, place = _resolve(target, inside)
        with socket.socket(family, socket.SOCK_STREAM) as raw:
            raw.settimeout(_left(deadline))
            raw.connect(place)
            with _secured(raw, target, trust) as line:
                line.settimeout(_left(deadline))
                line.sendall(_request(target, headers, body))
                return _status(line, deadline)
    except (OSError, ValueError) as problem:
        # A ValueError: a name that is none, for the resolver or for TLS.
        reason = getattr(problem, "strerror", None) or type(problem).__name__
        raise _unreachable(target, str(reason)) from problem


def _resolve(target: Target, inside: frozenset[str]) -> tuple[int, Any]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    if target.host not in inside:
        for entry in found:
            if not is_public(str(entry[4][0]).partition("%")[0]):
                raise EnvironmentProblem("webhook_target_inside", {"host": target.host})
    return found[0][0], found[0][4]


def _secured(
    raw: socket.socket, target: Target, trust: ssl.SSLContext | None
) -> socket.socket | ssl.SSLSocket:
    if target.scheme == "http":
        return raw
    context = trust or ssl.create_default_context()
    return context.wrap_socket(raw, server_hostname=target.host)


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    if target.port != _PORTS[target.scheme]:
        host = f"{host}:{target.port}"
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += ["User-Agent: Tresen", f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def _status(line: socket.socket, deadline: float) -> int:
    answer = b""
    while b"\n" not in answer and len(answer) < _LONGEST_STATUS_LINE:
        line.settimeout(_left(deadline))
        piece = line.recv(_LONGEST_STATUS_LINE)
        if not piece:
            break
        answer += piece
    found = _STATUS.match(answer)
    if found is None:
        raise ConnectionError("no answer of HTTP")
    return int(found[1])


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _unreachable(target: Target, reason: str) -> EnvironmentProblem:
    return EnvironmentProblem("webhook_unreachable", {"host": target.host, "reason": reason[:80]})
