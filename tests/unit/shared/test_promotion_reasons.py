"""What the engine says beside the prices: benefits, reasons for what is not applied, and what is in reach."""

from __future__ import annotations

from typing import Any

import pytest

from shared.promotions import Book, price, read_request, result
from tests.unit.shared.test_promotion_engine import (
    AT,
    FIFTH,
    HALF,
    Json,
    ask,
    bundle,
    line,
    steps,
    used,
)


def why(answer: Json, name: str = "A") -> Json | None:
    """The reason of a promotion without its id; None if it is not listed."""
    for one in answer["not_applied"]:
        if one["promotion"] == name:
            return {key: value for key, value in one.items() if key != "promotion"}
    return None


def further(answer: Json, name: str = "A") -> Json | None:
    """What an applied promotion has in reach."""
    (found,) = (one for one in answer["applied"] if one["promotion"] == name)
    return found.get("next")


def given(*benefits: Json, lines: list[Json] | None = None, **context: Any) -> list[Json]:
    answer = ask(
        lines or [line(1, "10.50", "2")],
        *({"stage": "benefit", **one} for one in benefits),
        **context,
    )
    return [
        {key: value for key, value in one.items() if key != "promotion"}
        for one in answer["benefits"]
    ]


def reward(**kinds: Any) -> Json:
    return {"reward": kinds}


# --- benefits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("benefit", "expected"),
    [
        ({"points": {"per": "1.00", "give": 1}}, {"kind": "points", "points": 21}),
        ({"points": {"per": "2.00", "give": 3}}, {"kind": "points", "points": 30}),
        ({"points": {"fixed": 7}}, {"kind": "points", "points": 7}),
        ({"wallet": {"percent": "5"}}, {"kind": "wallet", "amount": "1.05"}),
        ({"cashback": {"amount": "2.00"}}, {"kind": "cashback", "amount": "2.00"}),
        ({"voucher": {"amount": "5", "valid_days": 30}}, {"kind": "voucher", "amount": "5.00", "valid_days": 30}),
        ({"voucher": {"percent": "10", "valid_days": 9}}, {"kind": "voucher", "amount": "2.10", "valid_days": 9}),
        ({"voucher": {"next_percent": "10.0", "valid_days": 9}},
         {"kind": "voucher", "next_percent": "10.0", "valid_days": 9}),
        ({"gift": {"skus": ["G1", "G2"], "quantity": 1}}, {"kind": "gift", "skus": ["G1", "G2"], "quantity": 1}),
    ],
)  # fmt: skip
def test_benefits_are_worked_out_on_final_prices(benefit, expected):
    assert given({"reward": benefit}) == [expected]


def test_factors_multiply_the_points_of_rules_on_the_pieces_for_which_they_are_the_highest():
    lines = [line(1, "10.00"), line(2, "5.00", counts=False), line(3, "4.99", discountable=False)]
    rule, fixed = reward(points={"per": "1.00", "give": 1}), reward(points={"fixed": 50})
    double = {"take": {"skus": ["S1"]}, **reward(points_factor="2")}
    triple = {"take": {"skus": ["S3"]}, **reward(points_factor="3")}
    half_more = reward(points_factor="1.5")
    found = given(rule, fixed, double, triple, half_more, lines=lines)
    assert [one["points"] for one in found] == [14, 50, 10, 8]
    answer = ask(lines, *({"stage": "benefit", **one} for one in (rule, double, triple, half_more)))
    assert why(answer, "D") == {"reason": "no_saving"}


