"""What a promotion is taken to bring while it is relaxed is never less than what any way to use it brings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.promotions import Book, read_request
from shared.promotions.basket import Basket
from shared.promotions.candidates import Candidate, item_candidate
from shared.promotions.chain import Chain
from shared.promotions.conditions import met
from shared.promotions.explicit import needs_explicit, pieces_of, ways
from shared.promotions.gates import Gate
from shared.promotions.relaxed import Relaxed
from shared.promotions.terms import Bundle
from shared.promotions.work import OutOfWork, Work
from tests.support.brute_force.baskets import MIXTURES, request

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
SEEDS = 400


def candidates(mixture: str, seed: int) -> tuple[Basket, list[Candidate]]:
    asked = read_request(request(seed, mixture), NOW)
    book, basket, gate = Book(asked.promotions), Basket(asked.lines), Gate(asked.context)
    found = []
    for entry in book.touching(basket, asked.context):
        item = entry.promotion.stage == "item" and gate.closed(entry.promotion) is None
        if item and met(entry.needs, basket, basket.value):
            candidate = item_candidate(entry, basket, gate)
            if candidate is not None:
                candidate.bit = len(found)
                found.append(candidate)
    return basket, found


def brought(way, candidate, basket, chain):
    """What a way saves in the end, piece by piece."""
    return sum(
        (chain.final(index, basket.classes[index].price)[0] - chain.final(index, price)[0]) * count
        for index, price, count, _, _ in pieces_of(way, candidate, basket)
    )


def ways_looked_at(mixture: str, seed: int) -> int:
    basket, found = candidates(mixture, seed)
    stacks = [c for c in found if c.promotion.combine == "stack" and not c.bounded]
    chain = Chain(stacks, basket)
    counts = tuple(piece.count for piece in basket.classes)
    looked_at = 0
    for one in found:
        if one.promotion.combine == "stack" or not needs_explicit(one, basket, chain):
            continue
        if not isinstance(one.promotion.reward, Bundle):
            continue
        relaxed = Relaxed(one, basket, chain)
        try:
            every = ways(one, basket, counts, Work(5_000))
        except OutOfWork:
            continue
        for way in every:
            used = [0] * len(counts)
            for claim in way.claims:
                used[claim.index] += claim.count
            assert brought(way, one, basket, chain) <= relaxed.worth(used), (mixture, seed, way)
            looked_at += 1
    return looked_at


@pytest.mark.parametrize("mixture", MIXTURES)
def test_a_relaxed_promotion_brings_no_less_than_any_way_to_use_it(mixture):
    for seed in range(SEEDS):
        ways_looked_at(mixture, seed)


def test_there_are_ways_to_look_at():
    assert sum(ways_looked_at(mixture, seed) for mixture in MIXTURES for seed in range(80)) > 200
