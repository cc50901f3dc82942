"""Pricing a basket: from a book of promotions and a receipt's lines to prices, benefits and taxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.promotions.basket import Basket
from shared.promotions.benefits import Benefits, BenefitStage
from shared.promotions.book import Book, Entry
from shared.promotions.candidates import Candidate, item_candidate
from shared.promotions.choice import AnyCandidate, Choice, Chosen
from shared.promotions.claims import Part
from shared.promotions.conditions import met
from shared.promotions.gates import Gate
from shared.promotions.priority import ByPriority
from shared.promotions.section import Memory
from shared.promotions.stage2 import BasketCandidate, basket_candidate
from shared.promotions.terms import BasketLine, Bundle, Context, Each, Promotion, Tiers
from shared.promotions.work import Work

FRAME_STEPS = 6_000
"""Limit of work of a pricing that a cashier waits for."""
PROOF_STEPS = 400_000
"""Limit of work of a pricing off the frame, before the payment."""


@dataclass(slots=True)
class Priced:
    """A priced basket. `everyone`: the open price promotions by their bits; `chosen`: what is used of them."""

    context: Context
    lines: Sequence[BasketLine]
    book: Book
    basket: Basket
    gate: Gate
    chosen: Chosen
    everyone: list[AnyCandidate]
    benefits: Benefits
    optimal: bool
    entries: list[Entry]
    steps: int

    def untouched(self) -> list[Part]:
        """The basket at list prices."""
        return [Part(i, piece.price, piece.count) for i, piece in enumerate(self.basket.classes)]

    def used_on_receipt(self) -> list[BasketCandidate]:
        """The used basket promotions in the order they are applied."""
        used = [c for c in self.everyone if self.chosen.used >> c.bit & 1]
        found = [c for c in used if isinstance(c, BasketCandidate)]
        return sorted(found, key=lambda c: (c.promotion.combine == "stack", c.order))

    def uses(self) -> list[tuple[str, int, int]]:
        """Each used price promotion and each benefit given: id, applications, minor units taken off the goods."""
        off: dict[int, int] = {}
        for part in self.chosen.parts:
            for bit, amount in part.off:
                off[bit] = off.get(bit, 0) + amount * part.count
        found = []
        for candidate in self.everyone:
            if self.chosen.used >> candidate.bit & 1:
                counted = isinstance(candidate.promotion.reward, Bundle | Each)
                times = self.chosen.applications[candidate.bit] if counted else 1
                found.append((candidate.promotion.id, times, off[candidate.bit]))
        found += [(given.entry.promotion.id, 1, 0) for given in self.benefits.given]
        return sorted(found)

    def entries_with(self, entry: Entry) -> list[Entry]:
        """The open promotions, that one among them."""
        return sorted({e.rank: e for e in (*self.entries, entry)}.values(), key=lambda e: e.rank)


def price(
    book: Book,
    context: Context,
    lines: Sequence[BasketLine],
    steps: int = PROOF_STEPS,
    memory: Memory | None = None,
) -> Priced:
    """The best admissible combination of the book's promotions for these lines.

    `steps` limits the work; when it is used up, the best found so far is taken and `optimal` is false. With the
    `memory` of pricings by the same book what did not change is not worked out again; the answer is the same.
    """
    basket = Basket(lines, split=book.names_lines)
    gate = Gate(context)
    touching = book.touching(basket, context)
    in_turn = context.strategy == "by_priority"
    if not book.names_lines and (in_turn or any(by_row(entry.promotion) for entry in touching)):
        # The row of such a promotion tells equal pieces of two lines apart; so does who comes first.
        basket = Basket(lines, split=True)
    entries = [entry for entry in touching if gate.closed(entry.promotion) is None]
    chosen, everyone, proven = choose(basket, gate, entries, steps, memory=memory)
    given = BenefitStage(basket, chosen.parts, gate).run(
        [entry for entry in entries if entry.promotion.stage == "benefit"]
    )
    return Priced(
        context, lines, book, basket, gate, chosen, everyone, given, proven, entries, steps
    )


def choose(
    basket: Basket,
    gate: Gate,
    entries: Sequence[Entry],
    steps: int,
    waived: Entry | None = None,
    memory: Memory | None = None,
) -> tuple[Chosen, list[AnyCandidate], bool]:
    """What is used of open promotions, the candidates by their bits, and whether it is proven to be the best.

    `waived`: the promotion whose `if` is taken as met.
    """
    items: list[Candidate] = []
    baskets: list[BasketCandidate] = []
    for entry in entries:
        if entry is waived:
            entry = replace(entry, needs=())  # noqa: PLW2901 - the same promotion without its conditions
        stage = entry.promotion.stage
        if stage == "item":
            if met(entry.needs, basket, basket.value) and (
                item := item_candidate(entry, basket, gate)
            ):
                items.append(item)
        elif stage == "basket" and (receipt := basket_candidate(entry, basket, gate)):
            baskets.append(receipt)
    everyone: list[AnyCandidate] = sorted([*items, *baskets], key=lambda c: c.entry.rank)
    for bit, candidate in enumerate(everyone):
        candidate.bit = bit
    if gate.context.strategy == "by_priority":
        return ByPriority(basket, everyone).run(), everyone, False
    choice = Choice(basket, items, baskets, everyone, Work(steps), memory)
    return choice.run(), everyone, choice.proven


def by_row(promotion: Promotion) -> bool:
    """Whether its reduction of a piece depends on the piece's place in the row."""
    return isinstance(promotion.reward, Tiers) and promotion.reward.mode == "each"
