"""What has been claimed, and the prices that follow from it: the one place where stage 1 is worked out in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from shared.promotions.basket import Basket
from shared.promotions.candidates import Candidate
from shared.promotions.rounding import reduction, spread
from shared.promotions.terms import Bundle, Off, Tiers


@dataclass(frozen=True, slots=True)
class Claim:
    """`count` pieces of a class used by the promotion `owner` (its bit; None: by nobody) in one role.

    `stacked`: the bits of bounded stack promotions that take these pieces. `lost`: what each piece loses before
    the stacks, where that was worked out with the claim.
    """

    index: int
    owner: int | None
    role: int
    stacked: int
    count: int
    lost: int | None = None


@dataclass(slots=True)
class Part:
    """`count` pieces of a class at one price: who claimed them, and what each promotion took off each of them.

    `line`: the place of their line, -1 as long as they are not dealt out to the lines.
    """

    index: int
    price: int
    count: int
    owner: int | None = None
    stacked: int = 0
    off: tuple[tuple[int, int], ...] = ()
    line: int = -1


@dataclass(slots=True)
class Claims:
    """All claims of a receipt, and how often each promotion is applied."""

    claims: list[Claim] = field(default_factory=list)
    applications: dict[int, int] = field(default_factory=dict)


def settle(
    claims: Claims, basket: Basket, ones: Mapping[int, Candidate], stacks: Iterable[Candidate]
) -> list[Part]:
    """The claimed and free pieces after stage 1, in the order of the row; `ones`: those that claim, by their bits."""
    owned: dict[int | None, list[Claim]] = {}
    for claim in claims.claims:
        owned.setdefault(claim.owner, []).append(claim)
    parts: list[Part] = []
    for owner, own in owned.items():
        own.sort(key=lambda claim: (claim.index, claim.role, claim.stacked))
        if owner is None:
            parts += [_untouched(claim, basket) for claim in own]
        else:
            parts += _reduced(ones[owner], own, basket, claims.applications.get(owner, 0))
    for stack in sorted(stacks, key=lambda stack: stack.order):
        parts = stacked(stack, parts, basket)
    parts.sort(key=lambda part: (part.index, part.owner is None, part.price, part.owner or 0))
    return parts


def _untouched(claim: Claim, basket: Basket) -> Part:
    price = basket.classes[claim.index].price
    return Part(claim.index, price, claim.count, None, claim.stacked)


Lost = list[tuple[Claim, int, int]]
"""Claims with what each piece loses and how many pieces lose that."""


def _reduced(candidate: Candidate, own: Sequence[Claim], basket: Basket, times: int) -> list[Part]:
    bit = candidate.bit
    return [
        Part(
            claim.index,
            basket.classes[claim.index].price - each,
            count,
            bit,
            claim.stacked,
            ((bit, each),) if each else (),
        )
        for claim, each, count in lost_by(candidate, own, basket, times)
    ]


def lost_by(candidate: Candidate, own: Sequence[Claim], basket: Basket, times: int) -> Lost:
    """What the pieces that a promotion has claimed lose by it."""
    known = [(claim, claim.lost, claim.count) for claim in own if claim.lost is not None]
    own = [claim for claim in own if claim.lost is None]
    if not own:
        return known
    reward = candidate.promotion.reward
    if isinstance(reward, Bundle):
        lost = dearest_first(_bundle_lost(candidate, reward, own, basket, times))
    elif isinstance(reward, Tiers):
        lost = tiers_lost(reward, own, basket)
    else:
        lost = [(claim, candidate.off[claim.index], claim.count) for claim in own]
    return known + (lost if candidate.cap is None else capped(lost, candidate.cap))


def dearest_first(lost: Lost) -> Lost:
    """The claims with those in front that lose more."""
    return sorted(lost, key=lambda entry: -entry[1])


def capped(lost: Lost, cap: int) -> Lost:
    """What is above the cap is given back from the last pieces of the row; equal ones stand in it as they come."""
    kept: Lost = []
    room = cap
    for claim, each, count in sorted(lost, key=lambda entry: entry[0].index):
        whole = count if not each else min(count, room // each)
        if whole:
            kept.append((claim, each, whole))
        room -= whole * each
        if whole < count:
            kept.append((claim, room, 1))
            room = 0
            if whole + 1 < count:
                kept.append((claim, 0, count - whole - 1))
    return kept


def tiers_lost(tiers: Tiers, own: Sequence[Claim], basket: Basket) -> Lost:
    """What the claimed pieces lose by steps."""
    classes = basket.classes
    if tiers.mode == "each":
        return _row_lost(tiers, own, basket)
    reached = sum(
        claim.count * (classes[claim.index].price if tiers.by == "spend" else 1) for claim in own
    )
    step = next(step for step in reversed(tiers.steps) if step.start <= reached)
    return [
        (
            claim,
            reduction(step.off, classes[claim.index].price, classes[claim.index].floor),
            claim.count,
        )
        for claim in own
    ]


def _row_lost(tiers: Tiers, own: Sequence[Claim], basket: Basket) -> Lost:
    classes = basket.classes
    row = sorted(own, key=lambda claim: (classes[claim.index].price, claim.index))
    if not tiers.cheapest_first:
        row = sorted(own, key=lambda claim: claim.index)
    starts = [step.start for step in tiers.steps]
    lost: Lost = []
    position = 0
    for claim in row:
        piece, rest = classes[claim.index], claim.count
        while rest:
            reached = [step for step in tiers.steps if step.start <= position + 1]
            nexts = [start for start in starts if start > position + 1]
            here = min(rest, nexts[0] - position - 1) if nexts else rest
            each = reduction(reached[-1].off, piece.price, piece.floor) if reached else 0
            lost.append((claim, each, here))
            position += here
            rest -= here
    return lost


def _bundle_lost(
    # What the others lose is known piece by piece.
    candidate: Candidate,
    bundle: Bundle,
    own: Sequence[Claim],
    basket: Basket,
    times: int,
) -> Lost:
    """What bundles take off whose share of a piece follows from all claims; of others it is known with the claim."""
    if bundle.form == "cheapest":
        return cheapest_lost(candidate, bundle, own, basket)
    amount = times * bundle.off.value
    if bundle.form == "price":
        amount = sum(basket.classes[claim.index].price * claim.count for claim in own) - amount
    return spread_lost(max(amount, 0), own, basket)


def spread_lost(amount: int, own: Sequence[Claim], basket: Basket) -> Lost:
    """One amount over all claimed pieces, in proportion to list price."""
    classes = basket.classes
    entries = [
        (classes[c.index].price, classes[c.index].price - classes[c.index].floor, c.count)
        for c in own
    ]
    return [
        (claim, share, count)
        for claim, shares in zip(own, spread(amount, entries), strict=True)
        for share, count in shares
    ]


def cheapest_lost(
    candidate: Candidate, bundle: Bundle, own: Sequence[Claim], basket: Basket
) -> Lost:
    """The pieces stand dearest first in groups; of pieces of one price the first of the row are reduced."""
    classes = basket.classes
    size, free = bundle.size, bundle.target
    blocks: dict[int, list[Claim]] = {}
    for claim in own:
        blocks.setdefault(classes[claim.index].price, []).append(claim)
    lost: Lost = []
    place = 0
    for price in sorted(blocks, reverse=True):
        count = sum(claim.count for claim in blocks[price])
        reduced = _free_among(place + count, size, free) - _free_among(place, size, free)
        place += count
        for claim in blocks[price]:
            here = min(claim.count, reduced)
            reduced -= here
            if here:
                lost.append((claim, candidate.off[claim.index], here))
            if here < claim.count:
                lost.append((claim, 0, claim.count - here))
    return lost


def _free_among(pieces: int, size: int, free: int) -> int:
    return pieces // size * free + max(pieces % size - (size - free), 0)


def stacked(stack: Candidate, parts: Iterable[Part], basket: Basket) -> list[Part]:
    """The parts after one more stacked reduction; a bounded one takes the pieces it was given."""
    bit, off = stack.bit, cast("Off", stack.promotion.reward)
    room = stack.cap
    after: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.index, part.price)):
        lost = 0
        if takes(stack, part):
            lost = reduction(off, part.price, basket.classes[part.index].floor)
        if not lost:
            after.append(part)
            continue
        if room is None:
            after.append(_less(part, bit, lost, part.count))
            continue
        whole = min(part.count, room // lost)
        last = min(part.count - whole, 1)
        rest = room - whole * lost
        shares = ((lost, whole), (rest, last), (0, part.count - whole - last))
        after += [_less(part, bit, each, count) for each, count in shares if count]
        room = rest if not last else 0
    return after


def takes(stack: Candidate, part: Part) -> bool:
    """Whether a stacked promotion takes the pieces of a part at its turn."""
    if not stack.mask >> part.index & 1 or (stack.promotion.only_unreduced and part.off):
        return False
    return not stack.bounded or bool(part.stacked >> stack.bit & 1)


def _less(part: Part, bit: int, lost: int, count: int) -> Part:
    off = (*part.off, (bit, lost)) if lost else part.off
    return Part(part.index, part.price - lost, count, part.owner, part.stacked, off)
