"""The lowest total of a `countable` request (tests/support/promotion_baskets.py) as an integer program.

Another way of thinking than the engine's and the reference's: nothing is walked through and nothing tried; how many
pieces of each line serve what are unknowns, the contract's rules are inequalities, and a solver finds the optimum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

import highspy
from highspy.highs import highs_linear_expression, highs_var

from tests.support.brute_force.model import (
    Basket,
    Currency,
    Json,
    Line,
    Promotion,
    half_up,
    matches,
    met,
    read_line,
    read_promotion,
    reduction,
)

Sum = highs_linear_expression
_EUR = Currency(2)


def lowest_total(request: Mapping[str, Any]) -> int:
    """The lowest total that any admissible combination leaves, in minor units."""
    context = request["context"]
    lines = [read_line(place, line, _EUR) for place, line in enumerate(request["lines"])]
    basket = Basket(lines)
    promotions = [read_promotion(one, context, _EUR) for one in request["promotions"]]
    able = [one for one in promotions if met(basket, one, basket.list)]
    listed = sum(basket.list)
    items = [one for one in able if one.stage == "item"]
    together = [one for one in items if one.combine == "one"]
    left = listed - most_saved(lines, together)
    on_receipt = [one for one in able if one.stage == "basket"]
    # The end total never falls when what stage 1 leaves rises, so the basket stage works on the lowest of it.
    totals = [left, *(left - _off_receipt(one, lines, left) for one in on_receipt)]
    exclusive = [one for one in items if one.combine == "exclusive"]
    totals += [listed - most_saved(lines, [one]) for one in exclusive]
    return min(totals)


def _off_receipt(promotion: Promotion, lines: Sequence[Line], left: int) -> int:
    """What a basket promotion on everything takes off what stage 1 left."""
    reducible = left - sum(line.price * line.count for line in lines if not line.discountable)
    room = reducible - sum(line.floor * line.count for line in lines if line.discountable)
    if "percent" in promotion.reward:
        return min(half_up(reducible * Fraction(promotion.reward["percent"]) / 100), room)
    return min(int(promotion.reward["amount"]), room)


def most_saved(lines: Sequence[Line], promotions: Sequence[Promotion]) -> int:
    """The most that item promotions save together."""
    if not promotions:
        return 0
    program = _Program(lines)
    for promotion in promotions:
        program.add(promotion)
    return program.solve()


class _Program:
    """Unknowns and inequalities for one basket."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)):
            self.solver.setOptionValue(option, value)
        self.served: dict[int, list[highs_var]] = {}
        self.saved: list[Sum] = []
        self.groups: dict[str, list[highs_var]] = {}

    def solve(self) -> int:
        """The highest saving; each piece serves once, and each group one promotion."""
        if not self.saved:
            return 0
        solver = self.solver
        for index, uses in self.served.items():
            solver.addConstr(_sum(uses) <= self.lines[index].count)
        for switches in self.groups.values():
            solver.addConstr(_sum(switches) <= 1)
        solver.maximize(_sum(self.saved))
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"no optimum: {solver.getModelStatus()}")
        # Every coefficient is whole and so is every unknown: what is not whole here is the solver's tolerance.
        found = solver.getObjectiveValue()
        if abs(found - round(found)) > 0.01:
            raise RuntimeError(f"{found} is no whole number of minor units")
        return round(found)

    def add(self, promotion: Promotion) -> None:
        """The unknowns and rules of one promotion."""
        if promotion.is_bundle:
            saved, used = self._bundle(promotion, promotion.reward["bundle"])
        elif "tiers" in promotion.reward:
            saved, used = self._tiers(promotion, promotion.reward["tiers"])
        else:
            saved, used = self._pieces(promotion)
        if not used:
            return
        if promotion.cap is not None:
            kept = self.solver.addIntegral(lb=0, ub=promotion.cap)
            self.solver.addConstr(_sum([kept]) <= saved)
            saved = _sum([kept])
        if promotion.group is not None:
            switch = self.solver.addBinary()
            self.groups.setdefault(promotion.group, []).append(switch)
            most = sum(line.count for line in self.lines)
            self.solver.addConstr(_sum(used) <= most * switch)
        self.saved.append(saved)

    def _unknown(self, index: int) -> highs_var:
        """How many pieces of a line serve one purpose."""
        unknown = self.solver.addIntegral(lb=0, ub=self.lines[index].count)
        self.served.setdefault(index, []).append(unknown)
        return cast("highs_var", unknown)

    def _reducible(self, select: Json) -> list[int]:
        return [line.index for line in self.lines if line.discountable and matches(select, line)]

    def _lost(self, off: Json, index: int) -> int:
        line = self.lines[index]
        return reduction(off, line.price, line.floor)

    def _pieces(self, promotion: Promotion) -> tuple[Sum, list[highs_var]]:
        used = {index: self._unknown(index) for index in self._reducible(promotion.take)}
        if "pieces" in promotion.limit and used:
            self.solver.addConstr(_sum(used.values()) <= promotion.limit["pieces"])
        saved = _sum(self._lost(promotion.reward, i) * unknown for i, unknown in used.items())
        return saved, list(used.values())

    def _tiers(self, promotion: Promotion, tiers: Json) -> tuple[Sum, list[highs_var]]:
        """A switch for each step; the pieces are claimed for the step that is switched on."""
        indices, steps = self._reducible(promotion.take), tiers["steps"]
        everything = sum(line.price * line.count for line in self.lines)
        switches: list[highs_var] = []
        used: list[highs_var] = []
        saved = []
        for place, step in enumerate(steps):
            switch = self.solver.addBinary()
            mine = {index: self._unknown(index) for index in indices}
            if not mine:
                return _sum([]), []
            reached = _sum(
                (self.lines[i].price if tiers["by"] == "spend" else 1) * unknown
                for i, unknown in mine.items()
            )
            most = steps[place + 1]["from"] - 1 if place + 1 < len(steps) else everything
            self.solver.addConstr(reached >= step["from"] * switch)
            self.solver.addConstr(reached <= most * switch)
            if "pieces" in promotion.limit:
                self.solver.addConstr(_sum(mine.values()) <= promotion.limit["pieces"])
            switches.append(switch)
            used += mine.values()
            saved += [self._lost(step, i) * unknown for i, unknown in mine.items()]
        self.solver.addConstr(_sum(switches) <= 1)
        return _sum(saved), used

    def _bundle(self, promotion: Promotion, bundle: Json) -> tuple[Sum, list[highs_var]]:
        target = bundle.get("reduce", {}).get("set")
        times = self.solver.addIntegral(lb=0, ub=self._most_times(promotion, bundle))
        serving: list[dict[int, highs_var]] = []
        for place, one in enumerate(bundle["sets"]):
            indices = self._reducible(one["of"])
            if target not in (None, place):
                indices = [line.index for line in self.lines if matches(one["of"], line)]
            if not indices:
                return _sum([]), []
            serving.append({index: self._unknown(index) for index in indices})
            self.solver.addConstr(_sum(serving[-1].values()) == one["quantity"] * times)
        used = [unknown for mine in serving for unknown in mine.values()]
        pairs = [(index, unknown) for mine in serving for index, unknown in mine.items()]
        if "cheapest" in bundle:
            return self._cheapest(bundle, serving[0]), used
        if "price" in bundle:
            saved = _sum(self.lines[i].price * unknown for i, unknown in pairs)
            return saved - bundle["price"] * times, used
        if target is not None:
            pairs = list(serving[target].items())
        off = bundle["reduce"] if target is not None else bundle
        return _sum(self._lost(off, i) * unknown for i, unknown in pairs), used

    def _most_times(self, promotion: Promotion, bundle: Json) -> int:
        sets = bundle["sets"]
        most = sum(line.count for line in self.lines) // sum(one["quantity"] for one in sets)
        aimed = sum(one["quantity"] for one in sets)
        if "reduce" in bundle:
            aimed = sets[bundle["reduce"]["set"]]["quantity"]
        if "cheapest" in bundle:
            aimed = bundle["cheapest"].get("count", 1)
        limit = promotion.limit
        if "pieces" in limit:
            most = min(most, limit["pieces"] // aimed)
        return int(min(most, limit.get("applications", most)))

    def _cheapest(self, bundle: Json, claimed: Mapping[int, highs_var]) -> Sum:
        """Of the claimed pieces some are reduced; along the row, dearest first, enough others stand before them.

        The n-th group begins no later than its dearest reduced piece, so before that piece there must be the unreduced
        pieces of n groups; that is also enough for groups to be made.
        """
        free = bundle["cheapest"].get("count", 1)
        payers = bundle["sets"][0]["quantity"] - free
        lines = self.lines
        row = sorted(
            claimed, key=lambda i: (lines[i].price, lines[i].floor, lines[i].sku), reverse=True
        )
        reduced: dict[int, highs_var] = {}
        for index in row:
            reduced[index] = self.solver.addIntegral(lb=0, ub=lines[index].count)
            self.solver.addConstr(_sum([reduced[index]]) <= _sum([claimed[index]]))
            begun = self.solver.addIntegral(lb=0, ub=sum(line.count for line in lines))
            self.solver.addConstr(free * begun >= _sum(reduced.values()))
            paid = _sum(claimed[i] for i in reduced) - _sum(reduced.values())
            self.solver.addConstr(paid >= payers * begun)
        return _sum(self._lost(bundle["cheapest"], i) * unknown for i, unknown in reduced.items())


def _sum(terms: Any) -> Sum:
    """The terms added up, also if there is one or none."""
    found = highs_linear_expression(0)
    for term in terms:
        found += term
    return found
