"""Which promotions are used: every admissible set is tried, and the written rules name the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tests.support.brute_force.basket_stage import Taken, apply_basket
from tests.support.brute_force.item_stage import Claims, best_claims, no_claims
from tests.support.brute_force.model import Basket, Promotion, met


@dataclass(frozen=True)
class Solution:
    """The used price promotions, what they do in each stage, and the final prices of the pieces."""

    used: tuple[Promotion, ...]
    claims: Claims
    taken: Mapping[str, Taken]
    prices: tuple[int, ...]

    @property
    def total(self) -> int:
        """Goods only."""
        return sum(self.prices)

    def off(self, name: str) -> Mapping[int, int]:
        """What a used promotion takes off each piece."""
        return self.taken[name].off if name in self.taken else self.claims.off.get(name, {})


def choose(basket: Basket, promotions: Sequence[Promotion], strategy: str) -> Solution:
    """The solution of the strategy for the open price promotions."""
    candidates = [
        one
        for one in promotions
        if one.stage == "basket" or (one.stage == "item" and met(basket, one, basket.list))
    ]
    if strategy == "by_priority":
        return _by_priority(basket, candidates)
    return _best_for_customer(basket, candidates)


def alone(basket: Basket, promotion: Promotion) -> Solution | None:
    """The solution with this one promotion, or None where it saves nothing when used alone."""
    if promotion.stage == "item" and not met(basket, promotion, basket.list):
        return None
    return _solve(basket, (promotion,), {})


# --- best for the customer --------------------------------------------------------------------------


def _best_for_customer(basket: Basket, candidates: Sequence[Promotion]) -> Solution:
    known: dict[frozenset[str], Claims | None] = {}
    best, best_key = Solution((), no_claims(basket), {}, basket.list), None
    for used in _admissible(candidates):
        solution = _solve(basket, used, known)
        if solution is None:
            continue
        key = (
            solution.total,
            len(used),
            -sum(one.priority for one in used),
            sorted(one.id for one in used),
        )
        if best_key is None or key < best_key:
            best, best_key = solution, key
    return best


def _admissible(candidates: Sequence[Promotion]) -> Iterator[tuple[Promotion, ...]]:
    """Every set, the empty one too, that may be used together."""
    for count in range(len(candidates) + 1):
        for used in combinations(candidates, count):
            exclusive = any(one.combine == "exclusive" for one in used)
            groups = [one.group for one in used if one.group is not None]
            ones = [one for one in used if one.stage == "basket" and one.combine == "one"]
            if exclusive and count > 1:
                continue
            if len(groups) == len(set(groups)) and len(ones) <= 1:
                yield used


def _solve(
    basket: Basket,
    used: tuple[Promotion, ...],
    known: dict[frozenset[str], Claims | None],
) -> Solution | None:
    """Claims first, complete with their ties; then the basket promotions on these claims."""
    items = [one for one in used if one.stage == "item"]
    names = frozenset(one.id for one in items)
    if names not in known:
        known[names] = best_claims(basket, items)
    claims = known[names]
    if claims is None:
        return None
    found = apply_basket(basket, [one for one in used if one.stage == "basket"], claims.prices)
    if found is None:
        return None
    return Solution(used, claims, *found)


# --- by priority ------------------------------------------------------------------------------------


def _by_priority(basket: Basket, candidates: Sequence[Promotion]) -> Solution:
    ordered = sorted(candidates, key=lambda one: one.order)
    for promotion in ordered:
        solution = alone(basket, promotion)
        if solution is not None:
            if promotion.combine == "exclusive":
                return solution
            break
    others = [one for one in ordered if one.combine != "exclusive"]
    used: list[Promotion] = []
    claims = no_claims(basket)
    for combine in ("one", "stack"):
        for promotion in others:
            if promotion.stage != "item" or promotion.combine != combine or _shut(promotion, used):
                continue
            more = best_claims(basket, [promotion], claims)
            if more is not None:
                claims = more
                used.append(promotion)
    on_receipt: list[Promotion] = []
    taken: Mapping[str, Taken] = {}
    prices = claims.prices
    for combine in ("one", "stack"):
        for promotion in others:
            if promotion.stage != "basket" or promotion.combine != combine:
                continue
            if _shut(promotion, used) or (combine == "one" and on_receipt):
                continue
            found = apply_basket(basket, [*on_receipt, promotion], claims.prices)
            if found is not None:
                taken, prices = found
                on_receipt.append(promotion)
                used.append(promotion)
    return Solution(tuple(used), claims, taken, prices)


def _shut(promotion: Promotion, used: Sequence[Promotion]) -> bool:
    """Whether a used promotion closes the group."""
    return promotion.group is not None and any(one.group == promotion.group for one in used)


def without_conditions(promotions: Sequence[Promotion], promotion: Promotion) -> list[Promotion]:
    """The same promotions, one of them with its `if` taken away."""
    return [replace(one, conditions=()) if one is promotion else one for one in promotions]
