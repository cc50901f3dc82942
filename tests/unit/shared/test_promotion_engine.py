"""The promotion engine on baskets worked by hand: what is claimed, what it costs in the end, what wins a tie."""

from __future__ import annotations

from typing import Any

import pytest

from shared.promotions import Book, discounts_by_line, price, read_request, result
from tests.support.promotion_answers import breaches

Json = dict[str, Any]
AT = "2026-11-21T10:15:00+01:00"


def line(number: int, cost: str, quantity: str = "1", **facts: Any) -> Json:
    return {"id": str(number), "sku": f"S{number}", "quantity": quantity, "price": cost, **facts}


def bundle(*quantities: int, **form: Any) -> Json:
    return {"bundle": {"sets": [{"of": {}, "quantity": n} for n in quantities], **form}}


def steps(*pairs: tuple[Any, Json], by: str = "quantity", **more: Any) -> Json:
    return {"tiers": {"by": by, "steps": [{"from": start, **off} for start, off in pairs], **more}}


def ask(lines: list[Json], *promotions: Json, **context: Any) -> Json:
    """The answer; promotions without an id are called A, B, C, ..."""
    named = [{"id": chr(ord("A") + n), **one} for n, one in enumerate(promotions)]
    asked = {
        "context": {"at": AT, "explain": "all", **context},
        "lines": lines,
        "promotions": named,
    }
    read = read_request(asked)
    answer = result(price(Book(read.promotions), read.context, read.lines))
    assert breaches(asked, answer) == []
    return answer


def finals(lines: list[Json], *promotions: Json, **context: Any) -> list[str]:
    return [one["final"] for one in ask(lines, *promotions, **context)["lines"]]


def used(answer: Json) -> dict[str, str]:
    return {one["promotion"]: one["amount"] for one in answer["applied"]}


FIFTH = {"reward": {"percent": "20"}}
HALF = {"reward": {"percent": "50"}}
THREE_FOR_TWO = {"reward": bundle(3, cheapest={"percent": "100"})}


# --- which combination ------------------------------------------------------------------------------


def test_the_best_of_all_combinations_is_used_not_the_best_first():
    """The dearest free piece costs the other bundle: two cheaper savings together are more."""
    lines = [
        line(1, "10.00", tags=["a"]),
        line(2, "9.00", tags=["a", "b"]),
        line(3, "8.00", tags=["b"]),
    ]
    pair_a = {
        "reward": {"bundle": {"sets": [{"of": {"tags": ["a"]}, "quantity": 2}], "amount": "5.00"}}
    }
    pair_b = {
        "reward": {"bundle": {"sets": [{"of": {"tags": ["b"]}, "quantity": 2}], "amount": "4.00"}}
    }
    alone = {"take": {"skus": ["S3"]}, "reward": {"amount": "1.00"}}
    assert used(ask(lines, pair_a, pair_b)) == {"A": "5.00"}
    assert used(ask(lines, pair_a, pair_b, alone)) == {"A": "5.00", "C": "1.00"}
    dear = {"take": {"skus": ["S1"]}, "reward": {"amount": "3.00"}}
    assert used(ask(lines, pair_a, pair_b, dear)) == {"B": "4.00", "C": "3.00"}


def test_a_promotion_is_left_out_as_a_whole_to_keep_a_threshold():
    off_receipt = {"stage": "basket", "if": [{"spend": "100.00"}], "reward": {"amount": "30.00"}}
    tenth = {"reward": {"percent": "10"}}
    answer = ask([line(1, "50.00", "2")], tenth, off_receipt)
    assert used(answer) == {"B": "30.00"}
    assert answer["not_applied"] == [{"promotion": "A", "reason": "beaten", "by": ["B"]}]
    # What is used is used at its best: it does not skip one of the pieces to keep the threshold.
    assert used(ask([line(1, "50.00", "2"), line(2, "5.00")], tenth, off_receipt)) == {"B": "30.00"}
    assert used(ask([line(1, "50.00", "2"), line(2, "15.00")], tenth, off_receipt)) == {
        "A": "11.50",
        "B": "30.00",
    }


