"""Ways of basket promotions whose lowest end hides behind sets that seem to come to less than they do."""

import pytest

from tests.support import brute_force
from tests.support.brute_force.baskets import request
from tests.support.promotion_answers import answered

COME_TO_ONE_SET_IN_TWO_WAYS = ("together", 620)
MORE_ALIKE_THAN_ARE_KEPT = ("basket", 286)
PRICES_FOLLOW_FROM_ALL_CLAIMS = ("basket", 146)
MORE_SETS_OF_ONE_STATE_THAN_ARE_KEPT = ("limits", 306)


@pytest.mark.parametrize(
    ("mixture", "seed"),
    [
        COME_TO_ONE_SET_IN_TWO_WAYS,
        MORE_ALIKE_THAN_ARE_KEPT,
        PRICES_FOLLOW_FROM_ALL_CLAIMS,
        MORE_SETS_OF_ONE_STATE_THAN_ARE_KEPT,
    ],
)
def test_the_lowest_end_is_found_and_known_to_be_the_lowest(mixture, seed):
    asked = request(seed, mixture)
    found, expected = answered(asked), brute_force.price(asked)
    assert found["optimal"]
    assert found["total"] == expected["total"]
    assert [one["promotion"] for one in found["applied"]] == [
        one["promotion"] for one in expected["applied"]
    ]


def test_a_bound_that_other_promotions_took_part_in_does_not_hide_what_comes_near_the_best():
    """Reduce and rows go their own ways here; leaving one promotion out keeps a threshold."""
    chosen = {"skus": ["C", "D"]}
    either = [{"of": chosen, "quantity": 1}] * 2
    four = [{"of": {"skus": ["D"]}, "quantity": 2}] * 2
    bundles = {
        "THIRD": {"sets": either, "reduce": {"set": 1, "percent": "33"}},
        "THREE": {"sets": [{"of": {}, "quantity": 3}], "reduce": {"set": 0, "price": "1.00"}},
        "QUARTER": {"sets": four, "reduce": {"set": 0, "percent": "25"}},
    }
    row = {"by": "quantity", "mode": "each", "steps": [{"from": 2, "price": "2.00"}]}
    asked = {
        "context": {"at": "2026-11-21T10:15:00+01:00", "explain": "none"},
        "lines": [
            {"id": "1", "sku": "D", "price": "1.00", "quantity": "4"},
            {"id": "2", "sku": "C", "price": "10.00", "quantity": "1"},
        ],
        "promotions": [
            *({"id": name, "reward": {"bundle": one}} for name, one in bundles.items()),
            {"id": "ROW", "reward": {"tiers": row}},
            {
                "id": "EACH",
                "stage": "basket",
                "reward": {"each": {"spend": "5.00", "amount": "1.00"}},
            },
        ],
    }
    found, expected = answered(asked), brute_force.price(asked)
    assert (found["total"], found["optimal"]) == (expected["total"], True) == ("4.00", True)


def test_a_row_from_the_cheap_end_meets_equal_pieces_that_a_stack_tells_apart():
    lines = [("1", "B", (), "10.00"), ("2", "C", ("old",), "10.00"), ("3", "B", (), "19.99")]
    asked = {
        "context": {"at": "2026-11-21T10:15:00+01:00", "explain": "none"},
        "lines": [
            {"id": name, "sku": sku, "tags": list(tags), "price": amount, "quantity": "1"}
            for name, sku, tags, amount in [*lines, ("4", "A", ("old",), "10.00")]
        ],
        "promotions": [
            {
                "id": "ROW",
                "reward": {
                    "tiers": {
                        "by": "quantity",
                        "mode": "each",
                        "order": "cheapest_first",
                        "steps": [{"from": 2, "percent": "25"}],
                    }
                },
            },
            {
                "id": "OLD",
                "combine": "stack",
                "only_unreduced": True,
                "take": {"tags": ["old"]},
                "reward": {"price": "2.00"},
            },
        ],
    }
    found = answered(asked)
    assert (found["total"], found["optimal"]) == ("26.49", True)
    assert found["total"] == brute_force.price(asked)["total"]


