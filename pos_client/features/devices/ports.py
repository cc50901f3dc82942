"""What the page of devices needs besides the till's own ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pos_client.features.devices.state import DevicesState
from shared.errors import DomainError, EnvironmentProblem

Condition = Literal["absent", "ready", "busy", "warning", "trouble"]
Way = Literal["serial", "usb", "network"]
WAYS: tuple[Way, ...] = ("serial", "usb", "network")


class DeviceKind(StrEnum):
    """What can hang on a till, under the name of its setting."""

    PRINTER = "printer"
    SLIP_PRINTER = "slip_printer"
    DRAWER = "drawer_sensor"
    TERMINAL = "terminal"
    SCANNER = "scanner"
    CARD_READER = "card_reader"
    TAG_READER = "tag_reader"
    DISPLAY = "display"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class DeviceSight:
    """How a device is. `word` names what is said of it (`device.word.…`) where there is no `problem`; `note` are
    words of the device itself, such as what it read last, at `noted_at`; `held` papers broke off and wait for
    somebody's decision.
    """

    kind: DeviceKind
    address: str = ""
    condition: Condition = "absent"
    word: str = ""
    problem: DomainError | EnvironmentProblem | None = None
    note: str = ""
    noted_at: datetime | None = None
    since: datetime | None = None
    held: int = 0

    @property
    def code(self) -> str:
        """What is the matter, as a stable code; empty if nothing is."""
        return self.problem.code if self.problem is not None else self.word


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answers: where, what the system calls it, and what it may be (empty: nobody knows)."""

    address: str
    name: str = ""
    guess: str = ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """What a test gave: `word` a key of `device.tested.…` with its `values`; `rows` what the device had to say."""

    word: str
    values: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[str] = ()


class Devices(Protocol):
    """Everything that hangs on this till. But for `sights` and `trace…` its methods may wait for a device."""

    def sights(self) -> tuple[DeviceSight, ...]:
        """How each kind of device is."""

    def find(self, way: Way) -> tuple[Found, ...]:
        """What is plugged in or answers."""

    def test(self, kind: DeviceKind, address: str = "") -> TestResult:
        """Try the device of a kind, or the one at another address; `DomainError` and `EnvironmentProblem` say why it is
        not well.
        """

    def check(self, kind: DeviceKind, address: str) -> None:
        """`DomainError` for what is no address of this kind."""

    def setting(self, kind: DeviceKind) -> str:
        """What is kept for a kind; empty for none."""

    def keep(self, kind: DeviceKind, address: str) -> None:
        """Keep an address, empty for none; raises as `check`, and `settings_unwritable`."""

    def use(self, kind: DeviceKind) -> None:
        """Use what is kept for a kind from now on; waits for what is in use to end."""

    @property
    def tracing(self) -> bool:
        """Whether what goes over the lines is noted."""

    def trace(self, *, on: bool) -> None:
        """Note it, or not any more."""

    def export_trace(self) -> str:
        """Write what was noted into a file for support, without anything of a card; where it is."""


class DevicesView(Protocol):
    """The screen."""

    def render(self, state: DevicesState) -> None:
        """Show a state."""
