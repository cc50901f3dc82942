"""Time is passed in. Clocks that read the machine live in the two `app`/`platform` sides, not here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


@dataclass(slots=True)
class FixedClock:
    """A clock that stands until it is set: tests, recorded intents, replays."""

    at: datetime

    def now(self) -> datetime:
        """The time it was last set to, in UTC."""
        return require_aware(self.at).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The movable business clock: another clock plus an offset. Only for demo and test installations."""

    source: Clock
    offset: timedelta

    def now(self) -> datetime:
        """The source's time moved by the offset, in UTC."""
        return self.source.now() + self.offset


def require_aware(at: datetime) -> datetime:
    """`at` itself; a ValueError if it carries no UTC offset (naive times are refused everywhere)."""
    if at.utcoffset() is None:
        raise ValueError("naive datetime: every time in Tresen carries its UTC offset")
    return at


def unix_milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC, rounded down, worked out in integers."""
    since = require_aware(at) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
