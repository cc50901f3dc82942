"""Finding, trying and keeping devices: what the page of devices does with them. Its methods wait for devices.

Trying another address opens it beside what is in use; where both are the same line, the one in use is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pos_client.app.composition import Till
from pos_client.app.periphery.hub import Periphery
from pos_client.app.periphery.sights import SOURCES
from pos_client.app.periphery.weighing import weigh_goods
from pos_client.app.printing import PrinterSetup, printer_setups, use_printers
from pos_client.app.reading import Readers, line_opener
from pos_client.app.settings import SettingsFile, load_settings
from pos_client.devices.display.device import LineDisplay, parse_display_address
from pos_client.devices.network import find_on_network
from pos_client.devices.printer.address import parse_address
from pos_client.devices.scale.opening import scale_at
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.features.devices.ports import DeviceKind, DeviceSight, Found, TestResult, Way
from pos_client.storage.paths import write_atomically
from shared.errors import DomainError, EnvironmentProblem
from shared.identity.payment_cards import mask_payment_cards
from shared.quantity import format_quantity

PRINTERS = (DeviceKind.PRINTER, DeviceKind.SLIP_PRINTER)
# How long somebody may look for a card to draw through.
_SCAN_SECONDS = 15.0
_TEST_ROWS = ("ÄÖÜ äöü ß 12,34 EUR", "01234567890123456789")
_DRAWER_LEVELS = ("high", "low")


class Bench:
    """Implements the page's `Devices` over the devices of a running till."""

    def __init__(
        self,
        till: Till,
        hub: Periphery,
        network: Callable[[], tuple[Found, ...]] | None = None,
    ) -> None:
        self._till = till
        self._hub = hub
        self._network = network or _network

    def sights(self) -> tuple[DeviceSight, ...]:
        """How each kind of device is."""
        return self._hub.sights()

    # --- finding --------------------------------------------------------------------------------

    def find(self, way: Way) -> tuple[Found, ...]:
        """What is plugged in or answers."""
        if way == "network":
            return self._network()
        return tuple(
            Found(each.address, each.name, each.guess)
            for each in self._hub.finder.look()
            if each.address.startswith(f"{way}:")
        )

    # --- trying ---------------------------------------------------------------------------------

    def test(self, kind: DeviceKind, address: str = "") -> TestResult:
        """Try the device of a kind, or the one at another address."""
        present = self.setting(kind)
        wanted = address or present
        if not wanted:
            raise DomainError("device_none")
        self.check(kind, wanted)
        same = wanted == present
        try:
            result = self._tried(kind, wanted, same=same)
        except (DomainError, EnvironmentProblem) as problem:
            if same:
                self._hub.note(kind, problem)
            raise
        if same:
            self._hub.note(kind, None)
        return result

    def _tried(self, kind: DeviceKind, address: str, *, same: bool) -> TestResult:
        if kind in PRINTERS:
            return self._print(kind, address, same=same)
        if kind in SOURCES:
            return self._read(kind, address, same=same)
        match kind:
            case DeviceKind.DRAWER:
                return self._look_at_drawer(address)
            case DeviceKind.DISPLAY:
                return self._display(address, same=same)
            case DeviceKind.SCALE:
                return self._weigh(address, same=same)
            case _:
                return self._diagnose(address, same=same)

    def _print(self, kind: DeviceKind, address: str, *, same: bool) -> TestResult:
        slips = self._hub.printing.slips
        worker = self._hub.printing if kind is DeviceKind.PRINTER else slips
        if same and worker is not None:
            # The worker has the printer; it prints the page between two receipts.
            seen = worker.seen()
            if seen is not None and seen.problem is not None:
                raise seen.problem
            worker.test()
            return TestResult("printed")
        setup = self._setup_at(kind, address)
        if setup.printer is None:
            raise DomainError("device_none")
        problem = setup.printer.state().problem()
        if problem is not None:
            raise problem
        setup.printer.print(setup.papers.trial())
        return TestResult("printed")

    def _setup_at(self, kind: DeviceKind, address: str) -> PrinterSetup:
        """How that printer would be set up."""
        settings = load_settings(self._till.paths.settings)
        changed = settings.model_copy(update={str(kind): address})
        receipts, slips = printer_setups(self._till, settings=changed)
        return slips if kind is DeviceKind.SLIP_PRINTER and slips is not None else receipts

    def _read(self, kind: DeviceKind, address: str, *, same: bool) -> TestResult:
        source = SOURCES[kind]
        if same:
            scan = self._hub.devices.readers.await_scan(source, _SCAN_SECONDS)
        else:
            readers = Readers(
                {source: address},
                lambda: self._hub.rules,
                lambda _scan: None,
                self._hub.trace,
                self._till.clock,
            )
            try:
                scan = readers.await_scan(source, _SCAN_SECONDS)
                health = readers.health()[source]
            finally:
                readers.close()
            if not health.online:
                facts = {"address": address, "detail": health.detail}
                raise EnvironmentProblem("reader_away", facts)
        return TestResult("read", {"kind": str(scan.kind)})

    def _look_at_drawer(self, level: str) -> TestResult:
        seen = self._hub.printing.seen()
        if seen is None:
            raise DomainError("printer_none")
        if seen.problem is not None:
            raise seen.problem
        if seen.status is None or not seen.status.asked:
            raise EnvironmentProblem("drawer_unknown")
        is_open = seen.status.drawer_high == (level == "high")
        return TestResult("drawer_open" if is_open else "drawer_shut")

    def _display(self, address: str, *, same: bool) -> TestResult:
        pole = self._hub.devices.pole
        if same and pole is not None:
            if pole.problem is not None:
                raise pole.problem
            pole.show_test(*_TEST_ROWS)
            return TestResult("shown")
        place = parse_display_address(address)
        if place is None:
            raise DomainError("device_none")
        display = LineDisplay(place, self._hub.trace)
        try:
            display.show(*_TEST_ROWS)
        finally:
            display.close()
        return TestResult("shown")

    def _weigh(self, address: str, *, same: bool) -> TestResult:
        try:
            if same:
                weighed = self._hub.weigh(1)
            else:
                scale = scale_at(address, trace=self._hub.trace)
                if scale is None:
                    raise DomainError("device_none")
                weighed = weigh_goods(scale, 1)
        except DomainError as empty:
            if empty.code != "scale_empty":
                raise
            return TestResult("scale_empty")
        return TestResult("weighed", {"weight": format_quantity(weighed.weight)})

    def _diagnose(self, address: str, *, same: bool) -> TestResult:
        care = self._hub.devices.terminal
        if same and care is not None:
            return TestResult("diagnosed", rows=care.diagnose())
        place = parse_terminal_address(address)
        if place is None:
            raise DomainError("device_none")
        terminal = ZvtTerminal(place, self._till.identity.store.currency, trace=self._hub.trace)
        terminal.register()
        return TestResult("diagnosed", rows=terminal.diagnose())

    # --- keeping --------------------------------------------------------------------------------

    def check(self, kind: DeviceKind, address: str) -> None:
        """`DomainError` for what is no address of this kind."""
        if kind in PRINTERS:
            parse_address(address)
        elif kind in SOURCES:
            line_opener(address)
        elif kind is DeviceKind.DISPLAY:
            parse_display_address(address)
        elif kind is DeviceKind.SCALE:
            scale_at(address)
        elif kind is DeviceKind.TERMINAL:
            parse_terminal_address(address)
        elif address not in _DRAWER_LEVELS:
            raise DomainError("device_address_invalid", {"address": address[:80]})

    def setting(self, kind: DeviceKind) -> str:
        """What is kept for a kind."""
        return str(getattr(load_settings(self._till.paths.settings), kind))

    def keep(self, kind: DeviceKind, address: str) -> None:
        """Keep an address."""
        if address:
            self.check(kind, address)
        SettingsFile(self._till.paths.settings).keep(str(kind), address)

    def use(self, kind: DeviceKind) -> None:
        """Use what is kept for a kind from now on."""
        if kind in PRINTERS or kind is DeviceKind.DRAWER:
            use_printers(self._hub.printing, self._till)
        self._hub.reopen()

    # --- for support ----------------------------------------------------------------------------

    @property
    def tracing(self) -> bool:
        """Whether what goes over the lines is noted."""
        return self._hub.trace.is_on

    def trace(self, *, on: bool) -> None:
        """Note it, or not any more."""
        self._hub.trace.switch(on=on)

    def export_trace(self) -> str:
        """Write what was noted, and how all devices are, into a file; `settings_unwritable` if the disk refuses."""
        now: datetime = self._till.clock.now()
        head = [f"{self._till.identity.till_id} {now.isoformat(timespec='seconds')}", ""]
        states = [
            f"{each.kind} {each.address.partition('?')[0]} {each.condition} {each.code}".rstrip()
            for each in self.sights()
        ]
        text = "\n".join([*head, *states, "", *self._hub.trace.lines(), ""])
        folder = self._till.paths.support
        path = folder / f"devices-{now:%Y%m%d-%H%M%S}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Nothing with a card in it is ever noted; should anything have slipped in all the same, it ends here.
            write_atomically(path, mask_payment_cards(text).encode("utf-8"))
        except OSError as error:
            raise EnvironmentProblem(
                "settings_unwritable", {"file": str(path), "detail": str(error)[:120]}
            ) from error
        return str(path)


def _network() -> tuple[Found, ...]:
    return tuple(Found(each.address, each.name, each.guess) for each in find_on_network())
