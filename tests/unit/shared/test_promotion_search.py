"""The search of the promotion engine where it is pressed: many pieces, little work, sums as states, bounds."""

import json
from datetime import UTC, datetime

import pytest

from shared.promotions import Book, discounts_by_line, price, read_request, result, schema
from shared.promotions.rounding import spread

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def priced(lines, promotions, steps=400_000, **context):
    document = {
        "context": {"explain": "none", **context},
        "lines": [
            {"id": str(n), "sku": sku, "quantity": str(quantity), "price": amount}
            for n, (sku, quantity, amount) in enumerate(lines, 1)
        ],
        "promotions": promotions,
    }
    request = read_request(json.loads(json.dumps(document)), NOON)
    return price(Book(request.promotions), request.context, request.lines, steps)


def bundle(identity, sets, **how):
    wanted = [{"of": {"skus": skus}, "quantity": n} for skus, n in sets]
    return {"id": identity, "reward": {"bundle": {"sets": wanted, **how}}}


def off(identity, percent, skus=None, **more):
    take = {"skus": skus} if skus else {}
    return {"id": identity, "take": take, "reward": {"percent": str(percent)}, **more}


@pytest.mark.parametrize("pieces", [25, 26, 27, 100, 301])
def test_many_equal_pieces_cost_what_few_cost_each(pieces):
    three = bundle("A", [(["a", "b"], 3)], cheapest={"percent": "100"})
    found = priced([("a", pieces, "10.00"), ("b", pieces, "10.00")], [three, off("B", 30, ["b"])])
    free = pieces // 3
    expected = min(
        1000 * (2 * pieces - (k + (pieces - left)) // 3) - 300 * left
        for k in (pieces,)
        for left in range(pieces + 1)
    )
    assert found.optimal
    assert found.chosen.total == expected <= 1000 * (2 * pieces - free)


def test_many_pieces_of_two_sets_end_when_the_work_does():
    lines = [(f"a{n}", 200, f"{10 + n}.00") for n in range(8)]
    lines += [(f"b{n}", 200, f"{20 + n}.00") for n in range(8)]
    pair = bundle(
        "A", [([f"a{n}" for n in range(8)], 1), ([f"b{n}" for n in range(8)], 1)], percent="30"
    )
    found = priced(lines, [pair, off("B", 10)], steps=500)
    assert not found.optimal
    assert found.chosen.total <= found.basket.list_total * 9 // 10 + 1


def test_steps_by_value_with_many_sums_are_bounded_and_exact():
    lines = [(f"s{n}", 1, f"{7 + n}.{n * 7 % 100:02}") for n in range(12)]
    tiers = {
        "by": "spend",
        "steps": [{"from": "60.00", "percent": "20"}, {"from": "110.00", "percent": "30"}],
    }
    half = [f"s{n}" for n in range(0, 12, 2)]
    promotions = [
        {"id": "A", "reward": {"tiers": tiers}},
        off("B", 25, half, limit={"pieces": 3}),
        bundle("C", [([f"s{n}" for n in range(12)], 2)], amount="6.00"),
    ]  # fmt: skip
    found = priced(lines, promotions)
    assert found.optimal
    assert found.chosen.total == min(
        priced(lines, [p for p in promotions if p["id"] in which]).chosen.total
        for which in ("A", "B", "C", "AB", "AC", "BC", "ABC")
    )


@pytest.mark.parametrize("steps", [1, 3, 30, 300])
def test_with_little_work_the_answer_is_valid_and_says_that_it_is_not_proven(steps):
    lines = [(f"s{n}", 2, f"{5 + n}.99") for n in range(8)]
    skus = [f"s{n}" for n in range(8)]
    promotions = [
        bundle("A", [(skus, 3)], cheapest={"percent": "100"}),
        bundle("B", [(skus[:4], 1), (skus[2:], 1)], reduce={"set": 1, "percent": "50"}),
        bundle("C", [(skus, 2)], price="14.00"),
        off("D", 15, skus[::2]),
        {"id": "E", "stage": "basket", "reward": {"amount": "5.00"}, "if": [{"spend": "120.00"}]},
        off("F", 5, combine="stack"),
    ]
    found = priced(lines, promotions, steps)
    answer = result(found)
    assert not found.optimal
    assert found.chosen.total < found.basket.list_total
    assert sum(int(line["final"].replace(".", "")) for line in answer["lines"]) == (
        found.chosen.total
    )


def test_an_each_with_thousands_of_steps_needs_no_marks():
    each = {"each": {"spend": "0.10", "amount": "0.01"}}
    found = priced(
        [("a", 20, "19.99")], [{"id": "A", "stage": "basket", "reward": each}, off("B", 5)]
    )
    assert found.chosen.total < 38000


def test_shares_that_fill_all_room_leave_nothing_to_spread():
    assert spread(30, [(100, 10, 1), (50, 20, 1), (10, 0, 2)]) == [[(10, 1)], [(20, 1)], [(0, 2)]]


def test_what_each_promotion_took_off_is_there_by_line_and_in_all():
    found = priced(
        [("a", 2, "10.00"), ("b", 1, "5.00")],
        [
            off("A", 20, ["a"]),
            {"id": "B", "stage": "basket", "reward": {"each": {"spend": "10.00", "amount": "1.00"}}},
            {"id": "P", "stage": "benefit", "reward": {"points": {"fixed": 10}}},
        ],
    )  # fmt: skip
    assert discounts_by_line(found) == {0: {"A": 400, "B": 152}, 1: {"B": 48}}
    assert found.uses() == [("A", 1, 400), ("B", 2, 200), ("P", 1, 0)]


def test_the_schema_names_every_part_of_request_and_result():
    made = schema()
    assert made["$ref"] == "#/$defs/request"
    refs = set()

    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                refs.add(node["$ref"].removeprefix("#/$defs/"))
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(made)
    assert refs <= set(made["$defs"])
    assert {"request", "promotion", "reward", "select", "condition", "line"} <= refs
