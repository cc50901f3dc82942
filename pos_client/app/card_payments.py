"""Card payments that survive whatever breaks: written before the terminal is asked, settled when a receipt holds them.

One attempt at a time. As long as nobody knows how one ended, none begins: the terminal is asked for its last payment
until it tells, or a person who looked at its slip decides. No attempt is ever asked for twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from uuid import UUID

import structlog

from pos_client.devices.terminal.port import CardResult, Ending, PaymentTerminal, Watch
from pos_client.storage.authorisations import OutstandingAuthorisation, OutstandingAuthorisations
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock, uuid7
from shared.journal.reader import BodyReader
from shared.tender import Tender, TenderKind, TerminalSlip
from shared.tender.card import AttemptKind, AttemptState, CardAttempt, TerminalPayment, ask

log = structlog.get_logger()
_KIND = "terminal_"


@dataclass(frozen=True, slots=True)
class CardPayment:
    """An attempt with what the terminal said of it; `basket_id` is the receipt that it is for.

    What it said holds no card number but the last digits, and both receipts that are to be printed. `undoes` is the
    payment that this one takes back.
    """

    auth_id: UUID
    basket_id: UUID
    attempt: CardAttempt
    result: CardResult
    undoes: UUID | None = None

    def tender(self) -> Tender:
        """What the receipt is paid with, or paid out by; `DomainError('tender_unauthorised')` unless it is approved."""
        if self.attempt.state is not AttemptState.APPROVED:
            raise DomainError("tender_unauthorised")
        said = self.result
        slip = TerminalSlip(
            terminal_id=said.terminal_id,
            receipt_number=said.receipt_number,
            trace=said.trace,
            card=said.card,
            card_name=said.card_name,
            authorisation=said.authorisation,
            at=said.at,
            customer=said.customer_receipt,
            merchant=said.merchant_receipt,
        )
        return Tender(TenderKind.CARD, self.attempt.counted, self.auth_id, slip=slip)

    def taken(self) -> TakenPayment:
        """What there is to undo of it."""
        return TakenPayment(
            self.auth_id,
            self.basket_id,
            self.attempt.completed_amount,
            self.result.receipt_number,
        )


@dataclass(frozen=True, slots=True)
class TakenPayment:
    """A payment that is to be undone: under which id it was asked for, and the terminal's number and amount of it."""

    auth_id: UUID
    basket_id: UUID
    amount: int
    receipt_number: int | None


def pending_payments(outstanding: OutstandingAuthorisations) -> tuple[CardPayment, ...]:
    """What is approved and on no receipt yet, and what nobody knows the end of; the oldest first."""
    return tuple(_read(row) for row in outstanding.all() if row.kind.startswith(_KIND))