def test_the_best_shipping_is_used_and_the_others_know_by_whom_they_are_beaten():
    lines = [line(1, "10.00")]
    offers = [
        {"stage": "benefit", **reward(shipping={"amount": "2.00"})},
        {"stage": "benefit", **reward(shipping={"percent": "50"})},
        {"stage": "benefit", **reward(shipping={"amount": "99.00"})},
        {"stage": "benefit", **reward(shipping={"percent": "100"})},
    ]
    answer = ask(lines, *offers[:2], shipping="4.90")
    assert answer["benefits"] == [{"promotion": "B", "kind": "shipping", "amount": "2.45"}]
    assert answer["shipping"] == "2.45"
    assert why(answer) == {"reason": "beaten", "by": ["B"]}
    answer = ask(lines, *offers, shipping="4.90")
    assert (answer["shipping"], [one["promotion"] for one in answer["benefits"]]) == ("0.00", ["C"])
    assert why(answer, "D") == {"reason": "beaten", "by": ["C"]}
    # Where nothing is shipped, or for nothing, there is nothing to give.
    assert why(ask(lines, *offers)) == {"reason": "no_saving"}
    assert ask(lines, *offers, shipping="0.00")["shipping"] == "0.00"


def test_a_benefit_is_given_where_its_pieces_are_and_its_condition_holds():
    lines = [line(1, "10.00")]
    far = {"stage": "benefit", "take": {"skus": ["X"]}, **reward(points={"fixed": 1})}
    assert why(ask(lines, far)) == {"reason": "selection"}
    unmet = {"stage": "benefit", "if": [{"spend": "9.00"}], **reward(points={"fixed": 1})}
    # Measured on final prices.
    assert why(ask(lines, unmet, FIFTH)) == {"reason": "condition", "missing": [{"spend": "1.00"}]}
    assert why(ask(lines, unmet)) is None
    small = {"stage": "benefit", **reward(points={"per": "100.00", "give": 5})}
    assert why(ask(lines, small)) == {"reason": "no_saving"}
    capped = {**reward(wallet={"percent": "50"}), "limit": {"amount": "1.00"}}
    assert given(capped) == [{"kind": "wallet", "amount": "1.00"}]


# --- why not ----------------------------------------------------------------------------------------


def test_each_unmet_condition_says_what_is_missing_and_what_it_would_save():
    lines = [line(1, "20.00", "2", tags=["a"])]
    conditions = [{"spend": "50.00"}, {"quantity": 5, "of": {"tags": ["a"]}}, {"quantity": 2}]
    answer = ask(lines, {"if": conditions, **FIFTH})
    assert why(answer) == {
        "reason": "condition",
        "missing": [{"spend": "10.00"}, {"quantity": 3}],
        "would_save": "8.00",
    }
    # Better than what is used by the difference only; not better: nothing is said.
    assert (
        why(ask(lines, {"if": conditions, **FIFTH}, {"reward": {"percent": "15"}}))["would_save"]
        == "2.00"
    )
    assert "would_save" not in why(ask(lines, {"if": conditions, **FIFTH}, HALF))
    either = {"if": [{"any": [{"spend": "100.00"}, {"any": [{"quantity": 4}]}]}], **FIFTH}
    assert why(ask(lines, either))["missing"] == [
        {"any": [{"spend": "60.00"}, {"any": [{"quantity": 2}]}]}
    ]
    on_list = {
        "stage": "basket",
        "if": [{"spend": "41.00", "basis": "list"}],
        "reward": {"amount": "1.00"},
    }
    assert why(ask(lines, on_list, FIFTH))["missing"] == [{"spend": "1.00"}]
    assert why(ask(lines, {**on_list, "if": [{"spend": "41.00"}]}, FIFTH))["missing"] == [
        {"spend": "9.00"}
    ]


def test_what_would_be_saved_is_told_of_the_twenty_nearest():
    unmet = [
        {"id": f"P{n:02}", "if": [{"spend": f"{200 - n}.00"}], "reward": {"amount": f"0.{n + 10}"}}
        for n in range(23)
    ]
    answer = ask([line(1, "100.00")], *unmet)
    told = [one["promotion"] for one in answer["not_applied"] if "would_save" in one]
    assert told == [f"P{n:02}" for n in range(3, 23)]


