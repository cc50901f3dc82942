"""A draft tried on many receipts is priced once for baskets that it cannot tell apart: that must change nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.promotions import FRAME_STEPS, Book, price, read_request
from shared.promotions.alike import Likeness, lines_of
from shared.promotions.trial import Outcome, Sold, Trial
from tests.support.promotion_baskets import crowd, heap

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
SEEDS = range(60)


def receipts(seed):
    """A request's lines as they came, in another order and under other ids, and another request's."""
    request = read_request(crowd(seed), NOW)
    turned = [replace(line, id=f"R{line.id}") for line in request.lines]
    random.Random(seed).shuffle(turned)
    return request, [request.lines, tuple(turned), read_request(heap(seed + 1), NOW).lines]


def sold(request, lines):
    total = price(Book(()), request.context, lines).basket.list_total
    return Sold("DE01-T1-1-1", request.context, lines, (), frozenset(), 0, total, FRAME_STEPS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trial_gives_each_receipt_what_pricing_it_by_itself_gives(seed):
    request, baskets = receipts(seed)
    for draft in request.promotions:
        trial = Trial(draft)
        expected = Outcome()
        for lines in baskets:
            priced = price(Book((trial.draft,)), request.context, lines, FRAME_STEPS)
            if not trial.divisible or not priced.optimal:
                continue  # what is not the best may be found better for fewer kinds of pieces
            one = sold(request, lines)
            trial.add(one)
            uses = {name: amount for name, _, amount in priced.uses()}
            hit = draft.id in uses
            expected.add(
                Outcome(
                    receipts=1,
                    lines=len(lines),
                    hit=hit,
                    discount=uses[draft.id] if hit else 0,
                    before=one.total,
                    after=priced.chosen.total if hit else one.total,
                    hit_total=one.total if hit else 0,
                )
            )
        assert trial.outcome == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_made_of_pieces_have_the_same_pieces(seed):
    request, baskets = receipts(seed)
    for draft in request.promotions:
        if Book((draft,)).names_lines:
            continue
        likeness = Likeness(draft)
        first, turned, _ = (likeness.of(lines) for lines in baskets)
        assert first == turned
        assert likeness.of(lines_of(first)) == first
