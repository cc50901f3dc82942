"""Corners of the search where stacks, exclusive promotions and promotions on the receipt meet bundles and steps."""

from __future__ import annotations

import pytest

from shared.promotions import Book, price, read_request, result
from tests.support.promotion_answers import breaches
from tests.unit.shared.test_promotion_corners import ask, total
from tests.unit.shared.test_promotion_engine import AT, HALF, bundle, line, steps

TROUSERS = {"categories": ["trousers"]}
SHIRTS = {"categories": ["shirts"]}
FREE = {"percent": "100"}


def receipt(**promotion):
    return {"stage": "basket", **promotion}


def stack(**promotion):
    return {"combine": "stack", **promotion}


# --- which pieces go free ---------------------------------------------------------------------------


def test_of_two_pieces_at_one_price_the_one_without_a_floor_may_be_the_free_one():
    lines = [line(1, "1.05", floor="0.50"), line(2, "1.05")]
    assert total(lines, {"reward": bundle(2, cheapest=FREE)}) == "1.05"


def test_a_bundle_in_which_every_piece_is_reduced_has_nobody_who_pays():
    lines = [line(1, "3.33"), line(2, "9.99", floor="9.00")]
    all_reduced = {"reward": bundle(2, cheapest={"count": 2, "percent": "50"})}
    assert total(lines, all_reduced) == "10.66"


def test_a_limit_of_applications_holds_where_a_picking_stack_mixes_up_the_row():
    lines = [line(1, "10.00", "2"), line(2, "3.33"), line(3, "2.00"), line(4, "1.99", "2")]
    third = stack(reward={"percent": "33"}, limit={"pieces": 2})
    threes = {"reward": bundle(3, cheapest={"percent": "5"}), "limit": {"applications": 2}}
    assert total(lines, third, threes) == "22.44"


def test_unlike_sets_under_a_limited_stack_are_settled_together():
    few = stack(reward={"price": "3.33"}, limit={"pieces": 3})
    pairs = {"reward": bundle(1, 1, cheapest={"percent": "33.3"})}
    assert total([line(1, "19.99", "4")], pairs, few) == "23.32"


def test_pieces_at_their_floor_are_no_part_of_a_bundle_but_of_the_steps_beside_it():
    lines = [line(1, "2.00", "2", floor="3.00"), line(2, "1.05")]
    two = {"reward": steps((2, {"amount": "2.00"}))}
    stuck = {
        "reward": {"bundle": {"sets": [{"of": {"skus": ["S1"]}, "quantity": 2}],
                              "cheapest": {"percent": "12.5"}}}
    }  # fmt: skip
    assert total(lines, two, stuck) == "4.00"


def test_one_piece_is_wanted_by_bundles_of_every_kind():
    promotions = [
        {"reward": bundle(1, 1, price="4.00")},
        {"reward": bundle(1, cheapest={"price": "8.99"})},
        {"reward": bundle(1, amount="2.00")},
        {"reward": bundle(1, amount="5.00")},
    ]
    assert total([line(1, "1.00"), line(2, "3.33")], *promotions) == "0.00"


# --- stacks after bundles ---------------------------------------------------------------------------


def test_a_stacked_price_takes_nothing_off_what_a_bundle_left_below_it():
    dear = stack(take={"price_at_least": "2.00"}, reward={"price": "1.50"})
    one = {"reward": bundle(1, amount="1.00")}
    assert total([line(1, "2.00"), line(2, "1.05")], dear, one) == "1.05"


def test_a_stacked_price_below_the_share_of_every_piece_makes_the_bundle_needless():
    two = {"reward": bundle(2, amount="0.50")}
    assert total([line(1, "10.00", "2")], stack(reward={"price": "0.01"}), two) == "0.02"


def test_a_step_that_would_keep_a_stack_away_is_not_taken():
    row = {"reward": steps((4, {"amount": "1.00"}), (1, {"price": "3.33"}))}
    fresh = stack(only_unreduced=True, reward={"amount": "0.50"})
    assert total([line(1, "2.00")], row, fresh) == "1.50"


