"""Lists: frozen rows in a model that changes only what differs, shown by a list that scrolls under the finger."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QScroller,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pos_client.kit.look import Look

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole


class RowListModel(QAbstractListModel, Generic[Row]):
    """Rows in order. `key` tells which row is which, `words` what a screen reader says of one."""

    def __init__(
        self, key: Callable[[Row], Hashable], words: Callable[[Row], str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._key, self._words = key, words
        self.rows: tuple[Row, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._words(row)
        return None

    def show(self, rows: Sequence[Row]) -> None:
        """Become these rows: what stayed at both ends is left alone, so that selection and scrolling stay."""
        new, old = tuple(rows), self.rows
        head = 0
        most = min(len(new), len(old))
        while head < most and self._key(new[head]) == self._key(old[head]):
            head += 1
        tail = 0
        while tail < most - head and self._key(new[-1 - tail]) == self._key(old[-1 - tail]):
            tail += 1
        gone, came = len(old) - head - tail, len(new) - head - tail
        if gone:
            self.beginRemoveRows(QModelIndex(), head, head + gone - 1)
            self.rows = old[:head] + old[head + gone :]
            self.endRemoveRows()
        if came:
            self.beginInsertRows(QModelIndex(), head, head + came - 1)
            self.rows = self.rows[:head] + new[head : head + came] + self.rows[head:]
            self.endInsertRows()
        changed = [at for at, row in enumerate(new) if row != self.rows[at]]
        self.rows = new
        for at in changed:
            self.dataChanged.emit(self.index(at), self.index(at))


class RowDelegate(QStyledItemDelegate, Generic[Row]):
    """Paints rows: ground, selection bar and lower edge here, the contents in `paint_row`."""

    height = 60

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    def row_height(self, _row: Row, *, selected: bool) -> int:  # noqa: ARG002 - for rows that open
        """How high a row is."""
        return self.height

    def paint_row(self, painter: QPainter, box: QRect, row: Row, *, selected: bool) -> None:
        """Draw the contents."""
        raise NotImplementedError

    def ground(self, _row: Row) -> str:
        """The colour under a row that is not selected."""
        return ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        selected = isinstance(view, RowList) and view.currentIndex() == index
        return QSize(option.rect.width(), self.row_height(index.data(ROW_ROLE), selected=selected))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect
        ground = "accent_soft" if selected else self.ground(row) or ("surface_2" if hovered else "")
        if ground:
            painter.fillRect(box, self.look.color(ground))
        if selected:
            painter.fillRect(
                QRect(box.left(), box.top(), 4, box.height()), self.look.color("accent")
            )
        painter.setPen(QPen(self.look.color("border"), 1))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        self.paint_row(painter, box, row, selected=selected)
        painter.restore()


class RowList(QListView):
    """A list of rows. `chosen` gives the row that was tapped or entered."""

    chosen = Signal(object)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.clicked.connect(self._give)
        look.changed.connect(self.viewport().update)
        look.photos.arrived.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._give(self.currentIndex())
            return
        if event.text().isprintable() and event.text():
            # Letters and signs mean the page's search and its keys, not a row that begins with them.
            event.ignore()
            return
        super().keyPressEvent(event)

    def _give(self, index: Index) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ROW_ROLE))
