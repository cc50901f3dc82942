"""What accounts hold: now, as it was believed at a moment, or as it is now known to have been on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.ledger import account_repository, balance_repository
from central_server.features.ledger.account_repository import AccountRow
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.ledger import Counters, Floor


@dataclass(frozen=True, slots=True)
class Balance:
    """What was posted to an account on either side, in its unit."""

    debits: int
    credits: int

    def on_side(self, floor: Floor) -> int:
        """The balance, positive on the side that the account normally has (credit, unless its floor says debit)."""
        return Counters(self.debits, self.credits).balance(floor)


def require_account(unit: ReadUnit, account_id: int) -> AccountRow:
    """An account; `DomainError('ledger_account_unknown')`, 404, if there is none."""
    found = account_repository.accounts_by_id(unit.connection, [account_id]).get(account_id)
    if found is None:
        raise DomainError("ledger_account_unknown", {"account": account_id}, http_status=404)
    return found


def balance(unit: ReadUnit, account_id: int) -> Balance:
    """What is posted now."""
    before = balance_repository.last_sums(unit.connection, account_id)
    if before is None:
        return Balance(*balance_repository.moved(unit.connection, account_id, 0))
    debits, credits_ = balance_repository.moved(unit.connection, account_id, before.through_id)
    return Balance(before.debits + debits, before.credits + credits_)


def balance_recorded(unit: ReadUnit, account_id: int, at: datetime) -> Balance:
    """What was known at a moment: everything recorded by then, whenever it happened."""
    return Balance(*balance_repository.recorded(unit.connection, account_id, at))


def balance_effective(unit: ReadUnit, account_id: int, on: date) -> Balance:
    """What is now known to have happened by the end of a day, late reports included."""
    return Balance(*balance_repository.moved(unit.connection, account_id, 0, effective=on))


def statement(
    unit: ReadUnit, account_id: int, *, before_id: int | None = None, limit: int = 50
) -> Sequence[Row[Any]]:
    """Transfers of an account with rule and source of their journals, newest first."""
    return balance_repository.statement(unit.connection, account_id, before_id, limit)
