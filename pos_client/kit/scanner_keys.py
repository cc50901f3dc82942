"""A scanner that types like a keyboard, told from a person by its speed and its end key.

Characters that follow each other within 30 ms and end with Enter or Tab are a scan, from any screen and whatever has
the focus; what the scan typed into a field is taken out again. GS1's separator arrives as a control character and
is kept.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

GAP_SECONDS = 0.030
SHORTEST = 4
_RUNNING = 3
LONGEST = 100
_SEPARATOR = "\x1d"
_END_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}


class ScannerKeys(QObject):
    """Install on the window's handle, where keys arrive first.

    `scanned` gives the code without its end key, `overlong` that a code was longer than any that exists.
    """

    scanned = Signal(str)
    overlong = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._run = ""
        self._last = 0.0
        self._ended = -1.0
        self._field: QLineEdit | None = None
        self._before = ("", 0)

    @property
    def is_running(self) -> bool:
        """Whether the last keys came as quickly as a scanner's: what is typed is no search yet."""
        return len(self._run) >= _RUNNING

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look at every key before its widget does."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        # The time at which the key was pressed, not the one at which a busy till gets round to it.
        stamp = event.timestamp()
        return self._key(event, stamp / 1000 if stamp else monotonic())

    def _key(self, event: QKeyEvent, now: float) -> bool:
        quick = now - self._last <= GAP_SECONDS
        if event.key() in _END_KEYS:
            if not self._run and now - self._ended <= GAP_SECONDS:
                return True  # a scanner that ends with two keys (CR LF): the second must not mean "pay"
            run, self._run = self._run, ""
            if quick and len(run) >= SHORTEST:
                self._ended = now
                self._restore()
                if len(run) > LONGEST:
                    self.overlong.emit()
                else:
                    self.scanned.emit(run)
                return True
            return False
        text = event.text()
        if (
            not (text.isprintable() or text == _SEPARATOR)
            or not text
            or event.modifiers()
            & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        ):
            # Shift and the like come between the characters of a scan.
            if event.key() not in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt}:
                self._run = ""
            return False
        if not quick or not self._run:
            self._run = ""
            self._remember()
        self._last = now
        if len(self._run) <= LONGEST:
            self._run += text
        return False

    def _remember(self) -> None:
        focus = QApplication.focusWidget()
        self._field = focus if isinstance(focus, QLineEdit) else None
        if self._field is not None:
            self._before = (self._field.text(), self._field.cursorPosition())

    def _restore(self) -> None:
        """Put the field back to what it was before the scan typed into it."""
        if self._field is not None:
            text, cursor = self._before
            self._field.setText(text)
            self._field.setCursorPosition(cursor)
            self._field.textEdited.emit(text)
        self._field = None