def test_claims_do_not_follow_what_the_receipt_would_like_better():
    """Who is used takes what is best after stage 1, also where a stack that is not used was looked at beside it."""
    asked = {
        "context": {"at": "2026-11-21T10:15:00+01:00", "currency": "JPY", "explain": "none"},
        "lines": [
            {"id": str(n), "sku": sku, "categories": found, "price": amount, "quantity": "1"}
            for n, (sku, found, amount) in enumerate(
                [("C", [], "333"), ("B", ["shirts"], "1000"), ("D", [], "200"), ("C", [], "999")], 1
            )
        ],
        "promotions": [
            {
                "id": "TWO",
                "combine": "stack",
                "take": {"price_at_least": "105"},
                "reward": {"amount": "100"},
                "limit": {"pieces": 2},
            },
            {
                "id": "SOME",
                "combine": "stack",
                "only_unreduced": True,
                "take": {"skus": ["C"]},
                "reward": {"amount": "200"},
                "limit": {"amount": "33"},
                "priority": -1,
            },
            {
                "id": "RECEIPT",
                "stage": "basket",
                "take": {"categories": ["shirts"]},
                "only_unreduced": True,
                "reward": {"percent": "33"},
            },
        ],
    }
    assert answered(asked)["total"] == brute_force.price(asked)["total"] == "2169"


def test_pieces_that_are_reduced_for_being_the_cheapest_leave_the_row_of_a_stack_for_unreduced_ones():
    """The stack counts from the dearest unreduced piece on, and both dear ones are reduced already."""
    cheapest = {"sets": [{"of": {}, "quantity": 1}, {"of": {"skus": ["A"]}, "quantity": 1}]}
    asked = {
        "context": {"at": "2026-11-21T10:15:00+01:00", "explain": "none"},
        "lines": [
            {"id": "1", "sku": "B", "price": "1.00", "quantity": "1"},
            {"id": "2", "sku": "A", "price": "2.00", "quantity": "2", "floor": "1.80"},
        ],
        "promotions": [
            {"id": "P", "reward": {"percent": "5"}},
            {
                "id": "BOTH",
                "reward": {"bundle": {**cheapest, "cheapest": {"count": 2, "percent": "20"}}},
            },
            {
                "id": "STACK",
                "combine": "stack",
                "only_unreduced": True,
                "reward": {"percent": "100"},
                "limit": {"pieces": 2, "pick": "dearest"},
            },
        ],
    }
    found, expected = answered(asked), brute_force.price(asked)
    assert (found["total"], found["optimal"]) == (expected["total"], True) == ("3.60", True)


def test_a_receipts_promotion_that_takes_all_there_is_needs_no_other_beside_it():
    """The sets lie 720 apart after stage 1 and end at nothing both: the smaller id decides."""
    answer = answered(
        {
            "context": {"at": "2026-11-21T10:15:00+01:00", "currency": "JPY", "explain": "none"},
            "lines": [
                {"id": "1", "sku": "B", "price": "105", "quantity": "4"},
                {"id": "2", "sku": "A", "price": "100", "quantity": "3"},
            ],
            "promotions": [
                {
                    "id": "P3",
                    "reward": {
                        "tiers": {
                            "by": "quantity",
                            "mode": "each",
                            "steps": [{"from": 2, "amount": "100"}, {"from": 4, "price": "899"}],
                        }
                    },
                },
                {"id": "P1", "stage": "basket", "reward": {"amount": "1000"}},
                {
                    "id": "Q2",
                    "reward": {
                        "tiers": {
                            "by": "quantity",
                            "mode": "all",
                            "steps": [
                                {"from": 2, "price": "200"},
                                {"from": 3, "percent": "100"},
                                {"from": 1, "percent": "25"},
                            ],
                        }
                    },
                },
            ],
        }
    )
    assert answer["total"] == "0"
    assert [one["promotion"] for one in answer["applied"]] == ["P1"]
