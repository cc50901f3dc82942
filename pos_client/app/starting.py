"""What both ways of starting a till, with its window and without, do first."""

from __future__ import annotations

from pathlib import Path

from pos_client.app.intents import parse_moment
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.identity import IdentityFile
from pos_client.storage.paths import DataPaths
from shared.errors import DomainError
from shared.identity import Clock


def business_clock(data: Path, standing_at: str | None, system: Clock) -> BusinessClock:
    """The clock of the trade, if wanted standing at a moment (RFC 3339).

    `DomainError`: `clock_fixed` for a till in productive mode, `intent_field_wrong` for what is no moment.
    """
    clock = BusinessClock(system)
    if standing_at:
        if IdentityFile(DataPaths(data)).require().mode == "productive":
            raise DomainError("clock_fixed")
        clock.stand_at(parse_moment(standing_at))
    return clock
