"""Carries what terminal and centre do about a payment: their workers' words to the page, its buttons back to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal

from pos_client.app.card_payments import CardPayment
from pos_client.app.gift_cards import GiftCardPayment
from pos_client.app.gift_desk import GiftState
from pos_client.app.pay_steps import PaySteps
from pos_client.app.paying import Booked
from pos_client.app.unusable import unusable
from pos_client.app.window.approval import Decision
from pos_client.app.window.stage import Stage
from pos_client.features.payment.state import PaymentState, StepState
from pos_client.features.payment.values import ACCOUNT
from pos_client.features.payment.view import PaymentView
from pos_client.storage.authorisations import VALUE_KINDS
from shared.errors import DomainError, EnvironmentProblem
from shared.tender.card import AttemptKind

Problem = DomainError | EnvironmentProblem
Answer = TypeVar("Answer")


class StepDesk(QObject):
    """`show` shows a state of the payment, `refused` what the lane refused; `retry` takes the same amount again.

    Only answers to what this page asked for are taken; whatever else is pending is shown and waits for a person.
    """

    # A card that was looked up while the page is not shown.
    looked_up = Signal(object)
    _cards_moved = Signal()
    _gifts_moved = Signal()

    def __init__(
        self,
        stage: Stage,
        page: PaymentView,
        show: Callable[[PaymentState], None],
        refused: Callable[[Problem], None],
    ) -> None:
        super().__init__()
        self._stage, self._page = stage, page
        self._show, self._refused = show, refused
        self._paying, self._tasks = stage.paying, stage.tasks
        self._steps = PaySteps(stage.words, stage.currency)
        self._loose: tuple[CardPayment, ...] = ()
        self._put_aside: set[UUID] = set()
        self._asked_terminal = self._asked_centre = False
        self._stand_in = False
        self._typed = self._told = ""
        self.is_open = False
        queued = Qt.ConnectionType.QueuedConnection
        self._cards_moved.connect(self._look_at_cards, queued)
        self._gifts_moved.connect(self._look_at_gifts, queued)
        page.step.connect(self.act)
        # Bound methods: whoever is called by a worker must not be taken away meanwhile.
        self._paying.listen_to_cards(self._cards_changed)
        self._paying.gifts.on_changed = self._gifts_changed

    def _cards_changed(self) -> None:
        self._cards_moved.emit()

    def _gifts_changed(self) -> None:
        self._gifts_moved.emit()

    def close(self) -> None:
        """Listen no more."""
        self.is_open = False
        self._paying.listen_to_cards(None)
        self._paying.gifts.on_changed = _nobody

    # --- the page -----------------------------------------------------------------------------

    def entered(self, booked: Booked) -> None:
        """The page is shown: what a killed till left is seen before anything is taken."""
        self.is_open = True
        self._loose = booked.loose
        self._asked_terminal = self._asked_centre = False
        self._put_aside.clear()
        self._look_at_cards()
        if not self._page.shows_step:
            self._tasks.command(self._paying.left_over, self._take_up, owner=self._page)

    def left(self) -> None:
        """The page is not shown any more."""
        self.is_open = False

    def _take_up(self, left: tuple[GiftCardPayment, ...]) -> None:
        """Gift cards that a killed till had asked for: the answer is fetched, and counts."""
        if left and self.is_open:
            self._asked_centre = True
            self._paying.gifts.ask_again(left[0])

    def expect(self, means: str, typed: str) -> None:
        """An amount is about to be taken: terminal or centre may be asked for it."""
        self._typed = typed
        self._asked_terminal = means == "card"
        self._asked_centre = means == ACCOUNT or means in VALUE_KINDS
        self._put_aside.clear()
        if self._asked_centre:
            # What was said to the question before is no answer to this one.
            self._paying.gifts.forget()

    def choosing(self, kind: str) -> None:
        """A means is about to be chosen: of a customer who is known the centre is asked at once what they have."""
        self._asked_centre = kind == ACCOUNT
        if self._asked_centre:
            self._paying.gifts.forget()

    def look(self) -> None:
        """They may have answered already."""
        self._look_at_cards()
        self._look_at_gifts()

    def put_aside(self) -> None:
        """The customer pays another way: what is not known stays to be asked about, nothing of a gift card is taken."""
        if self._shows_gift():
            self._forget_gift()
        elif self._page.shows_step:
            self._other()
        self._page.show_step(None)

    @property
    def is_asking(self) -> bool:
        """Whether a terminal is at work, so that the page must stay."""
        cards = self._paying.cards
        return cards is not None and cards.state().phase == "asking"

    @property
    def unresolved(self) -> bool:
        """Whether something of a terminal is pending that has to be seen before anything is taken."""
        cards = self._paying.cards
        return cards is not None and bool(cards.state().pending)

    # --- the terminal -------------------------------------------------------------------------

    def _look_at_cards(self) -> None:
        cards = self._paying.cards
        if cards is None or not self.is_open:
            return
        state = cards.state()
        self._tell_customer(state.words if state.phase == "asking" else "")
        if state.phase == "asking":
            self._page.show_step(self._steps.asking(state))
            return
        if any(not each.attempt.is_open for each in state.pending):
            self._tasks.command(
                self._paying.book, self._booked, owner=self._page, failed=self._failed
            )
            return
        self._loose = ()
        self._show_rest()

    def _tell_customer(self, words: str) -> None:
        """What the terminal shows, on the customer's own display."""
        if words != self._told:
            self._told = words
            customer = self._stage.till.customer
            self._tasks.command(lambda: customer.follow_terminal(words), _told, owner=self._page)

    def _booked(self, booked: Booked) -> None:
        self._loose = booked.loose
        if booked.state is not None and self.is_open:
            own, self._asked_terminal = self._asked_terminal, False
            self._page.show_step(None)
            self._show(booked.state)
            if own and booked.state.settled:
                self._page.pay.emit("")
        self._show_rest()

    def _show_rest(self) -> None:
        """What nobody has put aside: unknown before anything, then refused, then what lies on no receipt."""
        step = self._rest()
        if step is not None:
            self._page.show_step(step)
            return
        if self._page.shows_step and not self._shows_gift():
            self._page.show_step(None)
        if self._page.is_empty:
            self._page.back.emit()

    def _rest(self) -> StepState | None:
        cards = self._paying.cards
        if cards is None:
            return None
        state = cards.state()
        lost = self._lost()
        if lost is not None:
            return self._steps.unknown(lost, state.problem)
        if self._asked_terminal and state.problem is not None:
            return self._steps.not_asked(state, state.problem)
        if self._asked_terminal and state.phase == "declined" and state.payment is not None:
            return self._steps.declined(state.payment)
        loose = self._shown_loose()
        return self._steps.loose(loose) if loose is not None else None

    def _lost(self) -> CardPayment | None:
        cards = self._paying.cards
        pending = cards.state().pending if cards is not None else ()
        lost = (each for each in pending if each.attempt.is_open)
        return next((each for each in lost if each.auth_id not in self._put_aside), None)

    # --- gift cards ---------------------------------------------------------------------------

    def _shows_gift(self) -> bool:
        return self._asked_centre and self._paying.gifts.state().phase != "idle"

    def _look_at_gifts(self) -> None:
        state = self._paying.gifts.state()
        if not self.is_open:
            self.looked_up.emit(state)
            return
        if not self._asked_centre:
            self._take_purses_unasked(state)
            return
        if state.phase in {"looking", "asking"}:
            self._page.show_step(self._steps.gift_waits(state))
        elif state.phase == "balance":
            self._take_balance(state)
        elif state.phase == "approved" and state.payment is not None:
            self._take_gift(state.payment)
        elif state.phase == "declined" and state.payment is not None:
            self._page.show_step(self._steps.gift_declined(state.payment))
        elif state.phase == "unknown" and state.payment is not None:
            self._show_unknown(state.payment)

    def _take_purses_unasked(self, state: GiftState) -> None:
        """What a customer has, asked when the page was opened: offered beside the other ways, and no more."""
        if state.purses is None or self._page.is_done:
            return
        self._paying.gifts.forget()
        self._tasks.command(
            lambda: self._paying.take_account(state, choose=False),
            self._show_unasked,
            owner=self._page,
            failed=self._nothing,
        )

    def _show_unasked(self, state: PaymentState) -> None:
        if not state.settled and not self._page.shows_step:
            self._page.show_ways(state)

    def _take_balance(self, state: GiftState) -> None:
        problem = state.problem
        refund = self._page.is_refund
        if state.balance is not None:
            problem = unusable(
                state.balance, self._stage.words, self._stage.currency, refund=refund
            )
        elif problem is not None and problem.code.startswith("centre_") and not refund:
            problem = None  # the centre may answer the request itself, or the chain lets the till stand in
        if problem is not None:
            self._page.show_step(self._steps.gift_failed(state, problem))
            return
        self._asked_centre = False
        self._page.show_step(None)
        balance = state.balance.balance if state.balance is not None else None

        def take() -> PaymentState:
            if state.kind is None:
                return self._paying.take_account(state, choose=True)
            return self._stage.till.payment.on_named(state.number, balance)

        self._tasks.command(take, self._show, owner=self._page, failed=self._refused)

    def _take_gift(self, payment: GiftCardPayment) -> None:
        self._asked_centre = False
        self._tasks.command(
            lambda: self._paying.book_gift(payment),
            self._gift_booked,
            owner=self._page,
            failed=self._failed,
        )

    def _gift_booked(self, state: PaymentState) -> None:
        self._asked_centre = False
        self._paying.gifts.forget()
        self._page.show_step(None)
        self._show(state)
        if state.settled:
            self._page.pay.emit("")
        self._show_rest()

    def _show_unknown(self, payment: GiftCardPayment) -> None:
        self._page.show_step(self._steps.gift_unknown(payment, stand_in=self._stand_in))

        def found(may: bool) -> None:
            self._stand_in = may
            state = self._paying.gifts.state()
            if self._asked_centre and state.phase == "unknown" and state.payment is not None:
                self._page.show_step(self._steps.gift_unknown(state.payment, stand_in=may))

        self._tasks.command(
            lambda: self._paying.may_stand_in(payment),
            found,
            owner=self._page,
            failed=self._nothing,
        )

    # --- buttons ------------------------------------------------------------------------------

    def act(self, key: str) -> None:
        """A button of a step was pressed."""
        acts: dict[str, Callable[[], None]] = {
            "abort": self._abort,
            "other": self._other,
            "later": self._other,
            "again": self._again,
            "decide": self._decide,
            "give_back": self._give_back,
            "settle": self._settle,
            "gift_other": self._gift_other,
            "gift_again": self._gift_again,
            "stand_in": self._take_without_centre,
        }
        acts[key]()

    def _abort(self) -> None:
        if self._paying.cards is not None:
            self._paying.cards.abort()

    def _other(self) -> None:
        lost = self._lost()
        shown = lost or self._shown_loose()
        refusal, self._asked_terminal = self._asked_terminal and lost is None, False
        if shown is not None and not refusal:
            self._put_aside.add(shown.auth_id)
        self._show_rest()

    def _again(self) -> None:
        cards = self._paying.cards
        state = cards.state() if cards is not None else None
        self._page.show_step(None)
        if state is None or state.kind is AttemptKind.REVERSAL:
            self._asked_terminal = False
            self._show_rest()
            return
        self._page.pay.emit(self._typed)

    def _decide(self) -> None:
        lost = self._lost()
        if lost is None:
            return
        words = self._stage.words
        amount = words.money(lost.attempt.amount, lost.attempt.currency)
        sheet = Decision(
            self._stage.look,
            words,
            question=words.text(f"step.decide_{lost.attempt.kind}", amount=amount),
            yes=words.text("step.decide_paid"),
            no=words.text("step.decide_not_paid"),
            asks_who=not self._paying.operator_leads,
        )

        def decide(paid: bool, staff: str, pin: str) -> None:
            self._asked_terminal = True
            self._vouch(
                sheet,
                lambda: self._paying.decide(lost.auth_id, paid=paid, staff_id=staff, pin=pin),
                lambda _none: None,
            )

        sheet.given.connect(decide)
        self._stage.shell.sheet.open(words.text("step.act_decide"), sheet)

    def _settle(self) -> None:
        loose = self._shown_loose()
        if loose is None:
            return
        words = self._stage.words
        amount = words.money(loose.attempt.completed_amount, loose.attempt.currency)
        sheet = Decision(
            self._stage.look,
            words,
            question=words.text("step.settle_question", amount=amount),
            yes=words.text("step.act_settle"),
            asks_who=not self._paying.operator_leads,
        )

        def settle(_paid: bool, staff: str, pin: str) -> None:
            self._vouch(
                sheet,
                lambda: self._paying.settle_by_hand(loose.auth_id, staff, pin),
                self._booked,
            )

        sheet.given.connect(settle)
        self._stage.shell.sheet.open(words.text("step.act_settle"), sheet)

    def _vouch(
        self, sheet: Decision, op: Callable[[], Answer], then: Callable[[Answer], None]
    ) -> None:
        """Do what somebody vouches for; what is wrong with it is said where they stand."""

        def done(answer: Answer) -> None:
            self._stage.shell.sheet.leave()
            then(answer)

        self._tasks.command(
            op,
            done,
            owner=self._page,
            failed=lambda problem: sheet.complain(" ".join(self._stage.words.error(problem))),
        )

    def _shown_loose(self) -> CardPayment | None:
        return next((e for e in self._loose if e.auth_id not in self._put_aside), None)

    def _give_back(self) -> None:
        loose = self._shown_loose()
        if loose is None:
            return
        self._asked_terminal = True
        self._tasks.command(
            lambda: self._paying.reverse(loose.auth_id), owner=self._page, failed=self._failed
        )

    def _gift_other(self) -> None:
        self._change_means("cash")

    def _gift_again(self) -> None:
        kind = self._paying.gifts.state().kind
        self._change_means(ACCOUNT if kind is None else str(kind))

    def _change_means(self, kind: str) -> None:
        self._forget_gift()
        self._page.show_step(None)
        self._tasks.command(
            lambda: self._stage.till.payment.on_means(kind),
            self._show,
            owner=self._page,
            failed=self._refused,
        )

    def _forget_gift(self) -> None:
        """Nothing is taken of this card; the centre gives back what it may hold."""
        self._asked_centre = False
        self._paying.gifts.drop()

    def _take_without_centre(self) -> None:
        state = self._paying.gifts.state()
        if state.phase != "unknown" or state.payment is None:
            return
        payment = state.payment
        self._tasks.command(
            lambda: self._paying.stand_in(payment),
            self._gift_booked,
            owner=self._page,
            failed=self._failed,
        )

    def _failed(self, problem: Problem) -> None:
        self._page.show_step(None)
        self._refused(problem)

    def _nothing(self, _problem: Problem) -> None:
        """It was answered meanwhile."""


def _told(_none: object) -> None:
    """The customer sees it."""


def _nobody() -> None:
    """Nobody looks."""