class CardPayments:
    """Asks a terminal and keeps what came of it. Every method belongs into one thread, and but for `pending` waits for
    the terminal.
    """

    def __init__(
        self,
        terminal: PaymentTerminal,
        outstanding: OutstandingAuthorisations,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        currency: str,
    ) -> None:
        self._terminal = terminal
        self._outstanding = outstanding
        self._clock = clock
        self._random_bytes = random_bytes
        self._currency = currency

    def pending(self) -> tuple[CardPayment, ...]:
        """As `pending_payments`."""
        return pending_payments(self._outstanding)

    def pay(self, basket_id: UUID, amount: int, watch: Watch) -> CardPayment:
        """Take minor units for a receipt.

        `DomainError('card_payment_open')` while an earlier attempt is unknown, `('terminal_refused')`;
        `EnvironmentProblem` if the terminal could not be asked: in both families nothing was taken.
        """
        return self._move(
            AttemptKind.PAYMENT,
            basket_id,
            amount,
            lambda: self._terminal.pay(amount, self._currency, watch),
        )

    def refund(self, basket_id: UUID, amount: int, watch: Watch) -> CardPayment:
        """Give minor units back to a card, as `pay`."""
        return self._move(
            AttemptKind.REFUND,
            basket_id,
            amount,
            lambda: self._terminal.refund(amount, self._currency, watch),
        )

    def reverse(self, paid: TakenPayment, watch: Watch) -> CardPayment:
        """Undo a payment. One that is on no receipt is settled; what undid it stays until somebody has seen it.

        `DomainError('card_payment_unnamed')` if the terminal gave it no number; others as `pay`.
        """
        number = paid.receipt_number
        if number is None:
            raise DomainError("card_payment_unnamed")
        undone = self._move(
            AttemptKind.REVERSAL,
            paid.basket_id,
            paid.amount,
            lambda: self._terminal.reverse(number, watch),
            paid.auth_id,
        )
        self.tidy()
        return undone

    def tidy(self) -> None:
        """A payment that was undone before any receipt held it counts nowhere; what undid it says so until then."""
        pending = {each.auth_id: each for each in self.pending()}
        for each in pending.values():
            if each.undoes in pending and each.attempt.state is AttemptState.APPROVED:
                self._outstanding.settle(each.undoes)

    def resolve(self) -> bool:
        """Ask the terminal about what is unknown, and about what was under way when the till died; whether nothing is
        unknown any more. `EnvironmentProblem` if it cannot be asked now.
        """
        unknown = [each for each in self.pending() if each.attempt.is_open]
        if not unknown:
            return True
        last = self._terminal.last()
        for each in unknown:
            attempt = each.attempt.lost().judged(_told(last))
            found = last if attempt.state is AttemptState.APPROVED and last else each.result
            self._keep(replace(each, attempt=attempt, result=found))
            log.info("card_payment_judged", auth_id=str(each.auth_id), state=str(attempt.state))
        self.tidy()
        return not any(each.attempt.is_open for each in self.pending())

    def decide(self, auth_id: UUID, *, paid: bool) -> CardPayment:
        """A person looked at the terminal's slip or list; `card_payment_unknown` if there is nothing to decide."""
        for each in self.pending():
            if each.auth_id == auth_id and each.attempt.is_open:
                decided = replace(each, attempt=each.attempt.lost().decided(paid=paid))
                self._keep(decided)
                log.warning("card_payment_decided", auth_id=str(auth_id), paid=paid)
                self.tidy()
                return decided
        raise DomainError("card_payment_unknown")

    def _move(
        self,
        kind: AttemptKind,
        basket_id: UUID,
        amount: int,
        act: Callable[[], CardResult],
        undoes: UUID | None = None,
    ) -> CardPayment:
        if not self.resolve():
            raise DomainError("card_payment_open")
        last = self._terminal.last()
        attempt = ask(kind, amount, self._currency, last.trace if last else None)
        auth_id = uuid7(self._clock.now(), self._random_bytes(10))
        asked = CardPayment(auth_id, basket_id, attempt, CardResult(Ending.UNKNOWN), undoes)
        self._keep(asked)
        try:
            result = act()
        except (DomainError, EnvironmentProblem):
            # The terminal's port promises that these are raised only where nothing was taken.
            self._outstanding.settle(auth_id)
            raise
        done = replace(asked, attempt=_after(attempt, result), result=result)
        self._keep(done)
        return done

    def _keep(self, payment: CardPayment) -> None:
        if payment.attempt.state is AttemptState.DECLINED:
            self._outstanding.settle(payment.auth_id)
            return
        attempt = payment.attempt
        self._outstanding.put(
            OutstandingAuthorisation(
                auth_id=payment.auth_id,
                kind=f"{_KIND}{attempt.kind}",
                basket_id=payment.basket_id,
                body={
                    "amount": attempt.amount,
                    "currency": attempt.currency,
                    "before": attempt.before,
                    **({"undoes": str(payment.undoes)} if payment.undoes else {}),
                },
                state=str(attempt.state),
                changed_at=self._clock.now(),
                answer={"completed_amount": attempt.completed_amount, **_written(payment.result)},
            )
        )


def _after(attempt: CardAttempt, result: CardResult) -> CardAttempt:
    match result.ending:
        case Ending.APPROVED:
            return attempt.completed(result.amount)
        case Ending.DECLINED | Ending.CANCELLED:
            return attempt.refused()
        case Ending.UNKNOWN:
            return attempt.lost()


def _told(last: CardResult | None) -> TerminalPayment | None:
    if last is None:
        return None
    return TerminalPayment(last.ending is Ending.APPROVED, last.amount, last.trace)


def _written(result: CardResult) -> Mapping[str, object]:
    facts = asdict(result)
    return {**facts, "ending": str(result.ending)}


def _read(row: OutstandingAuthorisation) -> CardPayment:
    body, answer = BodyReader(dict(row.body)), BodyReader(dict(row.answer))
    before = row.body.get("before")
    attempt = CardAttempt(
        kind=AttemptKind(row.kind.removeprefix(_KIND)),
        amount=body.integer("amount"),
        currency=body.text("currency"),
        before=before if isinstance(before, int) else None,
        state=AttemptState(row.state),
        completed_amount=answer.integer("completed_amount"),
    )
    undoes = body.uuid("undoes") if "undoes" in row.body else None
    return CardPayment(row.auth_id, row.basket_id, attempt, _result(row.answer), undoes)


def _result(answer: Mapping[str, object]) -> CardResult:
    facts = {name: value for name, value in answer.items() if name != "completed_amount"}
    rows = {
        name: tuple(str(row) for row in value)
        for name, value in facts.items()
        if isinstance(value, list)
    }
    return CardResult(**{**facts, **rows, "ending": Ending(str(facts["ending"]))})  # type: ignore[arg-type]
