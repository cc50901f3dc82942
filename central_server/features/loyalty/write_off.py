"""Writing off what customers owe: points that were spent before they were taken back, and what was bought on invoice.

Up to a limit whoever may do it does it alone; above, somebody else has to say yes. What was asked, by whom and why, and
what became of it, is kept and in the audit trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from central_server.features.audit import service as audit
from central_server.features.ledger import account_repository as accounts
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.ledger.account_repository import AccountRow
from central_server.features.loyalty import credit
from central_server.features.loyalty import write_off_repository as repository
from central_server.features.stores import repository as settings
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer

RULE = "write_off"
LIMIT = 5_000
"""In the smallest part of a unit, where nothing else was set: 50.00 euros, or 5000 points."""
KINDS = (AccountKind.POINTS_DEBT, AccountKind.RECEIVABLE)
_SETTING = "write_off_limit:"
_MOST_DEBTS = 50
_LONGEST_REASON = 200


class WriteOffState(StrEnum):
    """`ASKED` waits for somebody else; the others are ends."""

    ASKED = "asked"
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """What a customer owes on one account, in the smallest part of its unit."""

    kind: AccountKind
    unit_code: str
    amount: int


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What was asked: `amount` of a customer's debt. `decided_by` is empty while it waits."""

    request_id: UUID
    customer: str
    kind: AccountKind
    unit_code: str
    amount: int
    reason: str
    asked_by: str
    asked_at: datetime
    state: WriteOffState
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedWriteOff:
    """Somebody wants `amount` of a customer's debt written off, under an id of their own."""

    request_id: UUID
    customer: str
    kind: AccountKind
    unit_code: str
    amount: int
    reason: str
    by: str


def debts_of(unit: ReadUnit, customer: str) -> list[OpenDebt]:
    """What a customer owes that can be written off, by account."""
    found = [
        OpenDebt(row.key.kind, row.key.unit.code, _open(unit, row)) for row in _rows(unit, customer)
    ]
    return [debt for debt in found if debt.amount > 0]


def limit_of(unit: ReadUnit, unit_code: str) -> int:
    """Up to how much one person alone writes off."""
    text = settings.chain_setting(unit, f"{_SETTING}{unit_code}")
    return LIMIT if text is None else int(text)


def set_limit(unit: UnitOfWork, unit_code: str, most: int, by: str, at: datetime) -> None:
    """Let one person alone write off up to so much; `DomainError('write_off_amount_invalid')`, 400, below nothing."""
    if most < 0:
        raise DomainError("write_off_amount_invalid", http_status=400)
    before = limit_of(unit, unit_code)
    settings.put_chain_setting(unit, f"{_SETTING}{unit_code}", str(most))
    facts = {"most": before}, {"most": most}
    audit.record(unit, by, at, audit.changed("write_off_limit", unit_code, *facts))


def listed(unit: ReadUnit, state: str = "", limit: int = 50) -> list[WriteOff]:
    """What was asked, newest first."""
    return [_read(row) for row in repository.listed(unit.connection, state, limit)]


def ask(unit: UnitOfWork, asked: AskedWriteOff, at: datetime) -> WriteOff:
    """Write a debt off, or let it wait for somebody else where it is above the limit. The same request again is
    answered the same.

    `DomainError`: `write_off_amount_invalid`, `write_off_reason_missing`, `write_off_kind_invalid`,
    `write_off_too_much` for more than is owed, 400; `write_off_differs`, 409.
    """
    new = _checked(asked, at)
    row = repository.one(unit.connection, asked.request_id)
    if row is not None:
        known = _read(row)
        if _what(known) != _what(new):
            raise DomainError("write_off_differs", http_status=409)
        return known
    account = _locked(unit, new)
    if new.amount > _open(unit, account):
        raise DomainError("write_off_too_much", http_status=400)
    facts = {
        "customer": new.customer,
        "amount": new.amount,
        "unit": new.unit_code,
        "kind": new.kind.value,
        "reason": new.reason,
    }
    repository.add(unit.connection, _row(new))
    audit.record(unit, new.asked_by, at, audit.added("write_off", str(new.request_id), facts))
    if new.amount > limit_of(unit, new.unit_code):
        return new
    return _end(unit, new, WriteOffState.BOOKED, new.asked_by, at)


