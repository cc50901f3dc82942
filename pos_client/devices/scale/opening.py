"""Which scale stands behind an address: `serial:/dev/ttyS3`, `serial:/dev/ttyS3?protocol=dialog06`, `none`."""

from __future__ import annotations

from dataclasses import replace

from pos_client.devices.address import read_place
from pos_client.devices.scale import dialog06, toledo
from pos_client.devices.scale.dialog06 import Approval, Dialog06Scale
from pos_client.devices.scale.toledo import ToledoScale
from pos_client.devices.trace import Trace
from shared.errors import DomainError


def scale_at(
    text: str, approval: Approval | None = None, trace: Trace | None = None
) -> ToledoScale | Dialog06Scale | None:
    """The scale at an address, None for `none` and nothing; `DomainError('device_address_invalid')` for others.

    `approval` is the component that proves to a Dialog 06 scale that the till's program is the approved one.
    """
    if text.strip() in {"", "none"}:
        return None
    place = read_place(text, port=0, baud=toledo.FORM.baud)
    protocol = place.options.pop("protocol", "toledo") if place else ""
    if place is None or place.kind != "serial" or place.options:
        raise DomainError("device_address_invalid", {"address": text[:80]})
    if protocol == "toledo":
        return ToledoScale(place.target, replace(toledo.FORM, baud=place.number), trace=trace)
    if protocol == "dialog06":
        form = replace(dialog06.FORM, baud=place.number)
        return Dialog06Scale(place.target, approval, form, trace=trace)
    raise DomainError("device_address_invalid", {"address": text[:80]})
