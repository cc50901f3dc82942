"""A draft tried on receipts that were sold: what it would have given, to whom, and what it would have displaced.

One receipt after another, each forgotten when the next one comes: only sums and the most changed receipts are kept, and
what the draft does to baskets that were met before.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from shared.promotions.alike import Likeness, Pieces, lines_of
from shared.promotions.book import Book
from shared.promotions.engine import Priced, price
from shared.promotions.gates import Gate
from shared.promotions.terms import BasketLine, Context, Promotion, Usage

MOST_CHANGED = 10
_MOST_BASKETS = 50_000
_MOST_BOOKS = 200


@dataclass(frozen=True, slots=True)
class Bought:
    """Of the goods on a receipt whose purchase prices are known: what they cost the customer, that without VAT, and
    what they were bought for.
    """

    gross: int = 0
    net: int = 0
    cost: int = 0


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
    bought: Bought = Bought()


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
    """The sums over all receipts. `beaten` counts, for each promotion, the receipts that would have lost it.

    The last five are of the receipts hit: what they cost, and of the goods whose purchase prices are known what they
    cost, that without VAT, what they were bought for, and how much less without VAT the draft would have left of them:
    what a receipt changes by is shared out over its goods by what they cost.
    """

    receipts: int = 0
    lines: int = 0
    hit: int = 0
    discount: int = 0
    before: int = 0
    after: int = 0
    beaten: dict[str, int] = field(default_factory=dict)
    unproven: int = 0
    hit_total: int = 0
    known_gross: int = 0
    known_net: int = 0
    known_cost: int = 0
    known_off: int = 0

    @property
    def margin_before(self) -> int:
        """What was left of the goods whose purchase prices are known."""
        return self.known_net - self.known_cost

    @property
    def margin_after(self) -> int:
        """What the draft would have left of them."""
        return self.margin_before - self.known_off

    def add(self, other: Outcome) -> None:
        """Add the sums over other receipts."""
        self.receipts += other.receipts
        self.lines += other.lines
        self.hit += other.hit
        self.discount += other.discount
        self.before += other.before
        self.after += other.after
        self.unproven += other.unproven
        self.hit_total += other.hit_total
        self.known_gross += other.known_gross
        self.known_net += other.known_net
        self.known_cost += other.known_cost
        self.known_off += other.known_off
        for name, count in other.beaten.items():
            self.beaten[name] = self.beaten.get(name, 0) + count


@dataclass(frozen=True, slots=True)
class _Effect:
    """What pricing a receipt came to: all that is taken off the goods, how much of it by whom, whether it is proven."""

    off: int
    uses: dict[str, int]
    proven: bool


def _effect(priced: Priced) -> _Effect:
    uses = {name: amount for name, _, amount in priced.uses()}
    return _Effect(priced.basket.list_total - priced.chosen.total, uses, priced.optimal)


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
        limit = self.draft.limit
        self._limited = any(
            bound is not None for bound in (limit.total, limit.per_customer, limit.budget)
        )
        # Of a budget each receipt leaves less to the next one, and lines are named on one receipt only.
        alike = not self._book.names_lines and limit.budget is None
        self._likeness = Likeness(self.draft) if alike else None
        self._effects: dict[Pieces, _Effect] = {}
        self._books: dict[tuple[int, ...], tuple[Book, tuple[Promotion, ...]]] = {}
        self._used = Usage()
        self._by_customer: dict[str, int] = {}
        self._most: list[Changed] = []

    @property
    def divisible(self) -> bool:
        """Whether parts of the receipts may be tried apart: of a limited draft each receipt leaves less to the next."""
        return not self._limited

    def join(self, parts: Iterable[tuple[Outcome, Sequence[Changed]]]) -> None:
        """Take the place of trials of the same draft on parts of the receipts: their outcomes and most changed ones."""
        self.outcome = Outcome()
        self._most = []
        for outcome, changed in parts:
            self.outcome.add(outcome)
            self._most += changed

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
        context = sold.context
        if self._limited:
            usage = {**context.usage, self.draft.id: self._usage(sold.customer)}
            context = replace(context, usage=usage)
        self.pass_by(sold.total, len(sold.lines))
        if Gate(context).closed(self.draft) is not None:
            return
        found = self._found(sold, context)
        if self.draft.id not in found.uses:
            return
        given = found.uses[self.draft.id]
        by = found.off - sold.off
        after = max(sold.total - by, 0)
        outcome = self.outcome
        outcome.after += after - sold.total
        outcome.hit += 1
        outcome.discount += given
        outcome.unproven += not found.proven
        self._margin(sold, by)
        for name in sorted(sold.used - found.uses.keys()):
            outcome.beaten[name] = outcome.beaten.get(name, 0) + 1
        self._count(sold.customer, given)
        self._keep(Changed(by, sold.name, sold.total, after, given))

    def _margin(self, sold: Sold, by: int) -> None:
        outcome, bought = self.outcome, sold.bought
        outcome.hit_total += sold.total
        outcome.known_gross += bought.gross
        outcome.known_net += bought.net
        outcome.known_cost += bought.cost
        if sold.total > 0:
            outcome.known_off += (2 * by * bought.net + sold.total) // (2 * sold.total)

    def _found(self, sold: Sold, context: Context) -> _Effect:
        others = sold.promotions
        if others:
            return _effect(price(self._book_with(others), context, sold.lines, sold.steps))
        if self._likeness is None or context.strategy == "by_priority":
            return _effect(price(self._book, context, sold.lines, sold.steps))
        pieces = self._likeness.of(sold.lines)
        found = self._effects.get(pieces)
        if found is None:
            found = _effect(price(self._book, context, lines_of(pieces), sold.steps))
            if not found.proven:
                # What is not the best depends on the way it was found: the receipt's own lines count.
                return _effect(price(self._book, context, sold.lines, sold.steps))
            if len(self._effects) >= _MOST_BASKETS:
                self._effects.clear()
                self._likeness.forget()
            self._effects[pieces] = found
        return found

    def _book_with(self, others: tuple[Promotion, ...]) -> Book:
        """The book of the promotions that were open and the draft. Many receipts have the same ones."""
        key = tuple(map(id, others))
        known = self._books.get(key)
        if known is None:
            if len(self._books) >= _MOST_BOOKS:
                self._books.clear()
            book = Book((*(each for each in others if each.id != self.draft.id), self.draft))
            # They are kept with the book: as long as it is known, nothing else can have their identity.
            known = self._books[key] = (book, others)
        return known[0]

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