@pytest.mark.parametrize(
    ("promotion", "missing"),
    [
        ({"reward": steps((4, {"percent": "10"}))}, [{"quantity": 1}]),
        ({"reward": steps(("35.00", {"percent": "10"}), by="spend")}, [{"spend": "5.00"}]),
        (
            {"stage": "basket", "reward": steps(("35.00", {"percent": "10"}), by="spend")},
            [{"spend": "5.00"}],
        ),
        (
            {"stage": "basket", "reward": {"each": {"spend": "32.50", "amount": "1.00"}}},
            [{"spend": "2.50"}],
        ),
        ({"reward": bundle(5, percent="10")}, [{"quantity": 2, "set": 0}]),
        ({"reward": bundle(2, 2, percent="10")}, [{"quantity": 1}]),
    ],
)
def test_what_is_not_reached_says_how_much_is_missing(promotion, missing):
    answer = ask([line(1, "10.00", "3")], promotion)
    assert why(answer) == {"reason": "condition", "missing": missing}


def test_a_bundle_names_the_sets_that_are_short_where_no_piece_could_fill_another():
    lines = [line(1, "10.00", tags=["a"]), line(2, "10.00", tags=["b"], discountable=False)]
    sets = [{"of": {"tags": [tag]}, "quantity": 2} for tag in ("a", "b", "c")]
    lacks = [{"quantity": 1, "set": 0}, {"quantity": 2, "set": 1}, {"quantity": 2, "set": 2}]
    assert (
        why(ask(lines, {"reward": {"bundle": {"sets": sets, "percent": "5"}}}))["missing"] == lacks
    )
    lacks[1] = {"quantity": 1, "set": 1}
    reduce = {"set": 0, "percent": "5"}
    assert (
        why(ask(lines, {"reward": {"bundle": {"sets": sets, "reduce": reduce}}}))["missing"]
        == lacks
    )


def test_whom_it_lost_to():
    lines = [line(1, "10.00"), line(2, "5.00")]
    on_first = {"take": {"skus": ["S1"]}, "reward": {"percent": "30"}}
    assert why(ask(lines, {"take": {"skus": ["S1"]}, **FIFTH}, on_first)) == {
        "reason": "beaten",
        "by": ["B"],
    }
    assert why(ask(lines, {"reward": {"amount": "0.00"}})) == {"reason": "no_saving"}
    # A place on the receipt, of a group, beside an exclusive one.
    receipts = [{"stage": "basket", "reward": {"amount": amount}} for amount in ("1.00", "2.00")]
    assert why(ask(lines, *receipts)) == {"reason": "beaten", "by": ["B"]}
    groups = [{"group": "g", "take": {"skus": [sku]}, **FIFTH} for sku in ("S2", "S1")]
    assert why(ask(lines, *groups)) == {"reason": "beaten", "by": ["B"]}
    assert why(ask(lines, {"combine": "exclusive", **FIFTH}, HALF)) == {
        "reason": "beaten",
        "by": ["B"],
    }
    assert why(
        ask(lines, {"take": {"skus": ["S2"]}, **FIFTH}, {"combine": "exclusive", **HALF})
    ) == {
        "reason": "beaten",
        "by": ["B"],
    }
    # Only those count that took a piece it could reduce.
    dear = {
        "reward": {"bundle": {"sets": [{"of": {"skus": ["S1"]}, "quantity": 1}], "percent": "10"}}
    }
    second = {"take": {"skus": ["S2"]}, **FIFTH}
    assert why(ask(lines, dear, on_first, second)) == {"reason": "beaten", "by": ["B"]}
    buy = {
        "sets": [{"of": {"skus": ["S2"]}, "quantity": 1}, {"of": {"skus": ["S1"]}, "quantity": 1}]
    }
    reduced = {"reward": {"bundle": {**buy, "reduce": {"set": 1, "percent": "10"}}}}
    assert why(ask(lines, reduced, on_first, second)) == {"reason": "beaten", "by": ["B"]}
    low = {"take": {"skus": ["S1"]}, "reward": steps((1, {"price": "9.00"}))}
    assert why(ask(lines, low, on_first, second)) == {"reason": "beaten", "by": ["B"]}


