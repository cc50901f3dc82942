"""Gift cards, vouchers and purses beside the sale: a worker asks the centre, and the page that shows a payment looks
at its state.

Nothing of a sale waits in the lane of the till. What is not known is asked again by itself, under the same id, until it
is known, given back, or taken without the centre; the last two are decided in the lane, where nothing waits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from pos_client.app.card_desk import DeskPace
from pos_client.app.composition import Till
from pos_client.app.gift_cards import CardPhase, GiftCardPayment, GiftCards, open_gift_cards
from pos_client.runtime.workers import start_worker
from pos_client.storage.journal_file import JournalFile
from pos_client.sync.ports import Authorising, CentreRefusedError
from shared.errors import DomainError, EnvironmentProblem
from shared.tender import TenderKind
from shared.wire.authorisations import BalanceAnswer, PursesAnswer
from shared.wire.finding import FindAnswer

_JOIN_SECONDS = 30
Phase = Literal["idle", "looking", "asking", "balance", "approved", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class GiftState:
    """How the `number` stands, which is that of a card or voucher, or of whose purses (`kind` None) are asked about.
    `payment` is the one that `phase` is about, `balance`, `purses` or `customers` what the centre said there is;
    `problem` why that could not be asked. Where customers were looked for, `number` is the text.
    """

    phase: Phase = "idle"
    number: str = ""
    kind: TenderKind | None = TenderKind.GIFT_CARD
    payment: GiftCardPayment | None = None
    balance: BalanceAnswer | None = None
    purses: PursesAnswer | None = None
    customers: FindAnswer | None = None
    problem: DomainError | EnvironmentProblem | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    """`ticket` says which question it belongs to: an answer to one that is over is shown to nobody."""

    ticket: int
    blank: GiftState
    act: Callable[[GiftCards, GiftState], GiftState]


class GiftDesk:
    """The worker, with a connection of its own to journal and centre. Its methods never wait."""

    def __init__(
        self,
        open_journal: Callable[[], JournalFile],
        open_cards: Callable[[JournalFile], GiftCards],
        pace: DeskPace | None = None,
    ) -> None:
        self._open_journal = open_journal
        self._open_cards = open_cards
        self._pace = pace or DeskPace()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._end = threading.Event()
        # Between the question that is on and what is shown of it: both are looked at and changed together.
        self._turn = threading.Lock()
        self._ticket = 0
        self._state = GiftState()
        self._last: GiftCardPayment | None = None
        self._repeats = 0
        self.on_changed: Callable[[], None] = _nobody
        self._worker = start_worker("gift-desk", self._work)

    def state(self) -> GiftState:
        """How it stands, as the worker saw it last."""
        return self._state

    def look(self, number: str, kind: TenderKind = TenderKind.GIFT_CARD) -> None:
        """Ask what this card or voucher has."""
        self._begin(
            GiftState("looking", number, kind),
            lambda cards, state: replace(
                state, phase="balance", balance=cards.balance(number, kind)
            ),
        )

    def look_at_purses(self, number: str) -> None:
        """Ask for all that a card or a customer's number carries."""
        self._begin(
            GiftState("looking", number, None),
            lambda cards, state: replace(state, phase="balance", purses=cards.purses(number)),
        )

    def look_for(self, text: str, by: str) -> None:
        """Ask for customers of the chain by words; `by` is who is logged in."""
        self._begin(
            GiftState("looking", text, None),
            lambda cards, state: replace(
                state, phase="balance", customers=cards.find_customers(text, by)
            ),
        )

    def ask(
        self,
        basket_id: UUID,
        number: str,
        amount: int,
        kind: TenderKind = TenderKind.GIFT_CARD,
        customer: str = "",
    ) -> None:
        """Hold minor units for a receipt, or what there is where that is less; `customer` is whom it is for."""

        def act(cards: GiftCards, state: GiftState) -> GiftState:
            payment = cards.ask(
                basket_id, number, amount, part_ok=True, kind=kind, customer=customer
            )
            return _shown(state, payment)

        self._begin(GiftState("asking", number, kind), act)

    def ask_again(self, payment: GiftCardPayment) -> None:
        """The same question at once, and again by itself as long as it is not answered."""
        self._begin(GiftState("asking", payment.instrument, payment.kind), _repeating(payment))

    def give_back(self, auth_id: UUID) -> None:
        """Tell the centre now what the sync process would tell it later."""

        def act(cards: GiftCards, state: GiftState) -> GiftState:
            cards.give_back(auth_id)
            return state

        # It belongs to no question, so nothing of it is shown.
        self._orders.put(_Order(-1, GiftState(), act))

    def forget(self) -> None:
        """What was asked for last is on the receipt, or nothing: nobody waits for an answer any more."""
        self._last = None
        self._next_question(GiftState())

    def drop(self) -> None:
        """The customer pays another way: what was asked for last is given back, also if its answer is still to come."""

        def act(cards: GiftCards, state: GiftState) -> GiftState:
            last, self._last = self._last, None
            if last is not None and last.phase is not CardPhase.DECLINED:
                cards.give_back(last.auth_id)
            return state

        self._orders.put(_Order(self._next_question(GiftState()), GiftState(), act))

    def close(self) -> None:
        """End the worker; what is not known is asked for at the next start."""
        self._end.set()
        self._orders.put(None)
        self._worker.join(_JOIN_SECONDS)

    def _begin(self, state: GiftState, act: Callable[[GiftCards, GiftState], GiftState]) -> None:
        self._orders.put(_Order(self._next_question(state), replace(state, phase="idle"), act))

    def _next_question(self, state: GiftState) -> int:
        with self._turn:
            self._ticket += 1
            self._state, ticket = state, self._ticket
        self.on_changed()
        return ticket

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            file = self._open_journal()
        except EnvironmentProblem as problem:
            self._next_question(GiftState(problem=problem))
            return
        try:
            cards: GiftCards | None = None
            while not self._end.is_set():
                order = self._next()
                if order is None:
                    continue
                try:
                    cards = cards or self._open_cards(file)
                except EnvironmentProblem as problem:
                    self._show(order.ticket, replace(order.blank, phase="balance", problem=problem))
                    continue
                self._obey(cards, order)
        finally:
            file.close()

    def _next(self) -> _Order | None:
        with self._turn:
            state, ticket = self._state, self._ticket
        unknown = state.payment if state.phase == "unknown" else None
        wait = min(self._pace.most, self._pace.first * (1 << min(self._repeats, 10)))
        try:
            return self._orders.get(timeout=wait if unknown is not None else None)
        except queue.Empty:
            self._repeats += 1
            if unknown is None:
                return None
            return _Order(ticket, replace(state, phase="idle", payment=None), _repeating(unknown))

    def _obey(self, cards: GiftCards, order: _Order) -> None:
        before = order.blank
        try:
            after = order.act(cards, before)
        except CentreRefusedError as refusal:
            problem = DomainError(refusal.code, {"number": before.number, **refusal.params})
            after = replace(before, phase="balance", problem=problem)
        except (DomainError, EnvironmentProblem) as problem:
            after = replace(before, phase="balance", problem=problem)
        self._last = after.payment or self._last
        if after.phase != "unknown":
            self._repeats = 0
        if after is not before:
            self._show(order.ticket, after)

    def _show(self, ticket: int, state: GiftState) -> None:
        with self._turn:
            if ticket != self._ticket:
                return
            self._state = state
        self.on_changed()


def _repeating(payment: GiftCardPayment) -> Callable[[GiftCards, GiftState], GiftState]:
    return lambda cards, state: _shown(state, cards.ask_again(payment.auth_id))


def _shown(state: GiftState, payment: GiftCardPayment) -> GiftState:
    phases: dict[CardPhase, Phase] = {
        CardPhase.APPROVED: "approved",
        CardPhase.STOOD_IN: "approved",
        CardPhase.DECLINED: "declined",
        CardPhase.UNKNOWN: "unknown",
    }
    return replace(state, phase=phases[payment.phase], payment=payment)


def _nobody() -> None:
    """Nobody looks."""


def start_gift_desk(
    till: Till, transport: Authorising | None = None, pace: DeskPace | None = None
) -> GiftDesk:
    """The desk of a running till; without a `transport` with a connection of its own to the centre."""
    identity = till.identity
    return GiftDesk(
        lambda: JournalFile(till.paths.journal, identity.till_id, identity.incarnation),
        lambda file: open_gift_cards(till, transport, file),
        pace,
    )
