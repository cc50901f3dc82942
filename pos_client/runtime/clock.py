"""The machine's clock and the waiting for it: the only module of the till that asks for the time.

`SystemClock` serves log-in, signatures and everything technical. `BusinessClock` serves the trade and can be moved in
demo and test installations.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from shared.identity import Clock, require_aware


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)


class BusinessClock:
    """The time of the trade: the system's, moved by an offset, or standing at a set moment."""

    def __init__(self, system: Clock) -> None:
        self._system = system
        self._offset = timedelta(0)
        self._standing: datetime | None = None

    def now(self) -> datetime:
        """The business time, aware, in UTC."""
        if self._standing is not None:
            return self._standing
        return self._system.now() + self._offset

    def move(self, offset: timedelta) -> None:
        """Run with the system's clock at this distance."""
        self._offset = offset

    def stand_at(self, at: datetime | None) -> None:
        """Stand at a moment until told another one (recorded intents); None lets the clock run again."""
        self._standing = require_aware(at).astimezone(UTC) if at is not None else None


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
