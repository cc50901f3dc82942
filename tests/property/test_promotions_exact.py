"""The promotion engine against trying everything: every field of the answer, over fixed seeds of every mixture.

The reference (tests/support/brute_force) knows nothing of the engine. Where the written ties leave more than one way
to share reductions over lines, both may choose their own: no request of every run lets them, a few of the long run do.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import brute_force
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_answers import answered, breaches

EACH = 200
"""Requests of each mixture in every run: 2,200 in all."""
LONG_EACH, LONG_FIRST, LONG_PARTS = 500, 100_000, 9
"""The long run looks at others: 49,500 in all."""


def explained(mixture: str, seed: int) -> dict[str, Any]:
    """The request of a seed; every promotion is to be accounted for."""
    made = request(seed, mixture)
    made["context"]["explain"] = "all"
    return made


def differences(mixture: str, seed: int) -> list[str]:
    """The fields of the answer that are not those of the reference."""
    asked = explained(mixture, seed)
    answer, expected = answered(asked), brute_force.price(asked)
    wrong = breaches(asked, answer)
    wrong += [
        f"{field}: {answer.get(field)} is not {expected.get(field)}"
        for field in {**expected, **answer}
        if answer.get(field) != expected.get(field)
    ]
    return wrong


def all_differences(mixture: str, seeds: range) -> dict[int, list[str]]:
    return {seed: wrong for seed in seeds if (wrong := differences(mixture, seed))}


@pytest.mark.parametrize("mixture", MIXTURES)
def test_the_engine_answers_like_the_reference(mixture):
    assert all_differences(mixture, range(EACH)) == {}


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
@pytest.mark.parametrize("mixture", MIXTURES)
def test_the_engine_answers_like_the_reference_on_many_more(mixture, part):
    first = LONG_FIRST + part * LONG_EACH
    found = all_differences(mixture, range(first, first + LONG_EACH))
    # Shared otherwise over the lines is what the ties allow, rarely; the totals have no exception.
    assert {
        seed: wrong for seed, wrong in found.items() if not _shared_otherwise(mixture, seed)
    } == {}
    assert len(found) <= 1


def _shared_otherwise(mixture: str, seed: int) -> bool:
    """Whether the answers differ in lines and rates only, where the ties are known to leave a choice."""
    asked = explained(mixture, seed)
    wrong = differences(mixture, seed)
    fields = {sentence.partition(":")[0] for sentence in wrong}
    return fields <= {"lines", "applied", "taxes"} and brute_force.undecided(asked)
