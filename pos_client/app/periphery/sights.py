"""How each kind of device is, made of what its worker saw last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pos_client.app.card_desk import CardState
from pos_client.app.periphery.devices import OpenDevices
from pos_client.app.printing import Printing
from pos_client.devices.reader.port import Source
from pos_client.features.devices.ports import DeviceKind, DeviceSight
from shared.catalogue.scan_rules import ScanKind
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
SOURCES = {
    DeviceKind.SCANNER: Source.SCANNER,
    DeviceKind.CARD_READER: Source.STRIPE,
    DeviceKind.TAG_READER: Source.TAG,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Where to look. `problems` are those of devices without a worker, `cards` how the desk of card payments stands."""

    printing: Printing
    devices: OpenDevices
    problems: Mapping[DeviceKind, Problem | None]
    cards: CardState


def sight_of(kind: DeviceKind, seen: Seen) -> DeviceSight:
    """How a device is."""
    if kind is DeviceKind.PRINTER:
        return _printer(kind, seen.printing)
    if kind is DeviceKind.SLIP_PRINTER:
        slips = seen.printing.slips
        return _printer(kind, slips) if slips is not None else DeviceSight(kind)
    if kind is DeviceKind.DRAWER:
        return _drawer(seen)
    if kind in SOURCES:
        return _reader(kind, seen)
    if kind is DeviceKind.DISPLAY:
        return _display(seen)
    return _asked_now_and_then(kind, seen)


def _printer(kind: DeviceKind, printing: Printing) -> DeviceSight:
    found = printing.seen()
    if found is None:
        return DeviceSight(kind)
    address, held = printing.address, len(found.held)
    if found.problem is not None:
        return DeviceSight(kind, address, "trouble", problem=found.problem, held=held)
    if held:
        return DeviceSight(kind, address, "warning", "held", held=held)
    if found.status is not None and found.status.paper_low:
        return DeviceSight(kind, address, "warning", "paper_low")
    if found.status is None:
        return DeviceSight(kind, address, "busy", "looking")
    if found.waiting:
        return DeviceSight(kind, address, "busy", "printing")
    return DeviceSight(kind, address, "ready")


def _drawer(seen: Seen) -> DeviceSight:
    level = seen.devices.settings.drawer_sensor
    if not level or seen.printing.seen() is None:
        return DeviceSight(DeviceKind.DRAWER)
    is_open = seen.printing.drawer_open()
    if is_open is None:
        return DeviceSight(DeviceKind.DRAWER, level, "busy", "looking")
    if is_open:
        return DeviceSight(DeviceKind.DRAWER, level, "warning", "drawer_open")
    return DeviceSight(DeviceKind.DRAWER, level, "ready", "drawer_shut")


def _reader(kind: DeviceKind, seen: Seen) -> DeviceSight:
    source = SOURCES[kind]
    health = seen.devices.readers.health().get(source)
    if health is None:
        return DeviceSight(kind)
    address = str(getattr(seen.devices.settings, kind))
    if not health.online:
        if not health.detail:
            return DeviceSight(kind, address, "busy", "looking")
        problem = EnvironmentProblem("reader_away", {"address": address, "detail": health.detail})
        return DeviceSight(kind, address, "trouble", problem=problem)
    last = seen.devices.readers.last(source)
    if last is None:
        return DeviceSight(kind, address, "ready")
    at, scan = last
    # An article is no secret; of whoever's card it was nothing is shown.
    note = f"GTIN {scan.key}" if scan.kind is ScanKind.ARTICLE else ""
    return DeviceSight(kind, address, "ready", note=note, noted_at=at)


def _display(seen: Seen) -> DeviceSight:
    pole = seen.devices.pole
    if pole is None:
        return DeviceSight(DeviceKind.DISPLAY)
    address = seen.devices.settings.display
    if pole.problem is not None:
        return DeviceSight(DeviceKind.DISPLAY, address, "trouble", problem=pole.problem)
    if not pole.tried:
        return DeviceSight(DeviceKind.DISPLAY, address, "busy", "looking")
    return DeviceSight(DeviceKind.DISPLAY, address, "ready")


def _asked_now_and_then(kind: DeviceKind, seen: Seen) -> DeviceSight:
    devices = seen.devices
    there = devices.scale if kind is DeviceKind.SCALE else devices.terminal
    if there is None:
        return DeviceSight(kind)
    # A password that stands in the terminal's address is nobody's business.
    address = str(getattr(devices.settings, kind)).partition("?")[0]
    if kind is DeviceKind.TERMINAL and (paying := _paying(address, seen.cards)) is not None:
        return paying
    if kind not in seen.problems:
        return DeviceSight(kind, address, "busy", "looking")
    problem = seen.problems[kind]
    if problem is not None:
        return DeviceSight(kind, address, "trouble", problem=problem)
    return DeviceSight(kind, address, "ready")


def _paying(address: str, cards: CardState) -> DeviceSight | None:
    """What the desk of card payments says of the terminal; None while it has nothing to say."""
    kind = DeviceKind.TERMINAL
    if any(each.attempt.is_open for each in cards.pending) and cards.phase != "asking":
        return DeviceSight(kind, address, "trouble", "unknown")
    if isinstance(cards.problem, EnvironmentProblem):
        return DeviceSight(kind, address, "trouble", problem=cards.problem)
    return DeviceSight(kind, address, "busy", "paying") if cards.phase == "asking" else None
