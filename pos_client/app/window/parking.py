"""Receipts are laid aside and taken up again."""

from __future__ import annotations

from collections.abc import Callable

from pos_client.app.window.customer_desk import Do
from pos_client.app.window.prompts import ChoiceList
from pos_client.app.window.stage import Stage
from pos_client.features.basket.state import BasketState, ParkedRow


class Parking:
    """`state` gives the receipt as it is shown."""

    def __init__(self, stage: Stage, do: Do, state: Callable[[], BasketState]) -> None:
        self._stage, self._do, self._state = stage, do, state
        self._till, self._words = stage.till, stage.words

    def park(self) -> None:
        """Lay the receipt aside, with a way back; between customers ask what to take up."""
        if not self._state().open:
            self.ask()
            return
        self._do(
            self._till.basket.on_park,
            lambda _state: self._stage.shell.say(
                self._words.text("window.parked"),
                self._words.text("window.bring_back"),
                lambda: self._do(self._till.basket.on_recall),
            ),
        )

    def ask(self) -> None:
        """What is laid aside, to choose from."""

        def show(rows: tuple[ParkedRow, ...]) -> None:
            if not rows:
                self._stage.shell.say(self._words.text("window.parked_none"))
                return
            choices = ChoiceList(
                self._stage.look,
                [
                    (
                        row.basket_id,
                        row.total,
                        " · ".join(p for p in (row.label, row.pieces, row.ago, row.operator) if p),
                    )
                    for row in rows
                ],
                "player-pause",
            )
            choices.chosen.connect(self.recall)
            self._stage.shell.sheet.open(self._words.text("window.parked_title"), choices)

        self._stage.tasks.query(
            self._till.basket.on_parked, show, owner=self._stage.shell, kind="parked", lane="till"
        )

    def recall(self, basket_id: str = "") -> None:
        """Take up what was laid aside: the last one without an id."""
        self._stage.shell.sheet.leave()
        self._do(lambda: self._till.basket.on_recall(basket_id))