def test_an_exclusive_promotion_stands_alone_or_not_at_all():
    lines = [line(1, "10.00"), line(2, "4.00")]
    receipt = {"stage": "basket", "reward": {"amount": "1.00"}}
    assert used(
        ask(lines, FIFTH, receipt, {"combine": "exclusive", "reward": {"percent": "27"}})
    ) == {
        "A": "2.80",
        "B": "1.00",
    }
    assert used(
        ask(lines, FIFTH, receipt, {"combine": "exclusive", "reward": {"percent": "28"}})
    ) == {"C": "3.92"}
    alone = {
        "stage": "basket",
        "combine": "exclusive",
        "if": [{"spend": "14.00"}],
        "reward": {"amount": "5.00"},
    }
    # Its condition is measured on list prices: nothing else has reduced anything.
    assert used(ask(lines, FIFTH, alone)) == {"B": "5.00"}


def test_of_a_group_one_is_used_over_both_stages():
    lines = [line(1, "10.00"), line(2, "6.00")]
    one = {"group": "g", "take": {"skus": ["S1"]}, **FIFTH}
    other = {"group": "g", "take": {"skus": ["S2"]}, **HALF}
    receipt = {"group": "g", "stage": "basket", "reward": {"amount": "2.50"}}
    stack = {"group": "g", "combine": "stack", "reward": {"amount": "1.00"}}
    assert used(ask(lines, one, other)) == {"B": "3.00"}
    assert used(ask(lines, one, other, receipt, stack)) == {"B": "3.00"}
    assert used(ask(lines, one, receipt, stack)) == {"B": "2.50"}
    assert used(ask(lines, one, stack)) in ({"A": "2.00"}, {"B": "2.00"})


def test_ties_between_sets_go_to_fewer_then_higher_priority_then_smaller_id():
    lines = [line(1, "10.00"), line(2, "10.00")]
    left, right = ({"take": {"skus": [sku]}, **FIFTH} for sku in ("S1", "S2"))
    both = {"reward": {"percent": "20"}}
    assert used(ask(lines, left, right, both)) == {"C": "4.00"}
    assert used(ask(lines, both, {**both, "priority": 1})) == {"B": "4.00"}
    assert used(ask(lines, {"id": "Z", **both}, {"id": "Y", **both})) == {"Y": "4.00"}


def test_ties_between_claims_go_to_fewer_pieces_then_along_the_row():
    lines = [line(2, "5.00"), line(1, "5.00")]
    pair = {"reward": bundle(1, amount="1.00"), "limit": {"applications": 1}}
    # Of equal pieces the smaller sku comes first in the row.
    assert finals(lines, pair) == ["5.00", "4.00"]
    fixed = {"reward": steps((1, {"amount": "1.00"}), (2, {"amount": "0.50"}))}
    assert finals(lines, fixed) == ["5.00", "4.00"]


# --- rewards of pieces ------------------------------------------------------------------------------


def test_of_steps_the_highest_reached_holds_for_all():
    rising = {"reward": steps((2, {"percent": "10"}), (3, {"percent": "20"}))}
    assert finals([line(1, "10.00")], rising) == ["10.00"]
    assert finals([line(1, "10.00", "2")], rising) == ["18.00"]
    assert finals([line(1, "10.00", "3")], rising) == ["24.00"]
    # A higher step that gives less is not reached on purpose.
    falling = {"reward": steps((1, {"percent": "30"}), (3, {"percent": "5"}))}
    assert finals([line(1, "10.00", "3")], falling) == ["24.00"]
    by_value = {"reward": steps(("20.00", {"price": "4.00"}), by="spend")}
    assert finals([line(1, "10.00"), line(2, "5.00"), line(3, "5.00")], by_value) == ["4.00"] * 3
    # A piece below the price may be claimed to reach the step.
    assert finals([line(1, "17.00"), line(2, "3.00")], by_value) == ["4.00", "3.00"]


