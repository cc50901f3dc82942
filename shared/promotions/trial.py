"""A draft tried on receipts that were sold: what it would have given, to whom, and what it would have displaced.

One receipt after another, each forgotten when the next one comes: only sums and the most changed receipts are kept.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from shared.promotions.book import Book
from shared.promotions.engine import price
from shared.promotions.terms import BasketLine, Context, Promotion, Usage

MOST_CHANGED = 10


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold on one receipt. `name` is how people call the receipt, `customer` for whom it was, if known.

    `promotions` were open, `used` is which of them gave something; `off` is what they took off in all, `total` what
    the goods cost in the end. Amounts are minor units.
    """

    name: str
    context: Context
    lines: tuple[BasketLine, ...]
    promotions: tuple[Promotion, ...]
    used: frozenset[str]
    off: int
    total: int
    steps: int
    customer: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """A receipt that the draft changed: what it cost, and what it would have."""

    by: int
    name: str
    before: int
    after: int
    given: int


@dataclass(slots=True)
class Outcome:
    """The sums over all receipts. `beaten` counts, for each promotion, the receipts that would have lost it."""

    receipts: int = 0
    lines: int = 0
    hit: int = 0
    discount: int = 0
    before: int = 0
    after: int = 0
    beaten: dict[str, int] = field(default_factory=dict)
    unproven: int = 0


class Trial:
    """Tries a draft. Its period and its codes are taken as given: the receipts were chosen instead, and what the codes
    would cost is asked. Its other limits count from the first receipt on.
    """

    def __init__(self, draft: Promotion) -> None:
        when = replace(draft.when, start=None, until=None, codes=frozenset())
        self.draft = replace(draft, when=when)
        self.outcome = Outcome()
        self._book = Book((self.draft,))
        entry = self._book.entries[0]
        anchors = [of.anchor for of in entry.sets] if entry.sets else [entry.take.anchor]
        known = [anchor for anchor in anchors if anchor is not None]
        self._words = min(known, key=len) if known else None
        self._used = Usage()
        self._by_customer: dict[str, int] = {}
        self._most: list[Changed] = []

    @property
    def changed(self) -> list[Changed]:
        """The receipts that changed most, the most changed first."""
        return self._best()

    def touches(self, words: Iterable[str]) -> bool:
        """Whether the draft may take something of an article that these words find; a receipt without such an article
        need not be priced.
        """
        return self._words is None or not self._words.isdisjoint(words)

    def pass_by(self, total: int, lines: int) -> None:
        """Count a receipt that the draft cannot touch."""
        self.outcome.receipts += 1
        self.outcome.lines += lines
        self.outcome.before += total
        self.outcome.after += total

    def add(self, sold: Sold) -> None:
        """Price a receipt with the draft, and count what that changes."""
        others = tuple(each for each in sold.promotions if each.id != self.draft.id)
        book = Book((*others, self.draft)) if others else self._book
        usage = {**sold.context.usage, self.draft.id: self._usage(sold.customer)}
        context = replace(sold.context, usage=usage, explain="none")
        priced = price(book, context, sold.lines, sold.steps)
        uses = {name: amount for name, _, amount in priced.uses()}
        if self.draft.id not in uses:
            self.pass_by(sold.total, len(sold.lines))
            return
        by = priced.basket.list_total - priced.chosen.total - sold.off
        after = max(sold.total - by, 0)
        self.pass_by(sold.total, len(sold.lines))
        outcome = self.outcome
        outcome.after += after - sold.total
        outcome.hit += 1
        outcome.discount += uses[self.draft.id]
        outcome.unproven += not priced.optimal
        for name in sorted(sold.used - uses.keys()):
            outcome.beaten[name] = outcome.beaten.get(name, 0) + 1
        self._count(sold.customer, uses[self.draft.id])
        self._keep(Changed(by, sold.name, sold.total, after, uses[self.draft.id]))

    def _usage(self, customer: str) -> Usage:
        return replace(self._used, customer=self._by_customer.get(customer, 0))

    def _count(self, customer: str, given: int) -> None:
        self._used = Usage(self._used.total + 1, 0, self._used.amount + given)
        if customer and self.draft.limit.per_customer is not None:
            self._by_customer[customer] = self._by_customer.get(customer, 0) + 1

    def _keep(self, changed: Changed) -> None:
        self._most.append(changed)
        if len(self._most) > 10 * MOST_CHANGED:
            self._most = self._best()

    def _best(self) -> list[Changed]:
        return heapq.nsmallest(
            MOST_CHANGED, self._most, key=lambda each: (-abs(each.by), each.name)
        )