def test_a_capped_stack_ends_within_a_line():
    capped = stack(reward={"percent": "25"}, limit={"amount": "12.00"})
    assert total([line(1, "20.00", "5")], capped) == "88.00"
    coupon = {"take": {"skus": ["S2"]}, "group": "g", "reward": {"amount": "0.05"}}
    budget = stack(reward={"percent": "25"}, limit={"budget": "10.00"})
    assert total([line(1, "19.99", "2"), line(2, "1.00", "2")], coupon, budget) == "31.88"


# --- exclusive promotions ---------------------------------------------------------------------------


def test_an_exclusive_amount_takes_no_more_than_its_pieces_cost():
    alone = {"combine": "exclusive", "reward": bundle(2, amount="5.00")}
    assert total([line(1, "2.00", "2")], alone) == "0.00"
    assert total([line(1, "2.00", "3")], alone, {"reward": {"price": "1.50"}}) == "2.00"


def test_an_exclusive_three_for_two_frees_one_of_three():
    alone = {"combine": "exclusive", "reward": bundle(3, cheapest=FREE)}
    assert total([line(1, "9.99", "3")], alone) == "19.98"
    assert total([line(1, "9.99", "3")], alone, {"reward": {"percent": "40"}}) == "17.97"


def test_an_exclusive_promotion_that_comes_to_less_is_left_out():
    second_free = {"combine": "exclusive", "reward": steps((2, FREE), mode="each")}
    assert total([line(1, "10.00", "2")], {"reward": {"price": "2.00"}}, second_free) == "4.00"


# --- with promotions on the receipt -----------------------------------------------------------------


def test_a_reduction_of_pieces_is_weighed_against_a_step_of_the_receipt():
    third = receipt(
        reward={"tiers": {"by": "spend", "steps": [{"from": "5.00", "percent": "33.3"}]}}
    )
    two = {**HALF, "limit": {"pieces": 2}}
    assert total([line(1, "2.00", "5")], third, two) == "5.34"


def test_a_floor_keeps_a_bundle_from_what_the_receipt_reduces_anyway():
    lines = [line(1, "10.00", **TROUSERS), line(2, "3.33", floor="9.90")]
    half = receipt(
        take=TROUSERS,
        reward={"tiers": {"by": "spend", "steps": [{"from": "5.00", "percent": "50"}]}},
    )
    assert total(lines, half, {"reward": bundle(1, amount="2.00")}) == "7.33"


def test_free_pieces_are_declined_where_they_would_cost_the_step_of_the_receipt():
    """Of equal prices the first articles are picked; with them the receipt stays below its higher step."""
    old = {"tags": ["old"]}
    lines = [line(1, "9.99", **old), line(2, "1.05", "2", **old), line(3, "4.99", **old)]
    lines.append(line(4, "1.05"))
    small = {"take": {"price_at_most": "2.00"}, "reward": FREE, "limit": {"pieces": 2}}
    by_spend = [{"from": "15.00", "percent": "33"}, {"from": "5.00", "percent": "5"}]
    tiers = receipt(take=old, reward={"tiers": {"by": "spend", "steps": by_spend}})
    assert total(lines, small, tiers) == "12.49"


def test_steps_and_caps_on_the_same_pieces_are_weighed_with_a_receipt_for_some_of_them():
    lines = [line(1, "4.99"), line(2, "1.00"), line(3, "3.33")]
    promotions = [
        {"reward": steps((3, {"percent": "25"})), "limit": {"amount": "0.33"}},
        {"reward": steps((2, {"amount": "0.05"}), (3, {"amount": "0.50"}))},
        receipt(take={"skus": ["S1", "S2"]}, reward={"percent": "12.5"}),
        {"reward": steps(("4.00", {"price": "0.95"}), ("3.05", {"price": "0.95"}), by="spend")},
        {"reward": steps((3, {"amount": "0.05"}), (2, {"amount": "0.01"}))},
    ]
    assert total(lines, *promotions) == "2.61"