def test_steps_for_each_piece_count_along_the_row():
    each = steps((2, {"percent": "50"}), (3, {"percent": "100"}), mode="each")
    lines = [line(1, "10.00"), line(2, "6.00"), line(3, "4.00"), line(4, "2.00")]
    assert finals(lines, {"reward": each}) == ["10.00", "3.00", "0.00", "0.00"]
    turned = steps(
        (2, {"percent": "50"}), (3, {"percent": "100"}), mode="each", order="cheapest_first"
    )
    assert finals(lines, {"reward": turned}) == ["0.00", "0.00", "2.00", "2.00"]
    assert finals(lines, {"reward": turned, "limit": {"pieces": 3}}) == [
        "0.00",
        "3.00",
        "4.00",
        "2.00",
    ]
    assert finals(lines, {"reward": each, "limit": {"pieces": 2}}) == [
        "10.00",
        "3.00",
        "4.00",
        "2.00",
    ]
    assert finals(lines, {"reward": turned, "limit": {"amount": "9.00"}}) == [
        "1.00",
        "6.00",
        "4.00",
        "2.00",
    ]


def test_a_bundle_takes_whole_applications_only():
    lines = [line(1, "10.00", "2"), line(2, "4.00", "3")]
    assert finals(lines, {"reward": bundle(2, 2, percent="10")}) == ["18.00", "11.20"]
    assert finals(lines, THREE_FOR_TWO) == ["20.00", "8.00"]
    assert finals(lines, {"reward": bundle(3, price="15.00")}) == ["12.50", "10.50"]
    assert finals(lines, {"reward": bundle(6, percent="90")}) == ["20.00", "12.00"]
    two_free = {"reward": bundle(5, cheapest={"count": 2, "price": "1.00"})}
    assert finals(lines, two_free) == ["20.00", "6.00"]


def test_buying_some_reduces_others():
    lines = [
        line(1, "30.00", categories=["coat"]),
        line(2, "8.00", "2", categories=["scarf"]),
        line(3, "5.00"),
    ]
    sets = [
        {"of": {"categories": ["coat"]}, "quantity": 1},
        {"of": {"categories": ["scarf"]}, "quantity": 1},
    ]
    reward = {"bundle": {"sets": sets, "reduce": {"set": 1, "percent": "100"}}}
    assert finals(lines, {"reward": reward}) == ["30.00", "8.00", "5.00"]
    # What only qualifies need not be discountable, what is reduced must be.
    lines[0]["discountable"] = False
    assert finals(lines, {"reward": reward}) == ["30.00", "8.00", "5.00"]
    lines[1]["discountable"] = False
    assert finals(lines, {"reward": reward}) == ["30.00", "16.00", "5.00"]
    # Overlapping sets free the dearer piece, if it is worth it.
    assert finals([line(1, "10.00"), line(2, "2.00")], {"reward": bundle(1, 1, reduce={"set": 0, "price": "3.00"})}) == [  # noqa: E501
        "3.00", "2.00",
    ]  # fmt: skip


def test_amounts_and_prices_of_bundles_stop_at_the_floors_of_their_own_pieces():
    lines = [line(1, "10.00", floor="9.00"), line(2, "6.00")]
    assert finals(lines, {"reward": bundle(2, amount="8.00")}) == ["9.00", "0.00"]
    assert finals(lines, {"reward": bundle(2, price="5.00")}) == ["9.00", "0.00"]
    four = [line(1, "10.00", "2", floor="9.00"), line(2, "6.00", "2")]
    # Two pairs of unlike pieces have more room than a pair of like ones.
    assert used(ask(four, {"reward": bundle(2, amount="7.00")})) == {"A": "14.00"}
    assert used(ask(four, {"reward": bundle(2, amount="20.00"), "limit": {"amount": "8.50"}})) == {
        "A": "8.50"
    }


def test_the_cheapest_over_unlike_sets_is_the_cheapest_of_each_application():
    lines = [
        line(1, "9.00", categories=["a"]),
        line(2, "5.00", categories=["b"]),
        line(3, "4.00", categories=["a", "b"]),
    ]
    sets = [
        {"of": {"categories": ["a"]}, "quantity": 1},
        {"of": {"categories": ["b"]}, "quantity": 1},
    ]
    free = {"reward": {"bundle": {"sets": sets, "cheapest": {"percent": "100"}}}}
    assert finals(lines, free) == ["9.00", "0.00", "4.00"]
    assert used(ask([*lines, line(4, "3.00", categories=["a"])], free)) == {"A": "8.00"}


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        ("best", ["5.00", "6.00", "4.00"]),
        ("dearest", ["5.00", "6.00", "4.00"]),
        ("cheapest", ["10.00", "6.00", "2.00"]),
    ],
)
def test_a_limit_of_pieces_takes_those_that_are_picked(pick, expected):
    lines = [line(1, "10.00"), line(2, "6.00", discountable=False), line(3, "4.00")]
    assert finals(lines, {**HALF, "limit": {"pieces": 1, "pick": pick}}) == expected


