"""Issues the vouchers that promotions gave on receipts, and takes them back with the goods, in the transaction that
books the receipt.

A voucher's number follows from the receipt's event and the promotion, so the till that prints it knows it too. How much
of it stays is the computation of every benefit: what the goods earn that the customer still has. What was redeemed
already is owed by the customer whom the receipt names; where it names nobody, somebody should look at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from central_server.features.instruments import voucher_repository as repository
from central_server.features.instruments import vouchers
from central_server.features.instruments.voucher_repository import Voucher
from central_server.features.instruments.vouchers import signature_in
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import repository as loyalty_repository
from central_server.features.promotions.projector import UseFinding
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.identity import derived_id
from shared.ledger import AccountKind, Journal, LotTerms, Transfer, moved, spendable
from shared.ledger.posting import journal_id_of, store_account
from shared.loyalty import Purse, StillThere, VoucherAward, debt_key
from shared.money import Money
from shared.receipt import Receipt
from shared.vouchers import VoucherClass, voucher_number

AWARD_RULE = "voucher.award"
RETURN_RULE = "voucher.return"
AWARD, TAKE_BACK, DEBT = "award", "take_back", "debt"
_MOST_NUMBER = 40


class FindVouchers(Protocol):
    """Finds the receipts that goods come back from, and which vouchers their kept goods earn."""

    def find(self, number: str) -> Receipt | None:
        """The receipt with a full number."""

    def kept_vouchers(
        self, bought: Receipt, returned: Mapping[str, int]
    ) -> tuple[VoucherAward, ...]:
        """The vouchers that a receipt earns without `returned` thousandths of its lines."""


def book_vouchers(
    unit: UnitOfWork,
    receipts: Sequence[Receipt],
    earned: Mapping[UUID, tuple[VoucherAward, ...]],
    origins: FindVouchers,
    at: datetime,
) -> list[UseFinding]:
    """Issue and take back, for these receipts in their order; each is handed in once, and what came back is recorded
    already.
    """
    findings: list[UseFinding] = []
    for receipt in receipts:
        findings += _take_back(unit, receipt, origins, at)
        _award(unit, receipt, earned.get(receipt.event_id, ()), origins, at)
    return findings


# --- giving -----------------------------------------------------------------------------------


def _award(
    unit: UnitOfWork,
    receipt: Receipt,
    awards: Sequence[VoucherAward],
    origins: FindVouchers,
    at: datetime,
) -> None:
    if not awards:
        return
    number = str(receipt.receipt_id)
    returned = loyalty_repository.returned(unit.connection, [number]).get(number)
    kept = {each.promotion: each for each in awards}
    if returned:
        kept = {each.promotion: each for each in origins.kept_vouchers(receipt, returned)}
    transfers: list[Transfer] = []
    for award in awards:
        left = kept.get(award.promotion)
        amount = min(award.amount, left.amount) if left is not None else 0
        new = _new(receipt, award, amount, blocked=left is None, at=at)
        repository.add(unit.connection, new)
        if amount:
            expense = store_account(AccountKind.MARKETING, receipt.store_id, receipt.currency)
            lot = LotTerms(None, new.expires_on)
            transfers.append(Transfer(expense, vouchers.account_of(new), amount, AWARD, lot=lot))
    _post(unit, receipt, AWARD_RULE, transfers, at)


def _new(
    receipt: Receipt, award: VoucherAward, left: int, *, blocked: bool, at: datetime
) -> Voucher:
    instrument = derived_id(receipt.event_id, f"voucher:{award.promotion}")
    return Voucher(
        number=voucher_number(instrument),
        instrument_id=instrument,
        type_code=None,
        voucher_class=VoucherClass.GIVEN,
        currency=receipt.currency,
        amount=award.amount,
        in_parts=False,
        vat_category=None,
        vat_rate_thousandths=None,
        customer=None,
        customer_group=None,
        store_id=receipt.store_id,
        issued_on=receipt.business_date,
        expires_on=receipt.business_date + timedelta(days=award.valid_days),
        blocked=blocked,
        reason="",
        event_id=receipt.event_id,
        receipt=str(receipt.receipt_id)[:60],
        promotion_id=award.promotion[:100],
        left_amount=left,
        earned_by=receipt.customer[:_MOST_NUMBER] or None,
        next_percent=award.next_percent,
        signature=_signature(receipt, award),
        changed_at=at,
    )


def _signature(receipt: Receipt, award: VoucherAward) -> bytes:
    """That of the till that printed it, by which other tills know it; nothing if it could not sign."""
    given = (each.code for each in receipt.vouchers if each.promotion == award.promotion)
    return signature_in(next(given, ""))


# --- taking back ------------------------------------------------------------------------------


def _take_back(
    unit: UnitOfWork, receipt: Receipt, origins: FindVouchers, at: datetime
) -> Iterator[UseFinding]:
    numbers = {
        line.origin.receipt[:60]
        for line in receipt.lines
        if line.origin is not None and line.is_return
    }
    given: dict[str, list[Voucher]] = {}
    for each in repository.given_for(unit.connection, numbers) if numbers else ():
        given.setdefault(each.receipt or "", []).append(each)
    if not given:
        return
    returned = loyalty_repository.returned(unit.connection, given)
    transfers: list[Transfer] = []
    for number, own in sorted(given.items()):
        bought = origins.find(number)
        if bought is None:
            continue
        kept = {
            each.promotion: each for each in origins.kept_vouchers(bought, returned.get(number, {}))
        }
        for each in own:
            left = kept.get(each.promotion_id or "")
            now = min(each.left_amount, left.amount) if left is not None else 0
            changes = {"left_amount": now, "changed_at": at}
            if left is None:
                changes |= {"blocked": True, "reason": "goods came back"}
            repository.change(unit.connection, each.number, changes)
            if each.left_amount > now:
                moves, lost = _taken(unit, each, each.left_amount - now, receipt, at)
                transfers += moves
                if lost:
                    yield _finding(receipt, each, lost)
    _post(unit, receipt, RETURN_RULE, transfers, at)


def still_there(unit: ReadUnit, receipt: str, on: date) -> list[StillThere]:
    """What of the vouchers that a receipt gave was not redeemed; what lapsed is no loss of anybody's."""
    found = []
    for each in repository.given_for(unit.connection, [receipt], lock=False):
        account = ledger.find_account(unit, vouchers.account_of(each))
        if account is not None and each.promotion_id is not None and each.earned_by:
            lots = ledger.lots_of(unit, account)
            usable = spendable(lots, on)
            over = sum(lot.remaining for lot in lots) - usable
            own = min(account.counters.free(account.floor), usable) + over
            found.append(StillThere(None, own, promotion=each.promotion_id))
    return found


