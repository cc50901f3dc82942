"""Posting. A journal is posted once, whole, and never changed; what is to be undone is undone by another journal.

Accounts with a floor are locked in the order of their numbers, then the journal is written, unless it is there already,
and only then its counters move. Accounts of the house are neither locked nor counted, so receipts never
wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from central_server.features.ledger import account_repository, locking, repository
from central_server.features.ledger.account_repository import AccountRow
from central_server.features.ledger.expiry import lot_expiries
from central_server.features.ledger.planning import Plan, Planned, has_floor
from central_server.features.ledger.repository import Hold
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError, ErrorParam
from shared.identity import derived_id
from shared.ledger import (
    AccountKey,
    Journal,
    Lot,
    LotTerms,
    PendingRef,
    Phase,
    Transfer,
    flaw_of,
    reversal,
)
from shared.ledger.digest import StoredJournal, StoredTransfer, journal_digest

EXPIRY_RULE = "expiry"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Created:
    """The journal is posted now."""


@dataclass(frozen=True, slots=True)
class Exists:
    """The same journal was posted before; nothing changed."""


@dataclass(frozen=True, slots=True)
class ExistsDifferent:
    """Another journal has this id, or has booked this event by this rule; nothing changed."""

    journal_id: UUID


@dataclass(frozen=True, slots=True)
class Rejected:
    """The journal is malformed, or an account does not bear it; nothing of it is booked."""

    code: str
    params: dict[str, ErrorParam] = field(default_factory=dict)


Outcome = Created | Exists | ExistsDifferent | Rejected


def post(unit: UnitOfWork, journal: Journal, at: datetime) -> Outcome:
    """Post a journal, recorded `at`. Holds on its accounts whose time is over are given back first."""
    return _post(unit, journal, at, expiring=False)


def post_all(unit: UnitOfWork, journals: Sequence[Journal], at: datetime) -> list[Outcome]:
    """Post many journals, each as `post` would. Those of the house alone are written together."""
    outcomes: dict[int, Outcome] = {}
    plain = []
    for place, journal in enumerate(journals):
        if flaw := flaw_of(journal):
            outcomes[place] = Rejected(flaw)
        elif journal.floored:
            outcomes[place] = post(unit, journal, at)
        else:
            plain.append(place)
    if plain:
        found = _post_plain(unit, [journals[place] for place in plain], at)
        outcomes |= dict(zip(plain, found, strict=True))
    return [outcomes[place] for place in range(len(journals))]


def posted_of(unit: ReadUnit, journal_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Those of these journals that are posted already, in this order."""
    known = repository.digests(unit.connection, journal_ids)
    return tuple(each for each in journal_ids if each in known)


def require_posted(outcomes: Iterable[Outcome]) -> None:
    """`DomainError` with what the first refused journal was refused for."""
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            raise DomainError(outcome.code, outcome.params)
        if isinstance(outcome, ExistsDifferent):
            raise DomainError("ledger_journal_differs", {"journal": str(outcome.journal_id)})


def reverse(
    unit: UnitOfWork, journal_id: UUID, by_id: UUID, business_date: date, at: datetime
) -> Outcome:
    """Undo a journal of single transfers by another one, `by_id`. What it took from lots comes back on their terms.

    `DomainError('ledger_journal_unknown')`, 404, if there is none.
    """
    stored = repository.journal_row(unit.connection, journal_id)
    if stored is None:
        raise DomainError("ledger_journal_unknown", {"journal": str(journal_id)}, http_status=404)
    rows = repository.transfers_of(unit.connection, journal_id)
    ids = {number for row in rows for number in (row.debit_id, row.credit_id)}
    accounts = account_repository.accounts_by_id(unit.connection, ids)
    transfers = tuple(
        Transfer(
            accounts[row.debit_id].key,
            accounts[row.credit_id].key,
            row.amount,
            row.code,
            Phase(row.phase),
        )
        for row in rows
    )
    original = Journal(journal_id, stored.rule, stored.business_date, transfers)
    undone = reversal(original, by_id, business_date)
    back: list[Transfer] = []
    for row, transfer in zip(rows, undone.transfers, strict=True):
        used = repository.used_lots(unit.connection, row.id)
        back += [replace(transfer, amount=part, lot=terms) for part, terms in used] or [transfer]
    return post(unit, replace(undone, transfers=tuple(back)), at)


