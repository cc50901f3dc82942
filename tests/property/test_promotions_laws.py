"""What holds for every basket and every set of promotions, whatever they are, and without knowing the right price.

The baskets are small ones with many ties, crowds of 8 to 15 lines and 5 to 15 promotions of all kinds mixed, and heaps
of up to 95 equal pieces.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import Any

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from shared.promotions import Book, price, read_request, result
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_answers import answered, breaches, minor, total
from tests.support.promotion_baskets import crowd, heap

Json = dict[str, Any]

CROWD_STEPS = 3_000
"""Enough to prove most crowds, and to keep the others short."""
SEEDS = st.integers(0, 10**6)
SMALL = st.builds(request, SEEDS, st.sampled_from(sorted(MIXTURES)))
CROWDS = st.builds(crowd, SEEDS)
REQUESTS = SMALL | CROWDS | st.builds(heap, SEEDS)
FOUND_IS_FOUND = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A smaller seed makes no smaller request, so looking for one is in vain."""


def best_for_customer(asked: Json) -> Json:
    """The request with the strategy that keeps the promises about totals."""
    return with_context(asked, strategy="best_for_customer")


def with_context(asked: Json, **facts: Any) -> Json:
    return {**asked, "context": {**asked["context"], **facts}}


def proven(answer: Json, asked: Json) -> bool:
    """Whether the answer is all that it could be: the best, or what the fixed order leads to."""
    return answer["optimal"] or asked["context"].get("strategy") == "by_priority"


def said_of(asked: Json, key: str) -> bool:
    """Whether a key is written anywhere in the promotions."""
    return f'"{key}":' in json.dumps(asked["promotions"])


# --- sums, floors, what may not be touched ----------------------------------------------------------


@given(REQUESTS, st.sampled_from([1, 30, 300, CROWD_STEPS]))
@settings(FOUND_IS_FOUND, max_examples=settings.default.max_examples * 3)
def test_every_answer_is_sound_whatever_the_limit_of_work(asked, steps):
    asked = with_context(asked, explain="all")
    assert breaches(asked, answered(asked, steps)) == []


@given(REQUESTS)
@FOUND_IS_FOUND
def test_what_is_proven_is_never_above_what_less_work_finds(asked):
    asked = with_context(asked, explain="none")
    totals, optimal = [], []
    for steps in (1, 10, 100, 1_000, CROWD_STEPS):
        answer = answered(asked, steps)
        assert breaches(asked, answer) == []
        totals.append(minor(answer["total"]))
        optimal.append(answer["optimal"])
    assert optimal == sorted(optimal)
    assert not optimal[-1] or totals[-1] == min(totals)
    assert len({end for end, sure in zip(totals, optimal, strict=True) if sure}) <= 1


# --- order and repetition ---------------------------------------------------------------------------


@given(REQUESTS, st.randoms(use_true_random=False))
@FOUND_IS_FOUND
def test_the_order_of_promotions_changes_nothing_and_that_of_lines_no_total(asked, rng):
    answer = answered(asked, CROWD_STEPS)
    shuffled = {**asked, "promotions": rng.sample(asked["promotions"], len(asked["promotions"]))}
    assert answered(shuffled, CROWD_STEPS) == answer
    shuffled["lines"] = rng.sample(asked["lines"], len(asked["lines"]))
    other = answered(shuffled, CROWD_STEPS)
    assert (other["total"], other["optimal"]) == (answer["total"], answer["optimal"])


def currency_of(asked):
    return asked["context"].get("currency", "EUR")


