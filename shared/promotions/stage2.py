"""The basket stage: what promotions on the receipt take off what stage 1 left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from shared.promotions.basket import Basket
from shared.promotions.book import Entry
from shared.promotions.claims import Part
from shared.promotions.conditions import met
from shared.promotions.gates import Gate
from shared.promotions.rounding import percent_of, spread
from shared.promotions.terms import Each, Off, Promotion, Tiers


@dataclass(slots=True)
class BasketCandidate:
    """A basket promotion that is open. `mask`: the classes it may reduce; `bit` as for item promotions."""

    entry: Entry
    promotion: Promotion
    mask: int
    cap: int | None
    bit: int = 0

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands among stacked ones."""
        return (-self.promotion.priority, self.promotion.id)

    def wanted(self, value: int, present: int) -> int:
        """What it takes off if `value` was left by stage 1 and `present` is what its pieces cost now."""
        reward = self.promotion.reward
        if isinstance(reward, Each):
            times = value // reward.spend
            if self.promotion.limit.applications is not None:
                times = min(times, self.promotion.limit.applications)
            return times * reward.amount
        if isinstance(reward, Tiers):
            reached = [step for step in reward.steps if step.start <= value]
            return _off(reached[-1].off, present) if reached else 0
        return _off(reward, present) if isinstance(reward, Off) else 0

    def times(self, amount: int) -> int:
        """How often it is applied if it takes this off in the end: the last time it may be cut."""
        reward = self.promotion.reward
        return -(-amount // reward.amount) if isinstance(reward, Each) else 1


def _off(off: Off, present: int) -> int:
    return percent_of(present, off.value) if off.kind == "percent" else off.value


def basket_candidate(entry: Entry, basket: Basket, gate: Gate) -> BasketCandidate | None:
    """The basket promotion, if it finds something that it may reduce."""
    promotion = entry.promotion
    mask = entry.take.mask(basket) & basket.discountable
    cap = gate.cap(promotion)
    return BasketCandidate(entry, promotion, mask, cap) if mask and cap != 0 else None


@dataclass(frozen=True, slots=True)
class Used:
    """A basket promotion that is used, what it takes off, and how often."""

    candidate: BasketCandidate
    amount: int
    times: int


@dataclass(slots=True)
class Row:
    """A part of one line as the basket stage sees it: its price after stage 1, and now."""

    index: int
    count: int
    after_stage1: int
    now: int
    reduced: bool
    part: Part


def rows_of(parts: Sequence[Part], basket: Basket) -> list[Row]:
    """The parts as they come out of stage 1, dealt out to the lines.

    Within a class the earlier line gets what comes first in the row.
    """
    by_class: dict[int, list[Part]] = {}
    for part in parts:
        by_class.setdefault(part.index, []).append(part)
    rows: list[Row] = []
    for index, mine in by_class.items():
        piece = basket.classes[index]
        mine.sort(key=_first_in_row)
        mine.reverse()
        for place, count in piece.lines:
            rest = count
            while rest:
                part = mine.pop()
                taken = min(part.count, rest)
                if taken < part.count:
                    mine.append(_pieces(part, part.count - taken, -1))
                here = _pieces(part, taken, place)
                reduced = part.price < piece.price
                rows.append(Row(index, taken, part.price, part.price, reduced, here))
                rest -= taken
    return rows


def _first_in_row(part: Part) -> tuple[bool, int, int]:
    return part.owner is None, part.price, -1 if part.owner is None else part.owner


def _pieces(part: Part, count: int, line: int) -> Part:
    return Part(part.index, part.price, count, part.owner, part.stacked, part.off, line)


def value_after(rows: Sequence[Row], mask: int) -> int:
    """What the pieces of some classes cost after stage 1."""
    return sum(row.after_stage1 * row.count for row in rows if mask >> row.index & 1)


class BasketStage:
    """Chooses among the basket promotions that may be used beside each other."""

    def __init__(self, basket: Basket, candidates: Sequence[BasketCandidate]) -> None:
        self.basket = basket
        self.candidates = sorted(candidates, key=lambda candidate: candidate.order)

    def best(self, rows: Sequence[Row], taken: frozenset[str]) -> tuple[Used, ...]:
        """The promotions that leave the lowest total, those that tie by the order of the contract.

        `taken`: groups that the item stage uses already.
        """
        open_ones = [
            candidate
            for candidate in self.candidates
            if candidate.promotion.group not in taken and self.allowed(candidate, rows)
        ]
        best: tuple[Used, ...] = ()
        key = self._key(best)
        for chosen in _together(open_ones):
            used = self.applied(rows, chosen)
            if used is not None and self._key(used) < key:
                best, key = used, self._key(used)
        return best

    def allowed(self, candidate: BasketCandidate, rows: Sequence[Row]) -> bool:
        """Whether its conditions hold on what stage 1 left."""
        return met(candidate.entry.needs, self.basket, lambda mask: value_after(rows, mask))

    def _key(self, used: tuple[Used, ...]) -> tuple[int, int, int, list[str]]:
        promotions = [each.candidate.promotion for each in used]
        return (
            -sum(each.amount for each in used),
            len(used),
            -sum(promotion.priority for promotion in promotions),
            sorted(promotion.id for promotion in promotions),
        )

    def applied(
        self, rows: Sequence[Row], chosen: Sequence[BasketCandidate]
    ) -> tuple[Used, ...] | None:
        """What the promotions take off one after the other; None if one of them would take nothing."""
        used = []
        for place, candidate in enumerate(chosen):
            amount, mine, times = self.amount(candidate, rows)
            if amount <= 0:
                return None
            used.append(Used(candidate, amount, times))
            if place + 1 < len(chosen):
                rows = self.reduce(rows, mine, amount, candidate.bit)
        return tuple(used)

    def amount(self, candidate: BasketCandidate, rows: Sequence[Row]) -> tuple[int, list[Row], int]:
        """What a promotion takes off, from which rows, and how often it is applied."""
        fresh = candidate.promotion.only_unreduced
        mine = [
            row for row in rows if candidate.mask >> row.index & 1 and not (fresh and row.reduced)
        ]
        value = sum(row.after_stage1 * row.count for row in mine)
        amount = candidate.wanted(value, sum(row.now * row.count for row in mine))
        classes = self.basket.classes
        amount = min(amount, sum((row.now - classes[row.index].floor) * row.count for row in mine))
        if candidate.cap is not None:
            amount = min(amount, candidate.cap)
        return amount, mine, candidate.times(amount) if amount > 0 else 0

    def reduce(self, rows: Sequence[Row], mine: Sequence[Row], amount: int, bit: int) -> list[Row]:
        """The rows after an amount has been spread over some of them."""
        classes = self.basket.classes
        ordered = sorted(mine, key=self._turn)
        entries = [(row.now, row.now - classes[row.index].floor, row.count) for row in ordered]
        chosen = {id(row) for row in mine}
        after = [row for row in rows if id(row) not in chosen]
        for row, shares in zip(ordered, spread(amount, entries), strict=True):
            for share, count in shares:
                part = row.part
                off = (*part.off, (bit, share)) if share else part.off
                less = Part(
                    row.index, part.price - share, count, part.owner, part.stacked, off, part.line
                )
                after.append(
                    Row(
                        row.index,
                        count,
                        row.after_stage1,
                        row.now - share,
                        row.reduced or share > 0,
                        less,
                    )
                )
        return after

    def _turn(self, row: Row) -> tuple[int, int, str, int]:
        """Who gets what is left over: the higher price now, then lower floor, smaller sku, earlier line."""
        piece = self.basket.classes[row.index]
        return -row.now, piece.floor, piece.sku, row.part.line


def _together(candidates: Sequence[BasketCandidate]) -> Iterator[list[BasketCandidate]]:
    """Every set of promotions that may be used beside each other, in the order they are applied."""
    ones: list[BasketCandidate | None] = [None]
    ones += [c for c in candidates if c.promotion.combine == "one"]
    stacks = [c for c in candidates if c.promotion.combine == "stack"]
    for one in ones:
        for size in range(len(stacks) + 1):
            for stacked in combinations(stacks, size):
                chosen = [*([one] if one else []), *stacked]
                groups = [c.promotion.group for c in chosen if c.promotion.group]
                if chosen and len(set(groups)) == len(groups):
                    yield chosen
