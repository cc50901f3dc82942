"""Books what tills report into the ledger, in the transaction that books it everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from central_server.features.ledger.service import Created, post_all, require_posted
from central_server.platform.unit_of_work import UnitOfWork
from shared.ledger import Journal
from shared.ledger.drawer import DrawerEvent, drawer_journal
from shared.ledger.posting import receipt_journal
from shared.receipt import Receipt


def book(
    unit: UnitOfWork, receipts: Iterable[Receipt], drawers: Iterable[DrawerEvent], at: datetime
) -> int:
    """Book receipts and what happened to drawers, each once however often this is called; how many were new.

    `DomainError` if one cannot be booked, or was booked with other amounts before.
    """
    made = (
        *(receipt_journal(receipt) for receipt in receipts),
        *(drawer_journal(event) for event in drawers),
    )
    journals: Sequence[Journal] = [journal for journal in made if journal is not None]
    outcomes = post_all(unit, journals, at)
    require_posted(outcomes)
    return sum(isinstance(outcome, Created) for outcome in outcomes)
