"""The till's window without a display, played like a cashier: keys and scans go to the window, pictures come out.

`python -m pos_client.app.demo.robot --data D --out DIR --part morning|evening`. The morning ends with an open receipt
and the word `open` on stdout: whoever started it kills it there. The evening finds it again and closes the shift.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from pos_client.app.screens.gallery import application
from pos_client.app.window.application import TillApplication, WindowOptions
from pos_client.app.window.opened import Opened
from pos_client.app.window.workspace import Workspace
from pos_client.runtime.logs import log_to_stderr
from pos_client.storage.shift_ledger import ShiftLedger
from shared.tender.cash import fewest_pieces

CASHIER, PIN = "102", "493817"
_TICK_MS = 20
_PERSON_MS = 60
_SCANNER_MS = 5
_LONGEST_MS = 60_000
_EXIT_STUCK = 3
_KEYS = {"\r": Qt.Key.Key_Return, "\x1b": Qt.Key.Key_Escape}

Step = tuple[str, Callable[[], bool]]


class Robot(QObject):
    """Plays steps: each acts, and goes on when its condition holds; stuck for a minute it ends with status 3."""

    def __init__(self, till: TillApplication, out: Path, part: str) -> None:
        super().__init__()
        self._till = till
        self._out = out
        self._steps = self._morning() if part == "morning" else self._evening()
        self._name, self._until = "ready", self._is_ready
        self._waited = 0
        self._stamp = 1
        self._pictures = len(list(out.glob("*.png")))
        self._codes: list[str] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    # --- playing ------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._waited += _TICK_MS
        if self._waited > _LONGEST_MS:
            sys.stderr.write(f"robot: stuck at {self._name}\n")
            self.shot("stuck")
            os._exit(_EXIT_STUCK)
        if not self._until():
            return
        self._waited = 0
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self._till.window.close()
            QApplication.quit()
            return
        self._name, self._until = step

    def _is_ready(self) -> bool:
        return self._till.workspace is not None and bool(self.space.login.page.tiles)

    @property
    def space(self) -> Workspace:
        """What the window shows."""
        if self._till.workspace is None:
            raise RuntimeError("the till is not open")
        return self._till.workspace

    @property
    def opened(self) -> Opened:
        """What is open behind the window."""
        if self._till.opened is None:
            raise RuntimeError("the till is not open")
        return self._till.opened

    def key(self, sign: str, gap_ms: int = _PERSON_MS) -> None:
        """One key to the window, as the keyboard sends it, pressed so long after the one before."""
        self._stamp += gap_ms
        handle = self._till.window.windowHandle()
        key = _KEYS.get(sign, Qt.Key(ord(sign.upper())))
        text = "" if sign == "\x1b" else sign
        none = Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, none, text)
            event.setTimestamp(self._stamp)
            QApplication.sendEvent(handle, event)

    def special(self, key: Qt.Key) -> None:
        """A key without a sign."""
        handle = self._till.window.windowHandle()
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, key, none))

    def scan(self, code: str) -> None:
        """All at once, with Enter: a scanner."""
        for sign in f"{code}\r":
            self.key(sign, _SCANNER_MS)

    def type(self, text: str) -> Iterator[Step]:
        """Key by key, as a person does."""
        for sign in text:
            yield "typing", self._later(_PERSON_MS)
            self.key(sign)
        yield "typing", self._later(_PERSON_MS)

    def _later(self, ms: int) -> Callable[[], bool]:
        return lambda: self._waited >= ms

    def shot(self, name: str) -> None:
        """A picture of the window."""
        self._pictures += 1
        path = self._out / f"{self._pictures:02}-{name}.png"
        self._till.window.grab().save(str(path))

    def shown(self, name: str) -> Iterator[Step]:
        """Let the screen settle, and take a picture."""
        yield name, self._later(250)
        self.shot(name)

    def page_is(self, name: str) -> Step:
        """Wait for a page."""
        return f"page {name}", lambda: self.space.shell.page == name

    def lines_are(self, count: int) -> Step:
        """Wait for so many lines."""
        return f"{count} lines", lambda: self._lines() == count

    def _lines(self) -> int:
        return sum(not row.voided for row in self.space.sale.page.basket.model.rows)

    # --- the day ------------------------------------------------------------------------------

    def _log_in(self) -> Iterator[Step]:
        tiles = {tile.tile.staff_id: tile for tile in self.space.login.page.tiles}
        tiles[CASHIER].click()
        yield from self.shown("login")
        yield from self.type(PIN)
        yield self.page_is("sale")

    def _goods(self) -> Iterator[Step]:
        """Barcodes of articles, once the first data has come."""
        till = self.opened.till

        def codes() -> list[str]:
            return [item.barcodes[0] for item in till.reference.search("Hemd", 6) if item.barcodes]

        while len(self._codes) < 6:
            self._till.tasks.query(
                codes,
                self._codes.extend,
                owner=self,
                kind="robot",
                lane="till",
                failed=lambda _p: None,
            )
            yield "articles", self._later(500)
            self._codes = self._codes[:6]

    def _pay(self, typed: str, name: str) -> Iterator[Step]:
        self.key("+")
        yield self.page_is("pay")
        yield "amount", lambda: bool(self.space.pay.page.entry.field.text())
        if typed:
            yield from self.type(typed)
        yield from self.shown(f"{name}-pay")
        self.key("\r")
        yield "paid", lambda: self.space.pay.page.is_done
        yield from self.shown(f"{name}-change")
        self.key("\r")
        yield self.page_is("sale")
        yield self.lines_are(0)

    def _morning(self) -> Iterator[Step]:
        yield from self._log_in()
        yield from self._goods()
        self.special(Qt.Key.Key_F12)
        yield self.page_is("shift")
        yield "shift", self._later(300)
        if self.space.shift.page.is_closed:
            yield from self.type("200\r")
            yield "shift open", lambda: not self.space.shift.page.is_closed
        yield from self.shown("shift-open")
        self.special(Qt.Key.Key_F1)
        yield self.page_is("sale")
        yield from self.shown("sale-empty")
        yield from self.type("hemd")
        yield from self.shown("search")
        self.key("\x1b")
        for at, code in enumerate(self._codes[:3]):
            self.scan(code)
            yield self.lines_are(at + 1)
        self.special(Qt.Key.Key_Delete)
        yield self.lines_are(2)
        yield from self.shown("sale-line-deleted")
        yield from self._pay("500", "first")
        self.scan(self._codes[3])
        yield self.lines_are(1)
        self.special(Qt.Key.Key_F8)
        yield self.lines_are(0)
        yield from self.shown("sale-parked")
        self.scan(self._codes[4])
        yield self.lines_are(1)
        yield from self._pay("", "second")
        for at, code in enumerate(self._codes[:2]):
            self.scan(code)
            yield self.lines_are(at + 1)
        yield from self.shown("sale-before-the-power-cut")
        sys.stdout.write("open\n")
        sys.stdout.flush()
        yield "power cut", lambda: False

    def _count(self) -> Iterator[Step]:
        """Hand in what the drawer should hold, by the fewest notes and coins."""
        till = self.opened.till
        counted: list[dict[int, int]] = []

        def count() -> dict[int, int]:
            shift = ShiftLedger(till.journal).shift()
            pieces = fewest_pieces(shift.cash if shift else 0, till.identity.store.currency)
            return {denomination.value: count for denomination, count in pieces}

        self._till.tasks.query(count, counted.append, owner=self, kind="robot", lane="till")
        yield "the sum", lambda: bool(counted)
        view = self.space.shift.page.counting
        view.counts = {value: counted[0].get(value, 0) for value in view.counts}
        view.changed.emit(dict(view.counts))
        yield from self.shown("count")
        view.submitted.emit(dict(view.counts))

    def _evening(self) -> Iterator[Step]:
        yield from self._log_in()
        yield self.lines_are(2)
        yield from self.shown("sale-after-the-power-cut")
        yield from self._pay("", "third")
        self.special(Qt.Key.Key_F8)
        yield "parked list", lambda: self.space.shell.sheet.content is not None
        yield from self.shown("parked")
        self.space.sale.parking.recall()
        yield self.lines_are(1)
        yield from self._pay("", "fourth")
        self.space.go("receipts")
        yield self.page_is("receipts")
        yield from self.shown("receipts")
        self.special(Qt.Key.Key_F12)
        yield self.page_is("shift")
        yield "shift", self._later(300)
        self.space.shift.page.count.emit()
        yield "count", lambda: self.space.shift.page.is_counting
        yield from self._count()
        yield "counted", lambda: self.space.shift.page.is_counted
        yield from self.shown("shift-closed")
        yield "everything printed", lambda: self.opened.printing.state().waiting == 0


def main() -> int:
    """Play a part of the day; the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--part", choices=("morning", "evening"), required=True)
    parser.add_argument("--printer", default=None)
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    log_to_stderr()
    app = application()
    till = TillApplication(WindowOptions(options.data, (1366, 768), printer=options.printer))
    robot = Robot(till, options.out, options.part)
    status = app.exec()
    till.close()
    del robot
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
