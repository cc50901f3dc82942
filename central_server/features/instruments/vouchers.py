"""What can be done with vouchers: types, issuing sold and given ones, looking, blocking.

A sold voucher's value stands on an account of its own, with the store's account for instruments on the other side; of
a single-purpose one the VAT is due at once and comes back as it is redeemed. What is given is the store's expense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from central_server.features.audit import service as audit
from central_server.features.customers import cards
from central_server.features.instruments import voucher_repository as repository
from central_server.features.instruments.voucher_repository import Ready, Voucher, VoucherType
from central_server.features.ledger import opening
from central_server.features.ledger import service as ledger
from central_server.features.reporting.projector import add_issued
from central_server.features.stores.service import Store, get_store
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import (
    AccountKey,
    AccountKind,
    Journal,
    LotTerms,
    OwnerType,
    Transfer,
    money_unit,
)
from shared.ledger.posting import store_account, taxed_at_issue
from shared.quantity import from_thousandths, to_thousandths
from shared.tax import vat_rate
from shared.tender import TaxedBefore
from shared.vouchers import (
    VoucherClass,
    read_code,
    read_voucher_number,
    valid_until,
    vat_of_part,
    voucher_number,
)
from shared.wire.value_payloads import VOUCHER_TYPES_KEY, SoldType

ISSUE_RULE = "voucher.issue"
ISSUE = "issue"
NET, TAX = "voucher_net", "voucher_tax"
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Issue:
    """A request to issue a voucher of a type: `amount` in minor units, for a customer, a group or nobody."""

    request_id: UUID
    type_code: str
    store_id: str
    amount: int
    on: date
    customer: str = ""
    group: str = ""


def add_type(unit: UnitOfWork, new: VoucherType, at: datetime) -> None:
    """Add a type.

    `DomainError`: `voucher_type_invalid`, `voucher_type_taken`, `vat_rate_missing`, `currency_unknown`.
    """
    money_unit(new.currency)
    single = new.voucher_class is VoucherClass.SINGLE
    certain = bool(new.vat_category and new.country)
    days = 1 if new.valid_days is None else new.valid_days
    if not _CODE.fullmatch(new.code) or single != certain or days < 1:
        raise DomainError("voucher_type_invalid", {"type": new.code[:20]}, http_status=400)
    if new.vat_category and new.country:
        vat_rate(new.country, new.vat_category, at.date())
    if any(known.code == new.code for known in repository.types(unit.connection)):
        raise DomainError("voucher_type_taken", {"type": new.code})
    repository.add_type(unit.connection, new, at)
    mark_changed(unit, [Change("config", CHAIN, "config", VOUCHER_TYPES_KEY)])


def sold_types(unit: ReadUnit) -> list[SoldType]:
    """The types that tills sell, by code."""
    return [
        SoldType(
            each.code,
            each.name,
            each.currency,
            each.voucher_class,
            each.vat_category or "",
            each.country or "",
            each.valid_days,
        )
        for each in repository.types(unit.connection)
        if each.voucher_class is not VoucherClass.GIVEN
    ]


def list_types(unit: ReadUnit) -> list[VoucherType]:
    """All types by code."""
    return repository.types(unit.connection)


def issue(unit: UnitOfWork, asked: Issue, sign: Sign, at: datetime) -> Voucher:
    """Issue a voucher, once for each request; `sign` makes the signature of the centre.

    `DomainError`: `voucher_type_unknown`, `voucher_amount_invalid`, `voucher_currency_differs`, `store_unknown`,
    `customer_unknown`, `ledger_journal_differs` for something else under the request's id.
    """
    kind, store = check_issue(unit, asked)
    customer = cards.named_by(unit, asked.customer) if asked.customer else ""
    new = model_of(asked, kind, store, customer, at)
    ledger.require_posted([ledger.post(unit, _issued(new, asked), at)])
    known = repository.one(unit.connection, new.number)
    if known is not None:
        return known
    signed = replace(new, signature=sign(new.facts.text().encode()))
    repository.add(unit.connection, signed)
    _add_to_figures(unit, signed, 1)
    return signed


def check_issue(unit: ReadUnit, asked: Issue) -> tuple[VoucherType, Store]:
    """The type and the store of what is asked for; `DomainError` as `issue`."""
    kind = next((t for t in repository.types(unit.connection) if t.code == asked.type_code), None)
    if kind is None:
        raise DomainError("voucher_type_unknown", {"type": asked.type_code[:20]}, http_status=404)
    if asked.amount <= 0:
        raise DomainError("voucher_amount_invalid", http_status=400)
    store = get_store(unit, asked.store_id)
    if store.currency != kind.currency:
        raise DomainError("voucher_currency_differs", {"currency": kind.currency})
    return kind, store


def issue_alike(
    unit: UnitOfWork, model: Voucher, ready: Sequence[Ready], journal_id: UUID, at: datetime
) -> None:
    """Issue vouchers that are there for nobody yet and like `model` but for what is their own, in one journal.

    The VAT of single-purpose ones is booked once for all of them.
    """
    house, lot = _house(model), LotTerms(None, model.expires_on)
    money = money_unit(model.currency)
    values = [
        Transfer(
            house,
            AccountKey(AccountKind.VOUCHER, money, OwnerType.VOUCHER, str(one.instrument_id)),
            model.amount,
            ISSUE,
            lot=lot,
        )
        for one in ready
    ]
    due = vat_moved(model, model.amount, 0, model.store_id)
    vat = [replace(one, amount=one.amount * len(values)) for one in due]
    journal = Journal(journal_id, ISSUE_RULE, model.issued_on, (*values, *vat))
    opening.open_accounts(unit, journal, at)
    repository.add_alike(unit.connection, model, ready)
    _add_to_figures(unit, model, len(ready))


def model_of(asked: Issue, kind: VoucherType, store: Store, customer: str, at: datetime) -> Voucher:
    """The voucher that is asked for, not signed yet."""
    instrument = derived_id(asked.request_id, "voucher")
    rate = None
    if kind.vat_category and kind.country:
        rate = to_thousandths(vat_rate(kind.country, kind.vat_category, asked.on).rate)
    return Voucher(
        number=voucher_number(instrument),
        instrument_id=instrument,
        type_code=kind.code,
        voucher_class=kind.voucher_class,
        currency=kind.currency,
        amount=asked.amount,
        in_parts=kind.in_parts,
        vat_category=kind.vat_category,
        vat_rate_thousandths=rate,
        customer=customer or None,
        customer_group=asked.group or None,
        store_id=asked.store_id,
        issued_on=asked.on,
        expires_on=last_day(kind, store.market, asked.on),
        blocked=False,
        reason="",
        event_id=None,
        receipt=None,
        promotion_id=None,
        left_amount=asked.amount,
        earned_by=None,
        next_percent="",
        signature=b"",
        changed_at=at,
    )


def last_day(kind: VoucherType, country: str, on: date) -> date | None:
    """The last day of a voucher of a type that is issued in a country."""
    if kind.valid_days is not None:
        return on + timedelta(days=kind.valid_days)
    return valid_until(country, on)


def _house(new: Voucher) -> AccountKey:
    """The store's account on the other side: what is sold is owed, what is given is its expense."""
    given = new.voucher_class is VoucherClass.GIVEN
    kind = AccountKind.MARKETING if given else AccountKind.INSTRUMENTS
    return store_account(kind, new.store_id, new.currency)


