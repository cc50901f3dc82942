"""Value for accounts that nobody has posted to yet, thousands in one journal: no balance to look at, no row by row.

What `service.post` finds out for each account is known here: an account that is new has no counters, no holds and no
lots, so a transfer that comes in can break nothing. The constraints of the tables stand behind it as always; an account
that is there already makes the whole transaction fail.
"""

from __future__ import annotations

from datetime import datetime

from central_server.features.ledger import locking
from central_server.features.ledger import opening_repository as repository
from central_server.features.ledger.opening_repository import Opened
from central_server.features.ledger.planning import has_floor
from central_server.features.ledger.repository import insert_journals
from central_server.features.ledger.service import digest_of, journal_row, known_numbers
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.ledger import AccountKey, Journal, LotTerms, Phase, flaw_of


def open_accounts(unit: UnitOfWork, journal: Journal, at: datetime) -> None:
    """Post a journal whose accounts with a floor are all new and kept in lots, each credited once.

    `DomainError` with the code of `flaw_of` for a journal that no ledger would book; ValueError for one that is of
    another kind.
    """
    if flaw := flaw_of(journal):
        raise DomainError(flaw)
    fresh = [one.credit for one in journal.transfers if one.credit.rule.lots]
    new = set(fresh)
    others = {key for one in journal.transfers for key in (one.debit, one.credit)} - new
    if len(new) < len(fresh) or any(map(has_floor, others)):
        raise ValueError("a journal that opens accounts credits each of them once")
    if any(one.phase is not Phase.SINGLE for one in journal.transfers):
        raise ValueError("a journal that opens accounts holds nothing")
    connection = unit.connection
    locking.enter(unit)
    numbers: dict[AccountKey, int] = known_numbers(unit, others, at)
    numbers |= zip(fresh, repository.account_numbers(connection, len(fresh)), strict=True)
    digest = digest_of(journal, numbers, {})
    insert_journals(connection, [journal_row(journal, digest, at)])
    lines = repository.transfer_numbers(connection, len(journal.transfers))
    opened = [
        Opened(
            line=line,
            number=number,
            debit_id=numbers[one.debit],
            credit_id=numbers[one.credit],
            transfer=one,
            lot=(one.lot or LotTerms()) if one.credit.rule.lots else None,
        )
        for line, (number, one) in enumerate(zip(lines, journal.transfers, strict=True), 1)
    ]
    repository.write(connection, journal, opened, at)
