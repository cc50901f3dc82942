"""What the log-in screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffTile:
    """Somebody who may log in here: no more about them than it takes to find oneself."""

    staff_id: str
    name: str
    initials: str
    role: str


@dataclass(frozen=True, slots=True)
class LoginState:
    """`name` is empty while nobody is logged in; `waiting_s` is how long the number asked for must still wait."""

    name: str = ""
    staff_id: str = ""
    greeting: str = ""
    initials: str = ""
    role: str = ""
    staff: tuple[StaffTile, ...] = ()
    waiting_s: int = 0
