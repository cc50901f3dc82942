"""Vouchers as a source of value: by their number, or by the printed code with its signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from central_server.features.customers import cards
from central_server.features.customers.service import facts_of
from central_server.features.instruments import purse_repository, vouchers
from central_server.features.instruments import voucher_repository as repository
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.instruments.voucher_repository import Voucher
from central_server.features.ledger import service as ledger
from central_server.features.stores.service import get_store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind, Journal, LotTerms, Transfer, money_unit, moved
from shared.ledger.posting import store_account
from shared.money import Money
from shared.tender import TaxedBefore, TenderKind
from shared.vouchers import (
    CardAction,
    VoucherClass,
    is_token,
    read_code,
    read_token,
    read_voucher_number,
)

_REFUND_RULE = "voucher.refund"
LAPSE = "lapse"


class VoucherSource:
    """Vouchers: whoever has one may redeem it, unless it is for one customer or group."""

    shortfall = "voucher_shortfall"
    not_refunded = "voucher_not_refunded"
    hold_rule = "voucher.hold"
    capture_rule = "voucher.capture"
    late_rule = "voucher.late"

    def locked(self, unit: UnitOfWork, numbers: Iterable[str]) -> Mapping[str, Voucher]:
        """Vouchers by the numbers or codes as they were asked for."""
        wanted = {text: _number(text) for text in numbers}
        found = repository.locked(unit.connection, set(wanted.values()) - {""})
        return {text: found[number] for text, number in wanted.items() if number in found}

    def check(self, unit: UnitOfWork, asked: Asked, holder: Voucher | None, /) -> Voucher:
        """`DomainError`: `voucher_number_invalid`, `voucher_signature_invalid` for a code that is not the one that was
        issued, `voucher_not_booked` for one that a till signed whose receipt has not come yet, `voucher_unknown`,
        `voucher_blocked`, `voucher_expired`, `voucher_other_customer`, `voucher_no_payment`,
        `voucher_currency_differs`.
        """
        if is_token(asked.number):
            facts, signer, signature = read_code(asked.number)
            if holder is None and signer is not None:
                raise DomainError("voucher_not_booked")
            if holder is None or (facts, signature) != (holder.facts, holder.signature):
                raise DomainError("voucher_signature_invalid")
        else:
            read_voucher_number(asked.number)
        if holder is None:
            raise DomainError("voucher_unknown")
        get_store(unit, asked.store_id)
        _redeemable(holder, asked)
        _for_whom(unit, holder, asked.customer)
        return holder

    def amount(
        self, unit: UnitOfWork, asked: Asked, holder: Voucher, at: datetime, *, part_ok: bool
    ) -> int:
        """What the voucher has, up to what was asked for. `DomainError`: `voucher_amount_invalid`, `voucher_spent`,
        `purse_short`, `voucher_held` if one that is redeemed as a whole is held for another receipt.
        """
        if asked.amount <= 0:
            raise DomainError("voucher_amount_invalid")
        free = self.late(unit, holder, asked, at)
        account = ledger.find_account(unit, vouchers.account_of(holder))
        if not holder.in_parts and account is not None and account.counters.held:
            raise DomainError("voucher_held")
        if not free:
            raise DomainError("voucher_spent")
        if asked.amount <= free:
            return asked.amount
        if not part_ok:
            shown = f"{Money(free, holder.currency).plain()} {holder.currency}"
            raise DomainError("purse_short", {"balance": shown})
        return free

    def balance(self, unit: ReadUnit, holder: Voucher, _currency: str, _on: date) -> int:
        """What the voucher has less what is held."""
        return vouchers.balance_of(unit, holder)

    def units(self, _unit: ReadUnit, amount: int, _currency: str) -> int:
        """The same."""
        return amount

    def held_on(self, holder: Voucher, asked: Asked) -> tuple[AccountKey, AccountKey]:
        """The voucher's account and the store's."""
        house = store_account(AccountKind.INSTRUMENTS, asked.store_id, asked.currency)
        return vouchers.account_of(holder), house

    def alongside(
        self, unit: ReadUnit, holder: Voucher, asked: Asked, amount: int, /
    ) -> tuple[Transfer, ...]:
        """The VAT that a single-purpose voucher paid comes back, in the store where its goods are taxed, and what is
        left of one that is redeemed as a whole lapses.
        """
        account = ledger.find_account(unit, vouchers.account_of(holder))
        had = 0 if account is None else account.counters.balance(account.floor)
        before = vouchers.redeemed_of(unit, holder)
        back = vouchers.vat_moved(holder, amount, before, asked.store_id)
        undone = tuple(Transfer(each.credit, each.debit, each.amount, each.code) for each in back)
        if holder.in_parts or had <= amount:
            return undone
        rest = AccountKey(AccountKind.BREAKAGE, money_unit(holder.currency))
        if holder.voucher_class is VoucherClass.GIVEN:
            rest = store_account(AccountKind.MARKETING, holder.store_id, holder.currency)
        return (*undone, *moved(vouchers.account_of(holder), rest, had - amount, LAPSE))

    def prepaid(self, unit: ReadUnit, holder: Voucher, amount: int, /) -> TaxedBefore | None:
        """What of an amount was taxed when the voucher was issued: what `alongside` takes back."""
        return vouchers.taxed_part(holder, amount, vouchers.redeemed_of(unit, holder))

    def late(self, unit: UnitOfWork, holder: Voucher, asked: Asked, at: datetime) -> int:
        """What the voucher has in the currency, blocked or not; nothing after its last day, also where that was not
        written off yet.
        """
        if holder.currency != asked.currency or vouchers.is_over(holder, asked.business_date):
            return 0
        own = vouchers.account_of(holder)
        ledger.expire_holds_on(unit, own, at, asked.business_date)
        return vouchers.balance_of(unit, holder)

    def give_back(
        self, unit: UnitOfWork, asked: Asked, _undone: Sequence[UUID], at: datetime, /
    ) -> Answer:
        """Put value back on the voucher, with its last day, once for each request. After that day it would be lost
        the next night, so then it is refused.
        """
        holder = self.locked(unit, [asked.number]).get(asked.number)
        try:
            if holder is None:
                raise DomainError("voucher_unknown")
            _refuse_over(holder, asked.business_date)
            own, house = self.held_on(holder, asked)
            lot = LotTerms(None, holder.expires_on)
            word = CardAction.REFUND.value
            before = max(vouchers.redeemed_of(unit, holder) - asked.amount, 0)
            due = vouchers.taxed_part(holder, asked.amount, before)
            transfers = (
                Transfer(house, own, asked.amount, word, lot=lot),
                *vouchers.vat_moved(holder, asked.amount, before, asked.store_id),
            )
            journal = Journal(asked.request_id, _REFUND_RULE, asked.business_date, transfers)
            ledger.require_posted([ledger.post(unit, journal, at)])
        except DomainError as refusal:
            answer = Answer(False, 0, 0, refusal.code, dict(refusal.params))
        else:
            balance = vouchers.balance_of(unit, holder)
            answer = Answer(True, asked.amount, balance, prepaid=due, journals=(asked.request_id,))
        self.keep(unit, asked, CardAction.REFUND, answer, at)
        return answer

    def keep(
        self, unit: UnitOfWork, asked: Asked, action: CardAction, answer: Answer, at: datetime
    ) -> None:
        """Among what was asked of purses and vouchers."""
        number = _number(asked.number) or asked.number[:40]
        kind = TenderKind.VOUCHER
        purse_repository.add_event(unit.connection, kind, number, asked, action, answer, at)


def _number(text: str) -> str:
    try:
        return read_token(text)[0].number if is_token(text) else read_voucher_number(text)
    except DomainError:
        return ""


def _redeemable(holder: Voucher, asked: Asked) -> None:
    if holder.blocked:
        raise DomainError("voucher_blocked")
    if holder.next_percent:
        raise DomainError("voucher_no_payment", {"percent": holder.next_percent})
    _refuse_over(holder, asked.business_date)
    if holder.currency != asked.currency:
        raise DomainError("voucher_currency_differs", {"currency": holder.currency})


def _refuse_over(holder: Voucher, on: date) -> None:
    if holder.expires_on is not None and vouchers.is_over(holder, on):
        raise DomainError("voucher_expired", {"day": holder.expires_on.isoformat()})


def _for_whom(unit: UnitOfWork, holder: Voucher, asked_for: str) -> None:
    if holder.customer is None and holder.customer_group is None:
        return
    customer = cards.owner_of(unit, asked_for) if asked_for else None
    if holder.customer is not None and customer != holder.customer:
        raise DomainError("voucher_other_customer")
    if holder.customer_group is not None:
        known = facts_of(unit, [customer] if customer else [])
        groups = known[customer].lists.get("groups", ()) if customer else ()
        if holder.customer_group not in groups:
            raise DomainError("voucher_other_customer")
