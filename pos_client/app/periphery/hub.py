"""All devices of a running till in one place: how they are, what they read, showing, weighing, testing, setting up.

A worker looks every second whether something was plugged in or went, minds what has no worker of its own, and writes
down how all devices are, for the process that tells the centre.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from pos_client.app.card_desk import CardState
from pos_client.app.composition import Till
from pos_client.app.periphery.devices import Surroundings, open_devices
from pos_client.app.periphery.report import write_report
from pos_client.app.periphery.sights import Seen, sight_of
from pos_client.app.periphery.weighing import weigh_goods
from pos_client.app.printing import Printing
from pos_client.app.settings import load_settings
from pos_client.devices.finding import Finder
from pos_client.devices.scale.port import WAITS, Weighed
from pos_client.devices.terminal.port import DayTotals
from pos_client.devices.trace import Trace
from pos_client.features.customer_display.rows import pole_rows
from pos_client.features.customer_display.state import CustomerState
from pos_client.features.devices.ports import DeviceKind, DeviceSight
from pos_client.runtime.workers import start_worker
from shared.catalogue.scan import Scan
from shared.catalogue.scan_rules import DEFAULT_SCAN_RULES, ScanRules
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger()
_JOIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class HubPace:
    """Seconds: between two rounds; rounds between two looks at what is plugged in, at scale and terminal, and until the
    greeting comes back behind a receipt.
    """

    round: float = 1.0
    finding: int = 3
    scale: int = 30
    terminal: int = 60
    greeting: int = 20


class Periphery:
    """Everything but the printers' queues. Its methods never wait, but for `weigh` and what `bench` does."""

    def __init__(
        self,
        till: Till,
        printing: Printing,
        clock: Clock,
        finder: Finder | None = None,
        pace: HubPace | None = None,
    ) -> None:
        self._till = till
        self.printing = printing
        self._clock = clock
        self.finder = finder or Finder()
        self._pace = pace or HubPace()
        self.trace = Trace(clock)
        self.rules: ScanRules = DEFAULT_SCAN_RULES
        self.on_scan: Callable[[Scan], None] = _nobody
        # How the desk of card payments stands; whoever has one sets it.
        self.cards: Callable[[], CardState] = CardState
        self._since: dict[DeviceKind, tuple[str, datetime]] = {}
        self._problems: dict[DeviceKind, DomainError | EnvironmentProblem | None] = {}
        self._written: tuple[DeviceSight, ...] = ()
        self._rounds = self._greet_in = 0
        self._end = threading.Event()
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._weighing = threading.Lock()
        self._around = Surroundings(
            self.trace,
            clock,
            till.identity.store.currency,
            lambda: self.rules,
            self._deliver,
            self._is_paying,
        )
        self.devices = open_devices(load_settings(till.paths.settings), self._around)
        till.customer.listen(self._show)
        self._worker = start_worker("periphery", self._work)

    # --- what the sale needs --------------------------------------------------------------------

    @property
    def has_scale(self) -> bool:
        """Whether there is a scale to weigh on."""
        return self.devices.scale is not None

    def weigh(self, price: int | None) -> Weighed:
        """See `weigh_goods`; `DomainError('scale_none')` without a scale."""
        scale = self.devices.scale
        if scale is None:
            raise DomainError("scale_none")
        with self._asking_scale():
            return weigh_goods(scale, price)

    @contextmanager
    def _asking_scale(self) -> Iterator[None]:
        """One question at a time, so that the look now and then does not come between; what came of it is noted."""
        try:
            with self._weighing:
                yield
        except (DomainError, EnvironmentProblem) as problem:
            self._problems[DeviceKind.SCALE] = problem if problem.code not in WAITS else None
            raise
        self._problems[DeviceKind.SCALE] = None

    def drawer_blocks(self) -> bool:
        """Whether no receipt may begin, because the drawer stands open and the shop wants it shut first."""
        return self.devices.settings.wait_for_drawer and self.printing.drawer_open() is True

    def close_terminal_day(self) -> DayTotals:
        """Close the day of the card terminal; `DomainError('terminal_none')` without one, else as its port."""
        care = self.devices.terminal
        if care is None:
            raise DomainError("terminal_none")
        return care.end_of_day()

    def _deliver(self, scan: Scan) -> None:
        # Who listens changes with the window's language.
        self.on_scan(scan)

    def _is_paying(self) -> bool:
        return self.cards().phase == "asking"

    def _show(self, state: CustomerState) -> None:
        self._greet_in = self._pace.greeting if state.phase == "paid" else 0
        pole = self.devices.pole
        if pole is not None:
            pole.show(*pole_rows(state, euro=self.devices.euro))

    # --- how they are ---------------------------------------------------------------------------

    def sights(self) -> tuple[DeviceSight, ...]:
        """How each kind of device is; any thread may ask."""
        seen = Seen(self.printing, self.devices, self._problems, self.cards())
        return tuple(self._dated(sight_of(kind, seen)) for kind in DeviceKind)

    def _dated(self, sight: DeviceSight) -> DeviceSight:
        """The sight with the moment since which the device is so."""
        what = f"{sight.condition} {sight.code}"
        with self._lock:
            known = self._since.get(sight.kind)
            if known is None or known[0] != what:
                known = (what, self._clock.now())
                self._since[sight.kind] = known
        return replace(sight, since=known[1])

    def note(self, kind: DeviceKind, problem: DomainError | EnvironmentProblem | None) -> None:
        """A test found a device so."""
        self._problems[kind] = problem

    # --- changing -------------------------------------------------------------------------------

    def reopen(self) -> None:
        """Use what `till.json` says now; raises as `open_devices`, and then everything stays as it was."""
        before = self.devices
        settings = load_settings(self._till.paths.settings)
        # A line is held by one only: what is there lets go first, and is made again if the new one cannot be.
        before.close()
        try:
            self.devices = open_devices(settings, self._around)
        except DomainError:
            self.devices = open_devices(before.settings, self._around)
            raise
        finally:
            self._problems.clear()
            self._show(self._till.customer.state)
            self._woken.set()

    def close(self) -> None:
        """End all workers."""
        self._till.customer.unlisten(self._show)
        self._end.set()
        self._woken.set()
        self._worker.join(_JOIN_SECONDS)
        self.devices.close()

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        self.finder.changes()
        while not self._end.is_set():
            self._round()
            self._woken.wait(self._pace.round)
            self._woken.clear()

    def _round(self) -> None:
        self._rounds += 1
        if self._rounds % self._pace.finding == 0:
            self._look_around()
        if self._rounds % self._pace.scale == 1:
            self._look_at_scale()
        if self._rounds % self._pace.terminal == 1:
            self._look_at_terminal()
        if self._greet_in:
            self._greet_in -= 1
            pole = self.devices.pole
            if not self._greet_in and pole is not None:
                pole.show(*pole_rows(self._till.customer.idle(), euro=self.devices.euro))
        sights = self.sights()
        if sights != self._written:
            with suppress(EnvironmentProblem):
                write_report(self._till.paths.device_report, sights)
            self._written = sights

    def _look_around(self) -> None:
        came, went = self.finder.changes()
        for found in came:
            log.info("device_came", address=found.address)
        for found in went:
            log.info("device_went", address=found.address)
        if came:
            self.devices.wake()
            self.printing.wake()
        if came or went:
            self._look_at_scale()

    def _look_at_scale(self) -> None:
        scale, known = self.devices.scale, self._problems.get(DeviceKind.SCALE)
        # That a scale wants a proof only a weighing can tell: it stands until the next one.
        if scale is not None and (known is None or known.code != "scale_not_approved"):
            with suppress(DomainError, EnvironmentProblem), self._asking_scale():
                scale.look()

    def _look_at_terminal(self) -> None:
        care = self.devices.terminal
        if care is None or self._is_paying():
            return
        try:
            ready = care.look()
            self.note(
                DeviceKind.TERMINAL, None if ready else EnvironmentProblem("terminal_not_ready")
            )
        except (DomainError, EnvironmentProblem) as problem:
            self.note(DeviceKind.TERMINAL, problem)


def _nobody(_scan: Scan) -> None:
    """Nobody listens."""