def decide(unit: UnitOfWork, request_id: UUID, by: str, at: datetime, *, agree: bool) -> WriteOff:
    """Somebody else says yes or no to what waits. Said again it changes nothing.

    `DomainError`: `write_off_unknown`, 404, `write_off_same_person`, 403, `write_off_decided`, 409,
    `write_off_too_much` if less is owed by now.
    """
    row = repository.one(unit.connection, request_id)
    if row is None:
        raise DomainError("write_off_unknown", http_status=404)
    known = _read(row)
    state = WriteOffState.BOOKED if agree else WriteOffState.REFUSED
    if known.state is not WriteOffState.ASKED:
        if (known.state, known.decided_by) == (state, by):
            return known
        raise DomainError("write_off_decided", http_status=409)
    if by == known.asked_by and agree:
        raise DomainError("write_off_same_person", http_status=403)
    if agree and known.amount > _open(unit, _locked(unit, known)):
        raise DomainError("write_off_too_much", http_status=400)
    return _end(unit, known, state, by, at)


def _checked(asked: AskedWriteOff, at: datetime) -> WriteOff:
    reason = asked.reason.strip()[:_LONGEST_REASON]
    if asked.amount <= 0:
        raise DomainError("write_off_amount_invalid", http_status=400)
    if not reason:
        raise DomainError("write_off_reason_missing", http_status=400)
    if asked.kind not in KINDS:
        raise DomainError("write_off_kind_invalid", http_status=400)
    return WriteOff(
        asked.request_id,
        asked.customer,
        asked.kind,
        asked.unit_code,
        asked.amount,
        reason,
        asked.by,
        at,
        WriteOffState.ASKED,
    )


def _end(
    unit: UnitOfWork, known: WriteOff, state: WriteOffState, by: str, at: datetime
) -> WriteOff:
    changes = {"state": state.value, "decided_by": by[:31], "decided_at": at}
    repository.change(unit.connection, known.request_id, changes)
    facts = {"state": known.state.value}, {"state": state.value}
    key = str(known.request_id)
    audit.record(unit, by, at, audit.changed("write_off", key, *facts))
    if state is WriteOffState.BOOKED:
        _book(unit, known, at)
    row = repository.one(unit.connection, known.request_id)
    return _read(row) if row is not None else known


def _book(unit: UnitOfWork, known: WriteOff, at: datetime) -> None:
    owed = _locked(unit, known).key
    loss = AccountKey(AccountKind.WRITTEN_OFF, owed.unit)
    transfer = Transfer(loss, owed, known.amount, RULE)
    journal = Journal(known.request_id, RULE, at.date(), (transfer,))
    ledger.require_posted([ledger.post(unit, journal, at)])
    if known.kind is AccountKind.RECEIVABLE:
        credit.follow_limit(unit, known.request_id, known.customer, known.unit_code, at)


def _locked(unit: UnitOfWork, asked: WriteOff) -> AccountRow:
    """The account of a debt, so that nobody works it off meanwhile; `DomainError('write_off_too_much')` for none."""
    rows = [
        row
        for row in _rows(unit, asked.customer)
        if (row.key.kind, row.key.unit.code) == (asked.kind, asked.unit_code)
    ]
    if not rows:
        raise DomainError("write_off_too_much", http_status=400)
    # What is owed on invoice is summed up and not counted: whoever changes it locks the credit line.
    keys = [rows[0].key]
    if asked.kind is AccountKind.RECEIVABLE:
        keys.append(credit.line_key(asked.customer, asked.unit_code))
    ledger.lock_accounts(unit, keys)
    return rows[0]


def _rows(unit: ReadUnit, customer: str) -> list[AccountRow]:
    owner = {"owner_type": OwnerType.CUSTOMER.value, "owner_id": customer}
    return [
        row
        for kind in KINDS
        for row in accounts.listed_accounts(
            unit.connection, {**owner, "kind": kind.value}, _MOST_DEBTS
        )
    ]


def _open(unit: ReadUnit, row: AccountRow) -> int:
    held = balances.balance(unit, row.id)
    return held.debits - held.credits


def _what(of: WriteOff) -> tuple[object, ...]:
    return (of.customer, of.kind, of.unit_code, of.amount, of.reason, of.asked_by)


def _row(of: WriteOff) -> dict[str, object]:
    return {
        "request_id": of.request_id,
        "customer": of.customer,
        "kind": of.kind.value,
        "unit": of.unit_code,
        "amount": of.amount,
        "reason": of.reason,
        "asked_by": of.asked_by[:31],
        "asked_at": of.asked_at,
        "state": of.state.value,
        "decided_by": "",
        "decided_at": None,
    }


def _read(row: repository.WriteOffRow) -> WriteOff:
    return WriteOff(
        row.request_id,
        row.customer,
        AccountKind(row.kind),
        row.unit,
        row.amount,
        row.reason,
        row.asked_by,
        row.asked_at,
        WriteOffState(row.state),
        row.decided_by,
        row.decided_at,
    )
