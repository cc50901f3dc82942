"""One worker for a device that stays on its line: it opens the line, minds it, and comes back when the line broke.

A device that is unplugged is waited for, with pauses that grow up to a bound; nothing else waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from pos_client.devices.lines import Line, LineBrokenError
from pos_client.runtime.workers import start_worker

log = structlog.get_logger()
_JOIN_SECONDS = 5
Talk = Callable[[Line, Callable[[], bool]], None]


@dataclass(frozen=True, slots=True)
class MinderPace:
    """Seconds: the first pause before a line is opened again, doubled up to `most`."""

    first: float = 0.5
    most: float = 15.0


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """Whether a device is on its line, what was wrong last, and how often it came back."""

    online: bool = False
    detail: str = ""
    returns: int = 0


class Minder:
    """Minds one device. `talk` uses the open line until it is told that the end has come, or the line breaks."""

    def __init__(
        self,
        name: str,
        open_line: Callable[[], Line],
        talk: Talk,
        pace: MinderPace | None = None,
    ) -> None:
        self._name = name
        self._open_line = open_line
        self._talk = talk
        self._pace = pace or MinderPace()
        self._end = threading.Event()
        self._woken = threading.Event()
        self._health = DeviceHealth()
        self.on_changed: Callable[[DeviceHealth], None] = _nobody
        self._worker = start_worker(name, self._work)

    def health(self) -> DeviceHealth:
        """How it is, as the worker saw it last; any thread may ask."""
        return self._health

    def wake(self) -> None:
        """Something was plugged in: do not wait any longer before the line is opened again."""
        self._woken.set()

    def close(self) -> None:
        """End the worker."""
        self._end.set()
        self._woken.set()
        self._worker.join(_JOIN_SECONDS)

    def _work(self) -> None:
        failures = came = 0
        while not self._end.is_set():
            try:
                line = self._open_line()
            except OSError as error:
                self._publish(DeviceHealth(detail=str(error)[:120], returns=max(came - 1, 0)))
                self._rest(min(self._pace.most, self._pace.first * (1 << min(failures, 10))))
                failures += 1
                continue
            failures = 0
            came += 1
            self._publish(DeviceHealth(online=True, returns=came - 1))
            self._mind(line, came - 1)

    def _mind(self, line: Line, returns: int) -> None:
        try:
            self._talk(line, self._end.is_set)
        except LineBrokenError as broken:
            self._publish(DeviceHealth(detail=str(broken)[:120], returns=returns))
            self._rest(self._pace.first)
        finally:
            line.close()

    def _rest(self, seconds: float) -> None:
        self._woken.wait(seconds)
        if not self._end.is_set():
            self._woken.clear()

    def _publish(self, health: DeviceHealth) -> None:
        if health.online != self._health.online:
            log.info("device_health", device=self._name, online=health.online, why=health.detail)
        self._health = health
        self.on_changed(health)


def _nobody(_: DeviceHealth) -> None:
    """Nobody looks."""
