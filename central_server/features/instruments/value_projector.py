"""Loads the gift cards and issues the vouchers that receipts sold, in the transaction that books the receipt: so each
exactly once, however often the receipt comes. What comes back of them is taken off again.

The customer has paid already. What a card cannot be loaded with, because it was blocked or came to its end meanwhile,
stays on the store's account for instruments and is looked at by a person; so does what was spent before it came back,
as the store's loss. The receipt that takes a single-purpose voucher back has all of its VAT in its table; what was
spent of it was sold and stays taxed, so that much becomes due again without a receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from central_server.features.instruments import service, vouchers
from central_server.features.instruments import voucher_repository as repository
from central_server.features.instruments.desk import SOURCES
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.instruments.statement_repository import keep_document
from central_server.features.instruments.voucher_repository import Voucher, VoucherType
from central_server.features.ledger import service as ledger
from central_server.features.promotions.projector import UseFinding
from central_server.features.reporting.projector import add_issued
from central_server.platform.unit_of_work import UnitOfWork
from shared.basket import Line, ValueKind, ValueSold
from shared.errors import DomainError, ErrorParam
from shared.identity import derived_id
from shared.ledger import AccountKind, Journal, LotTerms, Transfer, moved
from shared.ledger.posting import store_account
from shared.money import Money
from shared.quantity import to_thousandths
from shared.receipt import Receipt
from shared.tender import TaxedBefore, TenderKind
from shared.vouchers import CardAction, VoucherClass, read_voucher_number, vat_of_part

SOLD_RULE = "voucher.sold"
BACK_RULE = "value.back"
BACK = "back"
SHORTFALL = "shortfall"
_Sold = tuple[Receipt, Line, ValueSold]


def book_value_sold(
    unit: UnitOfWork, receipts: Iterable[Receipt], at: datetime
) -> list[UseFinding]:
    """Load, issue and take back what these receipts sold and brought back; what somebody should look at."""
    sold = [
        (receipt, line, line.value)
        for receipt in receipts
        for line in receipt.lines
        if line.value is not None
    ]
    if not sold:
        return []
    _lock(unit, sold)
    types = {each.code: each for each in repository.types(unit.connection)}
    findings: list[UseFinding] = []
    for receipt, line, value in sold:
        if line.is_return:
            findings += _take_back(unit, receipt, line, value, at)
        elif value.kind is ValueKind.GIFT_CARD:
            findings += _load(unit, receipt, line, value, at)
        else:
            findings += _issue(unit, receipt, line, value, types, at)
    return findings


def _lock(unit: UnitOfWork, sold: Iterable[_Sold]) -> None:
    """All at once and in one order, so that two projections never wait for each other."""
    wanted: dict[TenderKind, set[str]] = {}
    for _, _, value in sold:
        wanted.setdefault(TenderKind(value.kind.value), set()).add(value.number)
    for kind, source in SOURCES.items():
        if kind in wanted:
            source.locked(unit, wanted[kind])


def request_of(receipt: Receipt, line: Line) -> UUID:
    """Under which id a line's value is loaded: the same at each repetition."""
    return derived_id(receipt.event_id, f"value:{line.number}")


def _asked(receipt: Receipt, line: Line, value: ValueSold) -> Asked:
    return Asked(
        request_of(receipt, line),
        value.number,
        receipt.store_id,
        receipt.business_date,
        receipt.operator_id,
        abs(line.gross),
        receipt.currency,
    )


def _finding(receipt: Receipt, code: str, value: ValueSold, **more: ErrorParam) -> UseFinding:
    params: dict[str, ErrorParam] = {
        "card": value.number[-4:],
        "currency": receipt.currency,
        **more,
    }
    return UseFinding(receipt.event_id, code, params)


# --- selling ----------------------------------------------------------------------------------


def _load(
    unit: UnitOfWork, receipt: Receipt, line: Line, value: ValueSold, at: datetime
) -> Iterator[UseFinding]:
    asked = _asked(receipt, line, value)
    answer = service.load(unit, asked, at)
    if answer.approved:
        keep_document(unit.connection, asked.request_id, receipt.event_id)
        return
    amount = Money(asked.amount, receipt.currency).plain()
    yield _finding(receipt, "giftcard_not_loaded", value, amount=amount, reason=answer.code)