@given(st.lists(REQUESTS, min_size=1, max_size=4))
@FOUND_IS_FOUND
def test_pricing_again_gives_the_same_bytes(requests):
    """With a new book or the same, before and after other baskets."""
    promotions = requests[0]["promotions"]
    code = currency_of(requests[0])
    requests = [asked for asked in requests if currency_of(asked) == code]
    readings = [read_request({**asked, "promotions": promotions}) for asked in requests]
    book = Book(readings[0].promotions)

    def priced(reading: Any, of: Book) -> str:
        return json.dumps(result(price(of, reading.context, reading.lines, 5_000)))

    first = [priced(reading, book) for reading in readings]
    assert [priced(reading, book) for reading in reversed(readings)] == first[::-1]
    assert [priced(reading, Book(reading.promotions)) for reading in readings] == first


DIGEST = """
import hashlib, json, sys
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_answers import answered
from tests.support.promotion_baskets import crowd
found = hashlib.sha256()
for seed in range(12):
    for asked in (crowd(seed), *(request(seed, mixture) for mixture in MIXTURES)):
        found.update(json.dumps(answered(asked, 5_000)).encode())
sys.stdout.write(found.hexdigest())
"""


def test_every_process_gives_the_same_bytes():
    """Whatever order its sets have."""
    digests = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


# --- one promotion more -----------------------------------------------------------------------------


@given(REQUESTS.map(best_for_customer), SEEDS)
@FOUND_IS_FOUND
def test_one_promotion_more_never_raises_the_total(asked, number):
    gone = number % len(asked["promotions"])
    less = {**asked, "promotions": [p for n, p in enumerate(asked["promotions"]) if n != gone]}
    more = answered(with_context(asked, explain="none"), CROWD_STEPS)
    assume(more["optimal"])
    assert minor(more["total"]) <= total(less, CROWD_STEPS)


@given(REQUESTS, SEEDS)
@FOUND_IS_FOUND
def test_a_promotion_that_cannot_touch_the_basket_changes_nothing(asked, number):
    stranger = copy.deepcopy(asked["promotions"][number % len(asked["promotions"])])
    stranger |= {"id": "X", "when": {"channels": ["elsewhere"]}}
    stranger.pop("group", None)
    asked = with_context(asked, explain="all")
    more = answered({**asked, "promotions": [stranger, *asked["promotions"]]}, CROWD_STEPS)
    (reason,) = (one for one in more["not_applied"] if one["promotion"] == "X")
    assert reason == {"promotion": "X", "reason": "channel"}
    more["not_applied"].remove(reason)
    assert more == answered(asked, CROWD_STEPS)


@given(REQUESTS)
@FOUND_IS_FOUND
def test_benefits_never_change_a_price(asked):
    goods = [one for one in asked["promotions"] if one.get("stage") != "benefit"]
    without = answered({**asked, "promotions": goods}, CROWD_STEPS)
    answer = answered(asked, CROWD_STEPS)
    for field in ("total", "optimal", "lines", "taxes"):
        assert answer[field] == without[field]


@given(REQUESTS, SEEDS)
@FOUND_IS_FOUND
def test_of_two_equal_promotions_of_one_group_the_smaller_id_is_used(asked, number):
    """The other changes nothing but the reasons."""
    asked = with_context(asked, explain="none")
    twin = copy.deepcopy(asked["promotions"][number % len(asked["promotions"])])
    assume(twin.get("stage") != "benefit")
    twin.setdefault("group", "twins")
    alone = [twin if one["id"] == twin["id"] else one for one in asked["promotions"]]
    usage = asked["context"].get("usage", {})
    if twin["id"] in usage:
        asked = with_context(asked, usage={**usage, f"{twin['id']}~": usage[twin["id"]]})
    once = answered({**asked, "promotions": alone}, CROWD_STEPS)
    twice = answered(
        {**asked, "promotions": [{**twin, "id": f"{twin['id']}~"}, *alone]}, CROWD_STEPS
    )
    assume(proven(once, asked) and proven(twice, asked))
    assert twice == once


