"""The devices that `till.json` names, opened: made anew as a whole or one by one when a setting changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos_client.app.periphery.pole import Pole
from pos_client.app.periphery.terminal_care import TerminalCare
from pos_client.app.reading import Readers, reader_addresses
from pos_client.app.settings import TillSettings
from pos_client.devices.display.device import LineDisplay, parse_display_address
from pos_client.devices.scale.opening import scale_at
from pos_client.devices.scale.port import PriceScale, Scale
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.devices.trace import Trace
from shared.catalogue.scan import Scan
from shared.catalogue.scan_rules import ScanRules
from shared.identity import Clock


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What devices need besides their address. `on_scan` is called in a reader's thread, `busy` says whether a payment
    is under way.
    """

    trace: Trace
    clock: Clock
    currency: str
    rules: Callable[[], ScanRules]
    on_scan: Callable[[Scan], None]
    busy: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class OpenDevices:
    """What is there. `readers` may be none of them; the others are None where no address is set."""

    settings: TillSettings
    readers: Readers
    pole: Pole | None
    scale: Scale | PriceScale | None
    terminal: TerminalCare | None

    @property
    def euro(self) -> bool:
        """Whether the customer display has the euro sign: those that speak CD5220 do not."""
        address = parse_display_address(self.settings.display)
        return address is not None and address.mode != "cd5220"

    def wake(self) -> None:
        """Something was plugged in: whoever waits looks again."""
        self.readers.wake()
        if self.pole is not None:
            self.pole.wake()

    def close(self) -> None:
        """End the workers."""
        self.readers.close()
        if self.pole is not None:
            self.pole.close()


def open_devices(settings: TillSettings, around: Surroundings) -> OpenDevices:
    """Open all of them; nothing waits for a device. `DomainError` for an address that is none."""
    display = parse_display_address(settings.display)
    scale = scale_at(settings.scale, trace=around.trace)
    place = parse_terminal_address(settings.terminal)
    terminal = None
    if place is not None:
        terminal = TerminalCare(
            ZvtTerminal(place, around.currency, trace=around.trace), around.busy
        )
    addresses = reader_addresses(settings)
    readers = Readers(addresses, around.rules, around.on_scan, around.trace, around.clock)
    pole = Pole(LineDisplay(display, around.trace)) if display is not None else None
    return OpenDevices(settings, readers, pole, scale, terminal)