def test_a_piece_is_left_unreduced_for_the_receipt_only_where_that_saves_more():
    lines = [line(1, "4.99"), line(2, "2.00", **TROUSERS), line(3, "10.00")]
    fresh = receipt(take=TROUSERS, only_unreduced=True, reward={"percent": "25"})
    two = {"reward": steps((2, {"percent": "25"}))}
    assert total(lines, fresh, two, {"reward": {"amount": "0.05"}}) == "12.74"


def test_a_bundle_that_would_cost_the_step_of_the_receipt_is_put_together_otherwise():
    lines = [line(1, "3.33", "2"), line(2, "1.00"), line(3, "9.99", "3")]
    by_spend = [{"from": "3.00", "percent": "33"}, {"from": "25.00", "amount": "2.00"}]
    tiers = receipt(
        take={"lines": ["3", "2"]}, reward={"tiers": {"by": "spend", "steps": by_spend}}
    )
    two = {"take": {"skus": ["S1"]}, "reward": steps(("4.00", {"amount": "2.00"}), by="spend")}
    threes = {"reward": bundle(3, cheapest={"percent": "50"})}
    assert total(lines, tiers, two, threes) == "26.63"


def test_the_receipt_alone_beats_every_reduction_before_it():
    each = receipt(reward={"each": {"spend": "2.00", "amount": "1.00"}})
    small = [{"reward": {"percent": "33.3"}}, {"reward": {"price": "0.95"}}]
    assert total([line(1, "1.00", "2")], *small, each) == "1.00"


def test_of_the_sets_that_reach_a_threshold_the_one_that_loses_least_is_used():
    fifth = receipt(**{"if": [{"spend": "30.00"}]}, reward={"amount": "5.00"})
    lines = [line(1, "20.00"), line(2, "15.00")]
    promotions = [{"take": {"skus": [f"S{n}"]}, "reward": {"percent": "20"}} for n in (1, 2)]
    assert total(lines, *promotions, fifth) == "26.00"


def test_a_promotion_is_used_wherever_it_can_be_or_nowhere():
    """Ten per cent off the dear trousers alone would leave the threshold in reach: nobody may leave it out there."""
    tenth = {"take": TROUSERS, "reward": {"percent": "10"}}
    lines = [line(1, "60.00", **TROUSERS), line(2, "30.00", **TROUSERS), line(3, "15.00")]
    fifty = receipt(**{"if": [{"spend": "97.00"}]}, reward={"amount": "8.00"})
    assert total(lines, tenth, fifty) == "96.00"
    third = {"take": {"skus": ["S3"]}, "reward": {"percent": "20"}}
    assert total(lines, tenth, third, fifty) == "93.00"


def test_two_promotions_that_are_left_out_together_for_a_threshold():
    """The set is worth less than what both take off everywhere; without either the receipt reaches its step."""
    lines = [line(n, "10.00") for n in (1, 2, 3, 4)]
    one = {"take": {"skus": ["S1", "S3"]}, "reward": {"amount": "0.50"}}
    two = {"take": {"skus": ["S2", "S4"]}, "reward": {"amount": "0.50"}}
    pair = {"sets": [{"of": {"skus": ["S1", "S2"]}, "quantity": 2}], "amount": "0.80"}
    three = {"reward": {"bundle": pair}}
    step = receipt(**{"if": [{"spend": "39.00"}]}, reward={"amount": "1.50"})
    assert total(lines, one, two, three, step) == "37.50"
    assert (
        total(
            lines,
            one,
            two,
            three,
            receipt(**{"if": [{"spend": "39.50"}]}, reward={"amount": "3.00"}),
        )
        == "37.00"
    )


def test_what_one_name_keeps_apart_ends_higher_than_it_seems():
    named = {"group": "autumn"}
    item = {**named, "take": {"skus": ["S1"]}, "reward": {"amount": "1.00"}}
    lines = [line(1, "10.00"), line(2, "10.00")]
    assert total(lines, item, receipt(**named, reward={"amount": "3.00"})) == "17.00"
    reached = receipt(**named, **{"if": [{"spend": "19.50"}]}, reward={"amount": "0.50"})
    assert total(lines, item, reached) == "19.00"


