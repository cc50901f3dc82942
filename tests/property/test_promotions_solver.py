"""The promotion engine against an integer program, on baskets too large for trying everything.

8 to 15 lines, 5 to 15 promotions: reductions of pieces, steps, bundles for a percentage, a price, a reduced set and the
cheapest, with limits, groups, floors, exclusive ones and one on the receipt. Only totals are compared: which of equally
good combinations is used is what the reference is for.
"""

from __future__ import annotations

import pytest

from shared.promotions import FRAME_STEPS, PROOF_STEPS
from tests.support.promotion_answers import answered, breaches, minor
from tests.support.promotion_baskets import countable
from tests.support.promotion_program import lowest_total

STEPS = 10_000
"""Limit of work in every run; the long one takes the engine's own."""
BASKETS = 40
LONG_FIRST, LONG_EACH, LONG_PARTS = 100_000, 1_000, 3
LEAST_PROVEN = 50
"""Percent. These baskets are harder than customers' ones: every promotion competes for the same few lines."""


def wrong_and_proven(seeds: range, steps: int) -> tuple[list[str], int]:
    """What is wrong with the engine's answers, and how many of them it calls optimal."""
    wrong, proven = [], 0
    for seed in seeds:
        asked = countable(seed)
        answer, lowest = answered(asked, steps), lowest_total(asked)
        wrong += [f"{seed}: {breach}" for breach in breaches(asked, answer)]
        found = minor(answer["total"])
        proven += answer["optimal"]
        if found < lowest:
            wrong.append(f"{seed}: {found}, and {lowest} is the lowest that is admissible")
        if found > lowest and answer["optimal"]:
            wrong.append(f"{seed}: {found} is called optimal, and {lowest} is possible")
    return wrong, proven


def test_what_is_called_optimal_is_what_the_solver_finds():
    wrong, proven = wrong_and_proven(range(BASKETS), STEPS)
    assert wrong == []
    assert proven * 100 >= LEAST_PROVEN * BASKETS


def test_nothing_wrong_is_called_optimal_within_a_frame_either():
    wrong, _ = wrong_and_proven(range(BASKETS, BASKETS + BASKETS // 2), FRAME_STEPS)
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_what_is_called_optimal_is_what_the_solver_finds_on_many_more(part):
    first = LONG_FIRST + part * LONG_EACH
    wrong, proven = wrong_and_proven(range(first, first + LONG_EACH), PROOF_STEPS)
    assert wrong == []
    assert proven * 100 >= LEAST_PROVEN * LONG_EACH
