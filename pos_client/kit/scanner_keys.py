"""A scanner that types like a keyboard, told from a person by its speed and its end key.

Characters that follow each other within 30 ms and end with Enter or Tab are a scan, from any screen and whatever has
the focus; what the scan typed is taken out again: out of a field here, elsewhere by what the widget that has the
focus gives from `keep_typed`. GS1's separator arrives as a control character and is kept.

A key that is held down counts once, except where repeating is what it is for: a book that lies on Enter pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

GAP_SECONDS = 0.030
SHORTEST = 4
_RUNNING = 3
LONGEST = 100
# Three tracks of a card from a reader that types, and a voucher's code with its signature.
LONGEST_STRIPE = 300
_SENTINELS = ("%", ";", "TV1.", "TV2.")
_SEPARATOR = "\x1d"
_REPEATING = {
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}
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
        self._take_back: Callable[[], None] | None = None
        self._window: QObject | None = None

    @property
    def is_running(self) -> bool:
        """Whether the last keys came as quickly as a scanner's: what is typed is no search yet."""
        return len(self._run) >= _RUNNING

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every key before its widget does."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.isAutoRepeat():
            return event.key() not in _REPEATING
        # The time at which the key was pressed, not the one at which a busy till gets round to it.
        self._window = watched
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
                if len(run) > (LONGEST_STRIPE if run.startswith(_SENTINELS) else LONGEST):
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
        if len(self._run) <= LONGEST_STRIPE:
            self._run += text
        return False

    def _remember(self) -> None:
        # The window's own: without a window manager no window is the application's active one.
        widget = QWidget.find(self._window.winId()) if isinstance(self._window, QWindow) else None
        focus = widget.focusWidget() if widget is not None else None
        if isinstance(focus, QLineEdit):
            self._take_back = _keep_field(focus)
        else:
            keep = getattr(focus, "keep_typed", None)
            self._take_back = keep() if keep is not None else None

    def _restore(self) -> None:
        if self._take_back is not None:
            self._take_back()
        self._take_back = None


def _keep_field(field: QLineEdit) -> Callable[[], None]:
    """How to put a field back to what it is now."""
    text, cursor = field.text(), field.cursorPosition()

    def put_back() -> None:
        if isValid(field):
            field.setText(text)
            field.setCursorPosition(cursor)
            field.textEdited.emit(text)

    return put_back