def capture(
    unit: UnitOfWork, ref: PendingRef, journal: Journal, amount: int, at: datetime
) -> Outcome:
    """Take `amount` of what is held; the rest comes free. `journal` says under which id and rule, and what is booked
    with it.
    """
    return _end(unit, ref, journal, Phase.POST, amount, at)


def release(unit: UnitOfWork, ref: PendingRef, journal: Journal, at: datetime) -> Outcome:
    """Give back what is held. `journal` says under which id and rule, without transfers."""
    return _end(unit, ref, journal, Phase.VOID, 0, at)


def holds_are_due(unit: ReadUnit, at: datetime) -> bool:
    """Whether anything is still held although its time is over."""
    return bool(account_repository.accounts_that_hold(unit.connection, at, 1))


def expire_holds(unit: UnitOfWork, at: datetime, today: date) -> int:
    """Give back what is held although its time is over, of some hundred accounts; how many holds."""
    ids = account_repository.accounts_that_hold(unit.connection, at, _AT_ONCE)
    return _expire(unit, _holding(locking.lock(unit, ids)), today, at)


def expire_holds_on(unit: UnitOfWork, key: AccountKey, at: datetime, today: date) -> None:
    """Give back what is held too long on one account, so that its balance says what can be spent now."""
    locked = locking.lock(unit, locking.numbers_of(unit, [key]).values())
    _expire(unit, _holding(locked), today, at)


def expire_lots(unit: UnitOfWork, today: date, at: datetime) -> int:
    """Write off what is left of lots whose last day is over, of some hundred accounts; how many lots.

    What is held stays until the hold ends.
    """
    ids = repository.accounts_with_lots_over(unit.connection, today, _AT_ONCE)
    count = 0
    for number, account in locking.lock(unit, ids).items():
        lots = repository.lots_of(unit.connection, number)
        for journal in lot_expiries(account, lots, today):
            require_posted([post(unit, journal, at)])
            count += 1
    return count


def find_account(unit: ReadUnit, key: AccountKey) -> AccountRow | None:
    """An account as it stands; None if nothing was ever posted to it."""
    number = locking.numbers_of(unit, [key]).get(key)
    return None if number is None else locking.as_it_stands(unit, number)


def lock_accounts(unit: UnitOfWork, keys: Iterable[AccountKey]) -> None:
    """Lock those of these accounts that are there, in the order of their numbers, until the transaction ends."""
    locking.enter(unit)
    locking.lock(unit, locking.numbers_of(unit, keys).values())


def lock_floored(unit: UnitOfWork, keys: Iterable[AccountKey]) -> None:
    """As `lock_accounts`, those with a floor alone; the numbers of the others are known from now on."""
    wanted = set(keys)
    floored = {key for key in wanted if has_floor(key)}
    locking.lock_named(unit, floored, wanted - floored)


def lots_of(unit: ReadUnit, account: AccountRow) -> list[Lot]:
    """The lots of an account that have something left."""
    return repository.lots_of(unit.connection, account.id)


def close_account(unit: UnitOfWork, key: AccountKey, at: datetime) -> None:
    """Let an account take no new transfers. What is held on it is still taken or given back."""
    (number,) = known_numbers(unit, [key], at).values()
    account_repository.set_closed(unit.connection, number, at)
    locking.forget(unit, number)


def reopen_account(unit: UnitOfWork, key: AccountKey, at: datetime) -> None:
    """Let a closed account take transfers again."""
    (number,) = known_numbers(unit, [key], at).values()
    account_repository.set_closed(unit.connection, number, None)
    locking.forget(unit, number)


# --- one journal ------------------------------------------------------------------------------


