"""What an applied promotion has in reach: a further step, one more full `each`, one more bundle."""

from __future__ import annotations

from dataclasses import dataclass

from shared.promotions.book import Entry
from shared.promotions.candidates import Candidate
from shared.promotions.claims import Claim, capped
from shared.promotions.conditions import Missing
from shared.promotions.engine import Priced
from shared.promotions.rounding import percent_of, reduction
from shared.promotions.shortage import may_serve, short_sets
from shared.promotions.stage2 import BasketCandidate, BasketStage, Row, basket_candidate, rows_of
from shared.promotions.terms import Bundle, Each, Step, Tiers


@dataclass(frozen=True, slots=True)
class Next:
    """What is missing, and what it would save on top (None where the contract names no amount)."""

    missing: list[Missing]
    would_save: int | None = None


def turn(priced: Priced, entry: Entry) -> tuple[BasketCandidate, list[Row], int] | None:
    """A basket promotion, the rows it meets at its turn among the used ones, and the value it counts."""
    candidate = basket_candidate(entry, priced.basket, priced.gate)
    if candidate is None:
        return None
    stage = BasketStage(priced.basket, ())
    alone = entry.promotion.combine == "exclusive"
    rows = rows_of(priced.untouched() if alone else priced.chosen.after_stage1, priced.basket)
    for used in () if alone else priced.used_on_receipt():
        mine = used.promotion
        if mine.id == entry.promotion.id:
            break
        first = mine.combine == "one" and entry.promotion.combine == "one"
        if first or _later(used, candidate):
            continue
        amount, taken, _ = stage.amount(used, rows)
        rows = stage.reduce(rows, taken, amount, used.bit)
    _, mine_rows, _ = stage.amount(candidate, rows)
    return candidate, mine_rows, sum(row.after_stage1 * row.count for row in mine_rows)


def _later(used: BasketCandidate, candidate: BasketCandidate) -> bool:
    """Whether a used one is applied after the candidate's turn."""
    ours = (candidate.promotion.combine == "stack", candidate.order)
    return (used.promotion.combine == "stack", used.order) > ours


def at_its_turn(priced: Priced, entry: Entry) -> int:
    """The value that an unused basket promotion counts for its steps."""
    found = turn(priced, entry)
    return found[2] if found else 0


def next_of(priced: Priced, bit: int) -> Next | None:
    """What a used promotion has in reach; None if there is nothing."""
    candidate = priced.everyone[bit]
    reward = candidate.promotion.reward
    given = sum(off * p.count for p in priced.chosen.parts for b, off in p.off if b == bit)
    cap = priced.gate.cap(candidate.promotion)
    if cap is not None and given >= cap:
        return None
    if isinstance(reward, Bundle) and isinstance(candidate, Candidate):
        return _next_bundle(priced, candidate, reward)
    if isinstance(reward, Each):
        return _next_each(priced, candidate.entry, reward)
    if isinstance(reward, Tiers):
        if isinstance(candidate, Candidate):
            return _next_step(priced, candidate, reward, given, cap)
        return _next_receipt_step(priced, candidate.entry, reward, given, cap)
    return None


def _next_bundle(priced: Priced, candidate: Candidate, bundle: Bundle) -> Next | None:
    made = priced.chosen.applications[candidate.bit]
    if candidate.times is not None and candidate.times <= made:
        return None
    free: dict[int, int] = {}
    for part in priced.chosen.after_stage1:
        if part.owner is None:
            free[part.index] = free.get(part.index, 0) + part.count
    short = short_sets(bundle, may_serve(candidate.entry, bundle, priced.basket), free)
    return Next(short) if short else None


def _next_each(priced: Priced, entry: Entry, each: Each) -> Next | None:
    found = turn(priced, entry)
    value = found[2] if found else 0
    full = value // each.spend
    most = entry.promotion.limit.applications
    if most is not None and full >= most:
        return None
    return Next([{"spend": (full + 1) * each.spend - value}], each.amount)


def _next_step(
    priced: Priced, candidate: Candidate, tiers: Tiers, given: int, cap: int | None
) -> Next | None:
    classes = priced.basket.classes
    claimed: dict[int, int] = {}
    for part in priced.chosen.after_stage1:
        if part.owner == candidate.bit:
            claimed[part.index] = claimed.get(part.index, 0) + part.count
    reached = sum(
        n * (1 if tiers.by == "quantity" else classes[i].price) for i, n in claimed.items()
    )
    step = _further(tiers, reached)
    most = candidate.promotion.limit.pieces
    if step is None or (tiers.by == "quantity" and most is not None and step.start > most):
        return None
    lack: list[Missing] = [{tiers.by: step.start - reached}]
    if tiers.mode == "each":
        return Next(lack)
    lost = [
        (
            Claim(i, candidate.bit, 0, 0, n),
            reduction(step.off, classes[i].price, classes[i].floor),
            n,
        )
        for i, n in sorted(claimed.items())
    ]
    if cap is not None:
        lost = capped(lost, cap)
    more = sum(each * n for _, each, n in lost) - given
    return Next(lack, more) if more > 0 else None


def _next_receipt_step(
    priced: Priced, entry: Entry, tiers: Tiers, given: int, cap: int | None
) -> Next | None:
    found = turn(priced, entry)
    step = _further(tiers, found[2]) if found else None
    if found is None or step is None:
        return None
    _, rows, value = found
    present = sum(row.now * row.count for row in rows)
    amount = percent_of(present, step.off.value) if step.off.kind == "percent" else step.off.value
    classes = priced.basket.classes
    amount = min(amount, sum((row.now - classes[row.index].floor) * row.count for row in rows))
    if cap is not None:
        amount = min(amount, cap)
    return Next([{"spend": step.start - value}], amount - given) if amount > given else None


def _further(tiers: Tiers, reached: int) -> Step | None:
    return next((step for step in tiers.steps if step.start > reached), None)
