"""The frame around all screens: status bar, navigation, the page, toast and sheet over it; scanner and keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_client.app.window.status_bar import StatusBar
from pos_client.kit.buttons import RailItem
from pos_client.kit.labels import rule
from pos_client.kit.look import Look
from pos_client.kit.panels import Banner, Ground, Sheet, Toast
from pos_client.ports import Texts
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
RAIL = (
    ("sale", "shopping-bag"),
    ("stock", "building-warehouse"),
    ("receipts", "receipt"),
    ("shift", "cash"),
)
# A receipt or a person is at stake: these stay until they are over.
_LASTING = ("journal_", "disk", "already_running")


class Shell(QWidget):
    """Pages by name. `went` tells that a page was asked for by its navigation item or its key."""

    went = Signal(str)
    key = Signal(object)
    resized = Signal()

    def __init__(
        self, look: Look, words: Texts, explain: Callable[[Problem], tuple[str, str]]
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("Tresen")
        self._look, self._words, self._explain = look, words, explain
        self._pages: dict[str, QWidget] = {}
        self._key_handlers: dict[str, Callable[[QKeyEvent], bool]] = {}
        self.bar = StatusBar(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        # Pages lay themselves out anew for a narrow window: what they would need when wide must not keep it wide.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addWidget(self.bar)
        column.addWidget(rule())
        self.banner = Banner(look)
        self.banner.acted.connect(lambda: self.banner.say(""))
        column.addWidget(self.banner)
        self.body = QWidget()
        self._row = QHBoxLayout(self.body)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.rail = self._rail()
        self._rail_rule = rule("v")
        self._row.addWidget(self.rail)
        self._row.addWidget(self._rail_rule)
        self.stack = QStackedWidget()
        self._row.addWidget(self.stack, 1)
        column.addWidget(self.body, 1)
        self.bottom = self._bottom()
        column.addWidget(self.bottom)
        self.toast = Toast(look, self.stack, self.body)
        self.sheet = Sheet(look, self.body, words.text("window.close"))
        self.rail_wanted = False
        look.changed.connect(self._lay)
        self._lay()

    # --- navigation ---------------------------------------------------------------------------

    def _rail(self) -> Ground:
        rail = Ground(self._look, "surface")
        column = QVBoxLayout(rail)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        self.items: dict[str, RailItem] = {}
        for name, icon in RAIL:
            column.addWidget(self._item(name, icon))
        column.addStretch(1)
        column.addWidget(self._item("devices", "settings"))
        return rail

    def _bottom(self) -> Ground:
        bottom = Ground(self._look, "surface")
        bottom.setFixedHeight(72)
        row = QHBoxLayout(bottom)
        row.setContentsMargins(8, 2, 8, 2)
        for name, icon in (*RAIL, ("devices", "settings")):
            item = RailItem(self._look, self._words.text(f"window.page_{name}"), icon)
            item.clicked.connect(lambda _on=False, name=name: self.went.emit(name))
            self.items[f"bottom.{name}"] = item
            row.addWidget(item)
        return bottom

    def _item(self, name: str, icon: str) -> RailItem:
        item = RailItem(self._look, self._words.text(f"window.page_{name}"), icon)
        item.clicked.connect(lambda _on=False: self.went.emit(name))
        self.items[name] = item
        return item

    def add_page(
        self, name: str, page: QWidget, on_key: Callable[[QKeyEvent], bool] | None = None
    ) -> None:
        """A page under a name; `on_key` gets the keys that no widget of it wanted."""
        self._pages[name] = page
        self.stack.addWidget(page)
        if on_key is not None:
            self._key_handlers[name] = on_key

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        shown = self.stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is shown), "")

    def show_page(self, name: str, *, rail: bool = True) -> None:
        """Show a page, with or without the navigation."""
        self.sheet.leave()
        if name != self.page:
            self.toast.hide()
        self.rail_wanted = rail
        self.stack.setCurrentWidget(self._pages[name])
        for key, item in self.items.items():
            item.setChecked(key.rpartition(".")[2] == name)
        self._lay()

    @property
    def portrait(self) -> bool:
        """Whether the window is higher than wide."""
        return self.height() > self.width()

    def _lay(self) -> None:
        portrait = self.portrait
        self.rail.setVisible(self.rail_wanted and not portrait)
        self._rail_rule.setVisible(self.rail_wanted and not portrait)
        self.bottom.setVisible(self.rail_wanted and portrait)
        self.rail.setFixedWidth(88 if self.width() >= 1200 else 80)
        self._row.setDirection(
            QHBoxLayout.Direction.RightToLeft
            if self._look.left_handed
            else QHBoxLayout.Direction.LeftToRight
        )
        self.bar.fit(self.width())

    # --- saying -------------------------------------------------------------------------------

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Say what was done, with a way back where there is one."""
        self.toast.say(text, action, act)

    def complain(self, problem: Problem) -> None:
        """Say what is wrong, why, and what to do next; lasting trouble stays in a banner."""
        happened, what_next = self._explain(problem)
        text = f"{happened} {what_next}".strip()
        if problem.code.startswith(_LASTING):
            self.banner.say(text, "danger", self._words.text("window.understood"))
        else:
            self.toast.say(text)

    # --- keys ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        handler = self._key_handlers.get(self.page)
        if self.sheet.content is None and handler is not None and handler(event):
            return
        self.key.emit(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()
        self.resized.emit()
