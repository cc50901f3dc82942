"""The card terminal beside the sale: a worker asks it, and the page that shows a payment looks at its state.

Nothing of a sale waits in the lane of the till: `begin` returns at once. When the state says `approved`, the lane
writes the tender and settles the attempt in one transaction (`TillStore.set_tenders(..., settles=...)`). What a killed
till left unknown is asked for at the next start, before anything else is taken.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import structlog

from pos_client.app.card_payments import CardPayment, CardPayments, TakenPayment
from pos_client.app.composition import Till
from pos_client.app.settings import load_settings
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.devices.terminal.port import PaymentTerminal, Progress
from pos_client.devices.trace import Trace
from pos_client.runtime.workers import start_worker
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock
from shared.tender.card import AttemptKind, AttemptState

log = structlog.get_logger()
_JOIN_SECONDS = 30
Phase = Literal["idle", "asking", "approved", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class CardState:
    """How the terminal stands. `payment` is the one that `phase` is about; `words` what the terminal shows right now;
    `problem` why nothing could be asked; `pending` what is on no receipt yet or unknown. `kind` and `amount` (minor
    units) are what the terminal was asked for last.
    """

    phase: Phase = "idle"
    payment: CardPayment | None = None
    words: str = ""
    problem: DomainError | EnvironmentProblem | None = None
    pending: tuple[CardPayment, ...] = ()
    kind: AttemptKind | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True)
class _Order:
    kind: AttemptKind
    basket_id: UUID
    amount: int
    paid: TakenPayment | None = None


@dataclass(frozen=True, slots=True)
class _Decision:
    auth_id: UUID
    paid: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """Somebody else wrote about what is pending."""


@dataclass(frozen=True, slots=True)
class DeskPace:
    """Seconds: the first wait before asking again what became of a payment, doubled up to `most`."""

    first: float = 1.0
    most: float = 15.0


class CardDesk:
    """One terminal with its worker, which has a connection of its own to the journal. Its methods never wait."""

    def __init__(
        self,
        terminal: PaymentTerminal,
        open_journal: Callable[[], JournalFile],
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        currency: str,
        pace: DeskPace | None = None,
    ) -> None:
        self._terminal = terminal
        self._open_journal = open_journal
        self._clock = clock
        self._random_bytes = random_bytes
        self._currency = currency
        self._pace = pace or DeskPace()
        self._orders: queue.SimpleQueue[_Order | _Decision | _Look | None] = queue.SimpleQueue()
        self._busy = threading.Event()
        self._aborted = threading.Event()
        self._end = threading.Event()
        self._state = CardState()
        self._failures = 0
        self._registered = False
        self.on_changed: Callable[[], None] = _nobody
        self._worker = start_worker("card-desk", self._work)

    def state(self) -> CardState:
        """How it stands, as the worker saw it last."""
        return self._state

    def begin(self, kind: AttemptKind, basket_id: UUID, amount: int) -> None:
        """Ask for a payment or a refund of minor units; `DomainError('card_desk_busy')` while something is asked."""
        self._order(_Order(kind, basket_id, amount))

    def reverse(self, paid: TakenPayment) -> None:
        """Undo a payment; `card_desk_busy` as `begin`."""
        self._order(_Order(AttemptKind.REVERSAL, paid.basket_id, paid.amount, paid))

    def abort(self) -> None:
        """End what is under way, if the terminal still can; before it heard of the payment, as soon as it did."""
        self._aborted.set()
        self._terminal.abort()

    def decide(self, auth_id: UUID, *, paid: bool) -> None:
        """A person says what became of a payment that the terminal cannot tell."""
        self._orders.put(_Decision(auth_id, paid))

    def look_again(self) -> None:
        """What was pending may be settled meanwhile."""
        self._orders.put(_Look())

    def close(self) -> None:
        """End the worker. A payment that is under way goes on at the terminal and is asked for at the next start."""
        self._end.set()
        self._orders.put(None)
        self._worker.join(_JOIN_SECONDS)

    def _order(self, order: _Order) -> None:
        if self._busy.is_set():
            raise DomainError("card_desk_busy")
        self._busy.set()
        self._aborted.clear()
        pending = self._state.pending
        self._publish(CardState("asking", pending=pending, kind=order.kind, amount=order.amount))
        self._orders.put(order)

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            file = self._open_journal()
        except EnvironmentProblem as problem:
            self._publish(CardState(problem=problem))
            return
        payments = CardPayments(
            self._terminal,
            OutstandingAuthorisations(file),
            self._clock,
            self._random_bytes,
            self._currency,
        )
        try:
            # What a killed till left is to be seen before anybody asks for anything.
            payments.tidy()
            self._publish(CardState(pending=payments.pending()))
            while not self._end.is_set():
                self._turn(payments)
        finally:
            file.close()

    def _turn(self, payments: CardPayments) -> None:
        unknown = any(each.attempt.is_open for each in payments.pending())
        wait = self._pace.first * (1 << min(self._failures, 10)) if unknown else None
        try:
            order = self._orders.get(timeout=min(wait, self._pace.most) if wait else None)
        except queue.Empty:
            self._look(payments)
            return
        if isinstance(order, _Order):
            self._obey(payments, order)
            self._busy.clear()
        elif isinstance(order, _Decision):
            self._attempt(payments, lambda: payments.decide(order.auth_id, paid=order.paid))
        elif isinstance(order, _Look):
            self._publish(CardState(pending=payments.pending()))

    def _look(self, payments: CardPayments) -> None:
        try:
            done = payments.resolve()
        except (DomainError, EnvironmentProblem) as problem:
            self._failures += 1
            self._publish(replace(self._state, problem=problem, pending=payments.pending()))
            return
        self._failures = 0 if done else self._failures + 1
        self._publish(_shown(self._state.payment, payments.pending()))

    def _obey(self, payments: CardPayments, order: _Order) -> None:
        def watch(progress: Progress) -> None:
            self._publish(replace(self._state, words=progress.text))
            if self._aborted.is_set():
                self._aborted.clear()
                self._terminal.abort()

        def act() -> CardPayment:
            if not self._registered:
                self._terminal.register()
                self._registered = True
            if order.paid is not None:
                return payments.reverse(order.paid, watch)
            if order.kind is AttemptKind.REFUND:
                return payments.refund(order.basket_id, order.amount, watch)
            return payments.pay(order.basket_id, order.amount, watch)

        self._attempt(payments, act)

    def _attempt(self, payments: CardPayments, act: Callable[[], CardPayment]) -> None:
        self._failures = 0
        try:
            payment = act()
        except (DomainError, EnvironmentProblem) as problem:
            # It may have been switched off meanwhile: then it wants to be registered again.
            self._registered = False
            asked = self._state
            self._publish(
                CardState(
                    problem=problem,
                    pending=payments.pending(),
                    kind=asked.kind,
                    amount=asked.amount,
                )
            )
            return
        self._publish(_shown(payment, payments.pending()))

    def _publish(self, state: CardState) -> None:
        self._state = state
        self.on_changed()


def _shown(payment: CardPayment | None, pending: tuple[CardPayment, ...]) -> CardState:
    """The state after an attempt; one that is pending no more and was unknown took no money."""
    if payment is None:
        return CardState(pending=pending)
    kept = next((each for each in pending if each.auth_id == payment.auth_id), None)
    shown = kept or payment
    gone = kept is None and payment.attempt.is_open
    phase: Phase = "declined" if gone else _PHASES[shown.attempt.state]
    attempt = payment.attempt
    return CardState(phase, shown, pending=pending, kind=attempt.kind, amount=attempt.amount)


def _nobody() -> None:
    """Nobody looks."""


_PHASES: dict[AttemptState, Phase] = {
    AttemptState.ASKED: "asking",
    AttemptState.APPROVED: "approved",
    AttemptState.DECLINED: "declined",
    AttemptState.UNKNOWN: "unknown",
    AttemptState.RESOLVED: "approved",
}


def start_card_desk(till: Till, trace: Trace, pace: DeskPace | None = None) -> CardDesk | None:
    """The desk of the terminal that `till.json` names, None if it names none; `terminal_address_invalid`."""
    place = parse_terminal_address(load_settings(till.paths.settings).terminal)
    if place is None:
        return None
    identity = till.identity
    currency = identity.store.currency
    return CardDesk(
        ZvtTerminal(place, currency, trace=trace),
        lambda: JournalFile(till.paths.journal, identity.till_id, identity.incarnation),
        till.clock,
        os.urandom,
        currency,
        pace,
    )
