"""What each set of promotions is said to cost after stage 1 is what its claims come to, however much the set loses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.promotions import Book, price, read_request
from shared.promotions.claims import settle
from shared.promotions.stage1 import Stage1
from shared.promotions.work import UNBOUNDED, OutOfWork, Work
from tests.bench.promotion_market import Market
from tests.support.brute_force.baskets import MIXTURES, request

AT = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
SLACK = 500
EACH = 40
STEPS = 1_500


@pytest.fixture
def wrong(monkeypatch):
    """What does not come to what is said, of the widest look at each basket."""
    found = []
    made = Stage1.__init__

    def looked_at(self, basket, ones, stacks, work, known, margin=0, weights=None):
        made(self, basket, ones, stacks, work, known, margin, weights)
        if weights is None and not margin and self.proven:
            wide = Stage1(basket, ones, stacks, Work(UNBOUNDED), known, SLACK)
            try:
                sets = wide.sets(SLACK, Work(20_000))
            except OutOfWork:
                return
            by_bit = {one.bit: one for one in (*ones, *stacks)}
            for used, combination in sets.items():
                parts = settle(combination.claims(), basket, by_bit, stacks)
                saving = {bit for part in parts for bit, _ in part.off}
                total = sum(part.price * part.count for part in parts)
                if total != wide.total + combination.loss and used == sum(1 << b for b in saving):
                    found.append((used, wide.total + combination.loss, total))

    monkeypatch.setattr(Stage1, "__init__", looked_at)
    return found


@pytest.mark.parametrize("mixture", MIXTURES)
def test_what_a_set_is_said_to_cost_is_what_it_costs(wrong, mixture):
    for seed in range(EACH):
        asked = request(seed, mixture)
        read = read_request(asked, AT)
        price(Book(read.promotions), read.context, read.lines, STEPS)
    assert wrong == []


def test_so_it_is_on_baskets_of_a_market(wrong):
    market = Market(11)
    market.elsewhere(1)
    for _ in range(20):
        lines = market.basket()
        asked = {"context": {"explain": "none"}, "lines": lines, "promotions": market.around(lines)}
        read = read_request(asked, AT)
        price(Book(read.promotions), read.context, read.lines, STEPS)
    assert wrong == []
