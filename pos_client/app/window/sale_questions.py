"""What the sale asks in a sheet: quantity, price, note, why a receipt is given up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from pos_client.app.window.customer_desk import CustomerDesk, Do
from pos_client.app.window.prompts import (
    Confirm,
    NumberPrompt,
    TextPrompt,
    WeighPrompt,
)
from pos_client.app.window.stage import Stage
from pos_client.devices.scale.port import WAITS, Weighed
from pos_client.features.basket.state import BasketState, LineRow
from shared.errors import DomainError, EnvironmentProblem
from shared.quantity import format_quantity

Problem = DomainError | EnvironmentProblem
_WEIGH_MS = 300
_WRONG_CODE = ("article_", "barcode_")


class SaleQuestions:
    """`state` gives the receipt as it is shown."""

    def __init__(self, stage: Stage, do: Do, state: Callable[[], BasketState]) -> None:
        self._stage, self._do, self._state = stage, do, state
        self._till, self._words = stage.till, stage.words
        self.customers = CustomerDesk(stage, do, state)

    def _line(self, number: int) -> LineRow | None:
        return next((line for line in self._state().lines if line.number == number), None)

    def quantity(self, number: int) -> None:
        """Another quantity for a line."""
        row = self._line(number)
        if row is None:
            return
        prompt = NumberPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.quantity_of", name=row.name),
            value=row.quantity.lstrip("−-"),
        )

        def give(text: str, _reason: str, *, confirmed: bool = False) -> None:
            def refused(problem: Problem) -> None:
                if confirmed:
                    self._too_late(problem)
                elif problem.code == "quantity_unusual":
                    self._confirm_quantity(problem, lambda: give(text, "", confirmed=True))
                else:
                    prompt.complain(" ".join(self._words.error(problem)))

            self._do(
                lambda: self._till.basket.on_quantity(number, text, confirmed=confirmed),
                self._stage.shell.sheet.leaver(),
                refused,
            )

        prompt.given.connect(give)
        self._stage.shell.sheet.open(self._words.text("window.line_quantity"), prompt)

    def weigh(self, sku: str) -> None:
        """How much of goods by weight: the scale is asked until something lies still on it, or somebody types."""
        words, hub = self._words, self._stage.hub
        key = "window.weight_put_on" if hub.has_scale else "window.weight_type"
        prompt = WeighPrompt(self._stage.look, words, "", words.text(key))

        def sell(text: str, _reason: str = "") -> None:
            self._do(
                lambda: self._till.basket.on_add(sku, text),
                self._stage.shell.sheet.leaver(),
                lambda problem: prompt.complain(" ".join(words.error(problem))),
            )

        prompt.given.connect(sell)
        self._stage.shell.sheet.open(words.text("window.weight"), prompt)

        def begin(goods: tuple[str, int | None]) -> None:
            name, price = goods
            prompt.name.say(name)
            if hub.has_scale:
                self._ask_scale(prompt, price, sell)

        self._stage.tasks.query(
            lambda: self._goods(sku), begin, owner=prompt, kind="weigh-goods", lane="till"
        )

    def _goods(self, sku: str) -> tuple[str, int | None]:
        item = self._till.prices.find(sku)
        price = self._till.prices.price(sku, self._till.recorder.glance())
        return item.name(self._till.texts.language), price

    def _ask_scale(
        self, prompt: WeighPrompt, price: int | None, sell: Callable[[str], None]
    ) -> None:
        def wanted() -> bool:
            return self._stage.shell.sheet.content is prompt and not prompt.is_typed

        def weighed(found: Weighed) -> None:
            if wanted():
                sell(
                    format_quantity(found.weight).replace(
                        ".", self._words.text("window.decimal_point")
                    )
                )

        def again(problem: Problem) -> None:
            if not wanted():
                return
            if problem.code in WAITS:
                prompt.hint.say(" ".join(self._words.error(problem)))
                QTimer.singleShot(_WEIGH_MS, prompt, lambda: ask() if wanted() else None)
            else:
                prompt.complain(" ".join(self._words.error(problem)))

        def ask() -> None:
            self._stage.tasks.query(
                lambda: self._stage.hub.weigh(price),
                weighed,
                owner=prompt,
                kind="weigh",
                lane="devices",
                failed=again,
            )

        ask()

    def _too_late(self, problem: Problem) -> None:
        """There is nothing left to correct in the sheet."""
        self._stage.shell.sheet.leave()
        self._stage.shell.complain(problem)

    def _confirm_quantity(self, problem: Problem, act: Callable[[], None]) -> None:
        text = " ".join(self._words.error(problem))
        question = Confirm(self._stage.look, text, self._words.text("window.quantity_really"), act)
        self._stage.shell.sheet.open(self._words.text("window.line_quantity"), question)

    def price(self, number: int) -> None:
        """A price by hand, with its reason."""
        row = self._line(number)
        if row is None:
            self._stage.shell.say(self._words.text("window.no_line_marked"))
            return
        reasons = [
            self._words.text(f"window.price_reason_{name}")
            for name in ("damage", "display", "agreed")
        ]
        prompt = NumberPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.price_of", name=row.name),
            value=row.unit_price,
            reasons=reasons,
        )
        prompt.given.connect(
            lambda text, reason: self._do(
                lambda: self._till.basket.on_price(number, text, reason),
                self._stage.shell.sheet.leaver(),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )
        )
        self._stage.shell.sheet.open(self._words.text("window.line_price"), prompt)

    def note(self, number: int) -> None:
        """A note on a line; number 0 means the receipt."""
        row = self._line(number)
        prompt = TextPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.note"),
            value=row.note if row else self._state().note,
        )
        prompt.given.connect(
            lambda text: self._do(
                lambda: self._till.basket.on_note(number, text),
                self._stage.shell.sheet.leaver(),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )
        )
        self._stage.shell.sheet.open(self._words.text("window.note"), prompt)

    def cancel(self) -> None:
        """Give the receipt up, and why."""
        proposals = [
            self._words.text(f"window.cancel_{name}") for name in ("customer", "mistake", "test")
        ]
        prompt = TextPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.cancel_reason"),
            proposals=proposals,
            accept=self._words.text("window.receipt_cancel"),
        )
        prompt.given.connect(
            lambda reason: self._do(
                lambda: self._till.basket.on_cancel(reason),
                self._stage.shell.sheet.leaver(),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )
        )
        self._stage.shell.sheet.open(self._words.text("window.receipt_cancel"), prompt)

    def follow_up(self, problem: Problem) -> bool:
        """Ask what is missing, instead of refusing: a weight, or the centre about a customer whom no list has."""
        if problem.code == "weight_needed":
            self.weigh(str(problem.params.get("sku", "")))
        elif problem.code == "customer_unknown":
            self.customers.ask_centre(str(problem.params.get("number", "")))
        else:
            return False
        return True

    def no_code(self, code: str) -> None:
        """Take a promotion code off the receipt, with a way back."""
        self._do(
            lambda: self._till.basket.on_no_code(code),
            lambda _state: self._stage.shell.say(
                self._words.text("basket.code_off", code=code),
                self._words.text("window.bring_back"),
                lambda: self._do(lambda: self._till.basket.on_code(code)),
            ),
        )
