"""Carries paying: what is due, money in, change out, the receipt complete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from pos_client.app.window.stage import Stage
from pos_client.features.payment.state import PaymentPreview, PaymentState
from pos_client.features.payment.view import PaymentView
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
# The longest a scanner takes for a code; then its end key has told what the letters were.
_SCAN_OVER_MS = 250
_MEANS = {Qt.Key.Key_F5: "cash", Qt.Key.Key_F6: "card"}


class PayDesk(QObject):
    """`left` goes back to the receipt, `finished` to the next one."""

    left = Signal()
    finished = Signal()
    completed = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        sign = stage.words.money(0, stage.currency).strip("0.,\u00a0 ")
        self.page = PaymentView(stage.look, stage.words, sign)
        self._busy = False
        self._scans = 0
        self.page.back.connect(self._back)
        self.page.typed.connect(self._preview)
        self.page.pay.connect(self._pay)
        self.page.means.connect(self._choose)
        self.page.take_back.connect(self._take_back)
        self.page.reprint.connect(self._reprint)
        self.page.gift.connect(self._gift)
        self.page.next_receipt.connect(self.finished)

    def enter(self) -> None:
        """The page is shown: what is due."""
        self.page.begin()
        self._tasks.command(
            self._till.payment.on_open,
            self.page.show_state,
            owner=self.page,
            failed=self._refused,
        )

    def _choose(self, kind: str) -> None:
        if self._busy:
            return
        self._tasks.command(
            lambda: self._till.payment.on_means(kind),
            self.page.show_state,
            owner=self.page,
            failed=self._refused,
        )

    def _preview(self, text: str) -> None:
        if not text:
            # An empty amount is nothing to take: an answer under way, and the words of the last one, are void.
            self._tasks.forget("preview")
            self.page.entry.preview(PaymentPreview(self._words.text("window.amount_enter")))
            return
        self._tasks.query(
            lambda: self._till.payment.preview(text),
            self.page.entry.preview,
            owner=self.page,
            kind="preview",
            lane="till",
        )

    def _pay(self, text: str) -> None:
        if self._busy:
            return
        self._busy = True

        def pay() -> PaymentState:
            state = self._till.payment.refresh()
            if not state.settled:  # else it was paid already, and only completing it failed
                state = self._till.payment.on_pay(text or None)
            return self._till.payment.on_finish() if state.settled else state

        self._tasks.command(pay, self._paid, owner=self.page, failed=self._refused)

    def _paid(self, state: PaymentState) -> None:
        self._busy = False
        self.page.show_state(state)
        if state.receipt_number:
            self.completed.emit()

    def _refused(self, problem: Problem) -> None:
        self._busy = False
        self._tasks.command(
            self._till.payment.refresh,
            lambda state: self._show_why(state, problem),
            owner=self.page,
        )

    def _show_why(self, state: PaymentState, problem: Problem) -> None:
        typed = self.page.entry.field.text()
        self.page.show_state(state)
        if typed and not state.settled:
            self.page.entry.field.put(typed)
            self._preview(typed)
        self.page.entry.field.complain(" ".join(self._words.error(problem)))
        self.page.entry.field.edit.selectAll()
        self.page.entry.field.edit.setFocus()
        if isinstance(problem, EnvironmentProblem):
            self._stage.shell.complain(problem)

    def _take_back(self) -> None:
        self._tasks.command(
            self._till.payment.on_take_back,
            self.page.show_state,
            owner=self.page,
            failed=self._refused,
        )

    def _back(self) -> None:
        """Back to the receipt; what was given is given back, so that lines can be changed."""

        def gone() -> None:
            if not self.page.is_done:  # paid meanwhile: the change is to be seen
                self.left.emit()

        self._tasks.command(self._till.payment.on_leave, lambda _none: gone(), owner=self.page)

    def _reprint(self) -> None:
        self._print(gift=False)

    def _gift(self) -> None:
        self._print(gift=True)

    def _print(self, *, gift: bool) -> None:
        def reprint() -> str:
            receipt = self._till.payment.last_receipt
            number = receipt.receipt_id.printed_number if receipt else ""
            if gift:
                self._till.receipts.on_gift(number)
            else:
                self._till.receipts.on_reprint(number)
            return number

        self._tasks.command(
            reprint,
            lambda number: self._stage.shell.say(
                self._words.text("window.printed_again", number=number)
            ),
            owner=self.page,
        )

    def scan(self) -> bool:
        """A scan came: after the change it begins the next receipt, before it is refused with a sentence."""
        self._scans += 1
        if self.page.is_done:
            self.finished.emit()
            return True
        self._stage.shell.say(self._words.text("window.scan_while_paying"))
        return False

    def may_leave(self, page: str) -> bool:
        """Whether another page may be shown now: not while money is being taken."""
        self._scans += 1
        return page != "pay" or self.page.is_done

    def _letter(self, act: Callable[[], None]) -> None:
        """Do what a letter stands for, unless it was the first one of a scan."""
        scans = self._scans
        QTimer.singleShot(_SCAN_OVER_MS, lambda: act() if scans == self._scans else None)

    def on_key(self, event: QKeyEvent) -> bool:
        """The keys of the page; digits always go to the amount."""
        key, text = event.key(), event.text()
        if self.page.is_done:
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
                self.finished.emit()
            elif text.casefold() == "d":
                self._letter(self._reprint)
            elif text.casefold() == "g":
                self._letter(self._gift)
            else:
                return False
            return True
        if key == Qt.Key.Key_Escape:
            self._back()
        elif key in _MEANS:
            self._choose(_MEANS[Qt.Key(key)])
        elif text.isdigit() or text in {",", "."}:
            self.page.entry.pad.typed.emit(text)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.page.entry.accepted.emit(self.page.entry.field.text())
        else:
            return False
        return True
