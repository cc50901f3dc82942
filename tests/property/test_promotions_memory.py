"""One more scan: what an earlier pricing has solved is not solved again, and nothing in the answer differs."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.promotions import Book, Memory, Priced, parse_json, price, read_request, result
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_baskets import crowd, heap

Json = dict[str, Any]
SEEDS = st.integers(0, 10**6)
REQUESTS = (
    st.builds(request, SEEDS, st.sampled_from(sorted(MIXTURES)))
    | st.builds(crowd, SEEDS)
    | st.builds(heap, SEEDS)
)
FOUND_IS_FOUND = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A smaller seed makes no smaller request, so looking for one is in vain."""


def told(priced: Priced) -> tuple[Json, int]:
    return result(priced), priced.chosen.total


@given(REQUESTS, SEEDS, st.sampled_from([30, 300, 3_000]))
@FOUND_IS_FOUND
def test_scans_and_voids_cost_what_they_cost_from_scratch(asked, seed, steps):
    read = read_request(parse_json(json.dumps(asked)))
    book, memory, rng = Book(read.promotions), Memory(), random.Random(seed)
    scanned = list(read.lines[:1])
    for _ in range(6):
        waiting = [line for line in read.lines if line not in scanned]
        if waiting and rng.random() < 0.7:
            scanned.append(rng.choice(waiting))
        elif len(scanned) > 1:
            scanned.remove(rng.choice(scanned))
        fresh = price(book, read.context, scanned, steps)
        assert told(price(book, read.context, scanned, steps, memory)) == told(fresh)


def test_what_did_not_change_is_remembered():
    lines = [
        {
            "id": str(n),
            "sku": f"S{n}",
            "quantity": "1",
            "price": f"{n + 3}.00",
            "tags": [f"t{n % 2}"],
        }
        for n in range(8)
    ]
    promotions = [
        {
            "id": f"P{tag}",
            "reward": {
                "bundle": {
                    "sets": [{"of": {"tags": [f"t{tag}"]}, "quantity": 2}],
                    "cheapest": {"percent": "50"},
                }
            },
        }
        for tag in range(2)
    ]
    document = {
        "context": {"at": "2026-11-21T10:15:00+01:00"},
        "lines": lines,
        "promotions": promotions,
    }
    read = read_request(parse_json(json.dumps(document)))
    book, memory = Book(read.promotions), Memory()
    price(book, read.context, read.lines[:7], memory=memory)
    solved = memory.solved
    price(book, read.context, read.lines, memory=memory)
    assert (solved, memory.solved) == (2, 3)
