"""Notices when the GUI thread does not come back to its events in time, and logs where it was.

The event dispatcher says when the loop wakes and when it goes to sleep; a watcher looks on while it is awake.
"""

from __future__ import annotations

import sys
import threading
import traceback
from time import monotonic

import structlog
from PySide6.QtCore import QAbstractEventDispatcher, QObject

from pos_client.runtime.workers import start_worker

log = structlog.get_logger()
STALL_SECONDS = 0.05
_LOOK_SECONDS = 0.025


class StallLog(QObject):
    """Watches the event loop of the thread it is made in, until `close`. `stalls` counts what it saw."""

    def __init__(self, dispatcher: QAbstractEventDispatcher) -> None:
        super().__init__()
        self.stalls = 0
        self._awake_since = 0.0
        self._thread = threading.get_ident()
        self._end = threading.Event()
        self._stack = ""
        self._dispatcher = dispatcher
        dispatcher.awake.connect(self._woke)
        dispatcher.aboutToBlock.connect(self._slept)
        self._watcher = start_worker("stall-log", self._watch)

    def close(self) -> None:
        """End the watching."""
        self._end.set()
        self._watcher.join()
        self._dispatcher.awake.disconnect(self._woke)
        self._dispatcher.aboutToBlock.disconnect(self._slept)

    def _woke(self) -> None:
        self._awake_since = monotonic()

    def _slept(self) -> None:
        since, self._awake_since = self._awake_since, 0.0
        if since and (lasted := monotonic() - since) > STALL_SECONDS:
            self.stalls += 1
            log.warning("event_loop_stalled", ms=round(lasted * 1000), stack=self._stack)
        self._stack = ""

    def _watch(self) -> None:
        while not self._end.wait(_LOOK_SECONDS):
            since = self._awake_since
            if since and not self._stack and monotonic() - since > STALL_SECONDS:
                frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - the one way to look into a thread
                self._stack = "".join(traceback.format_stack(frame, 12)) if frame else ""