def _post(unit: UnitOfWork, journal: Journal, at: datetime, *, expiring: bool) -> Outcome:
    if flaw := flaw_of(journal):
        return Rejected(flaw)
    connection = unit.connection
    numbers = known_numbers(unit, _keys([journal]), at)
    floored = {number for key, number in numbers.items() if has_floor(key)}
    locked = locking.lock(unit, floored)
    locking.enter(unit)
    refs = [transfer.pending for transfer in journal.transfers if transfer.pending is not None]
    holds = repository.holds(connection, refs)
    if len(holds) < len(set(refs)):
        return Rejected("ledger_hold_unknown")
    digest = digest_of(journal, numbers, holds)
    holding = _holding(locked)
    if holding and not expiring and _expire(unit, holding, journal.business_date, at):
        locked = locking.lock(unit, floored)
    lots = {
        row.id: repository.lots_of(connection, row.id)
        for row in locked.values()
        if row.key.rule.lots
    }
    plan = Plan(numbers, locked, holds, lots, journal.business_date)
    try:
        planned = plan.apply(journal, at, expiring=expiring)
    except DomainError as refusal:
        # What was posted before may no longer be borne: it is asked for only where that matters.
        refused = Rejected(refusal.code, dict(refusal.params))
        return _stored(unit, journal, digest) or refused
    head = journal_row(journal, digest, at)
    if len(planned) == len(locked) == 1 and planned[0].is_plain:
        (row,) = locked.values()
        line = _transfer_row(journal, 1, planned[0], numbers, at)
        if not repository.book(connection, head, line, row, plan.counters[row.id]):
            return _known_as(unit, journal, digest)
        locking.counted(unit, row, plan.counters[row.id])
        return Created()
    if not repository.insert_journal(connection, head):
        return _known_as(unit, journal, digest)
    _write(unit, journal, planned, numbers, at)
    for row in locked.values():
        locking.count(unit, row, plan.counters[row.id])
    return Created()


def _stored(unit: UnitOfWork, journal: Journal, digest: bytes) -> Outcome | None:
    """What is known of a journal already; None if nothing is."""
    known = repository.digests(unit.connection, [journal.journal_id])
    if journal.journal_id in known:
        same = known[journal.journal_id] == digest
        return Exists() if same else ExistsDifferent(journal.journal_id)
    if journal.source_event_id is None:
        return None
    other = repository.booked_by(unit.connection, journal.source_event_id, journal.rule)
    return None if other is None else ExistsDifferent(other)


def _known_as(unit: UnitOfWork, journal: Journal, digest: bytes) -> Outcome:
    """What stands in the way of a journal."""
    stored = _stored(unit, journal, digest)
    if stored is None:
        raise RuntimeError("a journal was not added, and nothing stands in its way")
    return stored


def _write(
    unit: UnitOfWork,
    journal: Journal,
    planned: Sequence[Planned],
    numbers: dict[AccountKey, int],
    at: datetime,
) -> None:
    connection = unit.connection
    for line, each in enumerate(planned, 1):
        row = _transfer_row(journal, line, each, numbers, at)
        transfer_id = repository.insert_transfer(connection, row)
        repository.use_lots(connection, transfer_id, each.uses)
        if each.lot is not None:
            lot = {
                "account_id": numbers[each.transfer.credit],
                "source_transfer_id": transfer_id,
                "amount": each.transfer.amount,
                "remaining": each.transfer.amount,
                "vests_on": each.lot.vests_on,
                "expires_on": each.lot.expires_on,
            }
            repository.insert_lot(connection, lot)


def _expire(unit: UnitOfWork, account_ids: Iterable[int], today: date, at: datetime) -> int:
    ids = locking.to_sweep(unit, account_ids, at)
    due = repository.due_holds(unit.connection, ids, at) if ids else []
    for hold in due:
        journal = Journal(_expiry_id(hold), EXPIRY_RULE, today, (_ending(unit, hold, Phase.VOID),))
        require_posted([_post(unit, journal, at, expiring=True)])
    locking.swept(unit, ids, at)
    return len(due)


def _holding(locked: Mapping[int, AccountRow]) -> list[int]:
    return [row.id for row in locked.values() if row.counters.held]


def _expiry_id(hold: Hold) -> UUID:
    return derived_id(hold.ref.journal_id, f"expiry:{hold.ref.line}")


def _end(
    unit: UnitOfWork, ref: PendingRef, journal: Journal, phase: Phase, amount: int, at: datetime
) -> Outcome:
    hold = repository.holds(unit.connection, [ref]).get(ref)
    if hold is None:
        return Rejected("ledger_hold_unknown")
    ending = _ending(unit, hold, phase, amount)
    return post(unit, replace(journal, transfers=(ending, *journal.transfers)), at)


