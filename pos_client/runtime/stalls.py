"""Notices when the GUI thread does not come back to its events in time, and logs where it was.

A timer beats in the event loop; a watcher beside it misses the beat and looks where the thread is. The signals of Qt's
event dispatcher cannot be used: with GLib's loop they surround the waiting and the work alike.
"""

from __future__ import annotations

import sys
import threading
import traceback
from time import monotonic

import structlog
from PySide6.QtCore import QObject, Qt, QTimer

from pos_client.runtime.workers import start_worker

log = structlog.get_logger()
STALL_SECONDS = 0.05
_BEAT_SECONDS = 0.025


class StallLog(QObject):
    """Watches the event loop of the thread it is made in, until `close`. `stalls` counts what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.stalls = 0
        self._thread = threading.get_ident()
        self._end = threading.Event()
        self._stack = ""
        self._beat_at = monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(round(_BEAT_SECONDS * 1000))
        self._watcher = start_worker("stall-log", self._watch)

    def close(self) -> None:
        """End the watching."""
        self._timer.stop()
        self._end.set()
        self._watcher.join()

    def _beat(self) -> None:
        now = monotonic()
        late = now - self._beat_at - _BEAT_SECONDS
        self._beat_at = now
        if late > STALL_SECONDS:
            self.stalls += 1
            log.warning("event_loop_stalled", ms=round(late * 1000), stack=self._stack)
        self._stack = ""

    def _watch(self) -> None:
        while not self._end.wait(_BEAT_SECONDS):
            if not self._stack and monotonic() - self._beat_at > STALL_SECONDS + _BEAT_SECONDS:
                frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - the one way to look into a thread
                self._stack = "".join(traceback.format_stack(frame, 12)) if frame else ""
