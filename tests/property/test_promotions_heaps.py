"""Thousands of pieces on a few lines: what they cost is worked out here piece by piece, which a basket never is.

Pieces that nothing tells apart are one class with a count, so a basket of 6,000 is priced like one of 60.
"""

from __future__ import annotations

import copy
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.brute_force.baskets import EVERYTHING
from tests.support.promotion_answers import answered, minor
from tests.support.promotion_baskets import crowd

Json = dict[str, Any]
SEEDS = st.integers(0, 10**6)
FOUND_IS_FOUND = settings(
    max_examples=settings.default.max_examples // 25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""A smaller seed makes no smaller request, so looking for one is in vain."""
PIECES = 6_000


def full_basket(seed: int) -> tuple[Json, list[int]]:
    """30 lines with 6,000 pieces of 30 articles, and the prices of the pieces, dearest first."""
    rng = random.Random(seed)
    cuts = [0, *sorted(rng.sample(range(1, PIECES), 29)), PIECES]
    lines, prices = [], []
    for number, count in enumerate(after - before for before, after in pairwise(cuts)):
        cents = rng.randint(50, 9_999)
        lines.append(
            {
                "id": str(number),
                "sku": f"S{number}",
                "quantity": str(count),
                "price": text(cents),
            }
        )
        prices += [cents] * count
    context = {"at": "2026-11-21T10:15:00+01:00", "explain": "none"}
    return {"context": context, "lines": lines}, sorted(prices, reverse=True)


def text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def off_each(prices: list[int], percent: int) -> list[int]:
    """What a percentage takes off each piece, half up."""
    return [(2 * cents * percent + 100) // 200 for cents in prices]


def bundle(size: int, **form: Any) -> Json:
    return {"bundle": {"sets": [{"of": {}, "quantity": size}], **form}}


def by_percent(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    return {"reward": {"percent": str(percent)}}, sum(off_each(prices, percent))


def by_percent_of_some(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    promotion = {"reward": {"percent": str(percent)}, "limit": {"pieces": 1_000 + size}}
    return promotion, sum(off_each(prices, percent)[: 1_000 + size])


def by_percent_up_to_an_amount(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    most = sum(off_each(prices, percent)) // size
    return {"reward": {"percent": str(percent)}, "limit": {"amount": text(most)}}, most


def by_bundles_by_percent(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    whole = PIECES // size * size
    return {"reward": bundle(size, percent=str(percent))}, sum(off_each(prices, percent)[:whole])


def by_the_cheapest(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    whole = PIECES // size * size
    offs = off_each(prices, percent)[size - 1 : whole : size]
    return {"reward": bundle(size, cheapest={"percent": str(percent)})}, sum(offs)


def by_bundles_for_a_price(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    asked = sum(prices) * size // PIECES
    groups = [prices[place : place + size] for place in range(0, PIECES // size * size, size)]
    saved = [sum(group) - asked for group in groups]
    return {"reward": bundle(size, price=text(asked))}, sum(each for each in saved if each > 0)


def by_steps(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    steps = [{"from": size, "percent": str(percent)}, {"from": PIECES + 1, "percent": "100"}]
    reward = {"tiers": {"by": "quantity", "steps": steps}}
    return {"reward": reward}, sum(off_each(prices, percent))


def by_steps_along_the_row(prices: list[int], size: int, percent: int) -> tuple[Json, int]:
    steps = [{"from": size, "percent": str(percent)}]
    reward = {"tiers": {"by": "quantity", "mode": "each", "steps": steps}}
    return {"reward": reward}, sum(off_each(prices, percent)[size - 1 :])


PROVEN = [
    by_percent,
    by_bundles_by_percent,
    by_the_cheapest,
    by_bundles_for_a_price,
    by_steps_along_the_row,
]
FOUND = [by_percent_of_some, by_percent_up_to_an_amount, by_steps]
"""The lowest price is found here too, but the limit of work ends before it is known to be the lowest."""


@pytest.mark.parametrize("way", [*PROVEN, *FOUND])
@given(SEEDS, st.integers(2, 7), st.integers(1, 100))
@FOUND_IS_FOUND
def test_six_thousand_pieces_cost_what_they_cost_one_by_one(way, seed, size, percent):
    asked, prices = full_basket(seed)
    promotion, saved = way(prices, size, percent)
    answer = answered({**asked, "promotions": [{"id": "P", **promotion}]})
    assert minor(answer["discount_total"]) == saved
    assert answer["optimal"] or way in FOUND


PLAIN = EVERYTHING & {"pieces", "floors", "flags", "selections", "priorities", "exclusive"}


@given(SEEDS, st.integers(2, 200))
@FOUND_IS_FOUND
def test_reductions_of_single_pieces_grow_with_the_pieces(seed, factor):
    asked = crowd(seed, PLAIN)
    many = copy.deepcopy(asked)
    for line in many["lines"]:
        line["quantity"] = str(int(line["quantity"]) * factor)
    assert minor(answered(many)["total"]) == minor(answered(asked)["total"]) * factor
