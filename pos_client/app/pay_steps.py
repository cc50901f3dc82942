"""What the payment page says while a terminal or the centre is asked, in sentences: what happens, why, what next."""

from __future__ import annotations

from dataclasses import replace

from pos_client.app.card_desk import CardState
from pos_client.app.card_payments import CardPayment
from pos_client.app.gift_cards import GiftCardPayment
from pos_client.app.gift_desk import GiftState
from pos_client.app.translations import TillTexts
from pos_client.devices.terminal.port import Ending
from pos_client.features.payment.state import PursesState, StepAction, StepState, TenderRow
from pos_client.features.payment.values import ACCOUNT
from shared.errors import DomainError, EnvironmentProblem
from shared.tender import TenderKind, masked
from shared.tender.card import AttemptKind
from shared.vouchers import is_token, read_token
from shared.wire.authorisations import DebtLine, PurseLine, PursesAnswer

_CARD = "card"
_FAMILY = {TenderKind.GIFT_CARD: "gift", TenderKind.VOUCHER: "voucher"}


class PaySteps:
    """Sentences in one language; amounts in `currency`."""

    def __init__(self, texts: TillTexts, currency: str) -> None:
        self._texts = texts
        self._currency = currency

    # --- the card terminal --------------------------------------------------------------------

    def asking(self, state: CardState) -> StepState:
        """The terminal has the word."""
        kind = state.kind or AttemptKind.PAYMENT
        connecting = self._say("connecting")
        return StepState(
            means=_CARD,
            title=self._say(f"card_{kind}"),
            amount=self._money(state.amount),
            said=state.words or connecting,
            said_caption=self._say("terminal_shows"),
            text=self._say(f"card_{kind}_hint"),
            waits=True,
            actions=(self._action("abort", sign="Esc"),),
        )

    def unknown(
        self, lost: CardPayment, problem: DomainError | EnvironmentProblem | None
    ) -> StepState:
        """Nobody knows how it ended; the till asks on by itself."""
        why = " ".join(self._texts.error(problem)[:1]) if problem is not None else ""
        amount = self._money(lost.attempt.amount)
        return StepState(
            means=_CARD,
            tone="warning",
            title=self._say("unknown"),
            amount=amount,
            said=self._say("unknown_asking"),
            said_caption=self._say("unknown_caption"),
            text=self._say(f"unknown_{lost.attempt.kind}", amount=amount),
            what_next=f"{why} {self._say('unknown_next')}".strip(),
            actions=(
                self._action("other", sign="Esc"),
                self._action("decide"),
            ),
        )

    def declined(self, payment: CardPayment) -> StepState:
        """Nothing moved, and why."""
        said, attempt = payment.result, payment.attempt
        if attempt.is_open:
            reason, title = self._say("not_taken"), self._say("declined")
        elif said.ending is Ending.CANCELLED:
            reason, title = self._say("cancelled_why"), self._say("cancelled")
        else:
            facts = {"said": said.text} if said.text else {}
            code = {"code": f"{said.result:02X}"} if said.result >= 0 else {}
            reason = self._say("declined_why", **code, **facts)
            title = self._say("declined")
        undoing = attempt.kind is AttemptKind.REVERSAL
        return StepState(
            means=_CARD,
            tone="danger",
            title=title,
            amount=self._money(attempt.amount),
            text=reason,
            what_next=self._say("reversal_declined_next" if undoing else "declined_next"),
            actions=(
                self._action("other", sign="Esc"),
                self._action("again", kind="primary", sign="Enter"),
            ),
        )

    def not_asked(self, state: CardState, problem: DomainError | EnvironmentProblem) -> StepState:
        """The terminal could not be asked at all: nothing moved."""
        why, what_next = self._texts.error(problem)
        return StepState(
            means=_CARD,
            tone="danger",
            title=self._say("not_asked"),
            amount=self._money(state.amount) if state.amount else "",
            text=why,
            what_next=what_next,
            actions=(
                self._action("other", sign="Esc"),
                self._action("again", kind="primary", sign="Enter"),
            ),
        )

    def loose(self, payment: CardPayment) -> StepState:
        """A terminal moved money that is on no receipt."""
        attempt = payment.attempt
        paid = attempt.kind is AttemptKind.PAYMENT
        amount = self._money(attempt.completed_amount)
        card = " ".join(
            part for part in (payment.result.card_name, masked(payment.result.card)) if part
        )
        return StepState(
            means=_CARD,
            tone="warning",
            title=self._say("loose"),
            amount=amount,
            text=self._say(f"loose_{attempt.kind}", amount=amount, card=card or "–"),
            what_next=self._say("loose_next" if paid else "loose_refund_next"),
            actions=(
                self._action("later", sign="Esc"),
                self._action("settle"),
                *((self._action("give_back", kind="primary", sign="Enter"),) if paid else ()),
            ),
        )

    # --- cards, vouchers and purses at the centre ----------------------------------------------

    def gift_waits(self, state: GiftState) -> StepState:
        """The centre is asked."""
        key = "looking" if state.phase == "looking" else "asking"
        return StepState(
            means=_means(state.kind),
            title=self._say(f"{_family(state.kind)}_{key}"),
            said=_shown(state.number),
            said_caption=self._name(state.kind),
            text=self._say("gift_waits"),
            actions=(self._action("gift_other", sign="Esc"),),
            waits=True,
        )

    def gift_unknown(self, payment: GiftCardPayment, *, stand_in: bool) -> StepState:
        """The centre has not answered; the till asks on by itself."""
        amount = self._money(payment.asked)
        why = ""
        if payment.code:
            why, _ = self._why(payment)
        can = (self._action("stand_in", kind="primary"),) if stand_in else ()
        next_key = "gift_stand_in_next" if stand_in else "gift_unknown_next"
        return StepState(
            means=_means(payment.kind),
            tone="warning",
            title=self._say("gift_unknown"),
            amount=amount,
            said=self._say("gift_unknown_asking"),
            said_caption=self._say("unknown_caption"),
            text=self._say(
                f"{_family(payment.kind)}_unknown_text",
                amount=amount,
                card=masked(payment.instrument),
            ),
            what_next=f"{why} {self._say(next_key)}".strip(),
            actions=(self._action("gift_other", sign="Esc"), *can),
        )

    def gift_declined(self, payment: GiftCardPayment) -> StepState:
        """The centre said no, and why."""
        amount = self._money(payment.asked)
        return self._gift_refused(payment.kind, payment.instrument, self._why(payment), amount)

    def _why(self, payment: GiftCardPayment) -> tuple[str, str]:
        """What the centre said, and what to do next."""
        return self._texts.error(DomainError(payment.code, payment.params))

    def gift_failed(self, state: GiftState, problem: DomainError | EnvironmentProblem) -> StepState:
        """What there is could not be asked."""
        return self._gift_refused(state.kind, state.number, self._texts.error(problem), "")

    def _gift_refused(
        self, kind: TenderKind | None, number: str, words: tuple[str, str], amount: str
    ) -> StepState:
        why, what_next = words
        family = _family(kind)
        again = StepAction("gift_again", self._say(f"act_{family}_again"), "primary", "Enter")
        return StepState(
            means=_means(kind),
            tone="danger",
            title=self._say(f"{family}_declined"),
            amount=amount,
            said=_shown(number),
            said_caption=self._name(kind),
            text=why,
            what_next=what_next,
            actions=(self._action("gift_other", sign="Esc"), again),
        )

    def _name(self, kind: TenderKind | None) -> str:
        return self._texts.text("payment.account" if kind is None else f"tender.{kind}")

    def looked_up(self, state: GiftState) -> StepState:
        """What a card has, asked without a sale."""
        found = state.balance
        ways: tuple[StepAction, ...] = (
            self._action("close", sign="Esc"),
            self._action("another"),
        )
        if state.phase == "looking" or (found is None and state.problem is None):
            return replace(self.gift_waits(state), actions=ways[:1])
        if state.problem is not None or found is None:
            refused = self.gift_failed(state, state.problem or EnvironmentProblem("unexpected"))
            return replace(refused, actions=ways)
        usable = found.state == "active"
        if state.kind is TenderKind.GIFT_CARD and found.state in {"active", "printed"}:
            sell = "top_up" if usable else "sell"
            ways = (*ways, self._action(sell, kind="primary", sign="Enter"))
        day = found.expires_on
        expires = self._texts.text("gift.no_expiry")
        if day is not None:
            expires = self._texts.text("gift.expires", day=self._texts.date(day))
        return StepState(
            means=_means(state.kind),
            tone="saving" if usable else "warning",
            title=self._texts.text("gift.balance"),
            amount=self._texts.money(found.balance, found.currency),
            said=masked(found.instrument),
            said_caption=self._name(state.kind),
            text=self._texts.text(f"gift.state_{found.state}"),
            what_next=expires,
            actions=ways,
        )

    def purses(self, number: str, found: PursesAnswer) -> PursesState:
        """All that a customer has, asked without a sale."""
        return PursesState(
            title=found.name or self._texts.text("payment.account"),
            number=_shown(number),
            rows=(*map(self._purse, found.purses), *map(self._debt, found.debts)),
            empty_text=self._texts.text("error.purses_empty"),
            actions=(
                self._action("close", sign="Esc"),
                self._action("another"),
                self._action("attach", kind="primary", sign="Enter"),
            ),
        )

    def _purse(self, line: PurseLine) -> TenderRow:
        points = line.points is not None
        facts = []
        if line.kind == TenderKind.INVOICE:
            facts.append(self._texts.text("gift.credit_left"))
        if line.points is not None:
            facts.append(self._texts.text("gift.points", points=line.points))
        if line.pending:
            pending = (
                str(line.pending) if points else self._texts.money(line.pending, line.currency)
            )
            facts.append(self._texts.text("gift.pending", pending=pending))
        if line.expires_on is not None:
            day = self._texts.date(line.expires_on)
            facts.append(self._texts.text("gift.first_expires", day=day))
        if line.state != "active":
            facts.append(self._texts.text(f"gift.state_{line.state}"))
        return TenderRow(
            kind=line.kind,
            text=self._texts.text(f"tender.{line.kind}"),
            amount=self._texts.money(line.balance, line.currency),
            detail=" · ".join(facts),
        )

    def _debt(self, line: DebtLine) -> TenderRow:
        """What is owed after returns: below nothing, so that nobody takes it for something to spend."""
        if line.unit == "points":
            amount = self._texts.text("gift.points", points=-line.amount)
        else:
            amount = self._money(-line.amount)
        return TenderRow(
            kind="debt",
            text=self._texts.text("gift.debt"),
            amount=amount,
            detail=self._texts.text("gift.debt_why"),
        )

    # --- words --------------------------------------------------------------------------------

    def _say(self, key: str, **values: str | int) -> str:
        return self._texts.text(f"step.{key}", **values)

    def _money(self, minor: int) -> str:
        return self._texts.money(minor, self._currency)

    def _action(self, key: str, *, kind: str = "outlined", sign: str = "") -> StepAction:
        return StepAction(key, self._say(f"act_{key}"), kind, sign)  # type: ignore[arg-type]


def _means(kind: TenderKind | None) -> str:
    return ACCOUNT if kind is None else str(kind)


def _family(kind: TenderKind | None) -> str:
    """Which sentences speak of it."""
    return "purse" if kind is None else _FAMILY.get(kind, "purse")


def _shown(number: str) -> str:
    """The end of a number; of a printed code that of the voucher's number, as far as it can be read."""
    try:
        return masked(read_token(number)[0].number if is_token(number) else number)
    except DomainError:
        return masked(number)
