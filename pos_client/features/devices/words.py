"""How each device is, in words: rows for the page, one sentence for the status bar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Protocol

from pos_client.features.devices.ports import Condition, DeviceKind, DeviceSight
from pos_client.features.devices.state import DeviceRow, DeviceStatus
from pos_client.ports import Texts
from shared.errors import DomainError, EnvironmentProblem

ICONS = {
    DeviceKind.PRINTER: "printer",
    DeviceKind.SLIP_PRINTER: "receipt",
    DeviceKind.DRAWER: "cash",
    DeviceKind.TERMINAL: "credit-card",
    DeviceKind.SCANNER: "scan",
    DeviceKind.CARD_READER: "user-check",
    DeviceKind.TAG_READER: "hand-finger",
    DeviceKind.DISPLAY: "device-desktop",
    DeviceKind.SCALE: "box",
}
TONES: dict[Condition, str] = {
    "absent": "muted",
    "ready": "ok",
    "busy": "muted",
    "warning": "warning",
    "trouble": "danger",
}
# What is wrong first is said first.
_WORST = ("trouble", "warning")
_ACTIONS = {
    DeviceKind.PRINTER: "device.do.print",
    DeviceKind.SLIP_PRINTER: "device.do.print",
    DeviceKind.DRAWER: "device.do.open",
    DeviceKind.TERMINAL: "device.do.diagnose",
    DeviceKind.SCANNER: "device.do.scan",
    DeviceKind.CARD_READER: "device.do.swipe",
    DeviceKind.TAG_READER: "device.do.present",
    DeviceKind.DISPLAY: "device.do.show",
    DeviceKind.SCALE: "device.do.weigh",
}


class ErrorTexts(Texts, Protocol):
    """Texts that know sentences for problems, too."""

    def error(self, problem: DomainError | EnvironmentProblem) -> tuple[str, str]:
        """What happened and why, and what to do next."""


def device_name(kind: DeviceKind, texts: Texts) -> str:
    """What people call it."""
    return texts.text(f"device.name.{kind}")


def device_rows(
    sights: Sequence[DeviceSight], texts: ErrorTexts, zone: tzinfo
) -> tuple[DeviceRow, ...]:
    """The devices that are there, and the drawer wherever a printer is. What is wrong with one stands in its row, but
    for the worst, of which the whole page speaks.
    """
    worst = _worst(sights)
    printer = any(s.kind is DeviceKind.PRINTER and s.condition != "absent" for s in sights)
    return tuple(
        _row(sight, texts, zone, "" if sight in worst[:1] else sentence(sight, texts))
        for sight in sights
        if sight.condition != "absent" or (sight.kind is DeviceKind.DRAWER and printer)
    )


def missing_devices(sights: Sequence[DeviceSight], texts: Texts) -> tuple[DeviceRow, ...]:
    """What is not set up, as rows with a name only."""
    return tuple(
        DeviceRow(
            str(sight.kind),
            ICONS[sight.kind],
            device_name(sight.kind, texts),
            "",
            texts.text("device.word.absent"),
            "muted",
        )
        for sight in sights
        if sight.condition == "absent" and sight.kind is not DeviceKind.DRAWER
    )


def device_status(sights: Sequence[DeviceSight], texts: ErrorTexts) -> DeviceStatus:
    """What the status bar says of all devices: nothing while they are well, else the worst one, and how many more."""
    wrong = _worst(sights)
    if not wrong:
        return DeviceStatus()
    worst = wrong[0]
    name = device_name(worst.kind, texts)
    short = _state(worst, texts)
    text = texts.text("device.bar", name=name, state=short)
    if len(wrong) > 1:
        text = texts.text("device.bar_more", text=text, count=len(wrong) - 1)
    tone, said = TONES[worst.condition], sentence(worst, texts)
    return DeviceStatus(text, short, tone, said, ICONS[worst.kind])


def _worst(sights: Sequence[DeviceSight]) -> list[DeviceSight]:
    """What is wrong, the worst first."""
    return [sight for condition in _WORST for sight in sights if sight.condition == condition]


def sentence(sight: DeviceSight, texts: ErrorTexts) -> str:
    """What is wrong with a device and what to do next; empty while it is well."""
    if sight.problem is not None:
        return " ".join(part for part in texts.error(sight.problem) if part)
    if sight.condition in _WORST:
        return texts.text(f"device.word.{sight.word}.detail")
    return ""


def _state(sight: DeviceSight, texts: Texts) -> str:
    if sight.problem is not None:
        return texts.text(f"device.short.{_SHORT.get(sight.problem.code, 'trouble')}")
    return texts.text(f"device.word.{sight.word or sight.condition}")


def _row(sight: DeviceSight, texts: ErrorTexts, zone: tzinfo, wrong: str) -> DeviceRow:
    kind = sight.kind
    action = "device.do.decide" if sight.held else _ACTIONS[kind]
    return DeviceRow(
        key=str(kind),
        icon=ICONS[kind],
        name=device_name(kind, texts),
        detail=wrong or _detail(sight, texts, zone),
        state=_state(sight, texts),
        tone=TONES[sight.condition],
        action=texts.text(action),
        set_up=True,
    )


def _detail(sight: DeviceSight, texts: Texts, zone: tzinfo) -> str:
    if sight.kind is DeviceKind.DRAWER:
        return texts.text("device.at_printer")
    parts = [_way(sight.address, texts)]
    if sight.noted_at is not None:
        at = texts.time(sight.noted_at.astimezone(zone))
        what = sight.note or texts.text("device.a_card")
        parts.append(texts.text("device.last", at=at, what=what))
    elif sight.note:
        parts.append(sight.note)
    return " · ".join(part for part in parts if part)


def _way(address: str, texts: Texts) -> str:
    """Over what a device is reached, and where."""
    way, _, place = address.partition("?")[0].partition(":")
    known = {"tcp": "network", "serial": "serial", "usb": "usb", "cups": "cups", "winraw": "cups"}
    if way not in known:
        return address.partition("?")[0]
    return texts.text(f"device.way.{known[way]}", place=place.removeprefix("//"))


# Which word stands for a problem where there is room for one only.
_SHORT = {
    "printer_unreachable": "away",
    "printer_silent": "silent",
    "printer_answer_unreadable": "nonsense",
    "printer_paper_out": "paper_out",
    "printer_cover_open": "cover_open",
    "printer_offline": "offline",
    "printer_interrupted": "interrupted",
    "reader_away": "away",
    "display_unreachable": "away",
    "scale_unreachable": "away",
    "scale_silent": "silent",
    "scale_unreadable": "nonsense",
    "terminal_unreachable": "away",
    "terminal_lost": "away",
    "terminal_busy": "busy",
}
