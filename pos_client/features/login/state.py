"""What the log-in screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoginState:
    """`name` is empty while nobody is logged in."""

    name: str = ""
    staff_id: str = ""
    greeting: str = ""
