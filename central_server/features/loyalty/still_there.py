"""What is still there of what a receipt gave into purses: a till asks it before goods come back, so that it can say
what of that is spent already and will be owed.
"""

from __future__ import annotations

from datetime import date

from central_server.features.ledger import service as ledger
from central_server.features.loyalty import repository
from central_server.features.loyalty.projector import AWARD_RULE
from central_server.platform.unit_of_work import ReadUnit
from shared.ledger import spendable
from shared.ledger.posting import journal_id_of
from shared.loyalty import Purse, StillThere, purse_key


def still_there(unit: ReadUnit, receipt: str, on: date) -> list[StillThere]:
    """What can be taken back on a day of what the receipt with a full number gave; nothing of one that gave nothing."""
    found = []
    for row in repository.purses_given(unit.connection, receipt):
        purse = Purse(row.purse)
        account = ledger.find_account(unit, purse_key(purse, row.customer, row.currency))
        lots = [] if account is None else ledger.lots_of(unit, account)
        held = 0 if account is None else account.counters.debits_pending
        given_by = journal_id_of(row.event_id, AWARD_RULE)
        own = sum(
            lot.remaining for lot in lots if lot.source == given_by and not lot.is_spendable(on)
        )
        found.append(StillThere(purse, own, max(spendable(lots, on) - held, 0)))
    return found
