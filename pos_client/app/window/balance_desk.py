"""What a gift card has, without a sale: asked in a sheet, by scan or typing."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_client.app.gift_desk import GiftState
from pos_client.app.pay_steps import PaySteps
from pos_client.app.window.prompts import TextPrompt
from pos_client.app.window.stage import Stage
from pos_client.features.payment.step_view import StepPanel
from shared.errors import DomainError
from shared.identity.payment_cards import is_payment_card
from shared.vouchers import read_number


class BalanceDesk(QObject):
    """One card after the other; the sheet may be closed at any time."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._steps = PaySteps(stage.words, stage.currency)
        self._panel: StepPanel | None = None

    def open(self, number: str = "") -> None:
        """Ask which card, or show this one."""
        words = self._stage.words
        prompt = TextPrompt(
            self._stage.look,
            words,
            caption=words.text("payment.gift_number"),
            accept=words.text("payment.ask_balance"),
            value=number,
            scans=True,
        )
        prompt.given.connect(lambda text: self._look(prompt, text))
        self._stage.shell.sheet.open(words.text("gift.balance_title"), prompt)
        if number:
            self._look(prompt, number)

    def _look(self, prompt: TextPrompt, text: str) -> None:
        try:
            number = read_number(text)
        except DomainError as problem:
            prompt.complain(" ".join(self._stage.words.error(problem)))
            return
        panel = StepPanel(self._stage.look, margin=24)
        panel.acted.connect(self._act)
        self._panel = panel
        self._stage.shell.sheet.open(self._stage.words.text("gift.balance_title"), panel)
        self._stage.paying.gifts.look(number)

    def show(self, state: GiftState) -> None:
        """The centre answered, or is being asked."""
        if self._panel is None or self._panel is not self._stage.shell.sheet.content:
            return
        self._panel.show_step(self._steps.looked_up(state))

    def _act(self, key: str) -> None:
        if key == "another":
            self.open()
        else:
            self._stage.shell.sheet.leave()


def is_gift_card(code: str) -> bool:
    """Whether a code can only be the number of a gift card: too long for an article, and no bank's."""
    try:
        return not is_payment_card(read_number(code))
    except DomainError:
        return False
