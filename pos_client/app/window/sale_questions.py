"""What the sale asks in a sheet: quantity, price, note, customer, why a receipt is given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QTimer

from pos_client.app.gift_desk import GiftState
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


class Do(Protocol):
    """Lets the basket's presenter do something and shows what it became."""

    def __call__(
        self,
        op: Callable[[], BasketState],
        then: Callable[[BasketState], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """`then` once it took place, `failed` with what was refused."""


class SaleQuestions:
    """`state` gives the receipt as it is shown."""

    def __init__(self, stage: Stage, do: Do, state: Callable[[], BasketState]) -> None:
        self._stage, self._do, self._state = stage, do, state
        self._till, self._words = stage.till, stage.words
        self._wanted = ""
        self._asked_in: TextPrompt | None = None

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
                lambda _state: self._stage.shell.sheet.leave(),
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
                lambda _state: self._stage.shell.sheet.leave(),
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
                lambda _state: self._stage.shell.sheet.leave(),
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
                lambda _state: self._stage.shell.sheet.leave(),
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
                lambda _state: self._stage.shell.sheet.leave(),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )
        )
        self._stage.shell.sheet.open(self._words.text("window.receipt_cancel"), prompt)

    def customer(self) -> None:
        """For whom the receipt counts: the number, scanned or typed."""
        prompt = TextPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.customer_number"),
            value=self._state().customer_number,
            accept=self._words.text("window.customer_attach"),
            scans=True,
        )
        prompt.field.edit.selectAll()
        prompt.given.connect(
            lambda number: self._do(
                lambda: self._till.basket.on_customer(number),
                lambda _state: self._stage.shell.sheet.leave(),
                lambda problem: self._not_listed(number, prompt, problem),
            )
        )
        self._stage.shell.sheet.open(self._words.text("window.customer"), prompt)

    def follow_up(self, problem: Problem) -> bool:
        """Ask what is missing, instead of refusing: a weight, or the centre about a customer whom no list has."""
        if problem.code == "weight_needed":
            self.weigh(str(problem.params.get("sku", "")))
        elif problem.code == "customer_unknown":
            self.ask_centre(str(problem.params.get("number", "")))
        else:
            return False
        return True

    def _not_listed(self, number: str, prompt: TextPrompt, problem: Problem) -> None:
        if problem.code == "customer_unknown" and number.strip():
            self.ask_centre(number.strip()[:40], prompt)
        else:
            prompt.complain(" ".join(self._words.error(problem)))

    def ask_centre(self, number: str, prompt: TextPrompt | None = None) -> None:
        """Whom a card or number names that the till's own lists do not have; `found` hears the answer."""
        self._wanted, self._asked_in = number, prompt
        if prompt is None:
            self._stage.shell.say(self._words.text("step.gift_waits"))
        self._stage.paying.gifts.look_at_purses(number)

    def found(self, state: GiftState) -> None:
        """The centre said whom it is, or why it does not."""
        if not self._wanted or state.number != self._wanted or state.phase != "balance":
            return
        self._wanted = ""
        prompt = self._asked_in
        if state.purses is not None and state.purses.customer:
            self.attach(state.purses.customer, state.purses.name)
            return
        unknown = DomainError("customer_unknown", {"number": state.number})
        problem = state.problem
        silent = problem is not None and problem.code.startswith("centre_")
        if problem is None or problem.code == "customer_unknown" or silent:
            problem = unknown
        sentences = self._words.error(problem)
        if silent and state.problem is not None:
            # The till's own lists do not have them, and nobody else could be asked.
            sentences = (sentences[0], self._words.error(state.problem)[0])
        if prompt is not None and self._stage.shell.sheet.content is prompt:
            prompt.complain(" ".join(sentences))
        else:
            self._stage.shell.complain(problem)

    def attach(self, number: str, name: str) -> None:
        """The receipt counts for a customer whom the centre named."""
        self._do(
            lambda: self._till.basket.on_customer(number, name),
            lambda _state: self._stage.shell.sheet.leave(),
        )

    def no_customer(self) -> None:
        """Take the customer off the receipt, with a way back."""
        number = self._state().customer_number
        self._do(
            self._till.basket.on_no_customer,
            lambda _state: self._stage.shell.say(
                self._words.text("basket.customer_off"),
                self._words.text("window.bring_back"),
                lambda: self._do(lambda: self._till.basket.on_customer(number)),
            ),
        )

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
