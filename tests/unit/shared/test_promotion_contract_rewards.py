"""The contract of pricing requests: what in a promotion belongs together, and the rewards of each stage."""

from __future__ import annotations

from typing import Any

import pytest

from shared.promotions import read_request
from tests.support.promotion_documents import (
    FULL,
    GONE,
    refused,
    refused_promotion,
    with_change,
)

# --- what belongs together -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["lines", "promotions", "lines[0].id", "lines[0].sku", "lines[0].quantity", "lines[0].price",
     "promotions[0].id", "promotions[0].reward"],
)  # fmt: skip
def test_what_is_needed_is_missed(path):
    assert refused(path, GONE) == ("missing", path)


def test_ids_are_there_once():
    assert refused("lines[1].id", "1") == ("duplicate", "lines[1].id")
    assert refused("promotions[1].id", "P1") == ("duplicate", "promotions[1].id")


def test_a_promotion_cannot_ask_for_unknown_customers():
    assert refused("promotions[0].who.known", False) == ("value", "promotions[0].who.known")
    assert read_request(with_change(FULL, "promotions[0].who", {})).promotions[0].who is not None


@pytest.mark.parametrize(
    ("condition", "code", "below"),
    [
        ({}, "missing", ""),
        ({"of": {}}, "missing", ""),
        ({"basis": "list"}, "missing", ""),
        ({"spend": "1", "quantity": 1}, "value", ".quantity"),
        ({"quantity": 1, "any": [{"quantity": 1}]}, "value", ".any"),
        ({"any": [{"quantity": 1}], "of": {}}, "value", ".any"),
        ({"any": [{"quantity": 1}], "basis": "list"}, "value", ".any"),
        ({"any": []}, "value", ".any"),
        ({"any": [{}]}, "missing", ".any[0]"),
        ({"spend": "1", "basis": "final"}, "value", ".basis"),
        ({"quantity": 0}, "value", ".quantity"),
        ({"quantity": "1"}, "type", ".quantity"),
        ({"spend": 1}, "type", ".spend"),
    ],
)
def test_conditions_ask_for_one_thing_each(condition, code, below):
    path = "promotions[0].if[0]"
    assert refused(path, condition) == (code, path + below)


def test_selections_and_conditions_are_nested_twelve_deep_at_most():
    select: dict[str, Any] = {}
    condition: dict[str, Any] = {"quantity": 1}
    for _ in range(12):
        select, condition = {"not": select}, {"any": [condition]}
    read_request(
        with_change(
            with_change(FULL, "promotions[0].take", select), "promotions[0].if", [condition]
        )
    )
    path = "promotions[0].take" + ".not" * 13
    assert refused("promotions[0].take", {"not": select}) == ("limit", path)
    path = "promotions[0].if[0]" + ".any[0]" * 12 + ".any"
    assert refused("promotions[0].if", [{"any": [condition]}]) == ("limit", path)
    for key in ("any", "all"):
        path = f"promotions[0].take.{key}[0]" + ".not" * 12
        assert refused("promotions[0].take", {key: [select]}) == ("limit", path)


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        # Stacks are reductions of single pieces.
        ({"combine": "stack", "reward": {"bundle": {"sets": [{"of": {}, "quantity": 1}], "percent": "5"}}}, "combine"),
        ({"combine": "stack", "reward": {"tiers": {"by": "quantity", "steps": [{"from": 1, "percent": "5"}]}}},
         "combine"),
        # Only stacks and the basket stage come late enough to see what is unreduced.
        ({"only_unreduced": True, "reward": {"percent": "5"}}, "only_unreduced"),
        ({"only_unreduced": True, "combine": "exclusive", "reward": {"percent": "5"}}, "only_unreduced"),
        # Benefits live with all others.
        ({"stage": "benefit", "combine": "one", "reward": {"points": {"fixed": 1}}}, "combine"),
        ({"stage": "benefit", "group": "g", "reward": {"points": {"fixed": 1}}}, "group"),
        ({"stage": "benefit", "only_unreduced": False, "reward": {"points": {"fixed": 1}}}, "only_unreduced"),
        # Limits where they do not belong.
        ({"limit": {"applications": 1}, "reward": {"percent": "5"}}, "limit.applications"),
        ({"limit": {"applications": 1}, "reward": {"tiers": {"by": "quantity", "steps": [{"from": 1, "percent": "5"}]}}},  # noqa: E501
         "limit.applications"),
        ({"stage": "basket", "limit": {"applications": 1}, "reward": {"percent": "5"}}, "limit.applications"),
        ({"stage": "benefit", "limit": {"applications": 1}, "reward": {"points": {"fixed": 1}}}, "limit.applications"),
        ({"stage": "basket", "limit": {"pieces": 1}, "reward": {"percent": "5"}}, "limit.pieces"),
        ({"stage": "benefit", "limit": {"pieces": 1}, "reward": {"points": {"fixed": 1}}}, "limit.pieces"),
        ({"limit": {"pick": "dearest"}, "reward": {"percent": "5"}}, "limit.pick"),
        ({"limit": {"pick": "best"}, "reward": {"percent": "5"}}, "limit.pick"),
        ({"stage": "basket", "limit": {"pick": "best"}, "reward": {"percent": "5"}}, "limit.pick"),
        ({"stage": "benefit", "limit": {"pick": "best"}, "reward": {"points": {"fixed": 1}}}, "limit.pick"),
        ({"limit": {"pick": "cheapest", "pieces": 1},
          "reward": {"bundle": {"sets": [{"of": {}, "quantity": 1}], "percent": "5"}}}, "limit.pick"),
        ({"limit": {"pick": "cheapest", "pieces": 1},
          "reward": {"tiers": {"by": "quantity", "steps": [{"from": 1, "percent": "5"}]}}}, "limit.pick"),
    ],
)  # fmt: skip
def test_each_key_stands_where_it_means_something(facts, path):
    assert refused_promotion(id="P", **facts) == ("value", path)


