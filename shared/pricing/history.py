"""The lowest price of a window before a moment: what an announced reduction is measured against (PAngV section 11), and
what goods are worth that come back without a receipt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.pricing.price import PriceEntry, PriceQuestion, resolve_price

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


def lowest_asked(
    entries: Collection[PriceEntry], question: PriceQuestion, window: timedelta = REFERENCE_WINDOW
) -> PriceEntry | None:
    """The cheapest price that an article had where and how the question asks, from the `window` before its moment on;
    None if it has none now.
    """
    now = resolve_price(entries, question)
    if now is None:
        return None
    start = question.at - window
    # The price changes only where an entry begins or ends.
    bounds = {each for entry in entries for each in (entry.valid_from, entry.valid_to)}
    moments = [start, *(each for each in bounds if each is not None and start < each < question.at)]
    held = (resolve_price(entries, replace(question, at=moment)) for moment in moments)
    return min((now, *filter(None, held)), key=lambda entry: entry.amount)