def test_near_are_the_open_ones_that_touch_the_basket_or_lack_a_code_a_tender_or_a_limit():
    lines = [line(1, "10.00", tags=["a"])]
    promotions = [
        {"id": "code", "take": {"tags": ["a"]}, "when": {"codes": ["X"]}, **FIFTH},
        {"id": "tender", "when": {"tenders": ["card"]}, **FIFTH},
        {"id": "limit", "limit": {"total": 1}, **FIFTH},
        {"id": "time", "when": {"until": AT}, **FIFTH},
        {"id": "customer", "who": {}, "when": {"codes": ["X"]}, **FIFTH},
        {"id": "other", "take": {"tags": ["b"]}, **FIFTH},
        {"id": "if", "take": {"tags": ["b"]}, "if": [{"any": [{"quantity": 5, "of": {"tags": ["a"]}}]}], **FIFTH},
        {"id": "set", "reward": {"bundle": {"sets": [{"of": {"tags": ["b"]}, "quantity": 1},
                                                     {"of": {"tags": ["a"]}, "quantity": 1}], "percent": "5"}}},
        {"id": "no set", "reward": {"bundle": {"sets": [{"of": {"tags": ["b"]}, "quantity": 1}], "percent": "5"}}},
        {"id": "priced", "take": {"all": [{"price_at_least": "11.00"}]}, **FIFTH},
        {"id": "any", "take": {"any": [{"tags": ["b"]}, {"skus": ["S1"]}], "not": {"brands": ["B"]}}, "when": {"codes": ["Y"]},  # noqa: E501
         **FIFTH},
    ]  # fmt: skip
    context = {"usage": {"limit": {"total": 1}}, "codes": ["Z"]}
    near = ask(lines, *promotions, explain="near", **context)["not_applied"]
    assert {one["promotion"]: one["reason"] for one in near} == {
        "any": "code",
        "code": "code",
        "if": "selection",
        "limit": "limit",
        "set": "condition",
        "tender": "tender",
    }
    everyone = ask(lines, *promotions, **context)["not_applied"]
    assert len(everyone) == len(promotions)
    assert "not_applied" not in ask(lines, *promotions, explain="none", **context)


def test_a_book_answers_for_one_basket_after_the_other():
    def asked(*lines: Json) -> Any:
        return read_request({"context": {"at": AT}, "lines": list(lines), "promotions": [
            {"id": "A", "take": {"skus": ["S1"]}, **FIFTH, "if": [{"quantity": 2, "of": {"skus": ["S1"]}}]},
            {"id": "B", "take": {"skus": ["S2"]}, **FIFTH, "if": [{"quantity": 2, "of": {"skus": ["S2"]}}]},
        ]})  # fmt: skip

    first, second = asked(line(1, "10.00")), asked(line(2, "10.00"))
    book = Book(first.promotions)
    for read, name in ((first, "A"), (second, "B"), (first, "A")):
        answer = result(price(book, read.context, read.lines))
        assert [one["promotion"] for one in answer["not_applied"]] == [name]


# --- what is in reach -------------------------------------------------------------------------------


def test_a_further_step_says_what_it_would_save_on_the_same_pieces():
    ladder = {"reward": steps((2, {"percent": "10"}), (4, {"percent": "30"}))}
    three = [line(1, "10.00", "3")]
    assert further(ask(three, ladder)) == {"missing": [{"quantity": 1}], "would_save": "6.00"}
    assert further(ask(three, {**ladder, "limit": {"pieces": 3}})) is None
    assert further(ask(three, {**ladder, "limit": {"amount": "3.00"}})) is None
    assert further(ask(three, {**ladder, "limit": {"amount": "5.00"}}))["would_save"] == "2.00"
    assert further(ask([line(1, "10.00", "4")], ladder)) is None
    by_value = {
        "reward": steps(("20.00", {"percent": "10"}), ("35.00", {"percent": "30"}), by="spend")
    }
    assert further(ask(three, by_value)) == {"missing": [{"spend": "5.00"}], "would_save": "6.00"}
    worse = {"reward": steps((2, {"percent": "10"}), (4, {"percent": "5"}))}
    assert further(ask(three, worse)) is None
    row = {"reward": steps((2, {"percent": "10"}), (4, {"percent": "30"}), mode="each")}
    assert further(ask(three, row)) == {"missing": [{"quantity": 1}]}


