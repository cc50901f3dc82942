"""Purses of customers as sources of value: money in them, points that are worth some, and buying on invoice.

Whose they are is said by a card of the customer, or by the customer's number. Whoever moves something locks the
customer first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from central_server.features.customers import cards
from central_server.features.instruments import purse_repository
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.ledger import service as ledger
from central_server.features.ledger.spends import Spend, spends_of
from central_server.features.loyalty import credit
from central_server.features.loyalty import repository as loyalty_repository
from central_server.features.loyalty import service as loyalty
from central_server.features.stores.service import get_store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKey, AccountKind, Journal, LotTerms, Transfer, moved, points_unit
from shared.ledger.posting import store_account
from shared.loyalty import PROGRAMME, Purse, Worth, purse_key, source_key
from shared.money import Money
from shared.tender import TaxedBefore, TenderKind
from shared.vouchers import CardAction, valid_until

_REFUND_RULE = "purse.refund"


class PurseAccount(Protocol):
    """How one kind of purse stands in the ledger."""

    def free(self, unit: ReadUnit, customer: str, currency: str, on: date) -> int:
        """What can be spent, in minor units."""

    def units(self, unit: ReadUnit, amount: int, currency: str) -> int:
        """An amount on the account."""

    def sides(self, customer: str, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """Debit and credit of what is taken."""

    def alongside(self, customer: str, asked: Asked, amount: int) -> tuple[Transfer, ...]:
        """What is booked besides."""

    def back(self, unit: ReadUnit, customer: str, asked: Asked) -> tuple[Transfer, ...]:
        """What puts an amount into the purse that no receipt took from it."""

    def new_terms(self, unit: ReadUnit, asked: Asked) -> LotTerms:
        """On which terms an amount is put into the purse now, to be spent at once."""


class MoneyPurse:
    """Wallet, cashback, bonus or store credit: minor units of a currency."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    def free(self, unit: ReadUnit, customer: str, currency: str, on: date) -> int:
        """What may be spent now."""
        return loyalty.purse_balance(unit, self._purse, customer, currency, on).free

    def units(self, _unit: ReadUnit, amount: int, _currency: str) -> int:
        """The same."""
        return amount

    def sides(self, customer: str, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """The purse and the store's account for instruments."""
        return purse_key(self._purse, customer, asked.currency), _house(asked)

    def alongside(self, _customer: str, _asked: Asked, _amount: int) -> tuple[Transfer, ...]:
        """Nothing."""
        return ()

    def back(self, unit: ReadUnit, customer: str, asked: Asked) -> tuple[Transfer, ...]:
        """Into the purse."""
        key = purse_key(self._purse, customer, asked.currency)
        lot = self.new_terms(unit, asked)
        return (Transfer(_house(asked), key, asked.amount, CardAction.REFUND.value, lot=lot),)

    def new_terms(self, unit: ReadUnit, asked: Asked) -> LotTerms:
        """Those of the purse. Store credit is money that is owed: it ends as the law has it."""
        if self._purse is Purse.STORE_CREDIT:
            market = get_store(unit, asked.store_id).market
            return LotTerms(None, valid_until(market, asked.business_date))
        return _new_terms(unit, self._purse, asked)


class PointsPurse:
    """Points: they leave the programme, and their worth is an expense of the store."""

    def free(self, unit: ReadUnit, customer: str, currency: str, on: date) -> int:
        """What the points that may be spent are worth; nothing where nothing is paid with points."""
        worth = loyalty_repository.worth(unit.connection, currency)
        if worth is None:
            return 0
        return worth.value(loyalty.purse_balance(unit, Purse.POINTS, customer, currency, on).free)

    def units(self, unit: ReadUnit, amount: int, currency: str) -> int:
        """How many points an amount costs."""
        return _worth(unit, currency).cost(amount)

    def sides(self, customer: str, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """The points and those that were redeemed."""
        return purse_key(Purse.POINTS, customer, asked.currency), _redeemed()

    def alongside(self, _customer: str, asked: Asked, amount: int) -> tuple[Transfer, ...]:
        """The worth of the points, out of the store's expense."""
        expense = source_key(Purse.WALLET, asked.store_id, asked.currency)
        return moved(expense, _house(asked), amount, CardAction.REDEEM.value)

    def back(self, unit: ReadUnit, customer: str, asked: Asked) -> tuple[Transfer, ...]:
        """As many points as the amount is worth."""
        points = _worth(unit, asked.currency).points_for(asked.amount)
        key = purse_key(Purse.POINTS, customer, asked.currency)
        expense = source_key(Purse.WALLET, asked.store_id, asked.currency)
        word = CardAction.REFUND.value
        given = Transfer(_redeemed(), key, points, word, lot=self.new_terms(unit, asked))
        return (*((given,) if points else ()), *moved(_house(asked), expense, asked.amount, word))

    def new_terms(self, unit: ReadUnit, asked: Asked) -> LotTerms:
        """Those of points."""
        return _new_terms(unit, Purse.POINTS, asked)


class InvoiceAccount:
    """Buying on invoice: the customer owes the store's chain, as far as the credit line goes."""

    def free(self, unit: ReadUnit, customer: str, currency: str, _on: date) -> int:
        """What may still be bought."""
        return credit.credit_of(unit, customer, currency).free

    def units(self, _unit: ReadUnit, amount: int, _currency: str) -> int:
        """The same."""
        return amount

    def sides(self, customer: str, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """The credit line and what was granted."""
        return credit.line_key(customer, asked.currency), credit.granted_key(asked.currency)

    def alongside(self, customer: str, asked: Asked, amount: int) -> tuple[Transfer, ...]:
        """What the customer owes from now on."""
        owed = credit.receivable_key(customer, asked.currency)
        return moved(owed, _house(asked), amount, CardAction.REDEEM.value)

    def back(self, unit: ReadUnit, customer: str, asked: Asked) -> tuple[Transfer, ...]:
        """Less is owed, and as much more may be bought up to the limit."""
        owed = credit.receivable_key(customer, asked.currency)
        stands = credit.credit_of(unit, customer, asked.currency)
        more = max(
            min(asked.amount, stands.most - max(stands.owed - asked.amount, 0) - stands.free), 0
        )
        line, granted = (
            credit.line_key(customer, asked.currency),
            credit.granted_key(asked.currency),
        )
        word = CardAction.REFUND.value
        return (
            *moved(_house(asked), owed, asked.amount, word),
            *moved(granted, line, more, word),
        )

    def new_terms(self, _unit: ReadUnit, _asked: Asked) -> LotTerms:
        """None: what may be bought has no end."""
        return LotTerms()


class PurseSource:
    """One kind of purse of customers; a holder is the customer's number."""

    shortfall = "purse_shortfall"
    not_refunded = "purse_not_refunded"
    hold_rule = "purse.hold"
    capture_rule = "purse.capture"
    late_rule = "purse.late"

    def __init__(self, kind: TenderKind, account: PurseAccount) -> None:
        self._kind, self._account = kind, account

    def locked(self, unit: UnitOfWork, numbers: Iterable[str]) -> Mapping[str, str]:
        """Customers by the numbers or cards as they were asked for."""
        owners = {number: cards.owner_of(unit, number) for number in numbers if number}
        found = {number: owner for number, owner in owners.items() if owner is not None}
        cards.lock_customers(unit, found.values())
        return found

    def check(self, unit: UnitOfWork, asked: Asked, _holder: str | None) -> str:
        """`DomainError`: `customer_unknown`, `customer_card_blocked`, `customer_card_replaced`, `store_unknown`,
        `points_not_redeemable`.
        """
        customer = cards.named_by(unit, asked.number)
        get_store(unit, asked.store_id)
        if self._kind is TenderKind.POINTS:
            _worth(unit, asked.currency)
        return customer

    def amount(
        self, unit: UnitOfWork, asked: Asked, holder: str, at: datetime, *, part_ok: bool
    ) -> int:
        """What the purse has, up to what was asked for. `DomainError`: `purse_amount_invalid`, `purse_short`."""
        if asked.amount <= 0:
            raise DomainError("purse_amount_invalid")
        free = self.late(unit, holder, asked, at)
        if asked.amount <= free:
            return asked.amount
        if not part_ok or not free:
            shown = f"{Money(free, asked.currency).plain()} {asked.currency}"
            raise DomainError("purse_short", {"balance": shown})
        return free

    def balance(self, unit: ReadUnit, holder: str, currency: str, on: date) -> int:
        """What can be spent now."""
        return self._account.free(unit, holder, currency, on)

    def units(self, unit: ReadUnit, amount: int, currency: str) -> int:
        """An amount on the account."""
        return self._account.units(unit, amount, currency)

    def held_on(self, holder: str, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """Debit and credit of what is held or taken."""
        return self._account.sides(holder, asked)

    def alongside(
        self, _unit: ReadUnit, holder: str, asked: Asked, amount: int, /
    ) -> tuple[Transfer, ...]:
        """What is booked besides when an amount is taken."""
        return self._account.alongside(holder, asked, amount)

    def prepaid(self, _unit: ReadUnit, _holder: str, _amount: int, /) -> TaxedBefore | None:
        """Nothing: what purses buy is taxed when it is bought."""
        return None

    def late(self, unit: UnitOfWork, holder: str, asked: Asked, at: datetime) -> int:
        """What can be spent once holds are given back whose time is over."""
        own, _ = self.held_on(holder, asked)
        ledger.expire_holds_on(unit, own, at, asked.business_date)
        return self.balance(unit, holder, asked.currency, asked.business_date)

    def give_back(
        self, unit: UnitOfWork, asked: Asked, undone: Sequence[UUID], at: datetime, /
    ) -> Answer:
        """Put an amount into the purse, once for each request: on the terms of the lots from which the journals
        `undone` took it, the first of them first, and what they did not take as something new. Asked again, it moves
        nothing: by then less of them is left, so the rest would be given a second time.
        """
        customer = self.locked(unit, [asked.number]).get(asked.number)
        own = (_part_of(asked, each) for each in undone)
        if customer is not None and (posted := ledger.posted_of(unit, [*own, asked.request_id])):
            now = self.balance(unit, customer, asked.currency, asked.business_date)
            return Answer(True, asked.amount, now, journals=posted)
        try:
            if customer is None:
                raise DomainError("customer_unknown")
            journals = self._journals_back(unit, customer, asked, undone)
            for journal in journals:
                ledger.require_posted([ledger.post(unit, journal, at)])
        except DomainError as refusal:
            answer = Answer(False, 0, 0, refusal.code, dict(refusal.params))
        else:
            now = self.balance(unit, customer, asked.currency, asked.business_date)
            posted = tuple(journal.journal_id for journal in journals)
            answer = Answer(True, asked.amount, now, journals=posted)
        self.keep(unit, asked, CardAction.REFUND, answer, at)
        return answer

    def _journals_back(
        self, unit: UnitOfWork, customer: str, asked: Asked, undone: Sequence[UUID]
    ) -> list[Journal]:
        """One for each spend that something comes back of, and one for the rest."""
        own, _ = self._account.sides(customer, asked)
        word = CardAction.REDEEM.value
        journals = []
        rest = asked.amount
        for spend in spends_of(unit, undone, own.kind, own.unit.code, word):
            money = min(rest, spend.left)
            owner = cards.current_numbers(unit, [spend.owner_id])[spend.owner_id]
            if money and owner == customer:
                rest -= money
                journal = Journal(
                    _part_of(asked, spend.journal_id),
                    _REFUND_RULE,
                    asked.business_date,
                    self._undo(unit, customer, replace(asked, amount=money), spend),
                    reversal_of=spend.journal_id,
                )
                journals.append(journal)
        if rest:
            new = self._account.back(unit, customer, replace(asked, amount=rest))
            journals.append(Journal(asked.request_id, _REFUND_RULE, asked.business_date, new))
        return journals

    def _undo(
        self, unit: UnitOfWork, customer: str, asked: Asked, spend: Spend
    ) -> tuple[Transfer, ...]:
        """What gives an amount of a spend back. What ended meanwhile would be lost the next night: that begins anew."""
        own, other = self._account.sides(customer, asked)
        word = CardAction.REFUND.value
        transfers = []
        for part, terms in spend.back(asked.amount):
            over = terms.expires_on is not None and terms.expires_on < asked.business_date
            lot = self._account.new_terms(unit, asked) if over else terms
            transfers.append(Transfer(other, own, part, word, lot=lot))
        undone = (
            Transfer(each.credit, each.debit, each.amount, word)
            for each in self._account.alongside(customer, asked, asked.amount)
        )
        return (*transfers, *undone)

    def keep(
        self, unit: UnitOfWork, asked: Asked, action: CardAction, answer: Answer, at: datetime
    ) -> None:
        """Among the events of the customer's purses."""
        number = cards.owner_of(unit, asked.number) or asked.number[:40]
        purse_repository.add_event(unit.connection, self._kind, number, asked, action, answer, at)


def _part_of(asked: Asked, spent_by: UUID) -> UUID:
    """The id of the journal that gives back what another one took."""
    return derived_id(asked.request_id, f"back:{spent_by}")


def _house(asked: Asked) -> AccountKey:
    return store_account(AccountKind.INSTRUMENTS, asked.store_id, asked.currency)


def _redeemed() -> AccountKey:
    return AccountKey(AccountKind.POINTS_REDEEMED, points_unit(PROGRAMME))


def _new_terms(unit: ReadUnit, purse: Purse, asked: Asked) -> LotTerms:
    return LotTerms(None, loyalty.terms(unit)[purse].lot(asked.business_date).expires_on)


def _worth(unit: ReadUnit, currency: str) -> Worth:
    worth = loyalty_repository.worth(unit.connection, currency)
    if worth is None:
        raise DomainError("points_not_redeemable", {"currency": currency})
    return worth