def test_sizes_are_bounded():
    line = {"sku": "A", "quantity": "1", "price": "1"}
    many = [{"id": str(number), **line} for number in range(100_000)]
    assert refused("lines", many) == ("limit", "lines")
    assert refused("lines", many[:1_001]) == ("limit", "lines")
    assert len(read_request(with_change(FULL, "lines", many[:1_000])).lines) == 1_000
    assert refused("promotions", [None] * 100_001) == ("limit", "promotions")
    assert refused("lines[0].quantity", "1000000") == ("limit", "lines[0].quantity")
    assert refused("lines[0].quantity", "999999.001") == ("limit", "lines[0].quantity")
    assert refused("lines[0].quantity", "999999") == ("limit", "lines")
    read_request(with_change(FULL, "lines[0].quantity", "999998"))


# --- rewards ---------------------------------------------------------------------------------------

SET = {"of": {}, "quantity": 2}
ITEM_REWARDS = [
    ({}, "missing", ""),
    ({"percent": "5", "amount": "1"}, "value", ".amount"),
    ({"discount": "5"}, "unknown_key", ".discount"),
    ({"points": {"fixed": 1}}, "value", ".points"),
    ({"each": {"spend": "1", "amount": "1"}}, "value", ".each"),
    ({"price": "-1"}, "value", ".price"),
    # steps
    ({"tiers": []}, "type", ".tiers"),
    ({"tiers": {"steps": []}}, "missing", ".tiers.by"),
    ({"tiers": {"by": "quantity"}}, "missing", ".tiers.steps"),
    ({"tiers": {"by": "quantity", "steps": []}}, "value", ".tiers.steps"),
    ({"tiers": {"by": "weight", "steps": []}}, "value", ".tiers.by"),
    ({"tiers": {"by": "quantity", "mode": "some", "steps": []}}, "value", ".tiers.mode"),
    ({"tiers": {"by": "spend", "mode": "each", "steps": []}}, "value", ".tiers.by"),
    ({"tiers": {"by": "quantity", "order": "cheapest_first", "steps": []}}, "value", ".tiers.order"),
    ({"tiers": {"by": "quantity", "mode": "each", "order": "any", "steps": []}}, "value", ".tiers.order"),
    ({"tiers": {"by": "quantity", "steps": [{"percent": "5"}]}}, "missing", ".tiers.steps[0].from"),
    ({"tiers": {"by": "quantity", "steps": [{"from": 1}]}}, "missing", ".tiers.steps[0]"),
    ({"tiers": {"by": "quantity", "steps": [{"from": "1", "percent": "5"}]}}, "type", ".tiers.steps[0].from"),
    ({"tiers": {"by": "quantity", "steps": [{"from": 0, "percent": "5"}]}}, "value", ".tiers.steps[0].from"),
    ({"tiers": {"by": "spend", "steps": [{"from": 1, "percent": "5"}]}}, "type", ".tiers.steps[0].from"),
    ({"tiers": {"by": "spend", "steps": [{"from": "0", "percent": "5"}]}}, "value", ".tiers.steps[0].from"),
    ({"tiers": {"by": "quantity", "steps": [{"from": 1, "percent": "5", "price": "1"}]}}, "value",
     ".tiers.steps[0].price"),
    ({"tiers": {"by": "quantity", "steps": [{"from": 2, "percent": "5"}, {"from": 1, "amount": "1"},
                                            {"from": 2, "percent": "9"}]}}, "duplicate", ".tiers.steps[2].from"),
    ({"tiers": {"by": "spend", "steps": [{"from": "2", "percent": "5"}, {"from": "2.00", "amount": "1"}]}},
     "duplicate", ".tiers.steps[1].from"),
    ({"tiers": {"by": "quantity", "steps": [{"from": n, "percent": "5"} for n in range(1, 52)]}}, "limit",
     ".tiers.steps"),
    # bundles
    ({"bundle": None}, "type", ".bundle"),
    ({"bundle": {"percent": "5"}}, "missing", ".bundle.sets"),
    ({"bundle": {"sets": [], "percent": "5"}}, "value", ".bundle.sets"),
    ({"bundle": {"sets": [SET]}}, "missing", ".bundle"),
    ({"bundle": {"sets": [SET], "percent": "5", "price": "1"}}, "value", ".bundle.price"),
    ({"bundle": {"sets": [SET], "tiers": {}}}, "unknown_key", ".bundle.tiers"),
    ({"bundle": {"sets": [{"quantity": 1}], "price": "1"}}, "missing", ".bundle.sets[0].of"),
    ({"bundle": {"sets": [{"of": {}}], "price": "1"}}, "missing", ".bundle.sets[0].quantity"),
    ({"bundle": {"sets": [{"of": {}, "quantity": 0}], "price": "1"}}, "value", ".bundle.sets[0].quantity"),
    ({"bundle": {"sets": [{"of": {"sku": "A"}, "quantity": 1}], "price": "1"}}, "unknown_key", ".bundle.sets[0].of.sku"),  # noqa: E501
    ({"bundle": {"sets": [SET] * 11, "price": "1"}}, "limit", ".bundle.sets"),
    ({"bundle": {"sets": [SET], "percent": "0"}}, "value", ".bundle.percent"),
    ({"bundle": {"sets": [SET], "reduce": {"percent": "5"}}}, "missing", ".bundle.reduce.set"),
    ({"bundle": {"sets": [SET], "reduce": {"set": 0}}}, "missing", ".bundle.reduce"),
    ({"bundle": {"sets": [SET], "reduce": {"set": 1, "percent": "5"}}}, "value", ".bundle.reduce.set"),
    ({"bundle": {"sets": [SET], "reduce": {"set": -1, "percent": "5"}}}, "value", ".bundle.reduce.set"),
    ({"bundle": {"sets": [SET], "reduce": {"set": 0, "percent": "5", "amount": "1"}}}, "value",
     ".bundle.reduce.amount"),
    ({"bundle": {"sets": [SET], "cheapest": {}}}, "missing", ".bundle.cheapest"),
    ({"bundle": {"sets": [SET], "cheapest": {"count": 0, "price": "1"}}}, "value", ".bundle.cheapest.count"),
    ({"bundle": {"sets": [SET], "cheapest": {"count": 3, "price": "1"}}}, "value", ".bundle.cheapest.count"),
    ({"bundle": {"sets": [SET], "cheapest": {"set": 0, "price": "1"}}}, "unknown_key", ".bundle.cheapest.set"),
]  # fmt: skip
BASKET_REWARDS = [
    ({}, "missing", ""),
    ({"price": "5"}, "value", ".price"),
    ({"bundle": {"sets": [SET], "percent": "5"}}, "value", ".bundle"),
    ({"percent": "100.5"}, "value", ".percent"),
    ({"each": {"spend": "1"}}, "missing", ".each.amount"),
    ({"each": {"amount": "1"}}, "missing", ".each.spend"),
    ({"each": {"spend": "0", "amount": "1"}}, "value", ".each.spend"),
    ({"each": {"spend": "1", "amount": "1", "percent": "5"}}, "unknown_key", ".each.percent"),
    ({"tiers": {"by": "quantity", "steps": [{"from": 1, "percent": "5"}]}}, "value", ".tiers.by"),
    ({"tiers": {"by": "spend", "mode": "each", "steps": [{"from": "1", "percent": "5"}]}}, "value", ".tiers.mode"),
    ({"tiers": {"by": "spend", "steps": [{"from": "1", "price": "5"}]}}, "value", ".tiers.steps[0].price"),
    ({"tiers": {"by": "spend", "order": "cheapest_first", "steps": [{"from": "1", "percent": "5"}]}}, "value",
     ".tiers.order"),
]  # fmt: skip
BENEFIT_REWARDS = [
    ({}, "missing", ""),
    ({"percent": "5"}, "value", ".percent"),
    ({"points": {}}, "missing", ".points.per"),
    ({"points": {"per": "1"}}, "missing", ".points.give"),
    ({"points": {"per": "0.00", "give": 1}}, "value", ".points.per"),
    ({"points": {"per": "1", "give": 0}}, "value", ".points.give"),
    ({"points": {"fixed": 0}}, "value", ".points.fixed"),
    ({"points": {"fixed": 1, "per": "1"}}, "value", ".points.per"),
    ({"points": {"fixed": 1, "bonus": 1}}, "unknown_key", ".points.bonus"),
    ({"points_factor": 2}, "type", ".points_factor"),
    ({"points_factor": "0.999999"}, "value", ".points_factor"),
    ({"points_factor": "1.0000001"}, "value", ".points_factor"),
    ({"wallet": {}}, "missing", ".wallet"),
    ({"wallet": {"percent": "5", "amount": "1"}}, "value", ".wallet.amount"),
    ({"wallet": {"fixed": 1}}, "unknown_key", ".wallet.fixed"),
    ({"cashback": {"percent": "0"}}, "value", ".cashback.percent"),
    ({"voucher": {"amount": "1"}}, "missing", ".voucher.valid_days"),
    ({"voucher": {"valid_days": 3}}, "missing", ".voucher"),
    ({"voucher": {"valid_days": 0, "amount": "1"}}, "value", ".voucher.valid_days"),
    ({"voucher": {"valid_days": 3, "amount": "1", "next_percent": "1"}}, "value", ".voucher.next_percent"),
    ({"voucher": {"valid_days": 3, "next_percent": "101"}}, "value", ".voucher.next_percent"),
    ({"gift": {"skus": ["G"]}}, "missing", ".gift.quantity"),
    ({"gift": {"quantity": 1}}, "missing", ".gift.skus"),
    ({"gift": {"skus": [], "quantity": 1}}, "value", ".gift.skus"),
    ({"gift": {"skus": [1], "quantity": 1}}, "type", ".gift.skus[0]"),
    ({"gift": {"skus": ["G"], "quantity": 0}}, "value", ".gift.quantity"),
    ({"shipping": {"percent": "101"}}, "value", ".shipping.percent"),
    ({"shipping": "free"}, "type", ".shipping"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "reward", "code", "below"),
    [
        *(("item", *case) for case in ITEM_REWARDS),
        *(("basket", *case) for case in BASKET_REWARDS),
        *(("benefit", *case) for case in BENEFIT_REWARDS),
    ],
)
def test_rewards_are_those_of_their_stage(stage, reward, code, below):
    assert refused_promotion(id="P", stage=stage, reward=reward) == (code, f"reward{below}")
