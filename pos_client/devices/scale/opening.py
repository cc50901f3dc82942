"""Which scale stands behind an address: `serial:/dev/ttyS3`, `serial:/dev/ttyS3?protocol=dialog06`, `none`.

`form=8N1` behind it sets bits, parity and stop bits where they are not the protocol's usual ones: for converters, and
for simulated scales, because a pseudo-terminal knows neither seven bits nor parity.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from pos_client.devices.address import read_place
from pos_client.devices.lines import SerialForm
from pos_client.devices.scale import dialog06, toledo
from pos_client.devices.scale.dialog06 import Approval, Dialog06Scale
from pos_client.devices.scale.toledo import ToledoScale
from pos_client.devices.trace import Trace
from shared.errors import DomainError

_FORM = re.compile(r"([78])([NEO])([12])")


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
    usual = {"toledo": toledo.FORM, "dialog06": dialog06.FORM}.get(protocol)
    form = _form(place.options.pop("form", ""), usual) if place and usual else None
    if place is None or form is None or place.kind != "serial" or place.options:
        raise DomainError("device_address_invalid", {"address": text[:80]})
    form = replace(form, baud=place.number)
    if protocol == "toledo":
        return ToledoScale(place.target, form, trace=trace)
    return Dialog06Scale(place.target, approval, form, trace=trace)


def _form(text: str, usual: SerialForm) -> SerialForm | None:
    """The form in a text such as `8N1`, the usual one for none; None for what is no form."""
    if not text:
        return usual
    found = _FORM.fullmatch(text.upper())
    if found is None:
        return None
    bits: Literal[7, 8] = 7 if found[1] == "7" else 8
    parity: Literal["N", "E", "O"] = "N" if found[2] == "N" else "E" if found[2] == "E" else "O"
    return SerialForm(usual.baud, bits, parity, 2 if found[3] == "2" else 1)
