"""The lowest price of a window before a moment: what an announced reduction is measured against (PAngV section 11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.pricing.price import PriceEntry

# Directive 98/6/EC article 6a: a period of not less than 30 days before the reduction.
REFERENCE_WINDOW = timedelta(days=30)


def lowest_in_window(
    entries: Iterable[PriceEntry], at: datetime, window: timedelta = REFERENCE_WINDOW
) -> PriceEntry | None:
    """The cheapest entry that was in force at any moment of the `window` before `at`; None if there was none.

    Pass the history of one sku, offer, scope and channel. An entry that begins exactly at `at` is the reduction
    itself and does not count.
    """
    start = at - window
    held = [e for e in entries if e.valid_from < at and (e.valid_to is None or e.valid_to > start)]
    return min(held, key=lambda e: (e.amount, e.valid_from), default=None)
