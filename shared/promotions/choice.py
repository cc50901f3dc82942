"""Which promotions are used: of all sets that may be used together, over both stages, the one with the lowest total."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from shared.promotions.basket import Basket, bits
from shared.promotions.bounds import Bounds
from shared.promotions.candidates import Candidate
from shared.promotions.claims import Claims, Part, settle
from shared.promotions.configs import Config, Configs
from shared.promotions.least import UNKNOWN, Least
from shared.promotions.section import Known, Memory
from shared.promotions.stage1 import Stage1
from shared.promotions.stage2 import BasketCandidate, BasketStage, Used, rows_of
from shared.promotions.sure import lowest_prices, most_off, sure_of
from shared.promotions.terms import MILLION
from shared.promotions.work import UNBOUNDED, OutOfWork, Work

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


TRIED = 100
"""Steps that working out a set of promotions in full costs."""
TIES = 5_000
"""Steps at most that are spent on sets with the same total under one set of stacks."""
READING = 2_000
"""Steps at least for reading off which claims are the best, once their total is known."""
SLACKS = (10, 100, 1_000, 1 << 60)
"""How much more stage 1 may cost, step by step: what is found near the best makes the rest of the search shorter.

The last step is more than any basket costs, so every search ends with it at the latest.
"""


class Choice:
    """The search over sets of promotions for one basket."""

    def __init__(
        self,
        basket: Basket,
        items: Sequence[Candidate],
        baskets: Sequence[BasketCandidate],
        everyone: Sequence[AnyCandidate],
        work: Work,
        memory: Memory | None = None,
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
        self.solved = Known(memory)
        self.seen: set[int] = set()
        self.best = self._nothing()
        self.lowest = lowest_prices(basket, [c for c in items if c.promotion.combine == "one"])

    def _nothing(self) -> Chosen:
        parts = [Part(i, piece.price, piece.count) for i, piece in enumerate(self.basket.classes)]
        dealt = [row.part for row in rows_of(parts, self.basket)]
        return Chosen((self.basket.list_total, 0, 0, ()), 0, dealt, {}, parts)

    def run(self) -> Chosen:
        """The best set; `proven` says whether the search was carried to its end."""
        least: dict[int, int] = {}
        hopeless: list[int] = []
        waiting = self._widest()
        while waiting:
            mask = waiting.pop(0)
            if any(not mask & ~other for other in hopeless):
                continue
            floor = self._floor(mask, least)
            self.bounds.forget()
            if floor is not None and not self.bounds.reach(floor, self.best.total):
                # A set with fewer stacks costs still more.
                hopeless.append(mask)
                continue
            if self.work.left <= 0 and self.best.used:
                self.proven = False
                break
            stacks = [stack for stack in self.stacks if mask >> stack.bit & 1]
            least[mask] = self._with_stacks(stacks, mask)
            for stack in reversed(stacks):
                less = mask & ~(1 << stack.bit)
                if less not in waiting:
                    waiting.append(less)
        for candidate in self.exclusive:
            self._alone(candidate)
        return self.best

    def _widest(self) -> list[int]:
        """The sets of stacks to which none can be added: one of each group, and all without a group."""
        names = sorted({stack.promotion.group for stack in self.stacks if stack.promotion.group})
        members = [[s for s in self.stacks if s.promotion.group == name] for name in names]
        plain = sum(1 << stack.bit for stack in self.stacks if not stack.promotion.group)
        return [plain | sum(1 << stack.bit for stack in chosen) for chosen in product(*members)]

    def _floor(self, mask: int, least: dict[int, int]) -> int | None:
        """The lowest that stage 1 can cost with just these stacks, going by sets with one more."""
        found = None
        for stack in self.stacks:
            wider = mask | 1 << stack.bit
            if wider != mask and wider in least and self._plain(wider):
                known = [other for other in self.stacks if wider >> other.bit & 1]
                floor = least[wider] + sure_of(stack, known, self.basket, self.lowest)
                found = floor if found is None else max(found, floor)
        return found

    def _plain(self, mask: int) -> bool:
        """Whether leaving out one of these stacks can only raise the total of stage 1."""
        return not any(
            stack.bounded or stack.promotion.only_unreduced or stack.promotion.group
            for stack in self.stacks
            if mask >> stack.bit & 1
        )

    def _with_stacks(self, stacks: Sequence[Candidate], needed: int) -> int:
        """Look through the sets that use exactly these stacks; returns the lowest total after stage 1."""
        groups = {stack.promotion.group for stack in stacks} - {None}
        ones = [one for one in self.ones if one.promotion.group not in groups]
        self.seen = set()
        stage1 = Stage1(self.basket, ones, stacks, self.work, self.solved)
        self.proven = self.proven and stage1.proven
        self.bounds.follow(stage1.total, stage1.lows() if stage1.proven else ())
        if not self.bounds.reach(stage1.total, self.best.total):
            return stage1.total
        try:
            self._first_look(stage1, needed)
            if stage1.proven and self.bounds.reach(stage1.total + 1, self.best.total - 1):
                self._wider(stage1, ones, stacks, needed, 1)
        except OutOfWork:
            self.proven = False
            if self.best.used == 0:
                self._look(stage1, 0, needed, Work(UNBOUNDED))
            return stage1.total
        if stage1.proven and self.bounds.reach(stage1.total + 1, self.best.total):
            self._ties(stage1, ones, stacks, needed)
        return stage1.total

    def _first_look(self, stage1: Stage1, needed: int) -> None:
        """Try the sets that lose nothing in stage 1: an answer is wanted, whatever is left of the work."""
        reading = Work(max(self.work.left, READING))
        given = reading.left
        work, self.work = self.work, reading
        try:
            self._look(stage1, 0, needed)
        finally:
            self.work = work
            work.left -= given - max(reading.left, 0)

    def _ties(
        self, stage1: Stage1, ones: Sequence[Candidate], stacks: Sequence[Candidate], needed: int
    ) -> None:
        """Look at sets that end at the same total, as far as a part of the work goes: the total is proven already."""
        proven, work = self.proven, self.work
        self.work = Work(max(min(work.left // 4, TIES), 0))
        given = self.work.left
        try:
            self._wider(stage1, ones, stacks, needed, 0)
        except OutOfWork:
            if self.best.total == 0:
                given += READING
                self._smaller(stacks, needed)
        finally:
            work.left -= given - max(self.work.left, 0)
            self.proven, self.work = proven, work

    def _smaller(self, stacks: Sequence[Candidate], needed: int) -> None:
        """Try the best set without one of its promotions: where the receipt's take all that is left, any of them may be
        needless, however far apart the sets are after stage 1.
        """
        self.work = Work(READING)
        items = sum(1 << one.bit for one in (*self.ones, *stacks))
        used = self.best.used & items
        with suppress(OutOfWork):
            for bit in bits(used & ~needed):
                self._exactly(used & ~(1 << bit), stacks)

    def _stage1(
        self,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        margin: int,
        weights: Sequence[int] | None = None,
    ) -> Stage1:
        if self.work.left <= 0 and self.best.used:
            raise OutOfWork
        found = Stage1(self.basket, ones, stacks, self.work, self.solved, margin, weights)
        self.proven = self.proven and found.proven
        return found

    def _wider(
        self,
        stage1: Stage1,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        needed: int,
        less: int,
    ) -> None:
        """Look at sets that cost more after stage 1, as far as the basket promotions could make up for it.

        That is where they could end lower than the best by `less` at least.
        """
        taken = {stack.promotion.group for stack in stacks}
        free = [c for c in self.stage2.candidates if c.promotion.group not in taken - {None}]
        configs = Configs(self.basket, free, stage1.lows())
        most = self.best.total - less
        outside: dict[tuple[frozenset[str], tuple[int, ...]], int] = {}
        ways = [
            (config, _without(ones, config))
            for config in configs.all(most)
            if self._in_reach(config, _without(ones, config), stacks, most, outside)
        ]
        if less:
            ways = [way for way in ways if not self._closed(*way, stage1, stacks, needed)]
        even = [config for config, _ in ways if config.even]
        steps = iter(SLACKS)
        while True:
            most = self.best.total - less
            slack = max((config.slack(stage1.total, most) for config in even), default=-1)
            within = min(slack, next(steps))
            if within <= 0:
                break
            self._look(self._stage1(ones, stacks, within), within, needed)
            if within == slack:
                break
        for config, mine in ways:
            if not config.even:
                self._weighted(config, mine, stacks, needed, less)

    def _in_reach(
        self,
        config: Config,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        most: int,
        outside: dict[tuple[frozenset[str], tuple[int, ...]], int],
    ) -> bool:
        """Whether a way could end at `most` if the classes of a threshold cost just what it asks for.

        `outside` remembers what the other classes count for at least, by their weights.
        """
        for mask, value in config.aims:
            weights = tuple(0 if mask >> i & 1 else w for i, w in enumerate(config.weights))
            key = (config.groups, weights)
            if key not in outside:
                outside[key] = self._stage1(ones, stacks, 0, weights).total
            low = outside[key] + value * config.least(mask)
            if config.end(low) > most:
                return False
        return True

    def _closed(
        self,
        config: Config,
        ones: Sequence[Candidate],
        stage1: Stage1,
        stacks: Sequence[Candidate],
        needed: int,
    ) -> bool:
        """Whether nothing below the best can come of a way; what comes of it by all that is known is tried."""
        if config.groups:
            stage1 = self._stage1(ones, stacks, 0)
        low, lightest = stage1.at_least(config.weights), min(config.weights)
        if not config.even:
            least = self._stage1(ones, stacks, 0, config.weights).total
            if least > config.most(self.best.total - 1):
                return True
        steps = iter(SLACKS)
        while True:
            most = config.most(self.best.total - 1)
            if low > most:
                return True
            slack = (most - low) // lightest if lightest else SLACKS[-1]
            within = min(slack, next(steps))
            near = Least(self._stage1(ones, stacks, within), config, self.by_bit, within, self.work)
            while True:
                used = near.lowest(config.most(self.best.total - 1), needed, self.seen)
                if used == UNKNOWN:
                    return False
                if used is None:
                    break
                self._exactly(used, stacks)
            if within == slack:
                return True

    def _weighted(
        self,
        config: Config,
        ones: Sequence[Candidate],
        stacks: Sequence[Candidate],
        needed: int,
        less: int,
    ) -> None:
        """Look at the sets that one way of using the basket promotions could bring to the lowest end."""
        found = self._stage1(ones, stacks, 0, config.weights)
        steps = iter(SLACKS)
        while True:
            room = max(config.most(self.best.total - less) - found.total, 0)
            within = min(room, next(steps) * MILLION)
            found = self._stage1(ones, stacks, within, config.weights)
            sets = found.sets(within, self.work)
            for used in sorted(sets, key=lambda used: (sets[used].loss, used)):
                if config.end(found.total + sets[used].loss) > self.best.total - less:
                    break
                if used & needed == needed and used not in self.seen:
                    self._exactly(used, stacks)
            if within == room:
                return

    def _exactly(self, used: int, stacks: Sequence[Candidate]) -> None:
        """Try the set of just these promotions, with the claims that cost least after stage 1."""
        self.seen.add(used)
        ones = [one for one in self.ones if used >> one.bit & 1]
        for slack in (0, *SLACKS[:-1]):
            stage1 = self._stage1(ones, stacks, slack)
            found = stage1.sets(slack, self.work).get(used)
            if found is not None:
                self._try(found.claims(), used, stacks)
                return
            if not self.bounds.reach(stage1.total + slack + 1, self.best.total):
                return
        self.proven = False

    def _look(self, stage1: Stage1, slack: int, needed: int, work: Work | None = None) -> None:
        """Try every set of promotions that loses at most `slack` in stage 1.

        With `work` of its own it is the last resort: anything that saves will do.
        """
        found = stage1.sets(slack, work or self.work)
        for used, combination in sorted(found.items(), key=lambda entry: entry[1].loss):
            if used in self.seen:
                continue
            if used & needed != needed:
                # It belongs to a smaller set of stacks; its total is wanted now, because it shortens the search.
                if work is not None:
                    self._try(combination.claims(), used, stage1.chain.stacks)
                elif slack == 0 and self.best.used == 0:
                    self._exactly(used, [one for one in stage1.chain.stacks if used >> one.bit & 1])
                continue
            self.seen.add(used)
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
        self.work.left -= TRIED
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
        if self.basket.list_total - most_off(candidate, self.basket) > self.best.total:
            return
        stage1 = Stage1(self.basket, [candidate], (), self.work, self.solved)
        self.proven = self.proven and stage1.proven
        bit = 1 << candidate.bit
        found = stage1.sets(0, Work(UNBOUNDED)).get(bit)
        if found is not None and key_of(stage1.total, bit, self.everyone) < self.best.key:
            claims = found.claims()
            parts = settle(claims, self.basket, self.by_bit, ())
            self._keep(parts, claims.applications, bit, ())


def _without(ones: Sequence[Candidate], config: Config) -> Sequence[Candidate]:
    """The promotions that a way of using the basket promotions leaves to stage 1: none of the groups that it uses."""
    return [one for one in ones if one.promotion.group not in config.groups]


def key_of(total: int, used: int, everyone: Sequence[AnyCandidate]) -> Key:
    """What sets of used promotions are compared by."""
    places = tuple(bits(used))
    priority = sum(everyone[bit].promotion.priority for bit in places)
    return (total, len(places), -priority, places)


def in_row(part: Part) -> tuple[int, bool, int, int]:
    """The order of the parts: along the row, claimed ones first, the lower price first."""
    return (part.index, part.owner is None, part.price, -1 if part.owner is None else part.owner)
