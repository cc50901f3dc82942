"""The strategy `by_priority`: promotions in a fixed order, each the best it can do with what is left."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.basket import Basket
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.choice import AnyCandidate, Chosen, in_row, key_of
from shared.promotions.claims import Claim, Claims, Part, settle, stacked
from shared.promotions.group import Group
from shared.promotions.row import Row
from shared.promotions.solution import solved
from shared.promotions.stage2 import BasketCandidate, BasketStage, rows_of
from shared.promotions.sweep import Sweep
from shared.promotions.work import Work

_STEPS = 200_000
"""For each promotion: enough for all but absurd baskets."""


class ByPriority:
    """One pass over the promotions of a basket in descending priority, then id."""

    def __init__(self, basket: Basket, everyone: Sequence[AnyCandidate]) -> None:
        self.basket = basket
        self.everyone = everyone
        self.order = sorted(everyone, key=lambda candidate: candidate.order)
        self.closed: set[str | None] = set()
        self.used = 0
        self.times: dict[int, int] = {}

    def run(self) -> Chosen:
        """What is used in this order."""
        first = next((c for c in self.order if self._saves_alone(c)), None)
        usable = [c for c in self.order if c.promotion.combine != "exclusive"]
        if first is not None and first.promotion.combine == "exclusive":
            usable = [first]
        items = [c for c in usable if isinstance(c, Candidate)]
        parts = self._claims([c for c in items if c.promotion.combine != "stack"])
        for candidate in items:
            if candidate.promotion.combine == "stack" and self._free(candidate):
                parts = self._stack(candidate, parts)
        after_stage1 = parts
        parts = self._receipt([c for c in usable if isinstance(c, BasketCandidate)], parts)
        total = sum(part.price * part.count for part in parts)
        key = key_of(total, self.used, self.everyone)
        return Chosen(key, self.used, sorted(parts, key=in_row), self.times, after_stage1)

    def _free(self, candidate: AnyCandidate) -> bool:
        return candidate.promotion.group is None or candidate.promotion.group not in self.closed

    def _use(self, candidate: AnyCandidate) -> None:
        self.used |= 1 << candidate.bit
        self.closed.add(candidate.promotion.group)

    def _saves_alone(self, candidate: AnyCandidate) -> bool:
        alone = ByPriority(self.basket, self.everyone)
        parts = alone.untouched()
        if isinstance(candidate, BasketCandidate):
            alone._receipt([candidate], parts)
        elif candidate.promotion.combine == "stack":
            alone._stack(candidate, parts)
        else:
            alone._claims([candidate])
        return alone.used != 0

    def untouched(self) -> list[Part]:
        """The basket at list prices."""
        return [Part(i, piece.price, piece.count) for i, piece in enumerate(self.basket.classes)]

    def _claims(self, ones: Sequence[Candidate]) -> list[Part]:
        """Each claims its lowest-priced set of the pieces that are left."""
        free = [piece.count for piece in self.basket.classes]
        together = Claims()
        for candidate in ones:
            if not self._free(candidate):
                continue
            found = self._claim(candidate, free)
            if found is None:
                continue
            self._use(candidate)
            for claim in found.claims:
                if claim.owner is not None:
                    free[claim.index] -= claim.count
                    together.claims.append(claim)
            together.applications |= found.applications
        self.times |= together.applications
        together.claims += [Claim(i, None, 0, 0, count) for i, count in enumerate(free) if count]
        ones_by_bit = {candidate.bit: candidate for candidate in ones}
        return settle(together, self.basket, ones_by_bit, ())

    def _claim(self, candidate: Candidate, free: Sequence[int]) -> Claims | None:
        group = Group(
            self.basket.everything, self.basket, Chain((), self.basket), [candidate], tuple(free)
        )
        solution = solved(group, Work(_STEPS), 0)
        found = solution.labels(0, Work(_STEPS)).get(1 << candidate.bit)
        if found is None or solution.best <= 0:
            return None
        return found.claims()

    def _stack(self, candidate: Candidate, parts: list[Part]) -> list[Part]:
        if candidate.bounded:
            parts = self._picked(candidate, parts)
        after = stacked(candidate, parts, self.basket)
        if sum(p.price * p.count for p in after) < sum(p.price * p.count for p in parts):
            self._use(candidate)
            return after
        return parts

    def _picked(self, candidate: Candidate, parts: Sequence[Part]) -> list[Part]:
        """The parts with those marked that a bounded stack takes."""
        row = sorted(parts, key=in_row)
        chain = Chain([candidate], self.basket)
        if chain.from_cheap_end:
            classes = self.basket.classes
            row.sort(key=lambda part: (-classes[part.index].price, -part.index))
        pieces = [(part.index, part.price, part.count, place, 0) for place, part in enumerate(row)]
        sweep = Sweep(Row(self.basket, chain, (), {}, pieces))
        work = Work(_STEPS)
        sweep.solve(work, 0)
        counts: dict[tuple[int, int], int] = {}
        labels = sweep.labels(0, work)
        path = min(labels.items(), key=lambda entry: entry[0].bit_count())[1][0].path
        while path is not None:
            _, tag, count, path = path
            key = (tag[0], tag[4])
            counts[key] = counts.get(key, 0) + count
        marked = []
        for (place, chosen), count in counts.items():
            part = row[place]
            marked.append(
                Part(part.index, part.price, count, part.owner, part.stacked | chosen, part.off)
            )
        return marked

    def _receipt(self, candidates: Sequence[BasketCandidate], parts: Sequence[Part]) -> list[Part]:
        """The first `one` that is met and saves, then the stacked ones."""
        stage = BasketStage(self.basket, candidates)
        rows = rows_of(parts, self.basket)
        ones = [c for c in candidates if c.promotion.combine != "stack"]
        taken = False
        for candidate in (*ones, *(c for c in candidates if c.promotion.combine == "stack")):
            single = candidate.promotion.combine != "stack"
            if (
                (single and taken)
                or not self._free(candidate)
                or not stage.allowed(candidate, rows)
            ):
                continue
            amount, mine, times = stage.amount(candidate, rows)
            if amount <= 0:
                continue
            self._use(candidate)
            self.times[candidate.bit] = times
            taken = taken or single
            rows = stage.reduce(rows, mine, amount, candidate.bit)
        return [row.part for row in rows]
