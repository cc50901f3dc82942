"""Promotions whose saving does not add up piece by piece: every way to apply them, one after the other.

Bundles whose price or amount meets floors, stacked reductions or a cap, `cheapest` over several sets, steps with a
cap. Exponential, so each way costs steps of the limit of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import cast

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.claims import Claim, capped, dearest_first, spread_lost, tiers_lost
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Reward, Tiers
from shared.promotions.walk import Piece
from shared.promotions.work import Work

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


def ways(candidate: Candidate, basket: Basket, free: Counts, work: Work) -> list[Way]:
    """All different ways to use the promotion on the pieces that are free, `free` counting them by class."""
    reward = candidate.promotion.reward
    if isinstance(reward, Bundle):
        return list(_bundle_ways(candidate, reward, basket, free, work))
    return list(_tier_ways(candidate, cast("Tiers", reward), basket, free, work))


def _bundle_ways(
    candidate: Candidate, bundle: Bundle, basket: Basket, free: Counts, work: Work
) -> Iterator[Way]:
    kinds = _applications(candidate, bundle, basket, free, work)
    cap, times = candidate.cap, candidate.times
    seen: set[tuple[object, ...]] = set()

    def go(first: int, left: list[int], chosen: list[_Application], saved: int) -> Iterator[Way]:
        work.spend(2)
        if chosen:
            way = _way(candidate, chosen, saved)
            key = (way.claims, way.saved)
            if key not in seen:
                seen.add(key)
                yield way
        if (times is not None and len(chosen) >= times) or (cap is not None and saved >= cap):
            return
        for place in range(first, len(kinds)):
            kind = kinds[place]
            after = [*left]
            for index, _, count in kind.used:
                after[index] -= count
            if min(after) < 0:
                continue
            yield from go(place, after, [*chosen, kind], saved + kind.saved)

    yield from go(0, list(free), [], 0)


def _way(candidate: Candidate, chosen: Sequence[_Application], saved: int) -> Way:
    counts: dict[tuple[int, int], int] = {}
    for kind in chosen:
        for index, role, count in kind.used:
            counts[index, role] = counts.get((index, role), 0) + count
    claims = tuple(
        Claim(index, candidate.bit, role, 0, count)
        for (index, role), count in sorted(counts.items())
    )
    total = saved if candidate.cap is None else min(saved, candidate.cap)
    return Way(claims, len(chosen), saved, total)


def _applications(
    candidate: Candidate, bundle: Bundle, basket: Basket, free: Counts, work: Work
) -> list[_Application]:
    """Every kind of application that saves something, each once."""
    choices = [
        list(_picks(list(bits(mask)), each.quantity, free, work))
        for each, mask in zip(bundle.sets, candidate.sets, strict=True)
    ]
    found: dict[tuple[tuple[int, int, int], ...], _Application] = {}
    for chosen in product(*choices):
        work.spend(2)
        roles: dict[tuple[int, int], int] = {}
        totals: dict[int, int] = {}
        for place, pick in enumerate(chosen):
            role = place if bundle.form == "reduce" else 0
            for index, count in pick:
                roles[index, role] = roles.get((index, role), 0) + count
                totals[index] = totals.get(index, 0) + count
        if any(count > free[index] for index, count in totals.items()):
            continue
        used, saved = _application(candidate, bundle, basket, roles, totals)
        if saved > 0:
            found.setdefault(used, _Application(used, saved))
    return [found[used] for used in sorted(found)]


def _picks(
    row: list[int], quantity: int, free: Counts, work: Work
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to take a number of pieces from some classes."""
    if not quantity:
        yield ()
        return
    if not row:
        return
    work.spend(1)
    first, rest = row[0], row[1:]
    for count in range(min(quantity, free[first]), -1, -1):
        for others in _picks(rest, quantity - count, free, work):
            yield ((first, count), *others) if count else others


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
    candidate: Candidate, tiers: Tiers, basket: Basket, free: Counts, work: Work
) -> Iterator[Way]:
    row = list(bits(candidate.mask))
    classes = basket.classes
    for counts in product(*(range(free[index] + 1) for index in row)):
        work.spend(2)
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
        backwards = reward.cheapest_first and bool(candidate.mask & chain.uncertain)
        return backwards or _tiers_explicit(candidate, reward, basket)
    reward = cast("Bundle", reward)
    if reward.form in ("price", "amount"):
        return bool(candidate.mask & chain.touched) or _floors_bind(candidate, reward, basket)
    zero = sum(1 << i for i in bits(candidate.mask) if not candidate.off.get(i, 0))
    if reward.form == "cheapest":
        return len(reward.sets) > 1 or bool(zero) or not _monotone(candidate, basket, chain)
    aimed = candidate.sets if reward.form == "percent" else candidate.sets[reward.target :][:1]
    return bool(zero) and all(mask & zero for mask in aimed)


def _tiers_explicit(candidate: Candidate, tiers: Tiers, basket: Basket) -> bool:
    """Whether pieces that lose nothing could fill a step alone, or the row is not the order of the classes."""
    classes = basket.classes
    row = list(bits(candidate.mask))
    if tiers.cheapest_first and any(
        classes[a].price == classes[b].price and classes[a].floor != classes[b].floor
        for a, b in pairwise(row)
    ):
        return True
    idle = 0
    for i in row:
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
