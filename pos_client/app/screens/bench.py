"""The devices of the shop in the pictures: how they are, what is found, and setting one of them up."""

from __future__ import annotations

from datetime import datetime, timedelta

from pos_client.devices.printer.profiles import PROFILES
from pos_client.features.devices.ports import (
    DeviceKind,
    DeviceSight,
    Found,
    TestResult,
    Way,
)
from pos_client.features.devices.presenter import DevicesPresenter
from pos_client.features.devices.state import SetupState
from shared.errors import EnvironmentProblem

MODELS = tuple((profile.name, profile.title) for profile in PROFILES.values())
_TERMINAL = "tcp://192.168.1.60:20007"


def sights(now: datetime) -> tuple[DeviceSight, ...]:
    """Most are well; the terminal is away, and the printer's paper runs out."""
    facts = {"address": _TERMINAL, "detail": "timed out"}
    away = EnvironmentProblem("terminal_unreachable", facts)
    scanned = now - timedelta(minutes=19)
    return (
        DeviceSight(DeviceKind.PRINTER, "tcp://192.168.1.50:9100", "warning", "paper_low"),
        DeviceSight(DeviceKind.SLIP_PRINTER),
        DeviceSight(DeviceKind.DRAWER, "high", "ready", "drawer_shut"),
        DeviceSight(DeviceKind.TERMINAL, _TERMINAL, "trouble", problem=away),
        DeviceSight(
            DeviceKind.SCANNER,
            "serial:/dev/ttyACM0",
            "ready",
            note="GTIN 4012345000016",
            noted_at=scanned,
        ),
        DeviceSight(DeviceKind.CARD_READER),
        DeviceSight(DeviceKind.TAG_READER),
        DeviceSight(DeviceKind.DISPLAY, "serial:/dev/ttyS2", "ready"),
        DeviceSight(DeviceKind.SCALE),
    )


class Bench:
    """What is found and tried in the pictures."""

    tracing = True

    def sights(self) -> tuple[DeviceSight, ...]:
        """None of them is asked."""
        return ()

    def find(self, way: Way) -> tuple[Found, ...]:
        """Two printers on the network and a terminal, and a line that nobody knows."""
        if way == "network":
            return (
                Found("tcp://192.168.1.50:9100", "", "printer"),
                Found("tcp://192.168.1.51:9100", "", "printer"),
                Found(_TERMINAL, "", "terminal"),
            )
        return (Found("serial:/dev/ttyUSB0", "USB-Serial Controller"), Found("serial:/dev/ttyS0"))

    def test(self, kind: DeviceKind, address: str = "") -> TestResult:
        """The printer prints; whatever else is there does not answer."""
        if kind is DeviceKind.PRINTER:
            return TestResult("printed")
        raise EnvironmentProblem("scale_silent", {"address": address.partition(":")[2]})

    def check(self, kind: DeviceKind, address: str) -> None:
        """Every address is one."""

    def setting(self, kind: DeviceKind) -> str:
        """The printer is set up already."""
        return "tcp://192.168.1.50:9100" if kind is DeviceKind.PRINTER else ""

    def keep(self, kind: DeviceKind, address: str) -> None:
        """Nothing is kept."""

    def use(self, kind: DeviceKind) -> None:
        """Nothing is used."""

    def trace(self, *, on: bool) -> None:
        """Nothing is noted."""

    def export_trace(self) -> str:
        """Nothing is written."""
        return ""


def setups(presenter: DevicesPresenter) -> dict[str, SetupState]:
    """A printer that was found, chosen and tried; and a scale that does not answer."""
    found = presenter.on_find(presenter.on_setup(DeviceKind.PRINTER), "network")
    chosen = presenter.on_choose(found, "tcp://192.168.1.51:9100")
    model = presenter.on_option(chosen, "profile", "epson-tm-t20")
    scale = presenter.on_find(presenter.on_setup(DeviceKind.SCALE), "serial")
    silent = presenter.on_try(presenter.on_choose(scale, "serial:/dev/ttyUSB0"))
    return {"printer": presenter.on_try(model), "scale": silent}
