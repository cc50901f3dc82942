"""Which promotions are used: of all sets that may be used together, over both stages, the one with the lowest total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from shared.promotions.basket import Basket, bits
from shared.promotions.bounds import Bounds
from shared.promotions.candidates import Candidate
from shared.promotions.claims import Claims, Part, settle
from shared.promotions.stage1 import Solved, Stage1
from shared.promotions.stage2 import BasketCandidate, BasketStage, Used, rows_of
from shared.promotions.work import OutOfWork, Work

AnyCandidate = Candidate | BasketCandidate
Key = tuple[int, int, int, tuple[int, ...]]
"""Total, number of promotions, sum of priorities negated, bits in ascending order: lower comes first."""


@dataclass(slots=True)
class Chosen:
    """The result of the choice: parts at their prices after both stages, and how often each promotion is applied."""

    key: Key
    used: int
    parts: list[Part]
    applications: dict[int, int]
    after_stage1: list[Part]

    @property
    def total(self) -> int:
        """The lowest total of goods."""
        return self.key[0]


SLACKS = (10, 100, 1_000, 1 << 60)
"""How much more stage 1 may cost, step by step: what is found near the best makes the rest of the search shorter."""


class Choice:
    """The search over sets of promotions for one basket."""

    def __init__(
        self,
        basket: Basket,
        items: Sequence[Candidate],
        baskets: Sequence[BasketCandidate],
        everyone: Sequence[AnyCandidate],
        work: Work,
    ) -> None:
        self.basket = basket
        self.everyone = everyone
        self.work = work
        self.by_bit = {c.bit: c for c in items}
        self.ones = [c for c in items if c.promotion.combine == "one"]
        self.stacks = [c for c in items if c.promotion.combine == "stack"]
        self.exclusive = [c for c in everyone if c.promotion.combine == "exclusive"]
        shared = [c for c in baskets if c.promotion.combine != "exclusive"]
        self.stage2 = BasketStage(basket, shared)
        self.bounds = Bounds(basket, shared)
        self.proven = True
        self.solved: Solved = {}
        self.best = self._nothing()

    def _nothing(self) -> Chosen:
        parts = [Part(i, piece.price, piece.count) for i, piece in enumerate(self.basket.classes)]
        return Chosen((self.basket.list_total, 0, 0, ()), 0, parts, {}, parts)

    def run(self) -> Chosen:
        """The best set; `proven` says whether the search was carried to its end."""
        totals: dict[int, int] = {}
        for stacks in self._stack_sets():
            mask = sum(1 << stack.bit for stack in stacks)
            self.bounds.forget()
            wider = [
                t for other, t in totals.items() if other & mask == mask and self._plain(other)
            ]
            if wider and self.bounds.slack(max(wider), self.best.total) < 0:
                continue
            totals[mask] = self._with_stacks(stacks, mask)
        for candidate in self.exclusive:
            self._alone(candidate)
        return self.best

    def _plain(self, mask: int) -> bool:
        """Whether leaving out one of these stacks can only raise the total of stage 1."""
        return not any(
            stack.bounded or stack.promotion.only_unreduced or stack.promotion.group
            for stack in self.stacks
            if mask >> stack.bit & 1
        )

    def _stack_sets(self) -> Iterator[tuple[Candidate, ...]]:
        """Sets of stacked item promotions that may be used together, the widest first."""
        for size in range(len(self.stacks), -1, -1):
            for chosen in combinations(self.stacks, size):
                groups = [stack.promotion.group for stack in chosen if stack.promotion.group]
                if len(set(groups)) == len(groups):
                    yield chosen

    def _with_stacks(self, stacks: Sequence[Candidate], needed: int) -> int:
        """Look through the sets that use exactly these stacks; returns the lowest total after stage 1."""
        groups = {stack.promotion.group for stack in stacks} - {None}
        ones = [one for one in self.ones if one.promotion.group not in groups]
        stage1 = Stage1(self.basket, ones, stacks, self.work, self.solved)
        self.proven = self.proven and stage1.proven
        self.bounds.follow(stage1.total, stage1.lows() if stage1.proven else ())
        if self.bounds.slack(stage1.total, self.best.total) < 0:
            return stage1.total
        try:
            self._look(stage1, 0, needed)
            for step in SLACKS:
                slack = self.bounds.slack(stage1.total, self.best.total)
                if slack <= 0:
                    break
                within = min(slack, step)
                wider = Stage1(self.basket, ones, stacks, self.work, self.solved, within)
                self.proven = self.proven and wider.proven
                self._look(wider, within, needed)
                if within == slack:
                    break
        except OutOfWork:
            self.proven = False
            if self.best.used == 0:
                self._look(stage1, 0, needed, Work(10**9))
        return stage1.total

    def _look(self, stage1: Stage1, slack: int, needed: int, work: Work | None = None) -> None:
        """Try every set of promotions that loses at most `slack` in stage 1."""
        found = stage1.sets(slack, work or self.work)
        for used, combination in sorted(found.items(), key=lambda entry: entry[1].loss):
            if used & needed != needed:
                continue
            total = stage1.total + combination.loss
            if self.bounds.lowest(total) > self.best.total:
                continue
            if not self.stage2.candidates:
                key = key_of(total, used, self.everyone)
                if key >= self.best.key:
                    continue
            self._try(combination.claims(), used, stage1.chain.stacks)

    def _try(self, claims: Claims, used: int, stacks: Sequence[Candidate]) -> None:
        """Work out a set in full, choose the basket promotions for it, and keep it if it comes first."""
        parts = settle(claims, self.basket, self.by_bit, stacks)
        if not self._every_one_saves(parts, used):
            return
        rows = rows_of(parts, self.basket)
        names = (self.everyone[bit].promotion.group for bit in bits(used))
        chosen = self.stage2.best(rows, frozenset(name for name in names if name))
        self._keep(parts, claims.applications, used, chosen)

    def _keep(
        self, parts: list[Part], applications: dict[int, int], used: int, chosen: Sequence[Used]
    ) -> None:
        total = sum(part.price * part.count for part in parts) - sum(each.amount for each in chosen)
        for each in chosen:
            used |= 1 << each.candidate.bit
        key = key_of(total, used, self.everyone)
        if key >= self.best.key:
            return
        rows = rows_of(parts, self.basket)
        times = dict(applications)
        for each in chosen:
            amount, mine, _ = self.stage2.amount(each.candidate, rows)
            rows = self.stage2.reduce(rows, mine, amount, each.candidate.bit)
            times[each.candidate.bit] = each.times
        last = sorted((row.part for row in rows), key=in_row)
        self.best = Chosen(key, used, last, times, parts)

    def _every_one_saves(self, parts: Sequence[Part], used: int) -> bool:
        saved = {bit for part in parts for bit, _ in part.off}
        return all(bit in saved for bit in bits(used))

    def _alone(self, candidate: AnyCandidate) -> None:
        """An exclusive promotion, without any other."""
        if isinstance(candidate, BasketCandidate):
            parts = self._nothing().parts
            stage = BasketStage(self.basket, [candidate])
            rows = rows_of(parts, self.basket)
            if stage.allowed(candidate, rows) and (chosen := stage.applied(rows, [candidate])):
                self._keep(parts, {}, 0, chosen)
            return
        stage1 = Stage1(self.basket, [candidate], (), self.work, {})
        self.proven = self.proven and stage1.proven
        bit = 1 << candidate.bit
        found = stage1.sets(0, Work(10**9)).get(bit)
        if found is not None and key_of(stage1.total, bit, self.everyone) < self.best.key:
            claims = found.claims()
            parts = settle(claims, self.basket, self.by_bit, ())
            self._keep(parts, claims.applications, bit, ())


def key_of(total: int, used: int, everyone: Sequence[AnyCandidate]) -> Key:
    """What sets of used promotions are compared by."""
    places = tuple(bits(used))
    priority = sum(everyone[bit].promotion.priority for bit in places)
    return (total, len(places), -priority, places)


def in_row(part: Part) -> tuple[int, bool, int, int]:
    """The order of the parts: along the row, claimed ones first, the lower price first."""
    return (part.index, part.owner is None, part.price, -1 if part.owner is None else part.owner)
