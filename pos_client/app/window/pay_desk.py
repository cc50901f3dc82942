"""Carries paying: what is due, money in, change out, the receipt complete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from pos_client.app.paying import Booked
from pos_client.app.window.balance_desk import is_gift_card, is_voucher
from pos_client.app.window.stage import Stage
from pos_client.app.window.step_desk import StepDesk
from pos_client.features.payment.state import PaymentPreview, PaymentState
from pos_client.features.payment.view import PaymentView
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
# The longest a scanner takes for a code; then its end key has told what the letters were.
_SCAN_OVER_MS = 250
_MEANS_KEYS = range(Qt.Key.Key_F5, Qt.Key.Key_F12)


class PayDesk(QObject):
    """`left` goes back to the receipt, `finished` to the next one."""

    left = Signal()
    finished = Signal()
    completed = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        self._paying = stage.paying
        sign = stage.words.money(0, stage.currency).strip("0.,\u00a0 ")
        self.page = PaymentView(stage.look, stage.words, sign)
        self._busy = False
        self._scans = 0
        self.steps = StepDesk(stage, self.page, self._show, self._refused)
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
            self._paying.enter, self._entered, owner=self.page, failed=self._refused
        )

    def _entered(self, booked: Booked) -> None:
        if booked.state is not None:
            self._show(booked.state)
        self.steps.entered(booked)

    def _show(self, state: PaymentState) -> None:
        self._busy = False
        self.page.show_state(state)

    def close(self) -> None:
        """The page is taken down."""
        self.steps.close()

    @property
    def must_be_seen(self) -> bool:
        """Whether a killed till left something at the terminal that comes before anything else."""
        return self.steps.unresolved

    def _choose(self, kind: str, then: Callable[[], None] | None = None) -> None:
        if self._busy or self.steps.is_asking:
            return
        self.steps.put_aside()
        self.steps.choosing(kind)

        def chosen(state: PaymentState) -> None:
            self.page.show_state(state)
            self.steps.look()
            if then is not None and self.page.asks_number:
                then()

        self._tasks.command(
            lambda: self._paying.choose(kind), chosen, owner=self.page, failed=self._refused
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
        self.steps.expect(self.page.chosen, text)
        self._tasks.command(
            lambda: self._paying.pay(text), self._paid, owner=self.page, failed=self._refused
        )

    def _paid(self, state: PaymentState) -> None:
        self._show(state)
        self.steps.look()
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

    def _take_back(self, place: int) -> None:
        if self._busy or self.steps.is_asking:
            return
        self.steps.put_aside()
        self._busy = True

        def taken(state: PaymentState) -> None:
            self._show(state)
            self.steps.look()

        self.steps.expect("card", "")
        self._tasks.command(
            lambda: self._paying.take_back(place), taken, owner=self.page, failed=self._refused
        )

    def _back(self) -> None:
        """Back to the receipt; what was given is given back, so that lines can be changed."""
        if self.steps.is_asking:
            return

        def gone() -> None:
            if not self.page.is_done:  # paid meanwhile: the change is to be seen
                self.steps.left()
                self.left.emit()

        self.steps.put_aside()
        self._tasks.command(
            self._paying.leave, lambda _none: gone(), owner=self.page, failed=self._refused
        )

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

    def scan(self, code: str) -> bool:
        """A scan came: after the change it begins the next receipt, and this gives True. Before, it is what is asked
        for, or a gift card or voucher that is to pay next, or refused with a sentence.
        """
        self._scans += 1
        if self.page.is_done:
            self.finished.emit()
            return True
        if self.page.asks_number and not self.page.shows_step:
            self.page.entry.field.put(code)
            self._pay(code)
            return False
        kind = "voucher" if is_voucher(code) else "gift_card" if is_gift_card(code) else ""
        if kind and not self.page.shows_step and not self._busy:
            self._choose(kind, then=lambda: self._pay(code))
        else:
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
        if self.page.shows_step:
            return self._step_key(key)
        if key == Qt.Key.Key_Escape:
            self._back()
        elif self._means_of(key):
            self._choose(self._means_of(key))
        elif text.isdigit() or text in {",", "."}:
            self.page.entry.pad.typed.emit(text)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.page.entry.accepted.emit(self.page.entry.field.text())
        else:
            return False
        return True

    def _step_key(self, key: int) -> bool:
        """While a terminal or the centre has the word: its keys, and those of the other means."""
        buttons = self.page.step_panel.buttons.values()
        sign = {Qt.Key.Key_Escape: "Esc", Qt.Key.Key_Return: "Enter", Qt.Key.Key_Enter: "Enter"}
        wanted = sign.get(Qt.Key(key), "")
        button = next((each for each in buttons if wanted and each.key == wanted), None)
        if button is not None:
            button.click()
        elif self._means_of(key):
            self._choose(self._means_of(key))
        return button is not None or bool(self._means_of(key))

    def _means_of(self, key: int) -> str:
        """The way to pay that a function key stands for now; empty for none."""
        name = f"F{key - Qt.Key.Key_F1 + 1}" if key in _MEANS_KEYS else ""
        return self.page.ways.kind_of(name) if name else ""
