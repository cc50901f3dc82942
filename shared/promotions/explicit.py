"""Promotions whose saving does not add up piece by piece: every way to apply them, one after the other.

Bundles whose price or amount meets floors, stacked reductions or a cap, `cheapest` over several sets, steps with a
cap. Exponential, so each way costs steps of the limit of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claim, capped, dearest_first, spread_lost, tiers_lost
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Reward, Tiers
from shared.promotions.walk import Piece
from shared.promotions.work import UNBOUNDED, Work

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to use a promotion: its claims (at least one) and what it takes off before stacked reductions."""

    claims: tuple[Claim, ...]
    applications: int
    amount: int
    saved: int


@dataclass(frozen=True, slots=True)
class _Application:
    used: tuple[tuple[int, int, int], ...]
    saved: int
    counts: tuple[tuple[int, int], ...]
    worth: int


@dataclass(frozen=True, slots=True)
class Aim:
    """What a way has to be worth, by a bound that adds up: `value` of a piece of each class, `bonus` of a bundle."""

    least: int
    value: dict[int, int]
    bonus: int

    def piece(self, index: int) -> int:
        """What a piece of a class is worth at most."""
        return self.value.get(index, 0)


MANY = 24
"""Pieces of one class from which on no walk remembers which pay."""
EVERY = Aim(-UNBOUNDED, {}, 0)
"""All ways are wanted."""


def ways(
    candidate: Candidate, basket: Basket, free: Counts, work: Work, aim: Aim = EVERY
) -> list[Way]:
    """The different ways to use the promotion on the pieces that are free, `free` counting them by class.

    Those that cannot be worth what `aim` asks are left out as early as that is seen.
    """
    reward = candidate.promotion.reward
    if isinstance(reward, Bundle):
        return list(_bundle_ways(candidate, reward, basket, free, work, aim))
    return list(_tier_ways(candidate, cast("Tiers", reward), basket, free, work, aim))