def _taken(
    unit: UnitOfWork, given: Voucher, less: int, receipt: Receipt, at: datetime
) -> tuple[list[Transfer], int]:
    """What takes `less` of a voucher back, and what of that was redeemed by somebody nobody knows."""
    own = vouchers.account_of(given)
    expense = store_account(AccountKind.MARKETING, given.store_id, given.currency)
    ledger.expire_holds_on(unit, own, at, receipt.business_date)
    account = ledger.find_account(unit, own)
    lots = [] if account is None else ledger.lots_of(unit, account)
    free = 0 if account is None else account.counters.free(account.floor)
    usable = sum(lot.remaining for lot in lots if lot.is_spendable(receipt.business_date))
    taken = min(less, free, usable)
    transfers = [*moved(own, expense, taken, TAKE_BACK)]
    # What lapsed with its last day was nobody's gain.
    over = sum(lot.remaining for lot in lots) - usable
    lost = max(less - taken - over, 0)
    if lost and given.earned_by:
        owed = debt_key(Purse.WALLET, given.earned_by, given.currency)
        transfers += moved(owed, expense, lost, DEBT)
        lost = 0
    return transfers, lost


def _finding(receipt: Receipt, given: Voucher, lost: int) -> UseFinding:
    params = {
        "card": given.number[-4:],
        "lost": Money(lost, given.currency).plain(),
        "currency": given.currency,
    }
    return UseFinding(receipt.event_id, "voucher_redeemed_before_return", params)


def _post(
    unit: UnitOfWork, receipt: Receipt, rule: str, transfers: Sequence[Transfer], at: datetime
) -> None:
    if not transfers:
        return
    journal = Journal(
        journal_id_of(receipt.event_id, rule),
        rule,
        receipt.business_date,
        tuple(transfers),
        source_event_id=receipt.event_id,
    )
    ledger.require_posted([ledger.post(unit, journal, at)])
