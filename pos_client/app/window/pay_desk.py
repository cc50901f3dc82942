"""Carries paying: what is due, cash in, change out, the receipt complete."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from pos_client.app.window.stage import Stage
from pos_client.features.payment.state import PaymentState
from pos_client.features.payment.view import PaymentView
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem


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
        self.page.back.connect(self._back)
        self.page.typed.connect(self._preview)
        self.page.cash.connect(self._cash)
        self.page.take_back.connect(self._take_back)
        self.page.reprint.connect(self._reprint)
        self.page.gift.connect(self._gift)
        self.page.next_receipt.connect(self.finished)

    def enter(self) -> None:
        """The page is shown: what is due."""
        self.page.begin()
        self._tasks.command(self._till.payment.refresh, self.page.show_state, owner=self.page)

    def _preview(self, text: str) -> None:
        if not text:
            return
        self._tasks.query(
            lambda: self._till.payment.preview(text),
            self.page.entry.preview,
            owner=self.page,
            kind="preview",
            lane="till",
        )

    def _cash(self, text: str) -> None:
        if self._busy:
            return
        self._busy = True

        def pay() -> PaymentState:
            state = self._till.payment.on_cash(text or None)
            return self._till.payment.on_finish() if state.settled else state

        self._tasks.command(pay, self._paid, owner=self.page, failed=self._refused)

    def _paid(self, state: PaymentState) -> None:
        self._busy = False
        self.page.show_state(state)
        if state.receipt_number:
            self.completed.emit()

    def _refused(self, problem: Problem) -> None:
        self._busy = False
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

        def back() -> None:
            if self._till.sale.basket is not None and self._till.sale.payment.tenders:
                self._till.payment.on_take_back()

        self._tasks.command(back, lambda _none: self.left.emit(), owner=self.page)

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
        if self.page.is_done:
            self.finished.emit()
            return True
        self._stage.shell.say(self._words.text("window.scan_while_paying"))
        return False

    def on_key(self, event: QKeyEvent) -> bool:
        """The keys of the page; digits always go to the amount."""
        key, text = event.key(), event.text()
        if self.page.is_done:
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
                self.finished.emit()
            elif text.casefold() == "d":
                self._reprint()
            elif text.casefold() == "g":
                self._gift()
            else:
                return False
            return True
        if key == Qt.Key.Key_Escape:
            self._back()
        elif text.isdigit() or text in {",", "."}:
            self.page.entry.pad.typed.emit(text)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.page.entry.accepted.emit(self.page.entry.field.text())
        else:
            return False
        return True
