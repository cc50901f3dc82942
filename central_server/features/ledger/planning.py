"""What a journal would do to the accounts that it touches, worked out on a copy before anything is written.

The accounts with a floor are locked by then, so what is worked out here still holds when it is written; the checks of
the tables stand behind it all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from central_server.features.ledger.account_repository import AccountRow
from central_server.features.ledger.repository import Hold
from shared.errors import DomainError
from shared.ledger import (
    AccountKey,
    Counters,
    Floor,
    Journal,
    Lot,
    LotTerms,
    PendingRef,
    Phase,
    Transfer,
    effect,
    spendable,
    take,
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One transfer as it will be written: the lots `(number, amount)` it takes from, and the lot that it makes."""

    transfer: Transfer
    pending_id: int | None = None
    uses: tuple[tuple[int, int], ...] = ()
    lot: LotTerms | None = None

    @property
    def is_plain(self) -> bool:
        """Whether no lot is concerned."""
        return not self.uses and self.lot is None


class Plan:
    """A copy of the locked accounts, their lots and the holds concerned, changed transfer by transfer. `numbers` are
    those of all accounts that the journal names.
    """

    def __init__(
        self,
        numbers: Mapping[AccountKey, int],
        locked: Mapping[int, AccountRow],
        holds: Mapping[PendingRef, Hold],
        lots: Mapping[int, list[Lot]],
        on: date,
    ) -> None:
        self._numbers = numbers
        self._locked = locked
        self._holds = dict(holds)
        self._lots = {number: list(each) for number, each in lots.items()}
        self._on = on
        self.counters = {number: row.counters for number, row in locked.items()}

    def apply(self, journal: Journal, at: datetime, *, expiring: bool) -> list[Planned]:
        """All transfers of a journal; `DomainError` for the first that the accounts do not bear.

        `expiring`: a hold whose time is over is given back, which is all that can still be done with it.
        """
        return [self._transfer(transfer, at, expiring=expiring) for transfer in journal.transfers]

    def _transfer(self, transfer: Transfer, at: datetime, *, expiring: bool) -> Planned:
        hold = None
        if transfer.pending is not None:
            hold = self._end(transfer, transfer.pending, at, expiring=expiring)
        change = effect(transfer.phase, transfer.amount, hold.amount if hold else 0)
        debit, credit = (self._locked.get(number) for number in self._sides(transfer))
        uses: tuple[tuple[int, int], ...] = ()
        if debit is not None:
            self._refuse_closed(debit, transfer)
            uses = self._spend(debit, transfer)
            self._set(debit, self.counters[debit.id].debited(change), transfer)
        if credit is not None:
            self._refuse_closed(credit, transfer)
            self._set(credit, self.counters[credit.id].credited(change), transfer)
        makes_lot = transfer.credit.rule.lots and transfer.phase in (Phase.SINGLE, Phase.POST)
        lot = (transfer.lot or LotTerms()) if makes_lot else None
        return Planned(transfer, hold.id if hold else None, uses, lot)

    def _end(self, transfer: Transfer, ref: PendingRef, at: datetime, *, expiring: bool) -> Hold:
        hold = self._holds[ref]
        if hold.ended is Phase.POST:
            raise DomainError("ledger_hold_ended")
        if hold.expires_at <= at and not expiring:
            raise DomainError("ledger_hold_expired")
        if hold.ended is not None:
            raise DomainError("ledger_hold_ended")
        same = self._sides(transfer) == (hold.debit_id, hold.credit_id)
        if not same or transfer.amount > hold.amount:
            raise DomainError("ledger_hold_other")
        self._holds[ref] = replace(hold, ended=transfer.phase)
        return hold

    def _sides(self, transfer: Transfer) -> tuple[int, int]:
        return self._numbers[transfer.debit], self._numbers[transfer.credit]

    def _refuse_closed(self, account: AccountRow, transfer: Transfer) -> None:
        # What was held before an account was closed is still taken, and always given back.
        if account.closed and transfer.pending is None:
            raise DomainError("ledger_account_closed", {"account": account.id})

    def _spend(self, debit: AccountRow, transfer: Transfer) -> tuple[tuple[int, int], ...]:
        if not transfer.debit.rule.lots or transfer.phase is Phase.VOID:
            return ()
        lots = self._lots[debit.id]
        if transfer.phase is Phase.PENDING:
            free = spendable(lots, self._on) - self.counters[debit.id].debits_pending
            if free < transfer.amount:
                raise DomainError(
                    "ledger_lots_short", {"free": max(free, 0), "amount": transfer.amount}
                )
            return ()
        uses = take(
            lots,
            transfer.amount,
            self._on,
            first=transfer.taken_from,
            was_held=transfer.phase is Phase.POST,
        )
        taken = dict(uses)
        self._lots[debit.id] = [
            replace(lot, remaining=lot.remaining - taken.get(lot.number, 0)) for lot in lots
        ]
        return uses

    def _set(self, account: AccountRow, counters: Counters, transfer: Transfer) -> None:
        if not counters.keeps(account.floor):
            free = self.counters[account.id].free(account.floor)
            raise DomainError("ledger_overdrawn", {"free": free, "amount": transfer.amount})
        self.counters[account.id] = counters


def has_floor(key: AccountKey) -> bool:
    """Whether an account is locked and counted."""
    return key.rule.floor is not Floor.NONE