def _ending(unit: UnitOfWork, hold: Hold, phase: Phase, amount: int = 0) -> Transfer:
    accounts = account_repository.accounts_by_id(unit.connection, (hold.debit_id, hold.credit_id))
    debit, credit = accounts[hold.debit_id].key, accounts[hold.credit_id].key
    return Transfer(debit, credit, amount, hold.code, phase, hold.ref)


# --- many journals of the house ---------------------------------------------------------------


def _post_plain(unit: UnitOfWork, journals: Sequence[Journal], at: datetime) -> list[Outcome]:
    connection = unit.connection
    locking.enter(unit)
    numbers = known_numbers(unit, _keys(journals), at)
    known = repository.digests(connection, [journal.journal_id for journal in journals])
    outcomes: list[Outcome] = []
    heads: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for journal in journals:
        digest = digest_of(journal, numbers, {})
        if (stored := known.get(journal.journal_id)) is not None:
            same = stored == digest
            outcomes.append(Exists() if same else ExistsDifferent(journal.journal_id))
            continue
        known[journal.journal_id] = digest
        outcomes.append(Created())
        heads.append(journal_row(journal, digest, at))
        rows += (
            _transfer_row(journal, line, Planned(transfer), numbers, at)
            for line, transfer in enumerate(journal.transfers, 1)
        )
    repository.insert_journals(connection, heads)
    repository.insert_transfers(connection, rows)
    return outcomes


def _keys(journals: Iterable[Journal]) -> set[AccountKey]:
    transfers = (transfer for journal in journals for transfer in journal.transfers)
    return {key for transfer in transfers for key in (transfer.debit, transfer.credit)}


def known_numbers(
    unit: UnitOfWork, keys: Iterable[AccountKey], at: datetime
) -> dict[AccountKey, int]:
    """The numbers of accounts; those that are new are opened."""
    wanted = set(keys)
    found = locking.numbers_of(unit, wanted)
    new = wanted - found.keys()
    if new:
        account_repository.open_accounts(unit.connection, new, at)
        found |= locking.numbers_of(unit, new)
    return found


# --- rows -------------------------------------------------------------------------------------


def digest_of(
    journal: Journal, numbers: Mapping[AccountKey, int], holds: Mapping[PendingRef, Hold]
) -> bytes:
    """The digest of a journal as it is stored, whose accounts have these numbers."""
    head = StoredJournal(
        journal.journal_id,
        journal.rule,
        journal.rule_version,
        journal.business_date,
        journal.source_event_id,
        journal.reversal_of,
    )
    rows = []
    for line, each in enumerate(journal.transfers, 1):
        lot = _lot_terms(each)
        rows.append(
            StoredTransfer(
                line,
                numbers[each.debit],
                numbers[each.credit],
                each.debit.unit.code,
                each.amount,
                each.code,
                each.phase.value,
                None if each.pending is None else holds[each.pending].id,
                each.expires_at,
                lot.vests_on,
                lot.expires_on,
            )
        )
    return journal_digest(head, rows)


def _lot_terms(transfer: Transfer) -> LotTerms:
    return transfer.lot or LotTerms()


def journal_row(journal: Journal, digest: bytes, at: datetime) -> dict[str, Any]:
    """A journal as it is stored."""
    return {
        "id": journal.journal_id,
        "rule": journal.rule,
        "rule_version": journal.rule_version,
        "source_event_id": journal.source_event_id,
        "reversal_of": journal.reversal_of,
        "business_date": journal.business_date,
        "recorded_at": at,
        "lines": len(journal.transfers),
        "digest": digest,
    }


def _transfer_row(
    journal: Journal,
    line: int,
    planned: Planned,
    numbers: dict[AccountKey, int],
    at: datetime,
) -> dict[str, Any]:
    transfer = planned.transfer
    return {
        "journal_id": journal.journal_id,
        "line": line,
        "debit_id": numbers[transfer.debit],
        "credit_id": numbers[transfer.credit],
        "unit": transfer.debit.unit.code,
        "amount": transfer.amount,
        "code": transfer.code,
        "phase": transfer.phase.value,
        "pending_id": planned.pending_id,
        "expires_at": transfer.expires_at,
        "effective_date": journal.business_date,
        "recorded_at": at,
    }
