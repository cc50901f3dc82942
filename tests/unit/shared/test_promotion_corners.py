"""Corners of the engine's search that few baskets reach; what is small enough is held to the reference as well."""

from __future__ import annotations

from typing import Any

import pytest

from shared.promotions import Book, discounts_by_line, price, read_request, result
from tests.support import brute_force
from tests.support.promotion_answers import breaches
from tests.unit.shared.test_promotion_engine import AT, FIFTH, HALF, Json, bundle, line, steps

STEPS = 40_000


def ask(
    lines: list[Json], *promotions: Json, limit_of_work: int = STEPS, **context: Any
) -> tuple[str, bool]:
    """Total, and whether it is proven. Up to seven pieces the reference must say the same."""
    named = [{"id": chr(ord("A") + n), **one} for n, one in enumerate(promotions)]
    context = {"at": AT, "explain": "all", **context}
    asked = {"context": context, "lines": lines, "promotions": named}
    read = read_request(asked)
    answer = result(price(Book(read.promotions), read.context, read.lines, limit_of_work))
    assert breaches(asked, answer) == []
    if sum(int(one["quantity"]) for one in lines) <= 7:
        assert answer == brute_force.price(asked)
    return answer["total"], answer["optimal"]


def total(lines: list[Json], *promotions: Json, **context: Any) -> str:
    """The total of what must be proven."""
    found, optimal = ask(lines, *promotions, **context)
    assert optimal or context.get("strategy") == "by_priority"
    return found


# --- pieces that can lose nothing -------------------------------------------------------------------


def test_what_is_picked_may_have_nothing_to_give():
    """The next in the row does not move up."""
    picking = {
        "combine": "stack",
        "only_unreduced": True,
        "limit": {"pieces": 1, "pick": "cheapest"},
    }
    lines = [line(1, "1.00", floor="3.00"), line(2, "2.00")]
    assert total(lines, {**picking, **HALF}) == "3.00"
    picking["limit"]["pieces"] = 2
    assert total(lines, {**picking, **HALF}) == "2.00"


def test_pieces_at_their_floor_fill_bundles_and_rows_for_others():
    stuck, free = line(1, "3.33", floor="9.00"), line(2, "9.99")
    assert total([stuck, free], {"reward": bundle(1, percent="12.5")}) == "12.07"
    assert total([stuck, free], {"reward": bundle(2, percent="12.5")}) == "12.07"
    # Of pieces of one price that with the lower floor comes first, in both directions of the row.
    last = {"reward": steps((4, {"percent": "33"}), mode="each", order="cheapest_first")}
    assert total([stuck, line(2, "3.33", "3")], last) == "13.32"


def test_a_bundle_that_its_pieces_cannot_fill_with_a_saving_is_no_use():
    lines = [line(1, "2.50", floor="0.95"), line(2, "1.05")]
    two = {"reward": bundle(2, reduce={"set": 0, "price": "0.50"})}
    assert total(lines, {"reward": {"percent": "100"}}, two) == "0.95"
    assert total(lines, two) == "1.45"


# --- who stands beside whom -------------------------------------------------------------------------


def test_a_bundle_dearer_than_its_pieces_is_not_used_to_keep_them_unreduced():
    receipt = {"stage": "basket", "only_unreduced": True, "reward": {"amount": "10.00"}}
    three = {"reward": bundle(1, 2, price="9.99")}
    lines = [line(1, "19.99"), line(2, "1.00", "3")]
    assert total(lines, receipt, three, {"reward": {"price": "3.33"}}) == "3.33"


def test_of_a_group_the_first_by_priority_closes_it():
    small, large = (
        {"group": "g", "reward": {"amount": "0.05"}},
        {"group": "g", "reward": {"price": "3.33"}},
    )
    assert total([line(1, "9.99")], small, large, strategy="by_priority") == "9.94"
    assert total([line(1, "9.99")], large, small, strategy="by_priority") == "3.33"
    assert total([line(1, "9.99")], small, large) == "3.33"


def test_a_group_closes_bundles_for_pieces_that_a_limited_stack_may_take():
    stack = {"combine": "stack", "reward": {"amount": "1.05"}, "limit": {"pieces": 3}}
    single = {"group": "g", "reward": {"price": "2.00"}}
    pair = {"group": "g", "reward": bundle(1, 1, reduce={"set": 0, "percent": "5"})}
    assert total([line(1, "1.05"), line(2, "4.99")], stack, single, pair) == "0.95"
    assert total([line(1, "1.05"), line(2, "4.99")], stack, pair) == "3.69"


def test_a_row_a_picked_piece_and_pairs_want_the_same_pieces():
    row = {"reward": steps((3, {"percent": "5"}), mode="each")}
    picked = {"reward": {"amount": "0.05"}, "limit": {"pieces": 1, "pick": "dearest"}}
    pairs = {"reward": bundle(1, 1, reduce={"set": 1, "percent": "100"})}
    assert total([line(1, "3.33", "3"), line(2, "1.05", "2")], row, picked, pairs) == "5.38"


