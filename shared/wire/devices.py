"""How the devices of a till are, as it tells the centre: what kind, how it is, and since when. No addresses, no
cards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.wire.models import WireModel

MOST_DEVICES = 20


class DeviceReport(WireModel):
    """`kind` is the name of the device's setting (docs/devices.md), `code` the stable code of what is the matter, empty
    if nothing is. `since` is by the till's system clock.
    """

    kind: Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[a-z_]+$")]
    condition: Literal["ready", "busy", "warning", "trouble"]
    code: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_]*$")] = ""
    since: datetime


class DeviceReports(WireModel):
    """All devices of a till: what is not among them it does not have (any more)."""

    devices: Annotated[list[DeviceReport], Field(max_length=MOST_DEVICES)]


class DeviceReportsAnswer(WireModel):
    """How many were kept."""

    kept: int
