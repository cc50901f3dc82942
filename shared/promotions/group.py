"""One group of classes that promotions connect, solved by itself: its highest saving, and the claims behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from shared.promotions.backward import Combo, combos
from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claims, settle
from shared.promotions.explicit import Way, by_payers, needs_explicit, pieces_of, ways
from shared.promotions.labels import (
    ClassKey,
    Label,
    RowKey,
    before,
    claims_of,
    class_key,
    in_order,
    row_of,
)
from shared.promotions.machines import Machine, machine, payers
from shared.promotions.order import walking_order
from shared.promotions.potential import Potential
from shared.promotions.relaxed import Relaxed
from shared.promotions.sweep import PRICED, ROUNDS, Hint, Sweep
from shared.promotions.terms import Bundle
from shared.promotions.walk import Piece, Single
from shared.promotions.work import UNBOUNDED, OutOfWork, Work


@dataclass(slots=True)
class Found:
    """The claims of one group for one set of used promotions, with what was worked out one by one."""

    label: Label
    times: dict[int, int] = field(default_factory=dict)

    def claims(self) -> Claims:
        """The claims and applications."""
        claims, times = claims_of(self.label)
        return Claims(claims, times | self.times)


@dataclass(slots=True)
class _Alternative:
    """One choice of ways for the promotions that are worked out explicitly, and the walk over what is left."""

    sweep: Sweep
    times: dict[int, int]


FIRST_PART = 8
"""At first only ways within this part of what may be lost are tried: a good one makes the rest fewer."""


LAST = 1_000
"""Steps for reading what a walk met that was cut short."""


class Group:
    """Classes connected by promotions that depend on more than one piece. `best`: its highest saving."""

    def __init__(
        self,
        mask: int,
        basket: Basket,
        chain: Chain,
        ones: Sequence[Candidate],
        free: tuple[int, ...] | None = None,
    ) -> None:
        self.mask = mask
        self.basket = basket
        counts = (
            piece.count if mask >> index & 1 else 0 for index, piece in enumerate(basket.classes)
        )
        self.free = tuple(counts) if free is None else free
        self.chain = chain
        self.best = 0
        self.proven = True
        self.aim = 0
        self.ones = {candidate.bit: candidate for candidate in ones}
        self.singles: dict[int, list[Single]] = {}
        self.machines: list[Machine] = []
        self.explicit: list[Candidate] = []
        self.places: dict[int, int] | None = None
        for candidate in ones:
            if candidate.stateless:
                self._add_single(candidate)
            elif needs_explicit(candidate, basket, chain):
                self.explicit.append(candidate)
            else:
                self.machines.append(self._machine(candidate))
        for singles in self.singles.values():
            singles.sort(key=lambda single: (-single.gain, single.bit))
        self.walked = [*self.machines]
        self._alternatives: list[_Alternative] = []
        self._tried: set[tuple[tuple[int, Way], ...]] = set()

    def _machine(self, candidate: Candidate) -> Machine:
        reward = candidate.promotion.reward
        cheapest = isinstance(reward, Bundle) and reward.form == "cheapest"
        if (
            isinstance(reward, Bundle)
            and cheapest
            and by_payers(candidate, self.basket, self.chain)
        ):
            return payers(candidate, reward, self.basket)
        return machine(candidate, self.basket)

    def _add_single(self, candidate: Candidate) -> None:
        for index in bits(candidate.mask & self.mask):
            lost = candidate.off[index]
            price = self.basket.classes[index].price - lost
            gain, took = 0, 0
            if not self.chain.uncertain >> index & 1:
                gain = self.chain.gain(index, lost)
                price, took = self.chain.final(index, price)
            single = Single(candidate.bit, lost, gain, price, took)
            self.singles.setdefault(index, []).append(single)

    def solve(self, work: Work, margin: int) -> None:
        """Find the best saving, and keep all that loses at most `margin`.

        When the limit of work is reached, a good saving stands that is not proven.
        """
        relaxed = [Relaxed(candidate, self.basket, self.chain) for candidate in self.explicit]
        self.walked += [counted for one in relaxed if (counted := one.machine()) is not None]
        try:
            if not self._try_together(relaxed, work, margin):
                base = self._run((), self.free, work, margin)
                if self.explicit and base is not None:
                    self._try_ways(base, relaxed, work, margin)
        except OutOfWork:
            self.proven = False
        if not self._alternatives:
            self._run((), self.free, work, margin)
        if not self._alternatives:
            # The narrow walk met no end: at least the promotions for single pieces are used.
            sweep = Sweep(self.basket, self.chain, (), self.singles, self._pieces(self.free, ()))
            sweep.walk = sweep.freely()
            self._alternatives.append(_Alternative(sweep, {}))
        self.best = max(alternative.sweep.best or 0 for alternative in self._alternatives)

    def _try_together(self, relaxed: Sequence[Relaxed], work: Work, margin: int) -> bool:
        """Walk with the explicit promotions relaxed, and work out in full what could still be the best.

        False if there are none, or some that no walk can count.
        """
        if not relaxed or len(self.walked) < len(self.machines) + len(relaxed):
            return False
        by_bit = {one.candidate.bit: one for one in relaxed}
        row = self._pieces(self.free, ())
        sweep = Sweep(self.basket, self.chain, self.walked, self.singles, row)
        if sweep.many:
            return False
        sweep.solve(work, margin)
        self.proven = sweep.proven
        if sweep.best is None:
            return True
        mask = sum(1 << bit for bit in by_bit)
        if not sweep.proven:
            work = Work(LAST)
        self.aim = -UNBOUNDED
        prices = sweep.known.by_class if sweep.known else None
        first = [(sweep.best - loss, combo) for loss, combo in combos(sweep.walk, mask, 0, work)]
        self._work_out(first, by_bit, prices, work, margin)
        if not self._alternatives:
            self._run((), self.free, work, margin)
            self.aim = (
                max((each.sweep.best or 0 for each in self._alternatives), default=0) - margin
            )
        if not sweep.proven:
            self.proven = False
            return True
        slack = sweep.best - self.aim
        if slack > margin:
            sweep.widen(work, slack)
        found = combos(sweep.walk, mask, slack, work)
        rest = [(sweep.best - loss, combo) for loss, combo in found]
        self._work_out(rest, by_bit, prices, work, margin)
        return True

    def _work_out(
        self,
        found: Sequence[tuple[int, Combo]],
        relaxed: dict[int, Relaxed],
        prices: dict[int, list[int]] | None,
        work: Work,
        margin: int,
    ) -> None:
        """Walk along what is left free by claims of the explicit promotions, if they can reach the best so far."""
        ready: list[tuple[int, tuple[tuple[Candidate, Way], ...]]] = []
        for reach, combo in found:
            options: list[list[tuple[int, Candidate, Way]]] = []
            for bit, one in relaxed.items():
                counts = [0] * len(self.free)
                for index, owner in combo:
                    counts[index] += owner == bit
                if any(counts):
                    options.append(list(self._exactly(one, counts, work)))
            for chosen in product(*options):
                less = sum(short for short, _, _ in chosen)
                if reach - less >= self.aim:
                    ready.append((reach - less, tuple((one, way) for _, one, way in chosen)))
        ready.sort(key=lambda entry: -entry[0])
        for reach, ways_taken in ready:
            key = tuple((candidate.bit, way) for candidate, way in ways_taken)
            if reach < self.aim or key in self._tried:
                continue
            self._tried.add(key)
            free = [*self.free]
            for _, way in ways_taken:
                for claim in way.claims:
                    free[claim.index] -= claim.count
            hint = Hint(prices, reach) if prices is not None else None
            sweep = self._run(ways_taken, tuple(free), work, margin, hint)
            if sweep is not None:
                self.aim = max(self.aim, (sweep.best or 0) - margin)

    def _exactly(
        self, one: Relaxed, counts: list[int], work: Work
    ) -> Iterator[tuple[int, Candidate, Way]]:
        """The ways to use a promotion on just these pieces, with how much less they bring than was supposed."""
        candidate = one.candidate
        supposed = one.worth(counts)
        reward = candidate.promotion.reward
        roles = isinstance(reward, Bundle) and reward.form == "reduce"
        nothing = dict.fromkeys(bits(candidate.mask), 0)
        for way in ways(candidate, self.basket, tuple(counts), work):
            used = [0] * len(counts)
            for claim in way.claims:
                used[claim.index] += claim.count
            if used != counts:
                continue
            certain = not roles and not any(
                self.chain.uncertain >> claim.index & 1 for claim in way.claims
            )
            less = supposed - self._worth(candidate, way, nothing) if certain else 0
            yield max(less, 0), candidate, way

    def _try_ways(self, base: Sweep, relaxed: Sequence[Relaxed], work: Work, margin: int) -> None:
        """Every combination of ways of the explicit promotions that could reach the best so far."""
        self.aim = (base.best or 0) - margin
        if base.many:
            # Many equal pieces are walked without a bound, so nothing is known of what a way can reach.
            found = [
                [(0, way) for way in ways(e, self.basket, self.free, work)] for e in self.explicit
            ]
            self._combine(found, [0] * len(found), UNBOUNDED, work, margin)
            return
        known = base.known or base.potential()
        mine = [one.alone(base.layers) for one in relaxed]
        potential = Potential(
            [*known.alone, *(one for one in mine if one)], known.floors, known.extra, known.row
        )
        potential.tighten(base.best or 0, ROUNDS)
        work.left -= ROUNDS * potential.size // PRICED
        prices = potential.least
        hope = [
            alone.best if alone else one.most(prices)
            for one, alone in zip(relaxed, mine, strict=True)
        ]
        total = potential.total - sum(alone.best for alone in mine if alone)
        for part in FIRST_PART, 1:
            found = []
            for place, one in enumerate(relaxed):
                least = self.aim - total - sum(hope) + hope[place]
                least = hope[place] - (hope[place] - least) // part
                many = ways(one.candidate, self.basket, self.free, work, one.aim(least, prices))
                valued = [(self._worth(one.candidate, way, prices), way) for way in many]
                found.append(sorted(valued, key=lambda entry: -entry[0]))
            self._combine(found, hope, total, work, margin)

    def _combine(
        self,
        found: Sequence[Sequence[tuple[int, Way]]],
        hope: Sequence[int],
        total: int,
        work: Work,
        margin: int,
    ) -> None:
        """Walk along what is left free by combinations of ways, each once."""
        for reach, chosen, free in self._choices(found, hope, total, ()):
            work.spend(1)
            key = tuple((candidate.bit, way) for candidate, way in chosen)
            if reach < self.aim or not chosen or key in self._tried:
                continue
            self._tried.add(key)
            sweep = self._run(chosen, free, work, margin)
            if sweep is not None:
                self.aim = max(self.aim, (sweep.best or 0) - margin)

    def _worth(self, candidate: Candidate, way: Way, prices: dict[int, int]) -> int:
        """What a way saves at most beyond the prices of its pieces."""
        worth = 0
        classes, chain = self.basket.classes, self.chain
        for index, price, count, _, _ in pieces_of(way, candidate, self.basket):
            saved = classes[index].price - price
            counted = chain.uncertain >> index & 1
            gain = saved * chain.weights[index] if counted else chain.gain(index, saved)
            worth += (gain - prices[index]) * count
        return worth

    def _choices(
        self,
        worth: Sequence[Sequence[tuple[int, Way]]],
        hope: Sequence[int],
        reach: int,
        chosen: tuple[tuple[Candidate, Way], ...],
    ) -> Iterator[tuple[int, tuple[tuple[Candidate, Way], ...], tuple[int, ...]]]:
        """Combinations of ways, the most promising first, with what each can reach and the pieces left free."""
        place = len(self.explicit) - len(worth)
        if not worth:
            free = [*self.free]
            for _, way in chosen:
                for claim in way.claims:
                    free[claim.index] -= claim.count
            if min(free) >= 0:
                yield reach, chosen, tuple(free)
            return
        candidate = self.explicit[place]
        group = candidate.promotion.group
        if not (group and any(other.promotion.group == group for other, _ in chosen)):
            for value, way in worth[0]:
                if reach + value + sum(hope[1:]) < self.aim:
                    break
                yield from self._choices(
                    worth[1:], hope[1:], reach + value, (*chosen, (candidate, way))
                )
        yield from self._choices(worth[1:], hope[1:], reach, chosen)

    def _pieces(
        self, free: tuple[int, ...], chosen: Sequence[tuple[Candidate, Way]]
    ) -> list[Piece]:
        classes = self.basket.classes
        row: list[Piece] = [
            (index, classes[index].price, count, -1, 0) for index, count in enumerate(free) if count
        ]
        for candidate, way in chosen:
            row += pieces_of(way, candidate, self.basket)
        places = self._places()
        row.sort(key=lambda piece: (places[piece[0]], piece[1], piece[3:]))
        if self.chain.from_cheap_end:
            # Counted from the cheap end, the first of equally priced pieces stand at the end.
            row.sort(key=lambda piece: (-classes[piece[0]].price, -piece[0]))
        return row

    def _places(self) -> dict[int, int]:
        """Where the walk meets each class."""
        if self.places is None:
            along = any(
                stack.promotion.only_unreduced and stack.mask & self.mask
                for stack in self.chain.bounded
            )
            order = list(bits(self.mask)) if along else walking_order(self.walked, self.mask)
            self.places = {index: place for place, index in enumerate(order)}
        return self.places

    def _run(
        self,
        chosen: Sequence[tuple[Candidate, Way]],
        free: tuple[int, ...],
        work: Work,
        margin: int,
        hint: Hint | None = None,
    ) -> Sweep | None:
        taken = {candidate.promotion.group for candidate, _ in chosen} - {None}
        machines = [m for m in self.machines if m.candidate.promotion.group not in taken]
        pieces = self._pieces(free, chosen)
        sweep = Sweep(self.basket, self.chain, machines, self.singles, pieces)
        sweep.solve(work, margin, hint)
        self.proven = self.proven and sweep.proven
        if sweep.best is None:
            return None
        times = {candidate.bit: way.applications for candidate, way in chosen}
        self._alternatives.append(_Alternative(sweep, times))
        return sweep

    @property
    def pruned(self) -> bool:
        """Whether what loses more than the margin was dropped."""
        return any(alternative.sweep.known is not None for alternative in self._alternatives) or (
            bool(self.explicit)
        )

    def labels(self, slack: int, work: Work) -> dict[int, Found]:
        """For each set of promotions usable with a loss of at most `slack`: the claims that come first."""
        found: dict[int, Found] = {}
        for alternative in self._alternatives:
            behind = self.best - (alternative.sweep.best or 0)
            if behind > slack:
                continue
            times = sum(alternative.times.values())
            for used, many in alternative.sweep.labels(slack - behind, work).items():
                label = many[0] if len(many) == 1 else min(many, key=self._settled)
                here = replace(
                    label, loss=label.loss + behind, applications=label.applications + times
                )
                known = found.get(used)
                if known is None or before(here, known.label):
                    found[used] = Found(here, alternative.times)
        return found

    def _settled(self, label: Label) -> RowKey:
        """The three passes along the row with the prices that follow from all claims together."""
        claims, times = claims_of(label)
        parts = settle(Claims(claims, times), self.basket, self.ones, self.chain.stacks)
        row: dict[int, dict[tuple[bool, int, int], int]] = {}
        for part in parts:
            here = row.setdefault(part.index, {})
            what = (part.owner is None, part.price, -1 if part.owner is None else part.owner)
            here[what] = here.get(what, 0) + part.count
        return in_order({index: class_key(pieces) for index, pieces in row.items()})


class Rest:
    """The classes that no promotion can claim: they are left to the stacks."""

    proven = True
    best = 0

    def __init__(self, mask: int, basket: Basket, chain: Chain) -> None:
        self.mask = mask
        self.basket = basket
        self.chain = chain

    def labels(self, _slack: int, _work: Work) -> dict[int, Found]:
        """There is one way only, and it loses nothing."""
        label, used = Label(0, 0, 0, None), 0
        for index in bits(self.mask):
            piece = self.basket.classes[index]
            price, took = self.chain.final(index, piece.price)
            label = label.after(index, (-1, 0, 0, price, 0, -1), 0, piece.count)
            used |= took
        return {used: Found(label)}

    def claims(self, found: Found) -> Claims:
        """The claims and applications in the basket."""
        return found.claims()

    def row(self, found: Found) -> dict[int, ClassKey]:
        """What is known of each class."""
        return row_of(found.label)


class Plain:
    """A class that only promotions for single pieces touch: solved by looking at it."""

    proven = True

    def __init__(self, index: int, basket: Basket, chain: Chain, ones: Sequence[Candidate]) -> None:
        self.index = index
        self.mask = 1 << index
        self.count = basket.classes[index].count
        list_price = basket.classes[index].price
        free, free_took = chain.final(index, list_price)
        weight = chain.weights[index]
        options = [(0, -1, free, free_took)]
        for one in ones:
            price, took = chain.final(index, list_price - one.off[index])
            options.append(((free - price) * weight, one.bit, price, took | 1 << one.bit))
        self.options = sorted(options, key=lambda option: (-option[0], option[1]))
        self.best = self.options[0][0] * self.count

    def labels(self, slack: int, work: Work) -> dict[int, Found]:
        """As for a group: all pieces go to the best of the options used, but one for each of the others."""
        top = self.options[0][0]
        near = [option for option in self.options if top - option[0] <= slack]
        found: dict[int, Found] = {}
        for size in range(1, min(len(near), self.count) + 1):
            before_size = len(found)
            for used in combinations(near, size):
                work.spend(1)
                rest = self.count - size + 1
                loss = (top - used[0][0]) * rest + sum(top - option[0] for option in used[1:])
                if loss > slack:
                    continue
                label, mask = Label(loss, 0, 0, None), 0
                for place, (_, bit, price, took) in enumerate(used):
                    tag = (bit, 0, 0, price, 0, -1)
                    label = label.after(self.index, tag, loss, rest if place == 0 else 1)
                    mask |= took
                known = found.get(mask)
                if known is None or before(label, known.label):
                    found[mask] = Found(label)
            if len(found) == before_size:
                break
        return found

    def claims(self, found: Found) -> Claims:
        """The claims and applications in the basket."""
        return found.claims()

    def row(self, found: Found) -> dict[int, ClassKey]:
        """What is known of the class."""
        return row_of(found.label)
