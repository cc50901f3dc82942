"""Who loses a reduction that could as well lie on another line: the row decides, at last the order of the lines."""

from datetime import UTC, datetime

from shared.promotions import Book, price, read_request, result
from tests.support import brute_force
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_answers import answered

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

KINDS = MIXTURES["limits"] - {"bundles"} | {
    "currencies",
    "exclusive",
    "priorities",
    "selections",
}


def lines_of(lines, promotions, **context):
    """What each promotion takes off each line: {line: {promotion: amount}}."""
    document = {
        "context": {"explain": "none", **context},
        "lines": [
            {"id": str(n), "sku": sku, "quantity": quantity, "price": amount}
            for n, (sku, quantity, amount) in enumerate(lines, 1)
        ],
        "promotions": promotions,
    }
    read = read_request(document, NOON)
    answer = result(price(Book(read.promotions), read.context, read.lines))
    return {
        line["id"]: {one["promotion"]: one["amount"] for one in line.get("discounts", ())}
        for line in answer["lines"]
    }


def test_a_capped_reduction_is_taken_from_the_dearest_piece_on_whatever_else_is_claimed():
    found = lines_of(
        [("C", "1.5", "2.50"), ("C", "1", "2.50"), ("B", "1", "9.99"), ("C", "1", "3.33")],
        [
            {
                "id": "STEPS",
                "take": {"skus": ["C"]},
                "reward": {
                    "tiers": {
                        "by": "quantity",
                        "mode": "all",
                        "steps": [{"from": 3, "percent": "50"}],
                    }
                },
            },
            {
                "id": "CAPPED",
                "combine": "stack",
                "reward": {"percent": "50"},
                "limit": {"amount": "1.00"},
            },
        ],
    )
    assert found["3"] == {"CAPPED": "1.00"}
    assert not any("CAPPED" in found[line] for line in "124")


def test_what_is_left_over_of_an_amount_goes_to_the_earlier_line_where_all_cost_the_same_now():
    found = lines_of(
        [("B", "1", "9.99"), ("B", "1", "3.33"), ("B", "2", "9.99"), ("B", "2", "3.33")],
        [
            {"id": "ALL-HALF-A-EURO", "reward": {"price": "0.50"}},
            {"id": "RECEIPT", "stage": "basket", "reward": {"amount": "0.50"}},
        ],
    )
    # 50 cents over six pieces: 8 each, and one more for each of the first two lines.
    assert [found[line]["RECEIPT"] for line in "1234"] == ["0.09", "0.09", "0.16", "0.16"]


def test_a_piece_keeps_its_line_through_several_promotions_on_the_receipt():
    asked = request(100_565, "by_priority")
    assert answered(asked)["lines"] == brute_force.price(asked)["lines"]


def test_who_comes_first_by_priority_takes_the_first_piece_of_the_row():
    shirts = [("A", "2", "9.99"), ("A", "1", "9.99")]
    found = lines_of(
        shirts,
        [
            {"id": "LATER", "reward": {"percent": "25"}},
            {"id": "FIRST", "priority": 1, "reward": {"amount": "0.33"}, "limit": {"pieces": 1}},
        ],
        strategy="by_priority",
    )
    assert found == {"1": {"FIRST": "0.33", "LATER": "2.50"}, "2": {"LATER": "2.50"}}


def test_a_cap_that_ends_among_equal_pieces_leaves_the_rest_at_their_price():
    for strategy in ("best_for_customer", "by_priority"):
        found = lines_of(
            [("A", "4", "10.00"), ("B", "1", "9.00")],
            [
                {
                    "id": "CAPPED",
                    "combine": "stack",
                    "reward": {"percent": "50"},
                    "limit": {"amount": "7.00"},
                }
            ],
            strategy=strategy,
        )
        assert found == {"1": {"CAPPED": "7.00"}, "2": {}}


def test_which_of_equal_pieces_gives_a_capped_reduction_is_up_to_what_is_best():
    asked = {
        "context": {"at": "2026-11-21T10:15:00+01:00", "explain": "none"},
        "lines": [
            {"id": "1", "sku": "A", "price": "9.99", "quantity": "2"},
            {"id": "2", "sku": "A", "price": "3.33", "quantity": "4"},
        ],
        "promotions": [
            {"id": "FIFTH", "combine": "stack", "reward": {"percent": "20"}},
            {
                "id": "STEP",
                "reward": {"tiers": {"by": "spend", "steps": [{"from": "1.00", "percent": "10"}]}},
                "limit": {"amount": "0.01"},
            },
            {
                "id": "CENT",
                "combine": "stack",
                "priority": 5,
                "reward": {"percent": "5"},
                "limit": {"amount": "0.01"},
            },
        ],
    }
    # A cent off each of the two dear pieces is worth more under the fifth than two off one of them.
    assert answered(asked)["total"] == brute_force.price(asked)["total"] == "26.60"


def test_no_cheaper_piece_gives_while_an_equal_of_the_dearer_was_passed_over():
    asked = request(6_600_837, KINDS)
    assert answered(asked)["total"] == brute_force.price(asked)["total"]


def test_of_equal_pieces_in_two_bundles_the_one_that_comes_first_in_the_row_costs_less():
    """One of the bundles is worked out way by way, and the other's price is shared when all claims are known."""
    found = lines_of(
        [("C", "1", "2.00"), ("D", "1", "9.99"), ("A", "1", "2.00"), ("B", "1", "1.00")],
        [
            {
                "id": "TWO",
                "reward": {
                    "bundle": {
                        "sets": [{"of": {"not": {"skus": ["B"]}}, "quantity": 2}],
                        "price": "2.00",
                    }
                },
            },
            {
                "id": "FREE",
                "reward": {
                    "bundle": {
                        "sets": [
                            {"of": {"price_at_most": "2.00"}, "quantity": 1},
                            {"of": {"skus": ["B"]}, "quantity": 1},
                        ],
                        "cheapest": {"count": 2, "percent": "100"},
                    }
                },
            },
        ],
    )
    assert found["3"] == {"FREE": "2.00"}
    assert found["1"] == {"TWO": "1.67"}
