"""Why a promotion did nothing, and what an applied one would do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tests.support.brute_force.basket_stage import Taken, in_turn, take_off, wanted_by
from tests.support.brute_force.benefits import Benefit, lost_shipping
from tests.support.brute_force.choice import Solution, alone, choose, without_conditions
from tests.support.brute_force.claims import may_serve, most_applications, quantity_of
from tests.support.brute_force.gates import failures
from tests.support.brute_force.model import (
    Basket,
    Currency,
    Json,
    Promotion,
    give_back,
    missing,
    reduction,
)


@dataclass(frozen=True)
class Case:
    """A priced request: what is asked about stands in here."""

    basket: Basket
    context: Json
    currency: Currency
    promotions: Sequence[Promotion]
    open: Sequence[Promotion]
    solution: Solution
    benefits: Mapping[str, Benefit]
    shipping: int | None


# --- not applied ------------------------------------------------------------------------------------


def not_applied(case: Case, explain: str) -> list[dict[str, Any]]:
    """An entry for each promotion that neither reduced nor gave anything, by id."""
    effective = {one.id for one in case.solution.used} | set(case.benefits)
    found = []
    for promotion in sorted(case.promotions, key=lambda one: one.id):
        if promotion.id in effective or (explain == "near" and not _is_near(case, promotion)):
            continue
        found.append({"promotion": promotion.id, **_reason(case, promotion)})
    return found


def _is_near(case: Case, promotion: Promotion) -> bool:
    """Whether it touches the basket and is open, or shut by code, tender or limit only."""
    shut = failures(promotion, case.context, case.currency)
    if set(shut) - {"code", "tender", "limit"}:
        return False
    selects = _selects_of_reward(promotion)
    for condition in promotion.conditions:
        selects += _selects_of(condition)
    return any(case.basket.matching(select) for select in selects)


def _selects_of_reward(promotion: Promotion) -> list[Json]:
    if promotion.is_bundle:
        return [one.get("of", {}) for one in promotion.reward["bundle"]["sets"]]
    return [promotion.take]


def _selects_of(condition: Json) -> list[Json]:
    if "any" in condition:
        return [select for one in condition["any"] for select in _selects_of(one)]
    return [condition.get("of", {})]


def _reason(case: Case, promotion: Promotion) -> dict[str, Any]:
    shut = failures(promotion, case.context, case.currency)
    if shut:
        return {"reason": shut[0]}
    if not any(case.basket.matching(select) for select in _selects_of_reward(promotion)):
        return {"reason": "selection"}
    unmet = _unmet(case, promotion)
    lacks = unmet + _unreached(case, promotion)
    if lacks:
        entry: dict[str, Any] = {"reason": "condition", "missing": _written(lacks, case.currency)}
        saved = _would_save(case, promotion) if unmet else 0
        if saved > 0:
            entry["would_save"] = case.currency.text(saved)
        return entry
    if promotion.stage == "benefit":
        winner = lost_shipping(promotion, case.benefits, case.shipping)
        return {"reason": "beaten", "by": winner} if winner else {"reason": "no_saving"}
    if alone(case.basket, promotion) is None:
        return {"reason": "no_saving"}
    return {"reason": "beaten", "by": _beaten_by(case, promotion)}


def _unmet(case: Case, promotion: Promotion) -> list[Json]:
    """What each unmet condition of `if` lacks in the chosen solution, in order."""
    prices = case.solution.prices
    if promotion.stage == "item" or promotion.combine == "exclusive":
        prices = case.basket.list
    elif promotion.stage == "basket":
        prices = case.solution.claims.prices
    lacks = [missing(case.basket, one, prices) for one in promotion.conditions]
    return [lack for lack in lacks if lack is not None]


def _unreached(case: Case, promotion: Promotion) -> list[Json]:
    """What a bundle lacks to be filled once, or what the lowest step (or one full `each`) lacks."""
    basket, reward = case.basket, promotion.reward
    if promotion.is_bundle:
        return short_sets(basket, reward["bundle"], basket.pieces)
    if promotion.stage == "basket" and ("tiers" in reward or "each" in reward):
        value = _at_its_turn(case, promotion).value
        start = reward["each"]["spend"] if "each" in reward else reward["tiers"]["steps"][0]["from"]
        return [{"spend": start - value}] if value < start else []
    if promotion.stage == "item" and "tiers" in reward:
        by, start = reward["tiers"]["by"], reward["tiers"]["steps"][0]["from"]
        reached = _measure(basket, by, basket.reducible(promotion.take))
        return [{by: start - reached}] if reached < start else []
    return []


def _measure(basket: Basket, by: str, pieces: Sequence[int]) -> int:
    return len(pieces) if by == "quantity" else sum(basket.list[piece] for piece in pieces)


def _at_its_turn(case: Case, promotion: Promotion) -> Taken:
    """What an unused basket promotion meets at its turn among the used ones."""
    if promotion.combine == "exclusive":
        return take_off(case.basket, promotion, case.basket.list, case.basket.list)
    after_items = case.solution.claims.prices
    prices = after_items
    used = [one for one in case.solution.used if one.stage == "basket"]
    ordered = in_turn([*used, promotion])
    # A basket `one` that is not used would stand in the place of the used one.
    for one in ordered[: ordered.index(promotion)]:
        if one.combine != "one" or promotion.combine == "stack":
            off = case.solution.off(one.id)
            prices = tuple(price - off.get(piece, 0) for piece, price in enumerate(prices))
    return take_off(case.basket, promotion, after_items, prices)


def short_sets(basket: Basket, bundle: Json, pieces: Sequence[int]) -> list[Json]:
    """What these pieces lack to fill a bundle once."""
    numbers = range(len(bundle["sets"]))
    serves = [
        {line.index for line in basket.lines if may_serve(bundle, number, basket, line.index)}
        for number in numbers
    ]
    needs = [quantity_of(one) for one in bundle["sets"]]

    def short(group: Sequence[int]) -> int:
        lines = set().union(*(serves[number] for number in group))
        able = sum(basket.row[piece].index in lines for piece in pieces)
        return sum(needs[number] for number in group) - able

    if any(serves[a] & serves[b] for a, b in combinations(numbers, 2)):
        groups = [group for size in numbers for group in combinations(numbers, size + 1)]
        most = max(short(group) for group in groups)
        return [{"quantity": most}] if most > 0 else []
    return [{"quantity": short([n]), "set": n} for n in numbers if short([n]) > 0]


def _would_save(case: Case, promotion: Promotion) -> int:
    strategy = case.context.get("strategy", "best_for_customer")
    other = choose(case.basket, without_conditions(case.open, promotion), strategy)
    return case.solution.total - other.total


# --- beaten -----------------------------------------------------------------------------------------


def _beaten_by(case: Case, promotion: Promotion) -> list[str]:
    """The used promotions that touch a piece it could reduce, or hold the place it needs."""
    able = _could_reduce(case.basket, promotion)
    found = []
    for used in case.solution.used:
        touched = {piece for piece, amount in case.solution.off(used.id).items() if amount}
        touched |= {p for p in case.basket.pieces if case.solution.claims.claimed[p] == used.id}
        if touched & able or _holds_place(used, promotion):
            found.append(used.id)
    return sorted(found)


def _holds_place(used: Promotion, promotion: Promotion) -> bool:
    if "exclusive" in {used.combine, promotion.combine}:
        return True
    if promotion.group is not None and used.group == promotion.group:
        return True
    places = {(one.stage, one.combine) for one in (used, promotion)}
    return places == {("basket", "one")}


def _could_reduce(basket: Basket, promotion: Promotion) -> set[int]:
    """The pieces off which it could take at least one minor unit at list price."""
    reward = promotion.reward
    if promotion.stage == "basket":
        pieces, steps = basket.reducible(promotion.take), []
    elif promotion.is_bundle:
        bundle = reward["bundle"]
        sets = [bundle["reduce"]["set"]] if "reduce" in bundle else range(len(bundle["sets"]))
        pieces = [
            piece
            for piece in basket.pieces
            if any(may_serve(bundle, number, basket, basket.row[piece].index) for number in sets)
        ]
        steps = [bundle[key] for key in ("reduce", "cheapest") if key in bundle]
        if "percent" in bundle:
            steps = [bundle]
    else:
        pieces = basket.reducible(promotion.take)
        steps = list(reward["tiers"]["steps"]) if "tiers" in reward else [reward]
    able = {piece for piece in pieces if basket.list[piece] > basket.floor[piece]}
    if not steps:
        return able
    return {
        piece
        for piece in able
        if any(reduction(step, basket.list[piece], basket.floor[piece]) for step in steps)
    }


# --- next -------------------------------------------------------------------------------------------


def next_step(case: Case, promotion: Promotion) -> dict[str, Any] | None:
    """What an applied promotion has in reach: a further step, a further `each`, one more bundle."""
    reward = promotion.reward
    given = sum(case.solution.off(promotion.id).values())
    if promotion.cap is not None and given >= promotion.cap:
        return None
    if promotion.is_bundle:
        return _next_bundle(case, promotion)
    if "each" in reward:
        return _next_each(case, promotion)
    if "tiers" in reward:
        return _next_tier(case, promotion, given)
    return None


def _next_bundle(case: Case, promotion: Promotion) -> dict[str, Any] | None:
    made = case.solution.claims.applications[promotion.id]
    if most_applications(promotion, made + 1) <= made:
        return None
    free = [piece for piece in case.basket.pieces if not case.solution.claims.claimed[piece]]
    short = short_sets(case.basket, promotion.reward["bundle"], free)
    return {"missing": _written(short, case.currency)} if short else None


def _next_each(case: Case, promotion: Promotion) -> dict[str, Any] | None:
    taken, rule = case.solution.taken[promotion.id], promotion.reward["each"]
    full = taken.value // rule["spend"]
    if full >= promotion.limit.get("applications", full + 1):
        return None
    short = (full + 1) * rule["spend"] - taken.value
    return {
        "missing": _written([{"spend": short}], case.currency),
        "would_save": case.currency.text(rule["amount"]),
    }


def _next_tier(case: Case, promotion: Promotion, given: int) -> dict[str, Any] | None:
    basket, tiers = case.basket, promotion.reward["tiers"]
    claimed = [p for p in basket.pieces if case.solution.claims.claimed[p] == promotion.id]
    taken = case.solution.taken.get(promotion.id)
    reached = taken.value if taken else _measure(basket, tiers["by"], claimed)
    further = [step for step in tiers["steps"] if step["from"] > reached]
    if not further:
        return None
    step = further[0]
    if tiers["by"] == "quantity" and step["from"] > promotion.limit.get("pieces", step["from"]):
        return None
    entry = {"missing": _written([{tiers["by"]: step["from"] - reached}], case.currency)}
    if tiers["mode"] == "each":
        return entry
    more = _under_step(case, promotion, step, claimed) - given
    return {**entry, "would_save": case.currency.text(more)} if more > 0 else None


def _under_step(case: Case, promotion: Promotion, step: Json, claimed: Sequence[int]) -> int:
    """What the promotion would take off its present pieces if this step held."""
    basket = case.basket
    taken = case.solution.taken.get(promotion.id)
    if taken is None:
        off = {p: reduction(step, basket.list[p], basket.floor[p]) for p in claimed}
        return sum(give_back(off, promotion.cap).values())
    room = sum(taken.before[piece] - basket.floor[piece] for piece in taken.pieces)
    amount = min(wanted_by(step, sum(taken.before[piece] for piece in taken.pieces)), room)
    return amount if promotion.cap is None else min(amount, promotion.cap)


def _written(lacks: Sequence[Json], currency: Currency) -> list[dict[str, Any]]:
    """Entries of `missing` with their amounts in writing."""
    made: list[dict[str, Any]] = []
    for lack in lacks:
        if "any" in lack:
            made.append({"any": _written(lack["any"], currency)})
        elif "spend" in lack:
            made.append({"spend": currency.text(lack["spend"])})
        else:
            made.append(dict(lack))
    return made
