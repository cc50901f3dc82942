"""Transfers and the journals that hold them together. A transfer moves an amount from one account to another, so that
debits and credits are equal however a journal is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.ledger.accounts import AccountKey, Floor

MOST_AMOUNT = 10**15
_WORD = re.compile(r"[a-z][a-z_.]{0,39}")


class Phase(StrEnum):
    """`SINGLE` moves at once. `PENDING` holds an amount until it is moved by `POST`, in full or in part, or given
    back by `VOID`; whichever comes first ends it.
    """

    SINGLE = "single"
    PENDING = "pending"
    POST = "post"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class PendingRef:
    """The pending transfer that a post or void ends: line `line` of a journal."""

    journal_id: UUID
    line: int


@dataclass(frozen=True, slots=True)
class LotTerms:
    """From which day a lot may be spent, and its last day; None: at once, for ever."""

    vests_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` of the accounts' unit from `credit` to `debit`, in bookkeeping's sense: debit rises, credit rises.

    A held amount comes free at `expires_at` by itself. `lot` are the terms of what is credited to an account with
    lots; a debit takes from the lots of the journal `taken_from` first, and then the one that expires next.
    """

    debit: AccountKey
    credit: AccountKey
    amount: int
    code: str
    phase: Phase = Phase.SINGLE
    pending: PendingRef | None = None
    expires_at: datetime | None = None
    lot: LotTerms | None = None
    taken_from: UUID | None = None

    @property
    def floored(self) -> bool:
        """Whether one of its accounts has a floor, so that it can be refused."""
        return self.debit.rule.floor != Floor.NONE or self.credit.rule.floor != Floor.NONE


@dataclass(frozen=True, slots=True)
class Journal:
    """What one cause books: all of its transfers or none. `journal_id` is made by who posts, and posted once.

    `rule` and `rule_version` say by which rule it came about; `source_event_id` of which event of a till. A rule
    books an event once.
    """

    journal_id: UUID
    rule: str
    business_date: date
    transfers: tuple[Transfer, ...]
    rule_version: int = 1
    source_event_id: UUID | None = None
    reversal_of: UUID | None = None

    @property
    def floored(self) -> bool:
        """Whether an account of it has a floor."""
        return any(transfer.floored for transfer in self.transfers)


def moved(debit: AccountKey, credit: AccountKey, amount: int, code: str) -> tuple[Transfer, ...]:
    """A transfer of an amount of either sign: a negative one goes the other way, nothing gives no transfer."""
    if amount == 0:
        return ()
    if amount < 0:
        debit, credit = credit, debit
    return (Transfer(debit, credit, abs(amount), code),)


def flaw_of(journal: Journal) -> str | None:
    """The code of what no ledger would book, whatever its balances are; None for a sound journal.

    `ledger_journal_empty`, `ledger_word_invalid`, `ledger_amount_invalid`, `ledger_account_same`,
    `ledger_unit_differs`, `ledger_phase_invalid`, `ledger_lot_invalid`.
    """
    if not journal.transfers:
        return "ledger_journal_empty"
    words = (journal.rule, *(transfer.code for transfer in journal.transfers))
    if not all(_WORD.fullmatch(word) for word in words):
        return "ledger_word_invalid"
    found = (_transfer_flaw(transfer) for transfer in journal.transfers)
    return next((flaw for flaw in found if flaw is not None), None)


def _transfer_flaw(transfer: Transfer) -> str | None:
    most, least = (0, 0) if transfer.phase is Phase.VOID else (MOST_AMOUNT, 1)
    if not least <= transfer.amount <= most:
        return "ledger_amount_invalid"
    if transfer.debit == transfer.credit:
        return "ledger_account_same"
    if transfer.debit.unit != transfer.credit.unit:
        return "ledger_unit_differs"
    if not _phase_is_sound(transfer):
        return "ledger_phase_invalid"
    if transfer.lot is not None and not transfer.credit.rule.lots:
        return "ledger_lot_invalid"
    return None


def _phase_is_sound(transfer: Transfer) -> bool:
    ends_one = transfer.phase in (Phase.POST, Phase.VOID)
    if ends_one != (transfer.pending is not None):
        return False
    holds = transfer.phase is Phase.PENDING
    if holds != (transfer.expires_at is not None):
        return False
    # What is held comes free when its time is over; only accounts with a floor are looked at for that.
    return transfer.floored if holds else True


def reversal(journal: Journal, journal_id: UUID, business_date: date) -> Journal:
    """The journal that undoes a journal of single transfers: each goes the other way, out of the lots it had made.

    ValueError for one that holds or ends holds: those are ended, not undone.
    """
    if any(transfer.phase is not Phase.SINGLE for transfer in journal.transfers):
        raise ValueError("reversal: only what was moved at once is undone")
    undone = tuple(
        replace(
            transfer,
            debit=transfer.credit,
            credit=transfer.debit,
            lot=None,
            taken_from=journal.journal_id if transfer.credit.rule.lots else None,
        )
        for transfer in journal.transfers
    )
    return Journal(
        journal_id=journal_id,
        rule=f"reversal.{journal.rule}"[:40],
        business_date=business_date,
        transfers=undone,
        rule_version=journal.rule_version,
        reversal_of=journal.journal_id,
    )
