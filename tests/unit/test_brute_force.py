"""The reference of the promotion engine against cases worked by hand, and against itself.

What is compared with it must be able to trust it: the example of the contract comes out exactly, the
rules that are easily got wrong have a case each, and a line of three prices like three lines of one.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.conftest import LONG
from tests.support.brute_force import price
from tests.support.brute_force.baskets import MIXTURES, request

AT = "2026-11-21T10:15:00+01:00"


def line(number: int, cost: str, quantity: str = "1", **facts: Any) -> dict[str, Any]:
    return {"id": str(number), "sku": f"S{number}", "quantity": quantity, "price": cost, **facts}


def priced(
    lines: list[dict[str, Any]], *promotions: dict[str, Any], **context: Any
) -> dict[str, Any]:
    context = {"at": AT, "explain": "all", **context}
    return price({"context": context, "lines": lines, "promotions": list(promotions)})


def finals(result: dict[str, Any]) -> list[str]:
    return [one["final"] for one in result["lines"]]


def used(result: dict[str, Any]) -> list[str]:
    return [one["promotion"] for one in result["applied"]]


def why(result: dict[str, Any], name: str) -> dict[str, Any]:
    (entry,) = (one for one in result["not_applied"] if one["promotion"] == name)
    return entry


def item(name: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, **facts}


def test_the_example_of_the_contract():
    trousers = line(1, "49.95", "2", tax="19", categories=["trousers", "men"])
    result = priced(
        [trousers],
        item("P1", take={"categories": ["trousers"]}, reward={"percent": "20"}),
        item("P2", stage="basket", **{"if": [{"spend": "100.00"}]}, reward={"amount": "10.00"}),
        item("P3", stage="basket", who={"known": True}, reward={"percent": "5"}),
        item("B1", stage="benefit", reward={"points": {"per": "1.00", "give": 1}}),
    )
    assert result == {
        "at": AT,
        "list_total": "99.90",
        "discount_total": "19.98",
        "total": "79.92",
        "optimal": True,
        "lines": [
            {
                "id": "1",
                "list": "99.90",
                "final": "79.92",
                "discounts": [{"promotion": "P1", "amount": "19.98"}],
            }
        ],
        "applied": [
            {
                "promotion": "P1",
                "stage": "item",
                "applications": 1,
                "amount": "19.98",
                "lines": ["1"],
            }
        ],
        "benefits": [{"promotion": "B1", "kind": "points", "points": 79}],
        "not_applied": [
            {
                "promotion": "P2",
                "reason": "condition",
                "missing": [{"spend": "20.08"}],
                "would_save": "10.00",
            },
            {"promotion": "P3", "reason": "customer"},
        ],
        "taxes": [{"rate": "19", "net": "67.16", "tax": "12.76", "gross": "79.92"}],
    }


# --- item stage -------------------------------------------------------------------------------------


def test_a_percentage_is_rounded_for_each_piece_and_stops_at_the_floor():
    half = item("P", reward={"percent": "50"})
    assert finals(priced([line(1, "1.05", "2"), line(2, "2.00", floor="1.50")], half)) == [
        "1.04",
        "1.50",
    ]


def test_a_weighed_line_is_one_piece_with_a_floor_of_its_weight():
    result = priced([line(1, "3.33", "1.5", floor="2.00")], item("P", reward={"percent": "50"}))
    assert (result["list_total"], result["total"]) == ("5.00", "3.00")


def test_two_get_the_dearest_free_piece_where_sets_overlap():
    bundle = {"sets": [{"quantity": 1}, {"quantity": 1}], "reduce": {"set": 1, "percent": "100"}}
    result = priced([line(1, "10.00"), line(2, "2.00")], item("P", reward={"bundle": bundle}))
    assert finals(result) == ["0.00", "2.00"]


def test_the_cheapest_of_each_application_is_free_so_the_applications_are_sorted():
    bundle = {"sets": [{"quantity": 2}], "cheapest": {"percent": "100"}}
    result = priced(
        [line(1, "10.00"), line(2, "9.99"), line(3, "2.00"), line(4, "1.00")],
        item("P", reward={"bundle": bundle}),
    )
    assert finals(result) == ["10.00", "0.00", "2.00", "0.00"]
    assert result["applied"][0]["applications"] == 2


def test_a_bundle_price_is_spread_by_list_price_with_the_rest_to_the_largest_remainder():
    # 13.00 - 10.00 = 3.00 over 10.00, 2.00, 1.00: 2.307..., 0.461..., 0.230...; two cents are left over.
    bundle = {"sets": [{"quantity": 3}], "price": "10.00"}
    result = priced(
        [line(1, "10.00"), line(2, "2.00"), line(3, "1.00")], item("P", reward={"bundle": bundle})
    )
    assert finals(result) == ["7.69", "1.54", "0.77"]


def test_spreading_drops_pieces_at_their_floor_and_spreads_the_rest_afresh():
    bundle = {"sets": [{"quantity": 3}], "amount": "6.00"}
    result = priced(
        [line(1, "10.00", floor="9.00"), line(2, "10.00"), line(3, "10.00")],
        item("P", reward={"bundle": bundle}),
    )
    assert finals(result) == ["9.00", "7.50", "7.50"]


def test_an_undiscountable_piece_serves_only_the_set_that_is_not_reduced():
    lines = [line(1, "10.00", discountable=False), line(2, "2.00")]
    sets = [{"of": {}, "quantity": 1}, {"of": {"skus": ["S2"]}, "quantity": 1}]
    buy_get = {"sets": sets, "reduce": {"set": 1, "percent": "100"}}
    together = {"sets": sets, "price": "1.00"}
    assert finals(priced(lines, item("P", reward={"bundle": buy_get}))) == ["10.00", "0.00"]
    result = priced(lines, item("P", reward={"bundle": together}))
    assert why(result, "P") == {
        "promotion": "P",
        "reason": "condition",
        "missing": [{"quantity": 1}],
    }


def test_a_tier_holds_for_every_claimed_piece_and_each_by_its_place_in_the_row():
    steps = [{"from": 2, "percent": "10"}, {"from": 3, "percent": "50"}]
    lines = [line(1, "10.00"), line(2, "2.00"), line(3, "1.00")]
    everything = item("P", reward={"tiers": {"by": "quantity", "mode": "all", "steps": steps}})
    each = item("P", reward={"tiers": {"by": "quantity", "mode": "each", "steps": steps}})
    turned = item(
        "P",
        reward={
            "tiers": {
                "by": "quantity",
                "mode": "each",
                "order": "cheapest_first",
                "steps": steps,
            }
        },
    )
    assert finals(priced(lines, everything)) == ["5.00", "1.00", "0.50"]
    assert finals(priced(lines, each)) == ["10.00", "1.80", "0.50"]
    assert finals(priced(lines, turned)) == ["5.00", "1.80", "1.00"]


def test_a_claimed_piece_may_reach_a_step_without_being_reduced():
    steps = [{"from": 2, "price": "2.00"}]
    result = priced(
        [line(1, "10.00"), line(2, "1.00")],
        item("P", reward={"tiers": {"by": "quantity", "steps": steps}}),
    )
    assert finals(result) == ["2.00", "1.00"]
    assert result["applied"][0]["lines"] == ["1"]


def test_a_step_of_a_spend_is_measured_at_list_prices_of_what_is_claimed():
    steps = [{"from": "10.00", "amount": "1.00"}, {"from": "12.00", "amount": "2.00"}]
    tiers = item("P", reward={"tiers": {"by": "spend", "steps": steps}})
    result = priced([line(1, "10.00"), line(2, "1.00")], tiers)
    assert finals(result) == ["9.00", "0.00"]
    assert result["applied"][0]["next"] == {"missing": [{"spend": "1.00"}], "would_save": "1.00"}


def test_pick_does_not_move_up_when_another_promotion_has_the_piece():
    free = item("A", take={"skus": ["S2"]}, reward={"percent": "100"})
    cheapest = item("B", reward={"percent": "50"}, limit={"pieces": 1, "pick": "cheapest"})
    result = priced([line(1, "10.00"), line(2, "2.00")], free, cheapest)
    assert used(result) == ["A"]
    assert why(result, "B") == {"promotion": "B", "reason": "beaten", "by": ["A"]}


def test_a_capped_amount_is_given_back_from_the_cheapest_piece():
    capped = item("P", reward={"percent": "50"}, limit={"amount": "5.50"})
    result = priced([line(1, "10.00"), line(2, "2.00"), line(3, "1.00")], capped)
    assert finals(result) == ["5.00", "1.50", "1.00"]


def test_a_budget_that_is_partly_left_caps_and_a_spent_one_closes():
    half = item("P", reward={"percent": "50"}, limit={"budget": "10.00"})
    lines = [line(1, "10.00")]
    assert priced(lines, half, usage={"P": {"amount": "9.00"}})["total"] == "9.00"
    spent = priced(lines, half, usage={"P": {"amount": "10.00"}})
    assert why(spent, "P") == {"promotion": "P", "reason": "limit"}


# --- stacks -----------------------------------------------------------------------------------------


def test_stacks_come_after_on_what_is_left_by_priority_then_id():
    result = priced(
        [line(1, "10.00")],
        item("A", combine="stack", reward={"amount": "1.00"}),
        item("B", combine="stack", reward={"percent": "50"}, priority=1),
        item("C", reward={"percent": "10"}),
    )
    # 10.00 - 1.00 = 9.00; half of it 4.50; 1.00 less.
    assert result["total"] == "3.50"


def test_only_unreduced_leaves_out_what_was_reduced():
    result = priced(
        [line(1, "10.00"), line(2, "2.00")],
        item("A", take={"skus": ["S1"]}, reward={"percent": "10"}),
        item("B", combine="stack", only_unreduced=True, reward={"amount": "0.50"}),
    )
    assert finals(result) == ["9.00", "1.50"]


def test_a_promotion_is_left_out_as_a_whole_to_keep_a_threshold():
    lines = [line(1, "10.00")]
    tenth = item("A", reward={"percent": "10"})
    off = item("B", stage="basket", **{"if": [{"spend": "10.00"}]}, reward={"amount": "3.00"})
    result = priced(lines, tenth, off)
    assert used(result) == ["B"]
    assert why(result, "A") == {"promotion": "A", "reason": "beaten", "by": ["B"]}


def test_but_one_that_is_used_never_skips_a_piece_for_it():
    lines = [line(1, "10.00"), line(2, "10.00")]
    tenth = item("A", reward={"percent": "50"})
    off = item("B", stage="basket", **{"if": [{"spend": "15.00"}]}, reward={"amount": "6.00"})
    # Reducing one piece and then taking 6.00 off would come to 9.00.
    assert priced(lines, tenth, off)["total"] == "10.00"


# --- basket stage -----------------------------------------------------------------------------------


def test_a_basket_percentage_is_of_all_reducible_and_spread_by_remaining_price():
    result = priced(
        [line(1, "10.00"), line(2, "3.33"), line(3, "1.05", discountable=False)],
        item("P", stage="basket", reward={"percent": "10"}),
    )
    # 10 % of 13.33 = 1.33: 0.9977..., 0.3322...
    assert finals(result) == ["9.00", "3.00", "1.05"]


def test_conditions_of_the_basket_stage_are_measured_after_stage_1_unless_by_list():
    half = item("A", reward={"percent": "50"})
    after = item("B", stage="basket", **{"if": [{"spend": "6.00"}]}, reward={"amount": "1.00"})
    by_list = {**after, "if": [{"spend": "6.00", "basis": "list"}]}
    lines = [line(1, "10.00")]
    assert used(priced(lines, half, after)) == ["A"]
    assert used(priced(lines, half, by_list)) == ["A", "B"]


def test_each_counts_full_spends_after_stage_1_and_names_the_next():
    each = item("B", stage="basket", reward={"each": {"spend": "4.00", "amount": "1.00"}})
    result = priced([line(1, "10.00")], each)
    assert result["applied"] == [
        {
            "promotion": "B",
            "stage": "basket",
            "applications": 2,
            "amount": "2.00",
            "lines": ["1"],
            "next": {"missing": [{"spend": "2.00"}], "would_save": "1.00"},
        }
    ]


def test_one_basket_promotion_and_stacks_after_it_with_tiers_of_the_value_before():
    steps = [{"from": "10.00", "percent": "10"}]
    result = priced(
        [line(1, "10.00")],
        item("A", stage="basket", reward={"amount": "2.00"}),
        item("B", stage="basket", reward={"amount": "1.00"}),
        item(
            "C", stage="basket", combine="stack", reward={"tiers": {"by": "spend", "steps": steps}}
        ),
    )
    assert (result["total"], used(result)) == ("7.20", ["A", "C"])
    assert why(result, "B") == {"promotion": "B", "reason": "beaten", "by": ["A", "C"]}


def test_an_exclusive_one_lives_alone():
    result = priced(
        [line(1, "10.00")],
        item("A", reward={"percent": "50"}),
        item("B", stage="basket", combine="stack", reward={"percent": "50"}),
        item("C", combine="exclusive", reward={"percent": "70"}),
    )
    assert used(result) == ["A", "B"]
    assert why(result, "C")["by"] == ["A", "B"]


def test_by_priority_takes_the_first_and_never_says_optimal():
    low = item("A", reward={"percent": "50"}, group="g")
    high = item("B", reward={"percent": "10"}, group="g", priority=1)
    result = priced([line(1, "10.00")], low, high, strategy="by_priority")
    assert (result["total"], result["optimal"]) == ("9.00", False)


# --- ties -------------------------------------------------------------------------------------------


def test_ties_between_sets_go_to_fewer_then_to_priority_then_to_ids():
    lines = [line(1, "10.00"), line(2, "10.00")]
    half = {"reward": {"percent": "50"}}
    a, b = item("A", **half), item("B", **half)
    assert used(priced(lines, b, a)) == ["A"]
    assert used(priced(lines, a, {**b, "priority": 1})) == ["B"]


def test_ties_between_claims_go_along_the_row_claimed_first():
    two = item("A", reward={"amount": "1.00"}, limit={"pieces": 1})
    result = priced([line(1, "2.00"), line(2, "3.33")], two)
    assert finals(result) == ["2.00", "2.33"]


# --- benefits and shipping --------------------------------------------------------------------------


def test_factors_hold_for_the_pieces_whose_highest_they_are():
    result = priced(
        [line(1, "10.00"), line(2, "3.33")],
        item("A", stage="benefit", reward={"points": {"per": "1.00", "give": 1}}),
        item("B", stage="benefit", reward={"points_factor": "2"}),
        item("C", stage="benefit", take={"skus": ["S1"]}, reward={"points_factor": "1.5"}),
        item("D", stage="benefit", take={"skus": ["S1"]}, reward={"points_factor": "3"}),
    )
    assert result["benefits"] == [
        {"promotion": "A", "kind": "points", "points": 13},
        {"promotion": "B", "kind": "points", "points": 3},
        {"promotion": "D", "kind": "points", "points": 20},
    ]
    assert why(result, "C") == {"promotion": "C", "reason": "no_saving"}


def test_of_shipping_ones_the_best_is_used():
    result = priced(
        [line(1, "10.00")],
        item("A", stage="benefit", reward={"shipping": {"amount": "2.00"}}),
        item("B", stage="benefit", reward={"shipping": {"percent": "50"}}),
        shipping="4.90",
    )
    assert result["shipping"] == "2.45"
    assert result["benefits"] == [{"promotion": "B", "kind": "shipping", "amount": "2.45"}]
    assert why(result, "A") == {"promotion": "A", "reason": "beaten", "by": ["B"]}


# --- gates and explanations -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ({"until": AT}, "time"),
        ({"from": AT}, None),
        ({"weekdays": [5], "hours": [["22:00", "11:00"]]}, None),
        ({"weekdays": [6], "hours": [["22:00", "11:00"]]}, "time"),
        ({"stores": ["x"]}, "store"),
        ({"channels": ["web"]}, "channel"),
        ({"tenders": ["cash"]}, "tender"),
        ({"codes": ["herbst10 "]}, None),
        ({"codes": ["Y"]}, "code"),
    ],
)
def test_gates_of_when(when, reason):
    result = priced(
        [line(1, "10.00")], item("P", when=when, reward={"percent": "10"}), codes=[" Herbst10"]
    )
    assert [one["reason"] for one in result["not_applied"]] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("who", "fits"),
    [
        ({}, True),
        ({"groups": ["vip"]}, True),
        ({"groups": ["staff"]}, False),
        ({"attributes": {"city": ["Koeln", "Bonn"]}}, True),
        ({"birthday_within_days": 40}, False),
        ({"birthday_within_days": 42}, True),
        ({"member_for_days": 365}, False),
        ({"purchases": {"every": 10}}, True),
    ],
)
def test_gates_of_who(who, fits):
    customer = {
        "id": "C",
        "groups": ["vip"],
        "attributes": {"city": "Bonn"},
        "birthday": "2000-01-02",
        "since": "2026-01-01",
        "purchases": 9,
    }
    ten = item("P", who=who, reward={"percent": "10"})
    assert bool(used(priced([line(1, "10.00")], ten, customer=customer))) is fits
    assert not used(priced([line(1, "10.00")], ten))


def test_what_is_missing_of_a_bundle_names_the_set_unless_pieces_serve_two():
    two = [{"of": {"skus": ["S1"]}, "quantity": 2}, {"of": {"skus": ["S9"]}, "quantity": 1}]
    apart = priced([line(1, "10.00")], item("P", reward={"bundle": {"sets": two, "percent": "10"}}))
    assert why(apart, "P")["missing"] == [{"quantity": 1, "set": 0}, {"quantity": 1, "set": 1}]
    two[1]["of"] = {}
    shared = priced(
        [line(1, "10.00")], item("P", reward={"bundle": {"sets": two, "percent": "10"}})
    )
    assert why(shared, "P")["missing"] == [{"quantity": 2}]


def test_near_lists_what_touches_and_is_open_or_shut_by_code_tender_or_limit():
    reward = {"reward": {"amount": "1.00"}}
    result = priced(
        [line(1, "0.00")],
        item("A", when={"codes": ["X"]}, **reward),
        item("B", when={"stores": ["x"]}, **reward),
        item("C", take={"skus": ["S9"]}, **reward),
        item("D", **reward),
        explain="near",
    )
    assert result["not_applied"] == [
        {"promotion": "A", "reason": "code"},
        {"promotion": "D", "reason": "no_saving"},
    ]


# --- against itself ---------------------------------------------------------------------------------


def _single_pieces(made: dict[str, Any]) -> dict[str, Any]:
    """The same request with a line for each piece."""
    lines = []
    for one in made["lines"]:
        quantity = Fraction(one["quantity"])
        if quantity.denominator != 1:
            lines.append(one)
            continue
        lines += [
            {**one, "id": f"{one['id']}.{piece}", "quantity": "1"} for piece in range(int(quantity))
        ]
    return {**made, "lines": lines}


@pytest.mark.parametrize("mixture", sorted(MIXTURES))
def test_a_line_of_three_prices_like_three_lines_and_an_order_never_matters(mixture):
    for seed in range(100 if LONG else 10):
        made = request(seed, mixture)
        if '"lines"' in repr(made["promotions"]).replace("'", '"'):
            continue  # a selection of lines means other pieces afterwards
        result = price(made)
        apart = price(_single_pieces(made))
        turned = price({**made, "lines": made["lines"][::-1]})
        assert apart["total"] == result["total"] == turned["total"], seed
        by_line: dict[str, Decimal] = {}
        for one in apart["lines"]:
            name = one["id"].split(".")[0]
            by_line[name] = by_line.get(name, Decimal()) + Decimal(one["final"])
        assert list(by_line.values()) == [Decimal(one["final"]) for one in result["lines"]], seed


@pytest.mark.parametrize("mixture", sorted(MIXTURES))
def test_sums_hold_and_one_promotion_more_never_costs(mixture):
    for seed in range(100 if LONG else 10):
        made = request(seed, mixture)
        result = price(made)
        assert sum(Decimal(one["final"]) for one in result["lines"]) == Decimal(result["total"])
        assert sum(Decimal(one["gross"]) for one in result["taxes"]) == Decimal(result["total"])
        taken = sum(Decimal(one["amount"]) for one in result["applied"])
        assert taken == Decimal(result["discount_total"])
        if result["optimal"]:
            fewer = price({**made, "promotions": made["promotions"][1:]})
            assert Decimal(fewer["total"]) >= Decimal(result["total"]), seed
