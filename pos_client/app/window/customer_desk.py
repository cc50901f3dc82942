"""For whom a receipt counts: asked in a sheet, looked for in the till's own lists and then at the centre, taken down.

A customer may be put on a receipt and taken off it at any moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos_client.app.gift_desk import GiftState
from pos_client.app.window.prompts import TextPrompt
from pos_client.app.window.said_desk import SaidDesk
from pos_client.app.window.stage import Stage
from pos_client.features.basket.state import BasketState
from pos_client.features.customers.ports import KnownCustomer
from pos_client.features.customers.presenter import consents, field_of
from pos_client.features.customers.state import FinderState, NewCustomer
from pos_client.features.customers.view import FinderPanel, NewCustomerPanel
from pos_client.kit.buttons import Button
from pos_client.kit.look import Look
from pos_client.ports import Texts
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
_LONGEST = 40


class Do(Protocol):
    """Lets the basket's presenter do something and shows what it became."""

    def __call__(
        self,
        op: Callable[[], BasketState],
        then: Callable[[BasketState], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """`then` once it took place, `failed` with what was refused."""


class CustomerPrompt(TextPrompt):
    """Who it is: name, telephone, mail, card or number. `newcomer` wants somebody new taken down; `said`, where there
    is somebody, that they are listened to.
    """

    def __init__(self, look: Look, words: Texts, value: str = "", *, known: bool = False) -> None:
        super().__init__(
            look,
            words,
            caption=words.text("window.customer_number"),
            value=value,
            accept=words.text("customers.search"),
            scans=True,
        )
        self.newcomer = Button(look, words.text("customers.new"), icon="user-plus")
        self.said = Button(look, words.text("customers.said"), icon="note")
        self.said.setVisible(known)
        layout = self.layout()
        if layout is not None:
            layout.removeWidget(self.accept)
            layout.addWidget(self.said)
            layout.addWidget(self.newcomer)
            layout.addWidget(self.accept)


class CustomerDesk:
    """`state` gives the receipt as it is shown."""

    def __init__(self, stage: Stage, do: Do, state: Callable[[], BasketState]) -> None:
        self._stage, self._do, self._state = stage, do, state
        self._till, self._words = stage.till, stage.words
        self._said = SaidDesk(stage)
        self._wanted = ""
        self._asked_in: CustomerPrompt | None = None

    def open(self) -> None:
        """Ask who it is."""
        number, name = self._state().customer_number, self._state().customer
        known = bool(number)
        prompt = CustomerPrompt(self._stage.look, self._words, number, known=known)
        prompt.said.clicked.connect(lambda: self._said.open(number, name))
        prompt.field.edit.selectAll()
        prompt.given.connect(lambda text: self._look(text, prompt))
        prompt.newcomer.clicked.connect(self.open_new)
        self._stage.shell.sheet.open(self._words.text("window.customer"), prompt)

    def _look(self, text: str, prompt: CustomerPrompt) -> None:
        """By number or card at once; else by words in the till's own lists, and where these have nobody there."""
        self._do(
            lambda: self._till.basket.on_customer(text),
            self._stage.shell.sheet.leaver(),
            lambda problem: self._not_listed(text, prompt, problem),
        )

    def _not_listed(self, text: str, prompt: CustomerPrompt, problem: Problem) -> None:
        if problem.code != "customer_unknown" or not text.strip():
            prompt.complain(" ".join(self._words.error(problem)))
            return
        self._stage.tasks.command(
            lambda: self._till.finding.on_search(text),
            lambda state: self._listed(state, prompt),
            owner=prompt,
            failed=lambda refused: prompt.complain(" ".join(self._words.error(refused))),
        )

    def _listed(self, state: FinderState, prompt: CustomerPrompt) -> None:
        if state.rows:
            self._show(state)
        else:
            self.ask_centre(state.query, prompt)

    def _show(self, state: FinderState) -> None:
        panel = FinderPanel(self._stage.look, self._words, state)
        panel.chosen.connect(self.attach)
        panel.ask.connect(lambda: self._ask_for(state.query, None))
        panel.newcomer.connect(self.open_new)
        self._stage.shell.sheet.open(self._words.text("window.customer"), panel)

    # --- at the centre --------------------------------------------------------------------------

    def ask_centre(self, text: str, prompt: CustomerPrompt | None = None) -> None:
        """Whom a card, a number or words name that the till's own lists do not have; `found` hears the answer."""
        if not _is_number(text):
            self._ask_for(text, prompt)
            return
        self._wanted, self._asked_in = text[:_LONGEST], prompt
        if prompt is None:
            self._stage.shell.say(self._words.text("step.gift_waits"))
        self._stage.paying.gifts.look_at_purses(self._wanted)

    def _ask_for(self, text: str, prompt: CustomerPrompt | None) -> None:
        self._wanted, self._asked_in = text.strip(), prompt
        if prompt is None:
            self._stage.shell.say(self._words.text("step.gift_waits"))
        by = self._till.recorder.operator
        self._stage.paying.gifts.look_for(self._wanted, by.staff_id if by is not None else "")

    def found(self, state: GiftState) -> None:
        """The centre said whom it is, or why it does not."""
        if not self._wanted or state.number != self._wanted or state.phase != "balance":
            return
        text, prompt = self._wanted, self._asked_in
        self._wanted = ""
        if state.purses is not None and state.purses.customer:
            self.attach(state.purses.customer, state.purses.name)
            return
        answer, problem = state.customers, state.problem
        if answer is not None and (answer.customers or prompt is None):
            known = [KnownCustomer(c.number, c.name, c.phone_end) for c in answer.customers]
            self._show(self._till.finding.found_at_centre(text, known, more=answer.more))
            return
        nobody = problem is not None and problem.code == "customer_unknown"
        if prompt is not None and nobody and answer is None and _is_number(text):
            # No number and no card of anybody: it may still be a telephone number.
            self._ask_for(text, prompt)
            return
        self._refuse(text, prompt, problem)

    def _refuse(self, text: str, prompt: CustomerPrompt | None, problem: Problem | None) -> None:
        unknown = DomainError("customer_unknown", {"number": text[:_LONGEST]})
        silent = problem is not None and problem.code.startswith("centre_")
        shown = unknown if problem is None or silent else problem
        sentences = self._words.error(shown)
        if silent and problem is not None:
            # The till's own lists do not have them, and nobody else could be asked.
            sentences = (sentences[0], self._words.error(problem)[0])
        if prompt is not None and self._stage.shell.sheet.content is prompt:
            prompt.complain(" ".join(sentences))
        else:
            self._stage.shell.complain(shown)

    # --- on and off the receipt -----------------------------------------------------------------

    def attach(self, number: str, name: str) -> None:
        """The receipt counts for a customer who was found."""
        self._do(
            lambda: self._till.basket.on_customer(number, name),
            self._stage.shell.sheet.leaver(),
        )

    def detach(self) -> None:
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

    # --- somebody new ---------------------------------------------------------------------------

    def open_new(self) -> None:
        """Take somebody down, also without a network."""
        panel = NewCustomerPanel(self._stage.look, self._words, consents(self._words))
        panel.saved.connect(lambda said: self._save(said, panel))
        self._stage.shell.sheet.open(self._words.text("customers.new"), panel)

    def _save(self, said: NewCustomer, panel: NewCustomerPanel) -> None:
        def refused(problem: Problem) -> None:
            panel.complain(field_of(problem.code), " ".join(self._words.error(problem)))

        self._do(
            lambda: self._till.basket.on_customer(self._till.finding.on_new(said)),
            self._stage.shell.sheet.leaver(),
            refused,
        )


def _is_number(text: str) -> bool:
    """Whether a text can be the number of a card or customer: one word with a digit, and no mail address."""
    return len(text.split()) == 1 and "@" not in text and any(sign.isdigit() for sign in text)
