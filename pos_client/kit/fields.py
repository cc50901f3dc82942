"""Typing: a field with icon, hint, key cap and a sentence below where something is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pos_client.kit.buttons import Button, paint_key
from pos_client.kit.labels import Label, Picture
from pos_client.kit.look import Look

LONGEST = 300


class _Edit(QLineEdit):
    """The edit inside the frame; tells it about focus."""

    focused = Signal(bool)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)


class _Frame(QWidget):
    """Ground and edge: two px in accent while it has the focus, two px in danger while something is wrong."""

    def __init__(self, look: Look, height: int) -> None:
        super().__init__()
        self._look = look
        self.focus_on = False
        self.wrong = False
        self.setFixedHeight(height)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, width = "border_strong", 1
        if self.wrong:
            edge, width = "danger", 2
        elif self.focus_on:
            edge, width = "accent", 2
        painter.setPen(QPen(self._look.color(edge), width))
        painter.setBrush(self._look.color("surface" if self.isEnabled() else "surface_2"))
        half = width / 2
        radius = self._look.tokens.sizes.radius["medium"]
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius
        )


class _KeyCap(QWidget):
    def __init__(self, look: Look, text: str) -> None:
        super().__init__()
        self._look, self._text = look, text
        self.setFixedSize(12 + 8 * len(text), 22)
        look.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        self.setVisible(self._look.keycaps)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_key(painter, self._look, QRectF(self.rect()), self._text, "text_muted")


class Field(QWidget):
    """One line of text. `submitted` on Enter, `edited` while typing, `escaped` on Esc with nothing in it.

    `caption` stands above the text inside the frame, `suffix` behind it. Signs in `leaves` are not typed into an empty
    field but left to the screen.
    """

    edited = Signal(str)
    submitted = Signal(str)
    escaped = Signal()

    def __init__(
        self,
        look: Look,
        name: str,
        *,
        hint: str = "",
        icon: str = "",
        key: str = "",
        caption: str = "",
        suffix: str = "",
        height: int = 64,
        clearable: bool = False,
        secret: bool = False,
    ) -> None:
        super().__init__()
        self._look = look
        self.leaves: frozenset[str] = frozenset()
        self.frame = _Frame(look, height)
        self.edit = _Edit()
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(hint)
        self.edit.setFrame(False)
        self.edit.setMaxLength(LONGEST)
        self.edit.setMinimumHeight(28)
        self.edit.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, on=False)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        row = QHBoxLayout(self.frame)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(12)
        self.picture = Picture(look, icon) if icon else None
        if self.picture is not None:
            row.addWidget(self.picture)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        self.caption = Label(look, caption, size="caption", tone="muted") if caption else None
        if self.caption is not None:
            column.addWidget(self.caption)
        column.addWidget(self.edit)
        column.addStretch(1)
        row.addLayout(column, 1)
        self.suffix = Label(look, suffix, size="title", tone="muted") if suffix else None
        if self.suffix is not None:
            row.addWidget(self.suffix)
        self.cap = _KeyCap(look, key) if key else None
        if self.cap is not None:
            row.addWidget(self.cap)
        self.clear_button = Button(look, "", "quiet", icon="x", name=f"× {name}")
        self.clear_button.setVisible(False)
        self._clearable = clearable
        row.addWidget(self.clear_button)
        self.message = Label(look, "", size="small", tone="danger", wrap=True)
        self.message.setVisible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self.frame)
        whole.addWidget(self.message)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.edit)
        self.edit.focused.connect(self._focused)
        self.edit.textEdited.connect(self._typed)
        self.edit.textChanged.connect(self._changed)
        self.clear_button.clicked.connect(self.clear)
        self.edit.installEventFilter(self)

    def text(self) -> str:
        """What stands in it."""
        return self.edit.text()

    def put(self, text: str) -> None:
        """Put a text in as if it had been typed."""
        self.edit.setText(text)

    def name(self, text: str) -> None:
        """Another name, for people who read it and for those who hear it."""
        self.edit.setAccessibleName(text)
        if self.caption is not None:
            self.caption.say(text)

    def show_suffix(self, *, on: bool) -> None:
        """Whether what is typed has the unit behind it."""
        if self.suffix is not None:
            self.suffix.setVisible(on)

    def clear(self) -> None:
        """Empty it, and what was said about it."""
        self.edit.clear()
        self.complain("")
        self.edited.emit("")
        self.edit.setFocus()

    def complain(self, sentence: str) -> None:
        """Say what is wrong and what to do; nothing takes it back."""
        self.message.say(sentence)
        self.message.setVisible(bool(sentence))
        self.frame.wrong = bool(sentence)
        self.edit.setAccessibleDescription(sentence)
        self.frame.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Esc empties, Esc on an empty field is the screen's; so are `leaves` while it is empty."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        empty = not self.edit.text()
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit() if empty else self.clear()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # Here and not by returnPressed: Qt passes that Enter on, and the page it opens would take it for its own.
            self.submitted.emit(self.edit.text())
            return True
        if empty and (event.text() in self.leaves or event.key() == Qt.Key.Key_Delete):
            event.ignore()
            return True
        return False

    def _focused(self, on: bool) -> None:
        self.frame.focus_on = on
        self.frame.update()

    def _typed(self, text: str) -> None:
        self.complain("")
        self.edited.emit(text)

    def _changed(self, text: str) -> None:
        self.clear_button.setVisible(self._clearable and bool(text))
        if self.cap is not None:
            self.cap.setVisible(self._look.keycaps and not text)
