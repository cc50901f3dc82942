"""Addresses of devices on a network or a serial line: `tcp://HOST:PORT`, `serial:PATH?baud=9600`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

BAUDS = frozenset((1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200))
_TCP = re.compile(r"//(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?/?")


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is `tcp` or `serial`, `number` the port or the baud rate; `options` what stands behind the question mark
    and was not understood here.
    """

    kind: Literal["tcp", "serial"]
    target: str
    number: int
    options: dict[str, str] = field(default_factory=dict)


def read_place(text: str, *, port: int, baud: int) -> Place | None:
    """The place in a text, with the usual port or speed where it names none; None if it is no such address."""
    place, _, query = text.strip().partition("?")
    kind, _, target = place.partition(":")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    if kind == "tcp":
        match = _TCP.fullmatch(target)
        number = int(match[2] or port) if match else 0
        found = Place("tcp", match[1].strip("[]"), number, options) if match else None
        return found if 0 < number < 65536 else None
    if kind != "serial" or not target:
        return None
    said = options.pop("baud", str(baud))
    known = said.isascii() and said.isdigit() and int(said) in BAUDS
    return Place("serial", target, int(said), options) if known else None
