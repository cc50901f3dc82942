"""Everything a running till shows: the shell and its desks, wired to each other. Made anew for another language."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from pos_client.app.translations import TillTexts
from pos_client.app.window.balance_desk import BalanceDesk, is_voucher
from pos_client.app.window.devices_desk import DevicesDesk
from pos_client.app.window.help_sheet import HelpSheet
from pos_client.app.window.login_desk import LoginDesk
from pos_client.app.window.pay_desk import PayDesk
from pos_client.app.window.prompts import Asking, DrawerPrompt
from pos_client.app.window.receipts_desk import ReceiptsDesk
from pos_client.app.window.sale_desk import SaleDesk
from pos_client.app.window.shift_desk import ShiftDesk
from pos_client.app.window.stage import Stage
from pos_client.app.window.stock_desk import StockDesk
from pos_client.features.customers.view import NewCustomerPanel
from pos_client.features.login.state import LoginState
from pos_client.features.status.state import StatusState
from pos_client.kit.scanner_keys import ScannerKeys
from shared.catalogue.scan import Scan, resolve_scan
from shared.catalogue.scan_rules import ScanKind
from shared.errors import DomainError, EnvironmentProblem

_STATUS_MS = 1_000
_RECEIPT_NUMBER = re.compile(r"\d+-\d+")
_PAGES = {Qt.Key.Key_F1: "sale", Qt.Key.Key_F12: "shift"}
_ALT_PAGES = {Qt.Key.Key_R: "receipts", Qt.Key.Key_D: "devices"}


class _FromReaders(QObject):
    """Brings what readers read from their threads to the GUI thread."""

    read = Signal(object)


def _nobody(_scan: Scan) -> None:
    """The window is being taken down."""


class Workspace(QObject):
    """`language` asks for the same in another language: a person logged in who reads another one."""

    language = Signal(str)

    def __init__(self, stage: Stage, watch_sync: Callable[[], bool]) -> None:
        super().__init__()
        self._stage = stage
        self._watch_sync = watch_sync
        self._person = ("", "")
        self._drawer_waived = False
        self.shell = stage.shell
        self.login = LoginDesk(stage)
        self.sale = SaleDesk(stage)
        self.pay = PayDesk(stage)
        self.balance = BalanceDesk(stage)
        self.receipts = ReceiptsDesk(stage)
        self.stock = StockDesk(stage)
        self.devices = DevicesDesk(stage)
        self.shift = ShiftDesk(stage, self.devices.open_drawer)
        shell = self.shell
        shell.add_page("login", self.login.page)
        shell.add_page("sale", self.sale.page, self.sale.on_key)
        shell.add_page("pay", self.pay.page, self.pay.on_key)
        shell.add_page("receipts", self.receipts.page, self.receipts.on_key)
        shell.add_page("shift", self.shift.page)
        shell.add_page("devices", self.devices.page)
        shell.add_page("stock", self.stock.page, self.stock.on_key)
        self._connect()
        self.scanner = ScannerKeys()
        self.scanner.scanned.connect(self.scan)
        self.sale.scanning = lambda: self.scanner.is_running
        self._readers = _FromReaders(self)
        self._readers.read.connect(self.take, Qt.ConnectionType.QueuedConnection)
        stage.hub.on_scan = self._readers.read.emit
        self.scanner.overlong.connect(lambda: shell.complain(EnvironmentProblem("scan_overlong")))
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.refresh_status)
        self._clock.start(_STATUS_MS)

    def _connect(self) -> None:
        shell = self.shell
        shell.went.connect(self.go)
        shell.key.connect(self._key)
        shell.bar.user.connect(self.switch_user)
        shell.bar.asked.connect(self._asked)
        self._stage.tasks.failed.connect(shell.complain)
        self._stage.tasks.settled.connect(self.refresh_status)
        self.login.entered.connect(self._entered)
        self.sale.pay.connect(lambda: self._open("pay", rail=False))
        self.sale.function.connect(self._function)
        self.devices.language.connect(self._follow_language)
        self.pay.left.connect(lambda: self.go("sale"))
        self.pay.finished.connect(lambda: self.go("sale"))
        self.pay.completed.connect(self.devices.printing_moved)
        self.pay.completed.connect(self.sale.clear)
        self.pay.steps.looked_up.connect(self.balance.show)
        self.pay.steps.looked_up.connect(self.sale.questions.customers.found)
        self.balance.attach.connect(self.sale.questions.customers.attach)
        self.sale.gift_card.connect(self.balance.open)
        self.balance.sell.connect(self.sale.value.card)
        self.receipts.page.take_back.connect(self._take_back)

    def close(self) -> None:
        """Stop looking; the tasks are closed by whoever made them."""
        self._clock.stop()
        self.pay.close()
        self._stage.hub.on_scan = _nobody
        self._stage.tasks.failed.disconnect(self.shell.complain)
        self._stage.tasks.settled.disconnect(self.refresh_status)

    def _take_back(self, number: str) -> None:
        """Goods of a receipt that was looked up come back."""
        self.go("sale")
        self.sale.returns.of_receipt(number)

    # --- pages --------------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Open a page; without anybody logged in there is only the log-in."""
        if not self._person[0] and name != "login":
            name = "login"
        self._open(name, rail=name not in {"login", "pay"})

    def _open(self, name: str, *, rail: bool) -> None:
        self.shell.show_page(name, rail=rail)
        desk = {
            "login": self.login.enter,
            "sale": self.sale.enter,
            "pay": self.pay.enter,
            "receipts": self.receipts.enter,
            "shift": self.shift.enter,
            "devices": self.devices.enter,
            "stock": self.stock.enter,
        }
        desk[name]()

    @property
    def words(self) -> TillTexts:
        """The words in use."""
        return self._stage.words

    @property
    def person(self) -> tuple[str, str]:
        """Who is logged in, and the initials; empty for nobody."""
        return self._person

    def show_person(self, name: str, initials: str) -> None:
        """Show who is logged in."""
        self._person = (name, initials)
        self.shell.bar.user_button.say(name, initials)

    def _entered(self, state: LoginState) -> None:
        self.show_person(state.name, state.initials)
        # What a killed till left at the terminal is seen before anything is taken.
        self._open("pay" if self.pay.must_be_seen else "sale", rail=not self.pay.must_be_seen)
        self.shell.say(state.greeting)
        self._follow_language()

    def _follow_language(self) -> None:
        """Whoever is logged in may read another language than the window has."""
        self._stage.tasks.query(
            lambda: self._stage.till.texts.language,
            self.language.emit,
            owner=self.shell,
            kind="language",
            lane="till",
        )

    def switch_user(self) -> None:
        """Somebody else: the receipt stays open."""
        self._switch_to(())

    def _switch_to(self, numbers: tuple[str, ...]) -> None:
        """Somebody else, perhaps with one of these numbers."""
        till = self._stage.till
        self._stage.tasks.command(
            till.login.on_logout, lambda _s: self._logged_out(numbers), owner=self.shell
        )

    def _logged_out(self, numbers: tuple[str, ...]) -> None:
        self.show_person("", "")
        self._open("login", rail=False)
        self.login.page.choose(numbers)

    def _asked(self, part: str) -> None:
        self.go("devices")
        self.devices.page.show_section("devices")
        self.devices.mark(part)

    def _function(self, name: str) -> None:
        if name == "help":
            self.help()
        elif name == "balance":
            self.balance.open()
        elif name == "drawer":
            self.devices.open_drawer()

    def help(self) -> None:
        """All keys."""
        sheet = HelpSheet(self._stage.look, self._stage.words)
        self.shell.sheet.open(self._stage.words.text("window.help"), sheet)

    # --- scanner and keys ---------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """A scanner or card reader typed something, on any screen."""
        self.take(resolve_scan(text, self._stage.hub.rules))

    def take(self, scan: Scan) -> None:
        """Something was scanned, swiped or held to a reader. One place decides what becomes of it."""
        page, code = self.shell.page, scan.code
        if scan.kind is ScanKind.PAYMENT_CARD:
            self.shell.complain(DomainError("payment_card_swiped"))
            return
        if page == "login" or not self._person[0]:
            known = scan.kind is ScanKind.STAFF and self.login.page.choose((scan.key, code))
            if not known:
                self.shell.say(self._stage.words.text("window.scan_login_first"))
            return
        if self._answers(code):
            return
        if scan.kind is ScanKind.STAFF and self.pay.may_leave(page):
            self._switch_to((scan.key, code))
            return
        number = self._own_receipt(code)
        if number and self.pay.may_leave(page):
            self._open("receipts", rail=True)
            self.receipts.open(number)
            return
        if page == "shift" and self.shift.is_counting:
            self.shell.say(self._stage.words.text("window.scan_while_counting"))
            return
        self._sort(scan)

    def _sort(self, scan: Scan) -> None:
        """What is neither a person nor a receipt belongs to the page that is open, or to the sale."""
        page, code = self.shell.page, scan.code
        if page == "pay":
            if not self.pay.scan(code):
                return
        elif scan.kind is ScanKind.GIFT_CARD or is_voucher(code):
            self.balance.open(code)
            return
        elif page == "stock":
            self.stock.scan(code)
            return
        elif page != "sale":
            self._open("sale", rail=True)
        self.shell.sheet.leave()
        self.sale.scan(scan)

    def _answers(self, code: str) -> bool:
        """Whether a scan was meant for the question that is asked, or has to wait for its end."""
        asking = self.shell.sheet.content
        if isinstance(asking, DrawerPrompt):
            self.shell.say(self._stage.words.text("drawer.wait"))
            return True
        return isinstance(asking, Asking | NewCustomerPanel) and asking.take_scan(code)

    def _own_receipt(self, code: str) -> str:
        """The printed number in the barcode of a receipt of this till (`DE01-T1-1-42`); else nothing."""
        number = code.removeprefix(f"{self._stage.till.identity.till_id}-")
        return number if number != code and _RECEIPT_NUMBER.fullmatch(number) else ""

    def _key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self.shell.page in {"login", "pay"}:
            return
        if key in _PAGES:
            self.go(_PAGES[key])
        elif alt and key in _ALT_PAGES:
            self.go(_ALT_PAGES[key])
        elif alt and key == Qt.Key.Key_U:
            self.switch_user()
        elif event.text() == "?":
            self.help()
        elif key == Qt.Key.Key_Escape and self.shell.page != "sale":
            self.go("sale")

    # --- status -------------------------------------------------------------------------------

    def refresh_status(self) -> None:
        """Look at clock, sync, second copy and printer again."""

        def look() -> tuple[StatusState, bool]:
            self._stage.till.follow_business_clock()
            self._stage.hub.rules = self._stage.till.rules.scan_rules()
            return self._stage.till.status.refresh(), self._watch_sync()

        self._stage.tasks.query(
            look, self._show_status, owner=self.shell, kind="status", lane="till"
        )

    def _show_status(self, answer: tuple[StatusState, bool]) -> None:
        state, sync_lives = answer
        self.shell.bar.show_state(state)
        self.login.page.show_time(state.date_text, state.time_text)
        self.devices.render_status(state, sync_lives=sync_lives)
        if self.shell.page == "login" and not self.login.page.tiles:
            self.login.look_again()
        elif self.shell.page == "sale" and not self.sale.page.lookup.has_tiles:
            self.sale.look_again()
        self._mind_drawer()

    def _mind_drawer(self) -> None:
        """Where the shop wants it, no receipt begins while the drawer stands open; one that is open goes on."""
        blocks = self._stage.hub.drawer_blocks()
        if not blocks:
            self._drawer_waived = False
        shown = isinstance(self.shell.sheet.content, DrawerPrompt)
        due = blocks and not self._drawer_waived and self.shell.page == "sale"
        if due and not shown and self.sale.is_empty:
            prompt = DrawerPrompt(self._stage.look, self._stage.words)
            prompt.waived.connect(self._waive_drawer)
            self.shell.sheet.open(self._stage.words.text("drawer.wait"), prompt)
        elif shown and not due:
            self.shell.sheet.leave()

    def _waive_drawer(self) -> None:
        def waived(_none: object) -> None:
            self._drawer_waived = True
            self.shell.sheet.leave()

        self._stage.tasks.command(self.devices.presenter.on_waive_drawer, waived, owner=self.shell)