def test_of_equal_pieces_that_are_picked_any_may_be_had():
    lines = [
        line(1, "4.00", "2"),
        {**line(2, "4.00"), "sku": "S1", "tags": ["new"]},
        line(3, "6.00"),
    ]
    picked = {**HALF, "limit": {"pieces": 2, "pick": "cheapest"}}
    rival = {"take": {"tags": ["new"]}, "reward": {"price": "1.00"}}
    assert used(ask(lines, picked, rival)) == {"A": "4.00", "B": "3.00"}
    stack = {**picked, "combine": "stack"}
    assert used(ask(lines, stack, rival)) == {"A": "4.00", "B": "3.00"}


def test_a_cap_gives_back_from_the_last_pieces_of_the_row():
    lines = [line(1, "4.00"), line(2, "10.00"), line(3, "6.00", "2")]
    assert finals(lines, {**HALF, "limit": {"amount": "7.00"}}) == ["4.00", "5.00", "10.00"]
    assert finals(lines, {**HALF, "limit": {"amount": "9.50"}}) == ["4.00", "5.00", "7.50"]
    capped = {"reward": steps((2, {"percent": "50"})), "limit": {"amount": "7.00"}}
    assert finals(lines, capped) == ["4.00", "5.00", "10.00"]


def test_what_is_left_of_a_budget_caps_like_an_amount():
    used_up = {"A": {"amount": "98.50"}}
    half = {**HALF, "limit": {"budget": "100.00"}}
    assert used(ask([line(1, "10.00")], half, usage=used_up)) == {"A": "1.50"}
    assert used(ask([line(1, "10.00")], half)) == {"A": "5.00"}
    assert used(ask([line(1, "10.00")], {**HALF, "limit": {"amount": "0.00"}})) == {}


# --- stacks -----------------------------------------------------------------------------------------


def test_stacks_follow_the_others_by_priority():
    lines = [line(1, "10.00")]
    percent = {"combine": "stack", "reward": {"percent": "50"}}
    amount = {"combine": "stack", "reward": {"amount": "2.00"}}
    assert finals(lines, FIFTH, percent, amount) == ["2.00"]
    assert finals(lines, FIFTH, percent, {**amount, "priority": 1}) == ["3.00"]
    fixed = {"combine": "stack", "reward": {"price": "5.00"}}
    # A price never raises one, and a promotion that would take nothing is not used.
    assert used(ask(lines, FIFTH, {**percent, "priority": 5}, fixed)) == {"A": "2.00", "B": "4.00"}


def test_stacks_for_what_is_unreduced_see_every_reduction_before_them():
    lines = [line(1, "10.00"), line(2, "8.00")]
    one = {"take": {"skus": ["S1"]}, "reward": {"percent": "10"}}
    late = {"combine": "stack", "only_unreduced": True, "reward": {"percent": "25"}}
    assert used(ask(lines, one, late)) == {"B": "4.50"}
    assert used(ask(lines, {**one, "reward": {"percent": "40"}}, late)) == {
        "A": "4.00",
        "B": "2.00",
    }
    receipt = {"stage": "basket", "only_unreduced": True, "reward": {"amount": "3.00"}}
    assert used(ask(lines, {**one, "reward": {"percent": "40"}}, receipt)) == {
        "A": "4.00",
        "B": "3.00",
    }
    # A piece that only stands in front of the first step has lost nothing yet.
    second = {"reward": steps((2, {"amount": "3.00"}), mode="each")}
    assert used(ask(lines, second, late)) == {"A": "3.00", "B": "2.50"}