@given(REQUESTS, SEEDS)
@FOUND_IS_FOUND
def test_two_equal_promotions_without_a_limit_reduce_no_more_than_one(asked, number):
    twin = asked["promotions"][number % len(asked["promotions"])]
    assume("tiers" not in twin["reward"] or twin.get("stage") == "basket")
    assume(twin.get("stage") != "benefit" and twin.get("combine") != "stack")
    assume("limit" not in twin)
    # What a stack takes afterwards follows from how amounts were spread, so it may round otherwise for two.
    assume(not any(one.get("combine") == "stack" for one in asked["promotions"]))
    asked = with_context(asked, explain="none")
    more = {**asked, "promotions": [*asked["promotions"], {**twin, "id": f"{twin['id']}~"}]}
    once, twice = answered(asked, CROWD_STEPS), answered(more, CROWD_STEPS)
    assume(proven(once, asked) and proven(twice, more))
    assert twice["total"] == once["total"]
    assert [one["promotion"] for one in twice["applied"]] == [
        one["promotion"] for one in once["applied"]
    ]


# --- quantities -------------------------------------------------------------------------------------


def piece_by_piece(asked: Json) -> Json:
    """The request with a line for each piece."""
    lines = []
    for line in asked["lines"]:
        count = line["quantity"].removesuffix(".0")
        pieces = int(count) if count.isdigit() else 1
        quantity = "1" if count.isdigit() else count
        lines += [{**line, "id": f"{line['id']}/{n}", "quantity": quantity} for n in range(pieces)]
    return {**asked, "lines": lines}


@given(REQUESTS)
@FOUND_IS_FOUND
def test_a_line_of_many_costs_what_lines_of_one_cost(asked):
    asked = with_context(asked, explain="none")
    assume(not said_of(asked, "lines"))
    capped_stack = any(
        one.get("combine") == "stack" and {"amount", "budget"} & set(one.get("limit", ()))
        for one in asked["promotions"]
    )
    # The row of such steps and the row of the cap count lines apart.
    assume(not (capped_stack and '"each"' in json.dumps(asked["promotions"])))
    split = piece_by_piece(asked)
    answer, other = answered(asked, CROWD_STEPS), answered(split, CROWD_STEPS)
    assume(proven(answer, asked) and proven(other, split))
    assert other["total"] == answer["total"]


def off_each(prices: list[int], percent: int) -> list[int]:
    """What a percentage takes off each piece, half up."""
    return [(2 * cents * percent + 100) // 200 for cents in prices]


def bundle(quantity: int, **form: Any) -> list[Json]:
    return [{"id": "P", "reward": {"bundle": {"sets": [{"of": {}, "quantity": quantity}], **form}}}]


@given(
    st.integers(50, 2_000),
    st.integers(1, 6_000),
    st.integers(0, 60),
    st.lists(
        st.tuples(st.integers(2, 7), st.integers(1, 100)), max_size=3, unique_by=lambda b: b[0]
    ),
)
@settings(max_examples=25)
def test_many_pieces_of_one_article_are_shared_as_tables_say(cents, count, percent, bundles):
    """Bundles of several sizes and a percentage: best by a table over the number of pieces."""
    promotions: list[Json] = []
    ways = [(1, 0)]
    if percent:
        promotions.append({"id": "P", "reward": {"percent": str(percent)}})
        ways.append((1, off_each([cents], percent)[0]))
    for size, off in bundles:
        promotions += [{**bundle(size, cheapest={"percent": str(off)})[0], "id": f"B{size}"}]
        ways.append((size, off_each([cents], off)[0]))
    best = [0]
    for pieces in range(1, count + 1):
        best.append(max(best[pieces - n] + saved for n, saved in ways if n <= pieces))
    line = {"id": "1", "sku": "A", "quantity": str(count), "price": f"{cents / 100:.2f}"}
    asked = {"context": {"at": "2026-11-21T10:15:00+01:00"}, "lines": [line]}
    answer = answered({**asked, "promotions": promotions})
    assert answer["optimal"]
    assert minor(answer["discount_total"]) == best[count]
