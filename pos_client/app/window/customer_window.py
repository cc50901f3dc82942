"""The customer's screen: a window of its own on the second screen of the till, if it has one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from pos_client.app.customer_feed import CustomerFeed
from pos_client.features.customer_display.state import CustomerState
from pos_client.features.customer_display.view import CustomerScreen
from pos_client.kit.look import Look

_GREETING_MS = 20_000


def second_screen() -> QScreen | None:
    """A screen that is not the cashier's; None if there is none."""
    primary = QGuiApplication.primaryScreen()
    return next((screen for screen in QGuiApplication.screens() if screen is not primary), None)


class CustomerWindow(QObject):
    """Follows what the till tells its customer, from whatever thread that comes, and greets the next one."""

    _told = Signal(object)

    def __init__(self, look: Look, feed: CustomerFeed, screen: QScreen | None) -> None:
        super().__init__()
        self._feed = feed
        self.view = CustomerScreen(look)
        self.view.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        # The keyboard stays the cashier's.
        self.view.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.view.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self._greeting = QTimer(self)
        self._greeting.setSingleShot(True)
        self._greeting.setInterval(_GREETING_MS)
        self._greeting.timeout.connect(lambda: self.view.show_state(feed.idle()))
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)
        feed.listen(self._told.emit)
        if screen is not None:
            self.view.setGeometry(screen.geometry())
        self.view.show()

    def _show(self, state: CustomerState) -> None:
        self.view.show_state(state)
        if state.phase == "paid":
            self._greeting.start()
        else:
            self._greeting.stop()

    def close(self) -> None:
        """Take it away."""
        self._feed.unlisten(self._told.emit)
        self._greeting.stop()
        self.view.close()
        self.view.deleteLater()
