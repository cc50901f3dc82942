"""What went over the lines of devices lately, for whoever has to find out why one does not work.

A ring in memory, given away only when a person asks for it. Nobody puts octets of cards into it: a terminal's messages
are described with everything masked, and of a stripe stands here only that there was one.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from pos_client.devices.lines import Line
from shared.identity import Clock

_MOST = 2_000
_MOST_OCTETS = 200


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing: when, which device, `>` to it or `<` from it, and what."""

    at: datetime
    device: str
    direction: str
    what: str

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='milliseconds')} {self.device} {self.direction} {self.what}"


class Trace:
    """The last things of all devices, while it is switched on; any thread may add, read and switch."""

    def __init__(self, clock: Clock, most: int = _MOST) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: deque[Noted] = deque(maxlen=most)
        self._on = True

    @property
    def is_on(self) -> bool:
        """Whether anything is noted."""
        return self._on

    def switch(self, *, on: bool) -> None:
        """Note things from now on, or none any more and forget those that were."""
        with self._lock:
            self._on = on
            if not on:
                self._noted.clear()

    def note(self, device: str, direction: str, what: str) -> None:
        """Add one."""
        if not self._on:
            return
        noted = Noted(self._clock.now(), device, direction, what)
        with self._lock:
            if self._on:
                self._noted.append(noted)

    def octets(self, device: str, direction: str, data: bytes) -> None:
        """Add octets, as many as help to see what they are."""
        if data:
            tail = f" … {len(data)}" if len(data) > _MOST_OCTETS else ""
            self.note(device, direction, data[:_MOST_OCTETS].hex(" ") + tail)

    def lines(self) -> tuple[str, ...]:
        """All of it, the oldest first."""
        with self._lock:
            return tuple(str(noted) for noted in self._noted)


class TracedLine:
    """A line whose octets are noted: for displays and scales, which never see a card."""

    def __init__(self, line: Line, trace: Trace, device: str) -> None:
        self._line = line
        self._trace = trace
        self._device = device

    def send(self, data: bytes) -> None:
        """Hand all octets over."""
        self._trace.octets(self._device, ">", data)
        self._line.send(data)

    def receive(self, seconds: float) -> bytes:
        """What the device says within this time."""
        data = self._line.receive(seconds)
        self._trace.octets(self._device, "<", data)
        return data

    def close(self) -> None:
        """End."""
        self._line.close()


def traced(line: Line, trace: Trace | None, device: str) -> Line:
    """The line as it is, or with its octets noted."""
    return line if trace is None else TracedLine(line, trace, device)