def _issue(
    unit: UnitOfWork,
    receipt: Receipt,
    line: Line,
    value: ValueSold,
    types: Mapping[str, VoucherType],
    at: datetime,
) -> Iterator[UseFinding]:
    amount = Money(line.gross, receipt.currency).plain()
    try:
        number = read_voucher_number(value.number)
    except DomainError:
        yield _finding(receipt, "voucher_not_issued", value, amount=amount)
        return
    known = repository.one(unit.connection, number)
    if known is not None and known.event_id == receipt.event_id:
        return
    if known is not None or line.gross <= 0:
        yield _finding(receipt, "voucher_not_issued", value, amount=amount)
        return
    new = _new(receipt, line, value, types.get(value.type_code), at)
    repository.add(unit.connection, new)
    house = store_account(AccountKind.INSTRUMENTS, receipt.store_id, receipt.currency)
    terms = LotTerms(None, new.expires_on)
    issued = Transfer(house, vouchers.account_of(new), new.amount, vouchers.ISSUE, lot=terms)
    _post(unit, receipt, line, SOLD_RULE, (issued,), at)


def _new(
    receipt: Receipt, line: Line, value: ValueSold, kind: VoucherType | None, at: datetime
) -> Voucher:
    single = value.purpose is VoucherClass.SINGLE
    return Voucher(
        number=read_voucher_number(value.number),
        instrument_id=derived_id(request_of(receipt, line), "voucher"),
        type_code=kind.code if kind is not None else None,
        voucher_class=value.purpose,
        currency=receipt.currency,
        amount=line.gross,
        in_parts=kind.in_parts if kind is not None else True,
        vat_category=line.vat_category if single else None,
        vat_rate_thousandths=to_thousandths(line.vat_rate) if single else None,
        customer=None,
        customer_group=None,
        store_id=receipt.store_id,
        issued_on=receipt.business_date,
        expires_on=value.expires_on,
        blocked=False,
        reason="",
        event_id=receipt.event_id,
        receipt=None,
        promotion_id=None,
        left_amount=line.gross,
        earned_by=None,
        next_percent="",
        signature=vouchers.signature_in(value.code),
        changed_at=at,
    )


# --- taking back ------------------------------------------------------------------------------


def _take_back(
    unit: UnitOfWork, receipt: Receipt, line: Line, value: ValueSold, at: datetime
) -> Iterator[UseFinding]:
    """Take what was sold off its instrument again, as far as it is still there."""
    source = SOURCES[TenderKind(value.kind.value)]
    asked = _asked(receipt, line, value)
    holder: Any = source.locked(unit, [value.number]).get(value.number)
    free = source.late(unit, holder, asked, at) if holder is not None else 0
    taken = min(asked.amount, free)
    spent = _still_taxed(unit, holder, line, value, taken)
    house = store_account(AccountKind.INSTRUMENTS, receipt.store_id, receipt.currency)
    loss = store_account(AccountKind.STAND_IN_LOSS, receipt.store_id, receipt.currency)
    transfers: tuple[Transfer, ...] = ()
    if taken:
        debit, credit = source.held_on(holder, asked)
        transfers = moved(debit, credit, taken, BACK)
    transfers += moved(loss, house, asked.amount - taken, SHORTFALL)
    if spent is not None:
        transfers += vouchers.becomes_due(spent, receipt.store_id, receipt.currency)
        add_issued(unit, receipt.store_id, receipt.business_date, receipt.currency, spent)
    _post(unit, receipt, line, BACK_RULE, transfers, at)
    all_there = taken == asked.amount
    code = "" if all_there else "value_spent_before_return"
    answer = Answer(all_there, taken, free - taken, code)
    source.keep(unit, replace(asked, reason="returned"), CardAction.REDEEM, answer, at)
    if value.kind is ValueKind.VOUCHER and holder is not None:
        changes = {"blocked": True, "reason": "came back", "changed_at": at}
        repository.change(unit.connection, holder.number, changes)
    if not all_there:
        plain = {
            "amount": Money(asked.amount, receipt.currency).plain(),
            "lost": Money(asked.amount - taken, receipt.currency).plain(),
        }
        yield _finding(receipt, "value_spent_before_return", value, **plain)


def _still_taxed(
    unit: UnitOfWork, holder: Any, line: Line, value: ValueSold, taken: int
) -> TaxedBefore | None:
    """What of a single-purpose voucher was taxed when it was sold and is not `taken` back; None if that is nothing."""
    whole = abs(line.gross)
    if value.purpose is not VoucherClass.SINGLE or taken == whole:
        return None
    before = min(vouchers.redeemed_of(unit, holder), whole - taken) if taken else 0
    back = vat_of_part(whole, before, taken, line.vat_rate)
    due = vat_of_part(whole, 0, whole, line.vat_rate)
    return TaxedBefore(line.vat_category, line.vat_rate, whole - taken, due - back)


def _post(
    unit: UnitOfWork,
    receipt: Receipt,
    line: Line,
    rule: str,
    transfers: tuple[Transfer, ...],
    at: datetime,
) -> None:
    journal_id = request_of(receipt, line)
    journal = Journal(journal_id, rule, receipt.business_date, transfers)
    ledger.require_posted([ledger.post(unit, journal, at)])
    keep_document(unit.connection, journal_id, receipt.event_id)
