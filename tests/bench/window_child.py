"""The till's window in a process of its own, offscreen, timed from its first instruction. Prints one JSON object."""

import time

STARTED = time.perf_counter()

import argparse  # noqa: E402 - the clock starts before anything is imported
import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QKeyEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from pos_client.app.window.application import TillApplication, WindowOptions  # noqa: E402

LINES = 3
_LONGEST = 20.0
# The quickest cashier scans some five articles a second, the quickest scanner types a digit every two milliseconds.
_HAND_SECONDS = 0.15
_SIGN_SECONDS = 0.002


def ms_since(moment: float) -> float:
    return (time.perf_counter() - moment) * 1000


def resident_mb() -> float:
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000


class Painted(QObject):
    """Tells when the list of lines has been painted with a number of rows."""

    def __init__(self, view):
        super().__init__()
        self._view = view
        self.rows = 0
        self.at = 0.0
        view.list.viewport().installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.Paint and len(self._view.model.rows) >= self.rows > 0:
            QTimer.singleShot(0, self._done)
        return False

    def _done(self):
        if not self.at:
            self.at = time.perf_counter()


class Child:
    def __init__(self, data: Path):
        self.app = QApplication(sys.argv[:1])
        self.app.setStyle("Fusion")
        self.ready, self.stamp = [], 1
        # Something always happens within a second: `until` can give up.
        self.pulse = QTimer(interval=1_000)
        self.pulse.start()
        self.till = TillApplication(
            WindowOptions(data, (1366, 768), sync=False), lambda: self.ready.append(True)
        )
        self.app.processEvents()
        self.visible_ms = ms_since(STARTED)
        self.until(lambda: self.ready)
        self.until(self.till.workspace.login.page.isVisible)
        self.ready_ms = ms_since(STARTED)
        self.first_mb = resident_mb()

    def until(self, holds):
        """Wait as the till's own event loop does: asleep between events, so that its threads have the interpreter."""
        began = time.perf_counter()
        while not holds():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() - began > _LONGEST:
                space = self.till.workspace
                page = space.shell.page if space else "none"
                said = space.shell.toast.label.text() if space else ""
                raise SystemExit(f"window bench: nothing happened for long on {page}: {said}")

    def enter(self):
        from pos_client.ports import Operator

        opened = self.till.opened.till
        done = []
        person = Operator("101", "Bench", "cashier", "de")
        self.till.tasks.command(
            lambda: opened.recorder.sign_on(person), lambda _n: done.append(True), owner=self.till
        )
        self.until(lambda: done)
        self.till.workspace.show_person("Bench", "B")
        self.till.workspace.go("sale")
        self.until(lambda: self.till.workspace.shell.page == "sale")

    def pause(self, seconds):
        """Let the window do what it has to do, as long as the real time passes."""
        over = []
        QTimer.singleShot(int(seconds * 1000), lambda: over.append(True))
        self.until(lambda: over)

    def scan(self, code):
        """All but the end key, as a quick scanner sends it, after the hand has found the next article."""
        self.pause(_HAND_SECONDS)
        for sign in code:
            self.key(sign, 2)
            self.pause(_SIGN_SECONDS)

    def key(self, sign, gap_ms=100):
        self.stamp += gap_ms
        key = Qt.Key.Key_Return if sign == "\r" else Qt.Key(ord(sign.upper()))
        none = Qt.KeyboardModifier.NoModifier
        handle = self.till.window.windowHandle()
        event = QKeyEvent(QEvent.Type.KeyPress, key, none, sign)
        event.setTimestamp(self.stamp)
        QApplication.sendEvent(handle, event)

    def sales(self, count, codes):
        """Scan, pay, next: milliseconds from each scan's end key to paint, and from Enter to the change."""
        space = self.till.workspace
        basket = space.sale.page.basket
        painted = Painted(basket)
        scans, tenders, weights = [], [], []
        for number in range(count):
            for line in range(1, LINES + 1):
                painted.rows, painted.at = line, 0.0
                self.scan(next(codes))
                began = time.perf_counter()
                self.key("\r", 2)
                self.until(lambda: painted.at)
                scans.append((painted.at - began) * 1000)
            painted.rows = 0
            self.key("+")
            self.until(lambda: space.shell.page == "pay" and space.pay.page.entry.field.text())
            began = time.perf_counter()
            self.key("\r")
            self.until(lambda: space.pay.page.is_done)
            tenders.append(ms_since(began))
            self.key("\r")
            self.until(lambda: space.shell.page == "sale" and not basket.model.rows)
            if number % 40 == 39:
                weights.append(resident_mb())
        return scans, tenders, weights


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sales", type=int, default=480)
    parser.add_argument("--articles", type=int, required=True)
    options = parser.parse_args()
    child = Child(options.data)
    from tests.bench.big_chain import barcode_of

    child.enter()
    chance = random.Random(7)

    def codes():
        while True:
            yield barcode_of(chance.randrange(options.articles))

    scans, tenders, weights = child.sales(options.sales, codes())
    answer = {
        "visible_ms": child.visible_ms,
        "ready_ms": child.ready_ms,
        "first_mb": child.first_mb,
        "scans": scans,
        "tenders": tenders,
        "weights": weights,
        "stalls": 0,
    }
    child.till.close()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