def test_one_more_bundle_says_what_is_missing():
    trio = {"reward": bundle(3, percent="10")}
    assert further(ask([line(1, "10.00", "4")], trio)) == {"missing": [{"quantity": 2, "set": 0}]}
    assert further(ask([line(1, "10.00", "4")], {**trio, "limit": {"applications": 1}})) is None
    assert further(ask([line(1, "10.00", "4")], {**trio, "limit": {"applications": 2}})) is not None


def test_one_more_full_amount_of_the_receipt_says_what_is_missing():
    lines = [line(1, "60.00"), line(2, "60.00", discountable=False)]
    each = {"stage": "basket", "reward": {"each": {"spend": "25.00", "amount": "2.00"}}}
    assert further(ask(lines, each)) == {"missing": [{"spend": "15.00"}], "would_save": "2.00"}
    assert further(ask(lines, {**each, "limit": {"applications": 2}})) is None
    ladder = steps(("50.00", {"percent": "10"}), ("70.00", {"percent": "20"}), by="spend")
    receipt = {"stage": "basket", "reward": ladder}
    assert further(ask(lines, receipt)) == {"missing": [{"spend": "10.00"}], "would_save": "6.00"}
    assert further(ask(lines, {**receipt, "limit": {"amount": "8.00"}}))["would_save"] == "2.00"
    # A stack measures what stage 1 left, and takes from what those before it left.
    stack = {**receipt, "combine": "stack"}
    before = {"stage": "basket", "combine": "stack", "priority": 1, "reward": {"amount": "10.00"}}
    after = {"stage": "basket", "combine": "stack", "priority": -1, "reward": {"amount": "1.00"}}
    found = ask(lines, stack, before, after)
    assert used(found) == {"A": "5.00", "B": "10.00", "C": "1.00"}
    assert further(found) == {"missing": [{"spend": "10.00"}], "would_save": "5.00"}
    flat = {
        "stage": "basket",
        "reward": steps(("50.00", {"percent": "10"}), ("70.00", {"amount": "1.00"}), by="spend"),
    }
    assert further(ask(lines, flat)) is None
    assert further(ask(lines, {"stage": "basket", "reward": {"percent": "10"}})) is None
    alone = {**receipt, "combine": "exclusive"}
    assert further(ask(lines, alone)) == {"missing": [{"spend": "10.00"}], "would_save": "6.00"}


def test_an_unused_promotion_of_the_receipt_measures_at_its_turn():
    lines = [line(1, "60.00")]
    ladder = {"stage": "basket", "reward": steps(("70.00", {"percent": "20"}), by="spend")}
    used_one = {"stage": "basket", "reward": {"amount": "5.00"}}
    assert why(ask(lines, ladder, used_one)) == {
        "reason": "condition",
        "missing": [{"spend": "10.00"}],
    }
    fresh = {"combine": "stack", "only_unreduced": True, **ladder}
    assert why(ask(lines, fresh, used_one)) == {
        "reason": "condition",
        "missing": [{"spend": "70.00"}],
    }
    alone = {**ladder, "combine": "exclusive"}
    assert why(ask(lines, alone, FIFTH)) == {"reason": "condition", "missing": [{"spend": "10.00"}]}
    nothing = {"take": {"skus": ["S2"]}, **ladder}
    assert why(ask([*lines, line(2, "80.00", discountable=False)], nothing))["missing"] == [
        {"spend": "70.00"}
    ]
