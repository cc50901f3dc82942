"""What a gift card, a voucher or a customer has, without a sale: asked in a sheet, by scan or typing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from pos_client.app.gift_desk import GiftState
from pos_client.app.pay_steps import PaySteps
from pos_client.app.window.prompts import TextPrompt
from pos_client.app.window.stage import Stage
from pos_client.features.payment.purses_view import PursesPanel
from pos_client.features.payment.step_view import StepPanel
from shared.errors import DomainError
from shared.identity.payment_cards import is_payment_card
from shared.tender import TenderKind
from shared.vouchers import is_token, read_number, read_voucher_number
from shared.wire.authorisations import BalanceAnswer, PursesAnswer

_LONGEST = 40


class BalanceDesk(QObject):
    """One card after the other; the sheet may be closed at any time. `attach` gives number and name of a customer for
    whom the receipt is to count, `sell` what the centre said of a gift card that is to be sold or topped up.
    """

    attach = Signal(str, str)
    sell = Signal(object)

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._steps = PaySteps(stage.words, stage.currency)
        self._panel: StepPanel | None = None
        self._found: PursesAnswer | None = None
        self._card: BalanceAnswer | None = None

    def open(self, number: str = "") -> None:
        """Ask which card, voucher or customer, or show this one."""
        words = self._stage.words
        prompt = TextPrompt(
            self._stage.look,
            words,
            caption=words.text("gift.any_number"),
            accept=words.text("payment.ask_balance"),
            value=number,
            scans=True,
        )
        prompt.given.connect(lambda text: self._look(prompt, text))
        self._stage.shell.sheet.open(words.text("gift.balance_title"), prompt)
        if number:
            self._look(prompt, number)

    def _look(self, prompt: TextPrompt, text: str) -> None:
        number, voucher = text.strip(), is_voucher(text)
        if not number or (len(number) > _LONGEST and not voucher):
            problem = DomainError("customer_unknown", {"number": number[:_LONGEST]})
            prompt.complain(" ".join(self._stage.words.error(problem)))
            return
        panel = StepPanel(self._stage.look, margin=24)
        panel.acted.connect(self._act)
        self._panel = panel
        self._stage.shell.sheet.open(self._stage.words.text("gift.balance_title"), panel)
        gifts = self._stage.paying.gifts
        if voucher:
            gifts.look(number, TenderKind.VOUCHER)
        elif is_gift_card(number):
            gifts.look_at_purses(read_number(number))
        else:
            gifts.look_at_purses(number)

    def show(self, state: GiftState) -> None:
        """The centre answered, or is being asked."""
        if self._panel is None or self._panel is not self._stage.shell.sheet.content:
            return
        found = state.purses
        if found is not None and found.customer:
            self._show_purses(state.number, found)
            return
        of_card = _of_card(state)
        self._card = of_card.balance
        self._panel.show_step(self._steps.looked_up(of_card))

    def _show_purses(self, number: str, found: PursesAnswer) -> None:
        self._found, self._panel = found, None
        panel = PursesPanel(self._stage.look, self._steps.purses(number, found))
        panel.acted.connect(self._act)
        self._stage.shell.sheet.open(self._stage.words.text("gift.balance_title"), panel)

    def _act(self, key: str) -> None:
        if key == "another":
            self.open()
        elif key in {"sell", "top_up"} and self._card is not None:
            self.sell.emit(self._card)
        elif key == "attach" and self._found is not None:
            self.attach.emit(self._found.customer, self._found.name or self._found.customer)
        else:
            self._stage.shell.sheet.leave()


def _of_card(state: GiftState) -> GiftState:
    """A card that is no customer's, as what is known of a gift card."""
    if state.purses is not None:
        line = next(iter(state.purses.purses), None)
        return replace(state, kind=TenderKind.GIFT_CARD, balance=line)
    missing = state.problem is not None and state.problem.code == "customer_unknown"
    if state.kind is None and is_gift_card(state.number):
        problem = DomainError("giftcard_unknown") if missing else state.problem
        return replace(state, kind=TenderKind.GIFT_CARD, problem=problem)
    return state


def is_gift_card(code: str) -> bool:
    """Whether a code can only be the number of a gift card: too long for an article, and no bank's."""
    try:
        return not is_payment_card(read_number(code))
    except DomainError:
        return False


def is_voucher(code: str) -> bool:
    """Whether a code is that of a voucher, or its number."""
    try:
        return is_token(code) or bool(read_voucher_number(code))
    except DomainError:
        return False