def _issued(new: Voucher, asked: Issue) -> Journal:
    lot = LotTerms(None, new.expires_on)
    value = Transfer(_house(new), account_of(new), new.amount, ISSUE, lot=lot)
    transfers = (value, *vat_moved(new, new.amount, 0, new.store_id))
    return Journal(asked.request_id, ISSUE_RULE, asked.on, transfers)


def _add_to_figures(unit: UnitOfWork, of: Voucher, count: int) -> None:
    """The VAT of `count` single-purpose vouchers like this one is due on the day of their issue."""
    part = taxed_part(of, of.amount, 0)
    if part is not None:
        due = replace(part, amount=part.amount * count, vat=part.vat * count)
        add_issued(unit, of.store_id, of.issued_on, of.currency, due)


def vat_moved(of: Voucher, amount: int, before: int, store_id: str) -> tuple[Transfer, ...]:
    """What `amount` of a single-purpose voucher sells, and the VAT of that, become due; nothing of others."""
    part = taxed_part(of, amount, before)
    return becomes_due(part, store_id, of.currency) if part is not None else ()


def becomes_due(part: TaxedBefore, store_id: str, currency: str) -> tuple[Transfer, ...]:
    """What a part of a single-purpose voucher sells, and its VAT, become due without a receipt that says so."""
    named = part.vat_category, part.vat_rate
    net = part.amount - part.vat
    return tuple(taxed_at_issue(net, part.vat, store_id, currency, named, (NET, TAX)))


