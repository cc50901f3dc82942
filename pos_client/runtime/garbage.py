"""Python's garbage collection while nobody waits: a full one holds every thread for 50 ms, in the middle of a scan.

What is there once the till is open stays until its end, so it is taken out of the collector's sight. Afterwards only
the young generations are looked through during work, and everything when the till has had nothing to do for a moment.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, SignalInstance

_YOUNG, _MIDDLE, _OLD = 2_000, 20, 1_000_000
_IDLE_MS = 2_000


class IdleCollector(QObject):
    """Collects once `busy` has not been emitted for two seconds; made when the till is open."""

    def __init__(self, busy: SignalInstance, parent: QObject) -> None:
        super().__init__(parent)
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
        self.collections = 0
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._collect)
        busy.connect(self._idle.start)

    def close(self) -> None:
        """Leave the collector as it was found."""
        self._idle.stop()
        gc.unfreeze()
        gc.set_threshold(*self._before)

    def _collect(self) -> None:
        gc.collect()
        self.collections += 1
