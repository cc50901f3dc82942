"""What lies over or between: cards, banners, empty states, toasts, sheets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScroller, QVBoxLayout, QWidget
from shiboken6 import isValid

from pos_client.kit.buttons import Button
from pos_client.kit.labels import Label, Picture, Tone, repolish, rule
from pos_client.kit.look import Look

TOAST_MS = 8_000
_SAID_MS = 4_000
_SHEET_IN_MS, _SHEET_OUT_MS = 180, 120
_ICONS = {
    "saving": "circle-check",
    "accent": "info-circle",
    "warning": "alert-triangle",
    "danger": "alert-triangle",
}
_GROUNDS = {
    "saving": "saving_soft",
    "accent": "accent_soft",
    "warning": "warning_soft",
    "danger": "danger_soft",
}


class Ground(QWidget):
    """A widget filled with a colour of the theme, rounded if wanted."""

    def __init__(self, look: Look, colour: str, radius: int = 0) -> None:
        super().__init__()
        self._look, self._colour, self._radius = look, colour, radius
        look.changed.connect(self.update)

    def set_colour(self, colour: str) -> None:
        """Another ground."""
        self._colour = colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color(self._colour))
        painter.drawRoundedRect(QRectF(self.rect()), self._radius, self._radius)


class Card(QFrame):
    """A white card with a thin edge; `column` takes its contents."""

    def __init__(self, margin: int = 16) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(8)


class Banner(Ground):
    """A lasting state in one or two sentences, with at most one way on."""

    acted = Signal()

    def __init__(self, look: Look, tone: Tone = "warning", action: str = "") -> None:
        super().__init__(look, _GROUNDS[tone], look.tokens.sizes.radius["medium"])
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        self.picture = Picture(look, _ICONS[tone], 24, tone)
        self.label = Label(look, "", size="small", weight="medium", tone=tone, wrap=True)
        row.addWidget(self.picture)
        row.addWidget(self.label, 1)
        self.button = Button(look, action, "quiet")
        self.button.clicked.connect(self.acted)
        self.button.setVisible(bool(action))
        row.addWidget(self.button)
        self.setMinimumHeight(56)
        self.setVisible(False)

    def say(self, text: str, tone: Tone = "warning", action: str = "") -> None:
        """Show a sentence; none hides the banner."""
        self.label.say(text)
        self.label.set_tone(tone)
        self.picture.show_as(_ICONS[tone], tone)
        self.set_colour(_GROUNDS[tone])
        self.button.say(action)
        self.button.setVisible(bool(action))
        self.setVisible(bool(text))


class EmptyState(QWidget):
    """Nothing here yet: a picture, one bold line, one plain line, at most two ways on."""

    def __init__(
        self, look: Look, icon: str, title: str, text: str = "", *, tone: str = "accent"
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        ground = "danger_soft" if tone == "danger" else "accent_soft"
        self.picture = Picture(look, icon, 32, tone, ground=ground, ground_size=96)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self.title = Label(look, title, size="large", weight="semibold", wrap=True)
        self.text = Label(look, text, tone="muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            column.addWidget(label)
        self.ways = QHBoxLayout()
        self.ways.setSpacing(8)
        column.addLayout(self.ways)
        column.addStretch(1)

    def say(self, title: str, text: str = "") -> None:
        """Other words."""
        self.title.say(title)
        self.text.say(text)


class Toast(QWidget):
    """What was done: for eight seconds with a way back, for four without. One at a time, never stacked.

    It lies over a part `over` of `parent`, above what else that holds: a refusal is read above a sheet.
    """

    def __init__(self, look: Look, over: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent or over)
        self._look = look
        self._over = over
        self._act: Callable[[], None] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 8, 8)
        row.setSpacing(16)
        self.label = Label(look, "", tone="toast", size="small", weight="medium", wrap=True)
        self.button = Button(look, "", "outlined")
        self.button.clicked.connect(self._acted)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setMinimumHeight(64)
        over.installEventFilter(self)
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.place()
        return False

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a sentence, with a button that does `act`."""
        self.label.say(text)
        self.setAccessibleName(text)
        self._act = act
        self.button.say(action)
        self.button.setVisible(act is not None)
        self.place()
        self.show()
        self.raise_()
        self._timer.start(TOAST_MS if act is not None else _SAID_MS)

    def place(self) -> None:
        """Lower left of the part it lies over."""
        over = self._over
        width = min(480, over.width() - 48)
        self.setFixedWidth(max(width, 200))
        self.adjustSize()
        corner = QPoint(24, over.height() - self.height() - 112)
        self.move(over.mapTo(self.parentWidget() or over, corner))

    def _acted(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("toast"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)


class Sheet(QWidget):
    """A panel that slides in over the page from the right, or in portrait from below; Esc and a tap beside it close it.

    Takes one content widget at a time. The contents are told nothing: whoever opened it reads them.
    """

    closed = Signal()

    def __init__(self, look: Look, parent: QWidget, close_name: str) -> None:
        super().__init__(parent)
        self._look = look
        self._over = parent
        self._wide = 560
        self._before: QWidget | None = None
        self.panel = Ground(look, "surface")
        self.panel.setParent(self)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(24, 12, 12, 12)
        self.title = Label(look, "", size="title", weight="semibold")
        self.close_button = Button(look, "", "quiet", icon="x", name=close_name)
        self.close_button.icon_size = 24
        self.close_button.clicked.connect(self.leave)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column.addLayout(head)
        column.addWidget(rule())
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.body, 1)
        self._content: QWidget | None = None
        self._slide = QPropertyAnimation(self.panel, b"pos", self)
        self._slide.finished.connect(self._slid)
        self._leaving = False
        parent.installEventFilter(self)
        self.hide()

    @property
    def content(self) -> QWidget | None:
        """What is in it now."""
        return None if self.isHidden() or self._leaving else self._content

    def open(self, title: str, content: QWidget, width: int = 560) -> None:
        """Slide in with this content; what was in it before is deleted."""
        if self._content is not None and self._content is not content:
            self._drop()
        if self.isHidden():
            self._before = self.window().focusWidget()
        self._content = content
        self.body.addWidget(content)
        self._wide = width
        self.title.say(title)
        self._leaving = False
        self.setGeometry(self._over.rect())
        self._place()
        self.show()
        self.raise_()
        content.show()
        content.setFocus()
        self._run(_SHEET_IN_MS, self._outside(), self._inside())

    def leave(self) -> None:
        """Slide out; the focus goes back to where it was."""
        if self.isHidden() or self._leaving:
            return
        self._leaving = True
        if self._content is not None:
            self._content.setEnabled(False)
        # What had it may have been drawn anew behind the sheet.
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self._run(_SHEET_OUT_MS, self.panel.pos(), self._outside())

    def leaver(self) -> Callable[[object], None]:
        """What slides out what is in it now, once something is answered; another that was opened meanwhile stays."""
        asked_in = self.content

        def leave(_answer: object) -> None:
            if self.content is asked_in:
                self.leave()

        return leave

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.leave()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._over.rect())
            self._place()
            self.panel.move(self._inside())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.color("scrim"))

    def _portrait(self) -> bool:
        return self.height() > self.width()

    def _place(self) -> None:
        if self._portrait():
            self.panel.resize(self.width(), int(self.height() * 0.85))
        else:
            self.panel.resize(min(self._wide, self.width()), self.height())

    def _inside(self) -> QPoint:
        if self._portrait():
            return QPoint(0, self.height() - self.panel.height())
        return QPoint(0 if self._look.left_handed else self.width() - self.panel.width(), 0)

    def _outside(self) -> QPoint:
        if self._portrait():
            return QPoint(0, self.height())
        return QPoint(-self.panel.width() if self._look.left_handed else self.width(), 0)

    def _run(self, ms: int, start: QPoint, end: QPoint) -> None:
        self._slide.stop()
        if self._look.reduced_motion:
            self.panel.move(end)
            self._slid()
            return
        self._slide.setDuration(ms)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.setStartValue(start)
        self._slide.setEndValue(end)
        self._slide.start(QAbstractAnimation.DeletionPolicy.KeepWhenStopped)

    def _slid(self) -> None:
        if self._leaving:
            self._leaving = False
            self.hide()
            self._drop()
            self.closed.emit()

    def _drop(self) -> None:
        if self._content is not None:
            self.body.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
            self._content = None


class Scroll(QScrollArea):
    """A column that scrolls under the finger; `column` takes its contents."""

    def __init__(self, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8) -> None:
        super().__init__()
        inner = QWidget()
        inner.setProperty("clear", True)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(*margins)
        self.column.setSpacing(spacing)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        repolish(inner)


def clear_layout(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout and delete it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
