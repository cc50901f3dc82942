"""Gift cards and vouchers are sold: which, then how much. What a card is was asked of the centre just before."""

from __future__ import annotations

from collections.abc import Callable

from pos_client.app.gift_cards import known_value
from pos_client.app.window.customer_desk import Do, Problem
from pos_client.app.window.prompts import ChoiceList, NumberPrompt
from pos_client.app.window.stage import Stage
from pos_client.features.basket.state import BasketState
from pos_client.kit.look import Look
from pos_client.ports import Texts
from shared.tender import masked
from shared.wire.authorisations import BalanceAnswer
from shared.wire.value_payloads import SoldType

_CARD = "gift_card"


def value_choices(look: Look, words: Texts, types: tuple[SoldType, ...]) -> ChoiceList:
    """What can be sold: gift cards, and vouchers of each type."""
    text = words.text
    rows = [(_CARD, text("value.gift_card"), text("value.gift_card_scan"))]
    rows += [(each.code, each.name, text(f"value.class_{each.purpose}")) for each in types]
    return ChoiceList(look, rows, "gift-card")


class ValueQuestions:
    """`ask_card` asks which card, and what the centre says of it; with that `card` goes on."""

    def __init__(self, stage: Stage, do: Do, ask_card: Callable[[], None]) -> None:
        self._stage, self._do, self._ask_card = stage, do, ask_card
        self._till, self._words = stage.till, stage.words

    def open(self) -> None:
        """What is to be sold: a gift card, or a voucher of one of the chain's types."""

        def show(types: tuple[SoldType, ...]) -> None:
            if not types:
                self._ask_card()
                return
            choices = value_choices(self._stage.look, self._words, types)
            names = {each.code: each.name for each in types}
            choices.chosen.connect(
                lambda code: self._ask_card() if code == _CARD else self._voucher(code, names[code])
            )
            self._stage.shell.sheet.open(self._words.text("value.title"), choices)

        self._stage.tasks.query(
            self._till.basket.voucher_types,
            show,
            owner=self._stage.shell,
            kind="value",
            lane="till",
        )

    def card(self, found: BalanceAnswer) -> None:
        """How much a gift card is sold for or topped up with."""
        caption = self._words.text("value.amount_card", card=masked(found.instrument))
        known = known_value(found)
        self._ask_amount(caption, lambda typed: self._till.basket.on_gift_card(known, typed))

    def _voucher(self, code: str, name: str) -> None:
        caption = self._words.text("value.amount_voucher", name=name)
        self._ask_amount(caption, lambda typed: self._till.basket.on_voucher(code, typed))

    def _ask_amount(self, caption: str, sell: Callable[[str], BasketState]) -> None:
        words = self._words
        prompt = NumberPrompt(
            self._stage.look, words, caption=caption, accept=words.text("value.accept")
        )

        def refused(problem: Problem) -> None:
            prompt.complain(" ".join(words.error(problem)))

        def give(typed: str, _reason: str) -> None:
            self._do(lambda: sell(typed), self._stage.shell.sheet.leaver(), refused)

        prompt.given.connect(give)
        self._stage.shell.sheet.open(words.text("value.title"), prompt)
