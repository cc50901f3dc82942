"""The clocks. The only module of the centre that asks the machine for the time.

`SystemClock` serves sign-in, signatures, nonces, rate limits and everything technical. `BusinessClock` serves
the trade; in demo and test installations it can be moved, and its offset is kept in the database so that all
processes agree.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import select

from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.database import Database
from central_server.platform.schema import installation_setting
from central_server.platform.settings import Mode
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading
from shared.errors import DomainError
from shared.identity import Clock, uuid7
from shared.wire.payloads import BUSINESS_CLOCK_KEY

OFFSET_SETTING = "business_clock_offset_seconds"
_REFRESH_SECONDS = 1.0
_MOST_DAYS = 36_500


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)


class BusinessClock:
    """The time of the trade: the system's, moved by the stored offset where that is allowed.

    Several threads use it; the offset is read from the database at most once a second.
    """

    def __init__(self, system: Clock, read_offset: Callable[[], timedelta] | None) -> None:
        self._system = system
        self._read_offset = read_offset
        self._guard = threading.Lock()
        self._offset = timedelta(0)
        self._fresh_until = 0.0

    def now(self) -> datetime:
        """The business time, aware, in UTC."""
        if self._read_offset is None:
            return self._system.now()
        with self._guard:
            if monotonic() >= self._fresh_until:
                self._offset = self._read_offset()
                self._fresh_until = monotonic() + _REFRESH_SECONDS
            return self._system.now() + self._offset


def business_clock(system: Clock, database: Database, mode: Mode) -> BusinessClock:
    """The clock of the trade for this installation; in productive mode it cannot differ from the system's."""
    if mode == "productive":
        return BusinessClock(system, None)

    def read() -> timedelta:
        with reading(database) as unit:
            return stored_offset(unit)

    return BusinessClock(system, read)


def stored_offset(unit: ReadUnit) -> timedelta:
    """How far the business clock is moved; zero if nobody moved it."""
    row = unit.connection.execute(
        select(installation_setting.c.value).where(installation_setting.c.name == OFFSET_SETTING)
    ).scalar_one_or_none()
    return timedelta(seconds=int(row)) if row is not None else timedelta(0)


def move_business_clock(unit: UnitOfWork, mode: Mode, offset: timedelta) -> None:
    """Set the offset of the business clock and tell the tills.

    `DomainError('clock_fixed')` in productive mode; `('clock_too_far')` beyond a hundred years.
    """
    if mode == "productive":
        raise DomainError("clock_fixed", http_status=403)
    if abs(offset) > timedelta(days=_MOST_DAYS):
        raise DomainError("clock_too_far", {"days": offset.days}, http_status=400)
    connection = unit.connection
    connection.execute(
        installation_setting.delete().where(installation_setting.c.name == OFFSET_SETTING)
    )
    seconds = offset.days * 86_400 + offset.seconds
    connection.execute(
        installation_setting.insert().values(name=OFFSET_SETTING, value=str(seconds))
    )
    mark_changed(unit, [Change("config", CHAIN, "config", BUSINESS_CLOCK_KEY)])


def new_id(clock: Clock) -> UUID:
    """A fresh UUIDv7."""
    return uuid7(clock.now(), secrets.token_bytes(10))