def test_a_row_that_would_keep_a_dear_stack_away_is_not_looked_at_more_closely():
    lines = [
        line(1, "9.99", "2"),
        line(2, "2.00", **SHIRTS),
        line(3, "4.99", **SHIRTS),
        line(4, "1.00", "2"),
    ]
    each = receipt(reward={"each": {"spend": "2.00", "amount": "1.00"}})
    cheap = stack(reward={"price": "0.50"})
    dear = {"take": {"price_at_least": "1.05"}, "reward": {"amount": "2.00"}, "priority": 5}
    fresh = stack(only_unreduced=True, **dear)
    shirts = receipt(combine="stack", take={"skus": ["S2", "S3"]}, reward={"percent": "20"})
    row = {"take": SHIRTS, "reward": steps((2, {"percent": "5"}))}
    assert total(lines, each, cheap, fresh, shirts, row) == "1.44"


# --- little work ------------------------------------------------------------------------------------


def test_many_equal_pieces_are_proven_under_a_picking_stack_and_half_of_the_receipt():
    few = stack(reward={"percent": "33.3"}, limit={"pieces": 2})
    half = receipt(reward={"percent": "50"})
    assert ask([line(1, "2.00", "41")], half, few, limit_of_work=1_500) == ("40.33", True)


def test_a_total_stays_proven_when_the_work_ends_among_sets_that_tie():
    third = receipt(
        reward={"tiers": {"by": "spend", "steps": [{"from": "5.00", "percent": "33.3"}]}}
    )
    two = {**HALF, "limit": {"pieces": 2}}
    assert ask([line(1, "2.00", "5")], third, two, limit_of_work=100) == ("5.34", True)


@pytest.mark.parametrize(
    ("lines", "promotions", "limit_of_work"),
    [
        (
            [line(1, "1.00", floor="0.50")],
            [{"reward": FREE}, receipt(reward={"amount": "10.00"})],
            3,
        ),
        (
            [line(1, "19.99", **SHIRTS), line(2, "2.00", floor="1.80", **SHIRTS), line(3, "1.05")],
            [
                {"take": SHIRTS, "reward": FREE},
                {"reward": bundle(1, 1, price="15.00")},
                stack(only_unreduced=True, reward={"price": "3.33"}),
            ],
            30,
        ),
        (
            [line(1, "3.33")],
            [{"reward": bundle(1, cheapest={"percent": "12.5"}), "limit": {"amount": "1.00"}}],
            100,
        ),
        (
            [line(1, "3.33", "21")],
            [
                {"reward": bundle(1, percent="12.5"), "limit": {"pieces": 4}},
                {"reward": steps(("12.00", {"percent": "12.5"}), by="spend")},
                stack(only_unreduced=True, reward={"percent": "10"}, limit={"pieces": 2, "pick": "cheapest"}),
            ],
            3_000,
        ),
        (
            [line(1, "9.99", "3"), line(2, "10.00", "3")],
            [
                {"reward": bundle(2, 2, cheapest=FREE)},
                stack(only_unreduced=True, reward=FREE, limit={"pieces": 3, "pick": "cheapest"}),
            ],
            1_000,
        ),
    ],
)  # fmt: skip
def test_where_the_work_ends_the_answer_is_admissible_and_said_to_be_unproven(
    lines, promotions, limit_of_work
):
    named = [{"id": f"P{n}", **one} for n, one in enumerate(promotions)]
    asked = {"context": {"at": AT, "explain": "none"}, "lines": lines, "promotions": named}
    read = read_request(asked)
    priced = price(Book(read.promotions), read.context, read.lines, limit_of_work)
    assert breaches(asked, result(priced)) == []
    whole = price(Book(read.promotions), read.context, read.lines)
    assert not priced.optimal
    assert whole.optimal
    assert whole.chosen.total <= priced.chosen.total <= priced.basket.list_total
