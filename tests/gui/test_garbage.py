"""Garbage is collected when the till has nothing to do, and the collector is left as it was found."""

import gc
import weakref

from PySide6.QtCore import QObject, Signal

from pos_client.runtime.garbage import IdleCollector


class Busy(QObject):
    settled = Signal()


class Knot:
    """Only the collector takes it away."""

    def __init__(self):
        self.itself = self


def test_a_knot_is_gone_once_nobody_works(qtbot):
    before = gc.get_threshold()
    busy = Busy()
    collector = IdleCollector(busy.settled, busy)
    try:
        knot = weakref.ref(Knot())
        busy.settled.emit()
        qtbot.wait(300)
        assert collector.collections == 0
        qtbot.waitUntil(lambda: collector.collections == 1, timeout=5_000)
        assert knot() is None
        assert gc.get_freeze_count() > 0
    finally:
        collector.close()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
