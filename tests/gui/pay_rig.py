"""A till at its payment page with a simulated terminal behind a real socket, and a centre in the same process."""

import itertools
from uuid import UUID

from PySide6.QtCore import Qt

from pos_client.app.window.application import TillApplication, WindowOptions
from tests.gui.test_window import CLOCK, Cashier

FAST = (0.1, 0.4)


class PayingCashier(Cashier):
    """Looks at the payment page."""

    def __init__(self, qtbot, data, via=None):
        self.qtbot = qtbot
        self.stamp = 1
        ready = []
        self.till = TillApplication(
            WindowOptions(data, size=(1366, 768), sync=False, clock=CLOCK, via=via),
            lambda: ready.append(True),
        )
        qtbot.waitUntil(lambda: bool(ready), timeout=20_000)

    @property
    def page(self):
        return self.space.pay.page

    @property
    def step(self):
        return self.page.step_panel

    @property
    def title(self):
        return self.step.title.accessibleName() if self.page.shows_step else ""

    def log_in_to_pay(self, staff="101"):
        """Log in where something has to be seen first."""
        self.until(lambda: bool(self.space.login.page.tiles))
        next(t for t in self.space.login.page.tiles if t.tile.staff_id == staff).click()
        self.type("4711\r")
        self.until(lambda: self.shell.page == "pay")

    def to_pay(self):
        self.key("+")
        self.until(lambda: self.shell.page == "pay" and bool(self.page.chosen))
        self.qtbot.wait(50)

    def means(self, key):
        kinds = {Qt.Key.Key_F5: "cash", Qt.Key.Key_F6: "card", Qt.Key.Key_F7: "gift_card"}
        self.key(key)
        self.until(lambda: self.page.chosen == kinds[key] and not self.page.shows_step)
        self.qtbot.wait(50)

    def by_card(self, typed=""):
        self.means(Qt.Key.Key_F6)
        self.until(lambda: bool(self.page.entry.field.text()))
        self.type(f"{typed}\r")

    def press(self, key):
        self.until(lambda: key in self.step.buttons and self.page.shows_step)
        self.step.buttons[key].click()

    def until_title(self, title):
        self.until(lambda: self.title == title)

    def due(self):
        return plain(self.page.bill.due.accessibleName())

    def rows(self):
        """Kind, detail and amount of each tender, as the left column shows them."""
        return [(t.kind, plain(t.detail), t.amount) for t in self.page.state.tenders]

    def take_back(self, place):
        self.page.bill.take_back.emit(place)


def plain(text):
    return text.replace("\u00a0", " ")


def drawn():
    """Digits that nobody could guess, the same in each run."""
    return itertools.count(123_456, 7)


def named(number):
    """An id for a request of a test."""
    return UUID(int=number)