def taxed_part(of: Voucher, amount: int, before: int) -> TaxedBefore | None:
    """What of `amount`, with `before` redeemed already, was taxed at issue; None if the voucher is no single-purpose
    one.
    """
    if of.vat_category is None or of.vat_rate_thousandths is None:
        return None
    rate = from_thousandths(of.vat_rate_thousandths)
    part = min(amount, of.amount - before)
    return TaxedBefore(of.vat_category, rate, part, vat_of_part(of.amount, before, part, rate))


def redeemed_of(unit: ReadUnit, of: Voucher) -> int:
    """How much of a voucher was redeemed or lapsed, in minor units; what is held is still there."""
    account = ledger.find_account(unit, account_of(of))
    had = 0 if account is None else account.counters.balance(account.floor)
    return of.amount - min(had, of.amount)


def signature_in(code: str) -> bytes:
    """The signature in what a till printed as a code; nothing if it did not sign, or no code comes of it."""
    try:
        return read_code(code)[2][:64] if code else b""
    except DomainError:
        return b""


# --- looking and blocking ---------------------------------------------------------------------


def find(unit: ReadUnit, number: str) -> Voucher:
    """A voucher; `DomainError('voucher_number_invalid')`, 400, or `('voucher_unknown')`, 404."""
    found = repository.one(unit.connection, read_voucher_number(number))
    if found is None:
        raise DomainError("voucher_unknown", http_status=404)
    return found


def account_of(of: Voucher) -> AccountKey:
    """The account on which a voucher's value stands."""
    unit = money_unit(of.currency)
    return AccountKey(AccountKind.VOUCHER, unit, OwnerType.VOUCHER, str(of.instrument_id))


def is_over(of: Voucher, on: date) -> bool:
    """Whether a voucher's last day is over."""
    return of.expires_on is not None and of.expires_on < on


def balance_of(unit: ReadUnit, of: Voucher) -> int:
    """What can be spent of a voucher, in minor units: what it holds less what is held."""
    account = ledger.find_account(unit, account_of(of))
    return 0 if account is None else account.counters.free(account.floor)


def set_blocked(
    unit: UnitOfWork, number: str, *, blocked: bool, by: str, reason: str, at: datetime
) -> Voucher:
    """Let nobody redeem a voucher, or let it be redeemed again; what it has stays.

    `DomainError`: as `find`, `voucher_blocked`, `voucher_active`.
    """
    known = find(unit, number)
    found = repository.locked(unit.connection, [known.number])[known.number]
    if found.blocked is blocked:
        raise DomainError("voucher_blocked" if blocked else "voucher_active")
    changes = {"blocked": blocked, "reason": reason[:200], "changed_at": at}
    repository.change(unit.connection, found.number, changes)
    before, after = {"blocked": found.blocked}, {"blocked": blocked, "reason": reason[:200]}
    audit.record(unit, by, at, audit.changed("voucher", found.number, before, after))
    return find(unit, found.number)