def test_a_limited_stack_takes_some():
    lines = [line(1, "10.00", "2"), line(2, "4.00")]
    two = {"combine": "stack", "limit": {"pieces": 2}, **HALF}
    assert used(ask(lines, two)) == {"A": "10.00"}
    one = {"take": {"skus": ["S1"]}, "reward": {"price": "1.00"}}
    assert used(ask(lines, one, two)) == {"A": "18.00", "B": "2.50"}
    capped = {"combine": "stack", "limit": {"amount": "6.00"}, **HALF}
    assert finals(lines, capped) == ["14.00", "4.00"]
    for pick, expected in (("cheapest", ["15.00", "2.00"]), ("dearest", ["10.00", "4.00"])):
        picking = {**two, "limit": {"pieces": 2, "pick": pick}}
        assert finals(lines, picking) == expected
        unreduced = {**picking, "only_unreduced": True}
        assert finals(lines, unreduced) == expected
        small = {"take": {"skus": ["S2"]}, "reward": {"amount": "3.00"}}
        assert finals(lines, small, unreduced) == ["10.00", "1.00"]


# --- the receipt ------------------------------------------------------------------------------------


def test_a_reduction_of_the_receipt_is_spread_by_largest_remainder_above_the_floors():
    receipt = {"stage": "basket", "reward": {"amount": "1.00"}}
    assert finals([line(1, "1.00"), line(2, "1.00"), line(3, "1.00")], receipt) == [
        "0.66",
        "0.67",
        "0.67",
    ]
    lines = [line(1, "10.00", floor="9.90"), line(2, "5.00"), line(3, "5.00", discountable=False)]
    assert finals(lines, {"stage": "basket", "reward": {"percent": "20"}}) == [
        "9.90",
        "2.10",
        "5.00",
    ]
    assert finals(lines, {"stage": "basket", "reward": {"amount": "50.00"}}) == [
        "9.90",
        "0.00",
        "5.00",
    ]


def test_each_full_amount_counts_and_steps_go_by_value():
    lines = [line(1, "70.00"), line(2, "60.00")]
    each = {"stage": "basket", "reward": {"each": {"spend": "50.00", "amount": "5.00"}}}
    (applied,) = ask(lines, each)["applied"]
    assert (applied["amount"], applied["applications"]) == ("10.00", 2)
    (applied,) = ask(lines, {**each, "limit": {"applications": 1}})["applied"]
    assert (applied["amount"], applied["applications"]) == ("5.00", 1)
    # The second is cut by the cap; a third would take nothing.
    (applied,) = ask([line(1, "150.00")], {**each, "limit": {"amount": "7.00"}})["applied"]
    assert (applied["amount"], applied["applications"]) == ("7.00", 2)
    tiers = steps(("100.00", {"percent": "10"}), ("130.00", {"amount": "1.00"}), by="spend")
    assert used(ask(lines, {"stage": "basket", "reward": tiers})) == {"A": "1.00"}
    assert used(ask(lines[:1] * 1, {"stage": "basket", "reward": tiers})) == {}
    tiny = {"stage": "basket", "reward": {"each": {"spend": "0.02", "amount": "0.01"}}}
    assert used(ask(lines, FIFTH, tiny)) == {"A": "26.00", "B": "52.00"}


def test_one_place_on_the_receipt_and_stacks_after_it():
    lines = [line(1, "100.00")]
    one, other = ({"stage": "basket", "reward": {"amount": amount}} for amount in ("5.00", "7.00"))
    stack = {"stage": "basket", "combine": "stack", "reward": {"percent": "10"}}
    first = {"stage": "basket", "combine": "stack", "priority": 3, "reward": {"amount": "3.00"}}
    assert used(ask(lines, one, other)) == {"B": "7.00"}
    assert used(ask(lines, one, other, stack)) == {"B": "7.00", "C": "9.30"}
    assert used(ask(lines, one, stack, first)) == {"A": "5.00", "B": "9.20", "C": "3.00"}
    grouped = {**stack, "group": "g"}
    assert used(ask(lines, {**one, "group": "g"}, grouped)) == {"B": "10.00"}
    # Its steps are measured by what stage 1 left, whoever came before.
    late = {
        "stage": "basket",
        "combine": "stack",
        "reward": steps(("100.00", {"percent": "10"}), by="spend"),
    }
    assert used(ask(lines, one, late)) == {"A": "5.00", "B": "9.50"}


# --- by priority ------------------------------------------------------------------------------------


