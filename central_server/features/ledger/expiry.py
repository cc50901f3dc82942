"""What expired lots book: what nobody spent in time becomes breakage, out of the lot itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from central_server.features.ledger.account_repository import AccountRow
from shared.identity import derived_id
from shared.ledger import AccountKey, AccountKind, Journal, Lot, Transfer

LOT_RULE = "lot_expiry"


def lot_expiries(account: AccountRow, lots: Iterable[Lot], today: date) -> Iterator[Journal]:
    """A journal for each lot whose last day is over, as far as nothing of it is held."""
    free = account.counters.free(account.floor)
    breakage = AccountKey(AccountKind.BREAKAGE, account.key.unit)
    for lot in sorted(lots, key=lambda each: (each.terms.expires_on or date.max, each.number)):
        amount = min(lot.remaining, free)
        if not lot.is_over(today) or amount <= 0:
            continue
        free -= amount
        # The id names what was left, so that the rest of a lot that was held can follow.
        journal_id = derived_id(lot.source, f"expiry:{account.id}:{lot.number}:{lot.remaining}")
        transfer = Transfer(account.key, breakage, amount, "expire", taken_from=lot.source)
        yield Journal(journal_id, LOT_RULE, today, (transfer,))