def _bundle_ways(
    candidate: Candidate, bundle: Bundle, basket: Basket, free: Counts, work: Work, aim: Aim
) -> Iterator[Way]:
    cap, times = candidate.cap, candidate.times
    most = sum(free[index] for index in bits(candidate.mask)) // bundle.size
    most = most if times is None else min(most, times)
    sets = [
        (list(bits(mask)), each.quantity)
        for each, mask in zip(bundle.sets, candidate.sets, strict=True)
    ]

    def best(number: int, left: Sequence[int]) -> int:
        """What up to a number of applications are worth at most on the pieces that are left."""
        return max(
            sum(_most_of(row, times * size, left, aim) for row, size in sets) + times * aim.bonus
            for times in range(number + 1)
        )

    least = aim.least - best(most - 1, free) if most else aim.least
    kinds = _applications(candidate, bundle, basket, free, work, aim, least)
    kinds.sort(key=lambda kind: -kind.worth)
    here = {_Chosen((), 0): (0, 0)}
    for number in range(1, most + 1):
        there: dict[_Chosen, tuple[int, int]] = {}
        for chosen, (first, worth) in here.items():
            if cap is not None and chosen.saved >= cap:
                continue
            left = chosen.left(free)
            rest = best(most - number, left)
            fitting = 1
            for place in range(first, len(kinds)):
                kind = kinds[place]
                if worth + kind.worth + rest < aim.least:
                    break
                if any(left[index] < count for index, count in kind.counts):
                    continue
                fitting += 1
                more = chosen.plus(kind)
                # Of several ways to come to the same claims the one that leaves most kinds open goes on.
                if more not in there or place < there[more][0]:
                    there[more] = (place, worth + kind.worth)
            work.spend(fitting)
        for chosen, (_, worth) in there.items():
            if worth >= aim.least:
                yield chosen.way(candidate, number)
        here = there


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The pieces of some applications, (class, role, number), and what these save together."""

    used: tuple[tuple[int, int, int], ...]
    saved: int

    def left(self, free: Counts) -> list[int]:
        """The pieces of each class that are left."""
        left = [*free]
        for index, _, count in self.used:
            left[index] -= count
        return left

    def plus(self, kind: _Application) -> _Chosen:
        """One application more."""
        counts = {(index, role): count for index, role, count in self.used}
        for index, role, count in kind.used:
            counts[index, role] = counts.get((index, role), 0) + count
        used = tuple((index, role, count) for (index, role), count in sorted(counts.items()))
        return _Chosen(used, self.saved + kind.saved)

    def way(self, candidate: Candidate, applications: int) -> Way:
        """The way that they are."""
        claims = tuple(
            Claim(index, candidate.bit, role, 0, count) for index, role, count in self.used
        )
        total = self.saved if candidate.cap is None else min(self.saved, candidate.cap)
        return Way(claims, applications, self.saved, total)


def _most_of(row: Sequence[int], quantity: int, free: Sequence[int], aim: Aim) -> int:
    """What a number of pieces of some classes are worth at most."""
    found = 0
    for value, count in sorted(((aim.piece(i), free[i]) for i in row), reverse=True):
        here = min(count, quantity)
        found += here * value
        quantity -= here
    return found


def _applications(
    candidate: Candidate,
    bundle: Bundle,
    basket: Basket,
    free: Counts,
    work: Work,
    aim: Aim,
    least: int,
) -> list[_Application]:
    """Every kind of application that saves something and may be worth `least`, each once."""
    rows = [sorted(bits(mask), key=aim.piece, reverse=True) for mask in candidate.sets]
    sizes = [each.quantity for each in bundle.sets]
    after = [0]
    for row, size in zip(reversed(rows), reversed(sizes), strict=True):
        after.append(after[-1] + _most_of(row, size, free, aim))
    after.reverse()
    found: dict[tuple[tuple[int, int, int], ...], _Application] = {}

    def choose(place: int, worth: int, chosen: tuple[Picked, ...]) -> None:
        if place < len(rows):
            need = least - worth - after[place + 1]
            for pick, value in _picks(rows[place], sizes[place], free, work, aim, need):
                choose(place + 1, worth + value, (*chosen, pick))
            return
        work.spend(2)
        roles: dict[tuple[int, int], int] = {}
        totals: dict[int, int] = {}
        for number, pick in enumerate(chosen):
            role = number if bundle.form == "reduce" else 0
            for index, count in pick:
                roles[index, role] = roles.get((index, role), 0) + count
                totals[index] = totals.get(index, 0) + count
        if any(count > free[index] for index, count in totals.items()):
            return
        used, saved = _application(candidate, bundle, basket, roles, totals)
        if saved > 0:
            found.setdefault(used, _Application(used, saved, tuple(totals.items()), worth))

    choose(0, aim.bonus, ())
    return [found[used] for used in sorted(found)]


Picked = tuple[tuple[int, int], ...]


def _picks(
    row: list[int], quantity: int, free: Counts, work: Work, aim: Aim, need: int
) -> Iterator[tuple[Picked, int]]:
    """Every way to take a number of pieces from some classes that is worth what is needed, with its worth.

    The classes come in falling order of what their pieces are worth.
    """
    if not quantity:
        yield (), 0
        return
    if not row or quantity * aim.piece(row[0]) < need:
        return
    work.spend(1)
    first, rest = row[0], row[1:]
    for count in range(min(quantity, free[first]), -1, -1):
        mine = count * aim.piece(first)
        for others, value in _picks(rest, quantity - count, free, work, aim, need - mine):
            yield ((first, count), *others) if count else others, mine + value


def _application(
    candidate: Candidate,
    bundle: Bundle,
    basket: Basket,
    roles: dict[tuple[int, int], int],
    totals: dict[int, int],
) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """What one application uses, and what it takes off."""
    classes, off = basket.classes, candidate.off
    if bundle.form == "cheapest":
        rest, used, saved = bundle.target, [], 0
        for index in sorted(totals, key=lambda i: (classes[i].price, i)):
            here = min(totals[index], rest)
            rest -= here
            saved += here * off[index]
            if here:
                used.append((index, 1, here))
            if here < totals[index]:
                used.append((index, 0, totals[index] - here))
        return tuple(sorted(used)), saved
    used = sorted((index, role, count) for (index, role), count in roles.items())
    if bundle.form == "reduce":
        saved = sum(off[i] * n for i, role, n in used if role == bundle.target)
    elif bundle.form == "percent":
        saved = sum(off[i] * n for i, _, n in used)
    else:
        room = sum((classes[i].price - classes[i].floor) * n for i, n in totals.items())
        wanted = bundle.off.value
        if bundle.form == "price":
            wanted = sum(classes[i].price * n for i, n in totals.items()) - wanted
        saved = min(wanted, room)
    return tuple(used), saved


def _tier_ways(
    candidate: Candidate, tiers: Tiers, basket: Basket, free: Counts, work: Work, aim: Aim
) -> Iterator[Way]:
    row = list(bits(candidate.mask))
    classes = basket.classes
    for counts in _counts(row, free, work, aim, aim.least):
        pieces = sum(counts)
        if not pieces or (candidate.pieces is not None and pieces > candidate.pieces):
            continue
        reached = pieces
        if tiers.by == "spend":
            reached = sum(classes[i].price * n for i, n in zip(row, counts, strict=True))
        if reached < tiers.steps[0].start:
            continue
        claims = tuple(
            Claim(index, candidate.bit, 0, 0, count)
            for index, count in zip(row, counts, strict=True)
            if count
        )
        saved = sum(each * n for _, each, n in tiers_lost(tiers, claims, basket))
        if saved:
            total = saved if candidate.cap is None else min(saved, candidate.cap)
            yield Way(claims, 1, saved, total)


def _counts(
    row: Sequence[int], free: Counts, work: Work, aim: Aim, need: int
) -> Iterator[tuple[int, ...]]:
    """Every number of pieces of each class that together may be worth what is needed."""
    if sum(max(aim.piece(index), 0) * free[index] for index in row) < need:
        return
    if not row:
        yield ()
        return
    for count in range(free[row[0]] + 1):
        work.spend(2)
        for others in _counts(row[1:], free, work, aim, need - count * aim.piece(row[0])):
            yield (count, *others)


def pieces_of(way: Way, candidate: Candidate, basket: Basket) -> list[Piece]:
    """The pieces of a way at their prices before stacked reductions."""
    reward = candidate.promotion.reward
    own = way.claims
    if isinstance(reward, Tiers):
        lost = tiers_lost(reward, own, basket)
    elif isinstance(reward, Bundle) and reward.form in ("price", "amount"):
        lost = dearest_first(spread_lost(way.amount, own, basket))
    else:
        # Of a bundle by percentage all pieces are aimed at, otherwise those in the role of the target.
        lost = dearest_first(
            [(c, candidate.off[c.index] if _aimed(reward, c) else 0, c.count) for c in own]
        )
    if candidate.cap is not None:
        lost = capped(lost, candidate.cap)
    return [
        (claim.index, basket.classes[claim.index].price - each, count, candidate.bit, claim.role)
        for claim, each, count in lost
    ]


def _aimed(reward: Reward, claim: Claim) -> bool:
    if not isinstance(reward, Bundle) or reward.form == "percent":
        return True
    return claim.role == (reward.target if reward.form == "reduce" else 1)


def needs_explicit(candidate: Candidate, basket: Basket, chain: Chain) -> bool:
    """Whether savings of this promotion do not add up piece by piece, under the stacked reductions of `chain`."""
    reward = candidate.promotion.reward
    if isinstance(reward, Off):
        return False
    if candidate.cap is not None:
        return True
    if isinstance(reward, Tiers):
        backwards = reward.cheapest_first and (
            bool(candidate.mask & chain.uncertain) or _twins_apart(candidate, basket, chain)
        )
        return backwards or _tiers_explicit(candidate, reward, basket)
    reward = cast("Bundle", reward)
    if reward.form in ("price", "amount"):
        return bool(candidate.mask & chain.touched) or _floors_bind(candidate, reward, basket)
    zero = sum(1 << i for i in bits(candidate.mask) if not candidate.off.get(i, 0))
    if reward.form == "cheapest":
        if len(reward.sets) > 1 or zero:
            return True
        return not _monotone(candidate, basket, chain) and not by_payers(candidate, basket, chain)
    aimed = candidate.sets if reward.form == "percent" else candidate.sets[reward.target :][:1]
    return bool(zero) and all(mask & zero for mask in aimed)


def _twins_apart(candidate: Candidate, basket: Basket, chain: Chain) -> bool:
    """Whether pieces of one price differ in what a place in a row from the cheap end does to them.

    From that end the earlier line stands first, so the row is not the order of the classes.
    """

    def lot(index: int) -> tuple[int, int, list[int]]:
        piece = basket.classes[index]
        return piece.floor, chain.weights[index], [one.mask >> index & 1 for one in chain.stacks]

    return any(
        basket.classes[a].price == basket.classes[b].price and lot(a) != lot(b)
        for a, b in pairwise(bits(candidate.mask))
    )


def _tiers_explicit(candidate: Candidate, tiers: Tiers, basket: Basket) -> bool:
    """Whether pieces that lose nothing could fill a step alone."""
    classes = basket.classes
    idle = 0
    for i in bits(candidate.mask):
        piece = classes[i]
        if any(not reduction(step.off, piece.price, piece.floor) for step in tiers.steps):
            idle += piece.count * (piece.price if tiers.by == "spend" else 1)
    return idle >= tiers.steps[0].start


def _floors_bind(candidate: Candidate, bundle: Bundle, basket: Basket) -> bool:
    classes = basket.classes
    row = list(bits(candidate.mask))
    if bundle.form == "price":
        return bundle.size * max(classes[i].floor for i in row) > bundle.off.value
    return bundle.size * min(classes[i].price - classes[i].floor for i in row) < bundle.off.value


def by_payers(candidate: Candidate, basket: Basket, chain: Chain) -> bool:
    """Whether a `cheapest` is walked by payers and reduced pieces: dearer ones may save less, equal ones are alike."""
    if _monotone(candidate, basket, chain):
        return False
    classes = basket.classes
    row = list(bits(candidate.mask))
    return all(classes[i].count <= MANY for i in row) and all(
        classes[a].price != classes[b].price or _alike(a, b, candidate, basket, chain)
        for a, b in pairwise(row)
    )


def _alike(a: int, b: int, candidate: Candidate, basket: Basket, chain: Chain) -> bool:
    """Whether it makes no difference which of two classes of one price is reduced."""
    return (
        basket.classes[a].floor == basket.classes[b].floor
        and candidate.off[a] == candidate.off[b]
        and chain.weights[a] == chain.weights[b]
        and all(stack.mask >> a & 1 == stack.mask >> b & 1 for stack in chain.stacks)
    )


def _monotone(candidate: Candidate, basket: Basket, chain: Chain) -> bool:
    """Whether a dearer piece never saves less, so that groups in the order of the row are the best."""
    if candidate.mask & chain.uncertain:
        return False
    classes = basket.classes
    row = list(bits(candidate.mask))
    extra = [chain.gain(i, candidate.off[i]) for i in row]
    return all(
        extra[n] >= extra[n + 1]
        and (
            classes[row[n]].price != classes[row[n + 1]].price
            or (extra[n] == extra[n + 1] and classes[row[n]].floor == classes[row[n + 1]].floor)
        )
        for n in range(len(row) - 1)
    )
