"""Where a payment terminal is: `tcp://192.168.1.60:20007`, `serial:/dev/ttyS0?baud=9600`, `none`.

`?password=123456` behind it is the terminal's cashier password (six digits; 000000 if none is named).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_client.devices.address import read_place
from shared.errors import DomainError

DEFAULT_PORT = 20007
DEFAULT_BAUD = 9600
_PASSWORD_DIGITS = 6


@dataclass(frozen=True, slots=True)
class TerminalAddress:
    """`number` is the port or the baud rate. The password is never shown."""

    kind: str
    target: str
    number: int
    password: int = field(default=0, repr=False)

    def __str__(self) -> str:
        if self.kind == "tcp":
            return f"tcp://{self.target}:{self.number}"
        return f"serial:{self.target}"


def parse_terminal_address(text: str) -> TerminalAddress | None:
    """The address in a text, None for `none` and nothing; `DomainError('terminal_address_invalid')` for others."""
    place = read_place(text, port=DEFAULT_PORT, baud=DEFAULT_BAUD)
    if place is None and text.strip() in {"", "none"}:
        return None
    password = place.options.pop("password", "0" * _PASSWORD_DIGITS) if place else ""
    sound = len(password) == _PASSWORD_DIGITS and password.isascii() and password.isdigit()
    if place is None or place.options or not sound:
        raise DomainError("terminal_address_invalid", {"address": text.partition("?")[0][:80]})
    return TerminalAddress(place.kind, place.target, place.number, int(password))
