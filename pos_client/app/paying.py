"""Paying with what is not in the drawer: carries amounts from the page to terminal and centre, and what came of them
onto the receipt.

Every method belongs into the lane of the till and none waits: terminal and centre have workers of their own. What a
worker says is only a hint to look; what counts is what the journal file says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from pos_client.app.card_desk import CardDesk, CardState, DeskPace, start_card_desk
from pos_client.app.card_payments import CardPayment, TakenPayment, pending_payments
from pos_client.app.code_line import CodeLine
from pos_client.app.composition import Till
from pos_client.app.foreign_returns import ForeignReturns
from pos_client.app.gift_cards import GiftCardPayment, GiftCards, open_gift_cards
from pos_client.app.gift_desk import GiftDesk, GiftState, start_gift_desk
from pos_client.app.receipt_making import held_for
from pos_client.app.voucher_check import check_voucher
from pos_client.devices.trace import Trace
from pos_client.features.payment.state import PaymentState
from pos_client.features.payment.values import Account, PurseSum, unknown_account
from pos_client.ports import LEADERS
from pos_client.storage.authorisations import VALUE_KINDS, OutstandingAuthorisations
from pos_client.sync.ports import Asking
from shared.basket import Basket
from shared.errors import DomainError
from shared.tender import AUTHORISED, Tender, TenderKind
from shared.tender.card import AttemptKind
from shared.vouchers import read_number

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Booked:
    """What the page shows after looking: `state`, None where no receipt is open; whether something `changed`; and what
    a terminal moved that is on no receipt.
    """

    state: PaymentState | None
    changed: bool = False
    loose: tuple[CardPayment, ...] = ()


def _nobody() -> None:
    """Nobody listens."""


def _no_cards() -> CardDesk | None:
    """A till that never has a terminal."""
    return None


class Paying:
    """`cards` is None for a till without a terminal: then the cashier types the amount there."""

    def __init__(
        self,
        till: Till,
        cards: CardDesk | None,
        gifts: GiftDesk,
        transport: Asking | None = None,
        open_cards: Callable[[], CardDesk | None] = _no_cards,
    ) -> None:
        self._till = till
        self._transport = transport
        self._open_cards = open_cards
        self._cards_changed: Callable[[], None] = _nobody
        self.cards = cards
        self.gifts = gifts
        self.returns = ForeignReturns(till, transport)
        self.codes = CodeLine(till, transport)
        self._outstanding = OutstandingAuthorisations(till.journal.file)
        self._gift_cards: GiftCards | None = None
        till.payment.use_terminal(on=cards is not None)

    # --- the terminal -------------------------------------------------------------------------

    def listen_to_cards(self, changed: Callable[[], None] | None) -> None:
        """Call this one from the terminal's worker whenever something changes; None for nobody."""
        self._cards_changed = changed or _nobody
        if self.cards is not None:
            self.cards.on_changed = self._cards_changed

    def card_state(self) -> CardState:
        """How the terminal stands; any thread may ask."""
        cards = self.cards
        return cards.state() if cards is not None else CardState()

    def require_settled(self) -> None:
        """`DomainError('card_desk_busy')` while a payment is under way or one is not settled: another terminal, asked
        about it now or after the next start, would speak of a payment of its own.
        """
        state = self.card_state()
        if state.phase == "asking" or state.pending:
            raise DomainError("card_desk_busy")

    def take_terminal(self) -> None:
        """Use the terminal that `till.json` names now, or none.

        `DomainError`: `card_desk_busy` as `require_settled`, `terminal_address_invalid`; then it stays as it was.
        """
        self.require_settled()
        before, after = self.cards, self._open_cards()
        self.cards = after
        if after is not None:
            after.on_changed = self._cards_changed
        if before is not None:
            before.on_changed = _nobody
            before.close()
        self._till.payment.use_terminal(on=after is not None)

    # --- money in and out ---------------------------------------------------------------------

    def enter(self) -> Booked:
        """The customer wants to pay; what a killed till left comes first."""
        self._till.payment.on_open()
        booked = self.book()
        state = self._till.payment.refresh()
        if not state.refund:
            # So that it is offered beside cash, without anybody asking for it.
            self._look_at_own_purses()
        return Booked(state, booked.changed, booked.loose)

    def pay(self, typed: str) -> PaymentState:
        """Take the typed amount by the chosen means, or what is due. Where it settles the receipt, that is complete; a
        terminal or the centre is asked, and the answer comes by `book` or `book_gift`.
        """
        payment = self._till.payment
        state = payment.refresh()
        if not state.settled:  # else it was paid already, and only completing it failed
            self._till.recorder.require_operator()
            if payment.means is TenderKind.CARD and payment.at_terminal:
                return self._ask_terminal(typed)
            if payment.asks_account or payment.means in AUTHORISED:
                return self._ask_centre(typed)
            state = payment.on_pay(typed or None)
        return payment.on_finish() if state.settled else state

    def _ask_terminal(self, typed: str) -> PaymentState:
        payment = self._till.payment
        minor = payment.amount(typed)
        kind = AttemptKind.PAYMENT if minor > 0 else AttemptKind.REFUND
        if self.cards is not None:
            self.cards.begin(kind, self._basket_id(), abs(minor))
        return payment.refresh()

    def _ask_centre(self, typed: str) -> PaymentState:
        payment, basket = self._till.payment, self._basket()
        if payment.asks_account:
            self.gifts.look_at_purses(typed.strip())
            return payment.refresh()
        kind = payment.means
        if not payment.named:
            if kind is TenderKind.VOUCHER:
                check_voucher(self._till, typed, basket)
            self.gifts.look(read_number(typed) if kind is TenderKind.GIFT_CARD else typed, kind)
            return payment.refresh()
        minor = payment.amount(typed)
        if minor < 0:
            state = payment.on_refund_to_named(typed)
            return payment.on_finish() if state.settled else state
        self.gifts.ask(basket.basket_id, payment.named, minor, kind, basket.customer)
        return payment.refresh()

    def choose(self, kind: str) -> PaymentState:
        """The rest is to be paid by this means. Of whom the receipt is for what they have is asked at once."""
        state = self._till.payment.on_means(kind)
        if self._till.payment.asks_account:
            self._look_at_own_purses()
        return state

    def _look_at_own_purses(self) -> None:
        basket = self._till.sale.basket
        if basket is not None and basket.customer and not self._till.sale.training:
            self.gifts.look_at_purses(basket.customer)

    def take_account(self, state: GiftState, *, choose: bool) -> PaymentState:
        """What a customer has was said, or cannot be: the ways to pay with it. `DomainError('purses_empty')`."""
        found = state.purses
        if found is None:
            return self._till.payment.on_account(unknown_account(state.number), choose=choose)
        purses = tuple(
            PurseSum(TenderKind(line.kind), line.balance, line.points) for line in found.purses
        )
        return self._till.payment.on_account(
            Account(state.number, found.name, purses), choose=choose
        )

    def leave(self) -> None:
        """Back to the receipt; what the centre holds is given back. `DomainError('card_paid')` while a terminal took
        something.
        """
        held = held_for(self._till.sale.payment.tenders)
        self._till.payment.on_leave()
        for auth_id in held:
            self.gifts.give_back(auth_id)

    def take_back(self, place: int) -> PaymentState:
        """Take the tender of one row back; one that a terminal took is undone there first."""
        tenders = self._till.sale.payment.tenders
        tender = tenders[place] if 0 <= place < len(tenders) else None
        if tender is not None and tender.at_terminal and self.cards is not None:
            self.cards.reverse(self._taken(tender))
            return self._till.payment.refresh()
        state = self._till.payment.on_take_back_one(place)
        for auth_id in held_for((tender,) if tender is not None else ()):
            self.gifts.give_back(auth_id)
        return state

    def reverse(self, auth_id: UUID) -> None:
        """Give back at the terminal what is on no receipt."""
        for each in pending_payments(self._outstanding):
            if each.auth_id == auth_id and self.cards is not None:
                self.cards.reverse(each.taken())
                return
        raise DomainError("card_payment_unknown")

    def _taken(self, tender: Tender) -> TakenPayment:
        if tender.authorisation is None or tender.slip is None:
            raise DomainError("card_payment_unnamed")
        number = tender.slip.receipt_number
        return TakenPayment(tender.authorisation, self._basket_id(), tender.amount, number)

    def _basket(self) -> Basket:
        basket = self._till.sale.basket
        if basket is None:
            raise DomainError("no_basket")
        return basket

    def _basket_id(self) -> UUID:
        return self._basket().basket_id

    # --- what came of it ----------------------------------------------------------------------

    def book(self) -> Booked:
        """Put on the open receipt what the terminal did for it, and take off what it undid."""
        changed, loose = False, []
        pending = pending_payments(self._outstanding)
        undone = {each.undoes for each in pending if each.undoes is not None}
        for each in pending:
            if each.attempt.is_open or each.auth_id in undone:
                continue
            if each.undoes is not None:
                self._take_off(each, each.undoes)
                changed = True
            elif self._put_on(each):
                changed = True
            else:
                loose.append(each)
        if changed and self.cards is not None:
            self.cards.look_again()
        if self._till.sale.basket is None:
            return Booked(None, changed, tuple(loose))
        payment = self._till.payment
        return Booked(payment.on_tendered() if changed else None, changed, tuple(loose))

    def _put_on(self, paid: CardPayment) -> bool:
        basket = self._till.sale.basket
        if basket is None or basket.basket_id != paid.basket_id:
            return False
        try:
            self._till.sale.tender(paid.tender(), paid.auth_id)
        except DomainError as refusal:
            # The receipt changed meanwhile, or the terminal took another amount than it was asked for.
            log.warning("card_payment_loose", auth_id=str(paid.auth_id), code=refusal.code)
            return False
        return True

    def _take_off(self, reversal: CardPayment, undone: UUID) -> None:
        for place, tender in enumerate(self._till.sale.payment.tenders):
            if tender.authorisation == undone:
                self._till.sale.take_back(place, reversal.auth_id)
                return
        self._outstanding.settle(reversal.auth_id)

    def book_gift(self, payment: GiftCardPayment) -> PaymentState:
        """Put on the open receipt what the centre holds for it; given back if the receipt does not take it."""
        counted = {tender.authorisation for tender in self._till.sale.payment.tenders}
        if payment.auth_id in counted:
            return self._till.payment.refresh()
        try:
            if payment.basket_id != self._basket_id():
                raise DomainError("tender_unauthorised")
            self._till.sale.tender(payment.tender())
        except DomainError:
            self.gifts.give_back(payment.auth_id)
            raise
        return self._till.payment.on_tendered()

    def left_over(self) -> tuple[GiftCardPayment, ...]:
        """What the centre was asked for the open receipt and is not on it: a till was killed."""
        basket = self._till.sale.basket
        if basket is None or all(row.kind not in VALUE_KINDS for row in self._outstanding.all()):
            return ()
        counted = {tender.authorisation for tender in self._till.sale.payment.tenders}
        found = self._own_cards().pending(basket.basket_id)
        return tuple(each for each in found if each.auth_id not in counted)

    # --- what people decide -------------------------------------------------------------------

    def may_stand_in(self, payment: GiftCardPayment) -> bool:
        """Whether the chain lets this card be taken without the centre."""
        return self._own_cards().may_stand_in(payment.auth_id)

    def stand_in(self, payment: GiftCardPayment) -> PaymentState:
        """Take it without the centre; `DomainError('stand_in_refused')` beyond what the chain allows."""
        return self.book_gift(self._own_cards().stand_in(payment.auth_id))

    def _own_cards(self) -> GiftCards:
        """Gift cards on the till's own journal: what is done with them here asks nobody."""
        if self._gift_cards is None:
            self._gift_cards = open_gift_cards(self._till, self._transport)
        return self._gift_cards

    def decide(self, auth_id: UUID, *, paid: bool, staff_id: str = "", pin: str = "") -> None:
        """Somebody who leads says what became of a payment at the terminal: whoever is logged in, or `staff_id`.

        `DomainError('approval_refused')` for somebody who does not lead; `card_payment_unknown` if it is known by now.
        """
        by = self._approved_by(staff_id, pin)
        for each in pending_payments(self._outstanding):
            if each.auth_id == auth_id and each.attempt.is_open and self.cards is not None:
                self._approve("card_payment", by, each, paid=paid)
                self.cards.decide(auth_id, paid=paid)
                return
        raise DomainError("card_payment_unknown")

    def settle_by_hand(self, auth_id: UUID, staff_id: str = "", pin: str = "") -> Booked:
        """Somebody who leads has settled outside the till what a terminal moved and no receipt holds; as `decide`."""
        by = self._approved_by(staff_id, pin)
        loose = (each for each in self.book().loose if each.auth_id == auth_id)
        for each in loose:
            self._approve("card_payment_settled", by, each, paid=True)
            self._outstanding.settle(auth_id)
            if self.cards is not None:
                self.cards.look_again()
            return self.book()
        raise DomainError("card_payment_unknown")

    def _approved_by(self, staff_id: str, pin: str) -> str:
        operator = self._till.recorder.require_operator()
        leads = operator.role in LEADERS
        return operator.staff_id if leads else self._till.login.on_approve(staff_id, pin)

    def _approve(self, what: str, by: str, payment: CardPayment, *, paid: bool) -> None:
        facts = {
            "what": what,
            "approved_by": by,
            "auth_id": str(payment.auth_id),
            "kind": str(payment.attempt.kind),
            "amount": payment.attempt.amount,
            "paid": paid,
        }
        self._till.recorder.record(("approval.given", facts))

    @property
    def operator_leads(self) -> bool:
        """Whether whoever is logged in may decide."""
        operator = self._till.recorder.operator
        return operator is not None and operator.role in LEADERS

    def close(self) -> None:
        """End the workers; what is under way is asked for at the next start."""
        if self.cards is not None:
            self.cards.close()
        self.gifts.close()


def start_paying(
    till: Till,
    trace: Trace,
    transport: Asking | None = None,
    pace: DeskPace | None = None,
) -> Paying:
    """The ways to pay of a running till. A terminal whose address is wrong is none."""

    def open_cards() -> CardDesk | None:
        return start_card_desk(till, trace, pace)

    try:
        cards = open_cards()
    except DomainError as problem:
        log.warning("terminal_left_out", code=problem.code, params=problem.params)
        cards = None
    return Paying(till, cards, start_gift_desk(till, transport, pace), transport, open_cards)