def test_by_priority_each_takes_its_best_of_what_is_left():
    lines = [line(1, "10.00"), line(2, "8.00"), line(3, "6.00")]
    pair = {"priority": 1, "reward": bundle(2, percent="20")}
    answer = ask(lines, HALF, pair, strategy="by_priority")
    assert used(answer) == {"A": "3.00", "B": "3.60"}
    assert answer["optimal"] is False
    assert used(ask(lines, HALF, pair)) == {"A": "12.00"}


def test_by_priority_an_exclusive_one_is_used_if_it_comes_first():
    lines = [line(1, "10.00")]
    exclusive = {"combine": "exclusive", **FIFTH}
    assert used(ask(lines, exclusive, HALF, strategy="by_priority")) == {"A": "2.00"}
    assert used(ask(lines, exclusive, {"priority": 1, **HALF}, strategy="by_priority")) == {
        "B": "5.00"
    }
    receipt = {
        "stage": "basket",
        "combine": "exclusive",
        "priority": 9,
        "reward": {"amount": "1.00"},
    }
    assert used(ask(lines, HALF, receipt, strategy="by_priority")) == {"B": "1.00"}
    unmet = {**receipt, "if": [{"spend": "10.01"}]}
    assert used(ask(lines, HALF, unmet, strategy="by_priority")) == {"A": "5.00"}


def test_by_priority_the_first_of_a_group_and_of_the_receipt_closes_the_place():
    lines = [line(1, "100.00")]
    one = {"group": "g", "reward": {"amount": "1.00"}}
    stack = {"group": "g", "combine": "stack", "priority": 7, "reward": {"amount": "50.00"}}
    receipts = [{"stage": "basket", "priority": n, "reward": {"amount": f"{n}.00"}} for n in (2, 3)]
    later = {"stage": "basket", "combine": "stack", "reward": {"percent": "10"}}
    nothing = {
        "stage": "basket",
        "priority": 8,
        "if": [{"spend": "500.00"}],
        "reward": {"amount": "80.00"},
    }
    answer = ask(lines, one, stack, *receipts, later, nothing, strategy="by_priority")
    assert used(answer) == {"A": "1.00", "D": "3.00", "E": "9.60"}


def test_by_priority_a_picking_stack_counts_along_what_is_unreduced_then():
    lines = [line(1, "10.00"), line(2, "8.00"), line(3, "6.00")]
    small = {"take": {"skus": ["S3"]}, "reward": {"amount": "1.00"}}
    for pick, expected in (
        ("cheapest", ["10.00", "4.00", "5.00"]),
        ("dearest", ["5.00", "8.00", "5.00"]),
    ):
        stack = {
            "combine": "stack",
            "only_unreduced": True,
            "limit": {"pieces": 1, "pick": pick},
            **HALF,
        }
        assert finals(lines, small, stack, strategy="by_priority") == expected
        assert finals(lines, small, stack) == expected
    nothing_left = {"combine": "stack", "only_unreduced": True, **HALF}
    assert used(ask(lines[:1], FIFTH, nothing_left, strategy="by_priority")) == {"A": "2.00"}


# --- what is given beside ---------------------------------------------------------------------------


def test_uses_and_discounts_are_told_for_whoever_counts_them():
    asked = {
        "context": {"at": AT},
        "lines": [line(1, "10.00", "3"), line(2, "4.00")],
        "promotions": [
            {"id": "P", "take": {"skus": ["S1"]}, **THREE_FOR_TWO},
            {"id": "R", "stage": "basket", "reward": {"each": {"spend": "5.00", "amount": "0.50"}}},
            {"id": "B", "stage": "benefit", "reward": {"points": {"fixed": 10}}},
        ],
    }
    read = read_request(asked)
    priced = price(Book(read.promotions), read.context, read.lines)
    assert priced.uses() == [("B", 1, 0), ("P", 1, 1000), ("R", 4, 200)]
    assert discounts_by_line(priced) == {0: {"P": 1000, "R": 167}, 1: {"R": 33}}


@pytest.mark.parametrize(
    ("currency", "cost", "total"),
    [("JPY", "1005", "502"), ("KWD", "1.005", "0.502"), ("USD", "0.05", "0.02")],
)
def test_amounts_are_written_as_the_currency_is(currency, cost, total):
    answer = ask([line(1, cost, tax="10")], HALF, currency=currency, explain="none")
    assert answer["total"] == total
    assert answer["taxes"][0]["rate"] == "10"