def test_pairs_and_threes_of_one_percentage_take_every_piece():
    lines = [
        line(1, "1.99", tags=["d"]), line(2, "12.50", "2"), line(3, "1.99"), line(4, "1.49", tags=["d"]),
        line(5, "3.99", "2"), line(6, "2.50"), line(7, "3.99", "2"), line(8, "1.99", "5"),
    ]  # fmt: skip
    sets = [{"of": {}, "quantity": 1}, {"of": {"tags": ["d"]}, "quantity": 1}]
    pairs = {"reward": {"bundle": {"sets": sets, "percent": "20"}}}
    threes = {"reward": bundle(1, 2, percent="20")}
    assert total(lines, pairs, threes, limit_of_work=6_000) == "47.08"


# --- many pieces ------------------------------------------------------------------------------------


def test_many_equal_pieces_under_a_limit_of_applications_or_an_amount():
    free = {"reward": bundle(3, cheapest={"percent": "100"})}
    assert total([line(1, "1.05", "40")], {**free, "limit": {"applications": 4}}) == "37.80"
    pairs = {"reward": bundle(2, price="1.50"), "limit": {"amount": "0.33"}}
    assert total([line(1, "1.05", "25")], pairs) == "25.92"


def test_among_many_pieces_the_first_place_of_a_row_goes_where_it_gives_most():
    row = {
        "reward": steps(
            (1, {"amount": "0.50"}), (2, {"amount": "0.05"}), mode="each", order="cheapest_first"
        )
    }
    lines = [line(1, "1.00"), line(2, "1.00", "16"), line(3, "9.99", "25")]
    assert total(lines, {"reward": {"percent": "33.3"}}, row) == "177.72"


# --- little work ------------------------------------------------------------------------------------


PICKING = {
    "combine": "stack",
    "only_unreduced": True,
    "reward": {"percent": "33"},
    "limit": {"pieces": 3, "pick": "cheapest"},
}


@pytest.mark.parametrize("limit_of_work", [1, 300, 8_000])
@pytest.mark.parametrize(
    ("lines", "promotions"),
    [
        ([line(1, "1.00", "39")], [{"reward": bundle(2, 2, reduce={"set": 0, "percent": "33.3"})}]),
        (
            [line(1, "9.95", "8"), line(2, "3.33", "25")],
            [{"reward": bundle(1, 1, reduce={"set": 0, "price": "0.01"})}],
        ),
        (
            [line(1, "1.05", "14")],
            [
                {"reward": steps(("1.00", {"price": "3.33"}), ("1.05", {"percent": "20"}), by="spend")},
                {"combine": "stack", "reward": {"percent": "33.3"}, "limit": {"amount": "1.00", "pieces": 3}},
            ],
        ),
        (
            [line(1, "10.00", "3"), line(2, "3.33", "2"), line(3, "3.33", "1")],
            [
                {"combine": "stack", "reward": {"amount": "1.05"}, "limit": {"pieces": 3}},
                {"reward": {"percent": "12.5"}, "limit": {"pieces": 1}},
            ],
        ),
    ],
)  # fmt: skip
def test_the_limit_of_work_always_leaves_an_answer(lines, promotions, limit_of_work):
    """Narrow walks may lead nowhere where a stack picks the cheapest of what is left unreduced."""
    context = {"explain": "none"}
    asked = {"context": {"at": AT, **context}, "lines": lines, "promotions": [
        {"id": f"P{n}", **one} for n, one in enumerate([PICKING, *promotions])
    ]}  # fmt: skip
    read = read_request(asked)
    answer = result(price(Book(read.promotions), read.context, read.lines, limit_of_work))
    assert breaches(asked, answer) == []
    assert answer["total"] != answer["list_total"]


# --- what is told beside ----------------------------------------------------------------------------


def test_what_did_nothing_is_in_no_sum():
    asked = {
        "context": {"at": AT},
        "lines": [line(1, "10.00"), line(2, "5.00")],
        "promotions": [
            {"id": "A", "take": {"skus": ["S1"]}, **FIFTH},
            {"id": "B", "take": {"skus": ["S1"]}, **HALF},
        ],
    }
    read = read_request(asked)
    priced = price(Book(read.promotions), read.context, read.lines)
    assert priced.uses() == [("B", 1, 500)]
    assert discounts_by_line(priced) == {0: {"B": 500}}


def test_a_selection_may_name_more_than_a_basket_holds():
    names = [f"S{number}" for number in range(2, 60)]
    lines = [line(1, "10.00"), line(2, "10.00"), line(60, "10.00")]
    assert total(lines, {"take": {"skus": names}, **HALF}) == "25.00"
    assert total(lines, {"take": {"not": {"skus": names}}, **HALF}) == "20.00"
