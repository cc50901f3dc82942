"""The till with its window: shown at once, opened behind it, joined to a centre first where it is not yet.

Nothing here imports storage or the domain before the window is on the screen: a person sees the till start.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from pos_client.kit.focus import FocusRing
from pos_client.kit.look import Look
from pos_client.kit.panels import EmptyState
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread

if TYPE_CHECKING:
    from pos_client.app.window.customer_window import CustomerWindow
    from pos_client.app.window.opened import Opened
    from pos_client.app.window.photo_desk import PhotoDesk
    from pos_client.app.window.workspace import Workspace
    from pos_client.features.settings.state import SettingsState
    from pos_client.runtime.garbage import IdleCollector
    from pos_client.sync.ports import Asking
    from shared.errors import DomainError, EnvironmentProblem

RESOURCES = Path(__file__).resolve().parents[3] / "resources"


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is started; `size` for a window of its own, None for the whole screen.

    `via` is the way to the centre for what is asked while a customer waits, None for one of its own.
    """

    data: Path
    size: tuple[int, int] | None = None
    second_copy: Path | None = None
    printer: str | None = None
    sync: bool = True
    clock: str | None = None
    via: Asking | None = None


class TillWindow(QWidget):
    """The top window: one thing at a time."""

    def __init__(self, closing: Callable[[], None]) -> None:
        super().__init__()
        self.setWindowTitle("Tresen")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._closing = closing
        self._layout = QStackedLayout(self)
        self._layout.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)

    def put(self, widget: QWidget) -> None:
        """Show this instead of what was there."""
        before = self._layout.currentWidget()
        self._layout.addWidget(widget)
        self._layout.setCurrentWidget(widget)
        if before is not None:
            self._layout.removeWidget(before)
            before.hide()
            before.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Finish what is under way, and let go."""
        self._closing()
        super().closeEvent(event)


class TillApplication(QObject):
    """From the start to the end. `ready` is called once the log-in is shown."""

    def __init__(self, options: WindowOptions, ready: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._options = options
        self._ready = ready
        mark_gui_thread()
        self.look = Look(RESOURCES)
        self.look.apply()
        self.window = TillWindow(self.close)
        self.workspace: Workspace | None = None
        self._opened: Opened | None = None
        self._closed = self._opening = False
        self._garbage: IdleCollector | None = None
        self._customer: CustomerWindow | None = None
        self._photos: PhotoDesk | None = None
        self._ring = FocusRing(self.look, self.window)
        self.window.put(EmptyState(self.look, "shopping-bag", "Tresen"))
        if options.size is None:
            # Without a window manager, as on most tills, nobody else makes the window as large as the screen.
            self.window.setGeometry(QGuiApplication.primaryScreen().geometry())
            self.window.showFullScreen()
        else:
            self.window.resize(*options.size)
            self.window.show()
        from pos_client.runtime.tasks import Tasks

        self.tasks = Tasks()
        QTimer.singleShot(0, self.open)

    @property
    def opened(self) -> Opened | None:
        """What is open behind the window; its parts belong to their lanes."""
        return self._opened

    # --- opening ------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the till in its lane, once; what is wrong is said where the till would be."""
        if self._opening or self._opened is not None:
            return
        self._opening = True

        def work() -> Opened:
            from pos_client.app.window.opened import open_behind_window

            return open_behind_window(self._options)

        self.tasks.command(work, self._build, owner=self.window, failed=self._trouble)

    def _build(self, opened: Opened) -> None:
        self._opening = False
        self._opened = opened
        self._use_settings(opened.settings)
        self._workspace(opened.language)
        if self.workspace is not None:
            self.workspace.go("login")
        from pos_client.app.window.photo_desk import PhotoDesk

        self._photos = PhotoDesk(self.look.photos, self.tasks, opened.pictures.load)
        self._show_customer(opened)
        if self._ready is not None:
            self._ready()
        # After the log-in is painted: collecting once takes longer than a frame.
        QTimer.singleShot(0, self._collect_when_idle)

    def _show_customer(self, opened: Opened) -> None:
        """On a second screen, where the till is set to have one and has it."""
        from pos_client.app.window.customer_window import CustomerWindow, second_screen

        screen = second_screen()
        if opened.hub.devices.settings.customer_screen and screen is not None:
            self._customer = CustomerWindow(self.look, opened.till.customer, screen)

    def _collect_when_idle(self) -> None:
        from pos_client.runtime.garbage import IdleCollector

        if self._garbage is None and not self._closed:
            self._garbage = IdleCollector(self.tasks.settled, self)

    def _workspace(self, language: str) -> None:
        from pos_client.app.translations import TillTexts
        from pos_client.app.window.shell import Shell
        from pos_client.app.window.stage import Stage
        from pos_client.app.window.workspace import Workspace

        opened = self._opened
        if opened is None:
            return
        if self.workspace is not None:
            self.workspace.close()
        facts = opened.till.identity.store
        words = TillTexts(language, facts.market, facts.currency)
        shell = Shell(self.look, words, words.error)
        stage = Stage(
            self.look,
            words,
            self.tasks,
            shell,
            opened.till,
            opened.looking.presenter,
            opened.printing,
            opened.hub,
            opened.bench,
            opened.looking.explaining.explain,
            opened.paying,
            self._use_settings,
        )
        self.workspace = Workspace(stage, opened.watch_sync)
        self.workspace.language.connect(self._follow_language)
        self.window.put(shell)
        handle = self.window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self.workspace.scanner)

    def _follow_language(self, language: str) -> None:
        """Somebody logged in who reads another language: the same till in that one."""
        if self.workspace is None or self._opened is None:
            return
        before = self.workspace
        if language == before.words.language:
            return
        name, initials = before.person
        self._workspace(language)
        self.workspace.show_person(name, initials)
        self.workspace.go("pay" if self.workspace.pay.must_be_seen else "sale")

    def _use_settings(self, state: SettingsState) -> None:
        theme = state.theme
        if theme == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            theme = "dark" if dark else "light"
        self.look.use(theme, keycaps=state.keycaps != "off", left_handed=state.hand == "left")

    # --- trouble ------------------------------------------------------------------------------

    def _trouble(self, problem: DomainError | EnvironmentProblem) -> None:
        self._opening = False
        if problem.code == "not_provisioned":
            self._join()
            return
        from pos_client.app.translations import TillTexts
        from pos_client.kit.buttons import Button

        words = TillTexts(_language(), "", "EUR")
        text, what_next = words.error(problem)
        page = EmptyState(self.look, "alert-triangle", text, what_next, tone="danger")
        again = Button(self.look, words.text("window.try_again"), "primary", large=True)
        again.clicked.connect(self.open)
        end = Button(self.look, words.text("window.quit"))
        end.clicked.connect(self.window.close)
        page.ways.addStretch(1)
        page.ways.addWidget(end)
        page.ways.addWidget(again)
        page.ways.addStretch(1)
        self.window.put(page)
        again.setFocus()

    def _join(self) -> None:
        from pos_client.app.window.joining_desk import JoiningDesk

        desk = JoiningDesk(self.look, self.tasks, self._options.data, _language())
        desk.joined.connect(self.open)
        self._joining = desk
        self.window.put(desk.page)
        desk.page.setFocus()

    # --- the end ------------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of everything in the order in which it was taken; an open receipt stays for the next start."""
        if self._closed:
            return
        self._closed = True
        if self._garbage is not None:
            self._garbage.close()
        if self.workspace is not None:
            self.workspace.close()
        if self._customer is not None:
            self._customer.close()
        opened = self._opened
        if opened is not None:
            self.tasks.query(opened.looking.close, lambda _n: None, owner=self, kind="close")
            self.tasks.command(opened.close, owner=self)
        self.tasks.close()
        forget_gui_thread()


def _language() -> str:
    return QGuiApplication.inputMethod().locale().name().partition("_")[0] or "de"


def run_window(options: WindowOptions) -> int:
    """Show the till until its window is closed; the exit status."""
    QCoreApplication.setApplicationName("Tresen")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    till = TillApplication(options)
    from pos_client.runtime.stalls import StallLog

    stalls = StallLog()
    status = app.exec()
    stalls.close()
    till.close()
    return int(status)
