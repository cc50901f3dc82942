"""How the devices of a till are, in words for head office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from central_server.backoffice.shell import Reader
from central_server.backoffice.words import word
from central_server.features.tills.service import TillDevice
from central_server.platform.translations import mark

KINDS: Mapping[str, str] = {
    "printer": mark("Receipt printer"),
    "slip_printer": mark("Slip printer"),
    "drawer_sensor": mark("Cash drawer"),
    "terminal": mark("Card terminal"),
    "scanner": mark("Scanner"),
    "card_reader": mark("Card reader"),
    "tag_reader": mark("RFID reader"),
    "display": mark("Customer display"),
    "scale": mark("Scale"),
}
_CONDITIONS: Mapping[str, tuple[str, str, str]] = {
    "ready": ("circle-check", "pos", mark("Ready")),
    "busy": ("clock", "muted", mark("Working")),
    "warning": ("alert-triangle", "warn", mark("Look at it")),
    "trouble": ("alert-octagon", "neg", mark("In trouble")),
}
# What is the matter, and what the store can do about it.
_CODES: Mapping[str, str] = {
    "paper_low": mark("The paper is running out."),
    "held": mark("A receipt broke off and waits for somebody to look at it."),
    "unknown": mark("The outcome of a card payment is unknown."),
    "drawer_open": mark("The drawer stands open."),
    "printer_paper_out": mark("No paper. Put in a new roll."),
    "printer_cover_open": mark("The cover is open."),
    "printer_unreachable": mark("Disconnected. Check power and cable."),
    "printer_silent": mark("It does not answer. Check power and cable."),
    "reader_away": mark("Disconnected. Check power and cable."),
    "display_unreachable": mark("Disconnected. Check power and cable."),
    "scale_unreachable": mark("Disconnected. Check power and cable."),
    "scale_silent": mark("It does not answer. Check power and cable."),
    "terminal_unreachable": mark("Disconnected. Check power and cable."),
    "terminal_lost": mark("Disconnected. Check power and cable."),
}
_QUIET = frozenset(("", "looking", "printing", "paying", "drawer_shut"))


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device: icon, tone and word of how it is, a sentence where something is the matter, since when."""

    name: str
    icon: str
    tone: str
    state: str
    sentence: str
    since: str


def device_lines(reader: Reader, devices: Sequence[TillDevice], zone: str) -> list[DeviceLine]:
    """The devices of a till, those first that somebody should look at."""
    texts, formats = reader.texts, reader.formats
    lines = []
    for device in sorted(devices, key=lambda each: (not each.needs_look, each.kind)):
        icon, tone, state = _CONDITIONS[device.condition]
        sentence = "" if device.code in _QUIET else word(texts, _CODES, device.code)
        lines.append(
            DeviceLine(
                name=word(texts, KINDS, device.kind),
                icon=icon,
                tone=tone,
                state=texts.gettext(state),
                sentence=sentence,
                since=formats.moment(device.since, zone),
            )
        )
    return lines


def reported(reader: Reader, devices: Sequence[TillDevice], now: datetime) -> str:
    """How long ago the till said so; empty if it never did."""
    latest = max((device.reported_at for device in devices), default=None)
    return reader.formats.ago(latest, now) if latest is not None else ""
