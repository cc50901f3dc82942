"""The stories in tests/scenarios/promotions: the engine gives each basket the figures worked out in its file.

Where a basket is small enough to try everything, the independent reference must give the same answer too.
"""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.promotions import Book, parse_json, price, read_request, result
from shared.promotions.read_promotion import _LIMIT, _SELECT, _WHEN, _WHO
from tests.support import brute_force

FOLDER = Path(__file__).resolve().parents[1] / "scenarios" / "promotions"
AT = "2026-11-21T10:15:00+01:00"
"""A Saturday; said for the stories that are not about the time."""
FILE_KEYS = {"title", "story", "context", "articles", "promotions", "baskets"}
BASKET_KEYS = {
    "name", "buys", "context", "total", "finals", "applied", "benefits", "not_applied", "taxes", "shipping",
    "optimal",
}  # fmt: skip
APPLIED_KEYS = {"amount", "applications", "lines", "next"}
MOST_PIECES = 7
"""Up to here trying everything takes no time worth mentioning."""

Story = dict[str, Any]
STORIES: dict[str, Story] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.toml"))
}
BASKETS = [
    pytest.param(story, basket, id=f"{name}: {basket['name']}")
    for name, story in STORIES.items()
    for basket in story["baskets"]
]


def request_of(story: Story, basket: Story) -> dict[str, Any]:
    """The contract's request for one basket of a story; every promotion is to be explained."""
    context = {"at": AT, "explain": "all", **story.get("context", {}), **basket.get("context", {})}
    lines = [
        line_of(story["articles"], number, bought)
        for number, bought in enumerate(basket["buys"], start=1)
    ]
    return {"context": context, "lines": lines, "promotions": story["promotions"]}


def line_of(articles: Story, number: int, bought: str) -> dict[str, Any]:
    """A line from "2 HOSE", or "2 HOSE @ 39.95" where the price was set by hand."""
    quantity, sku, *price_by_hand = bought.replace(" @ ", " ").split(" ")
    line = {"id": str(number), "sku": sku, "quantity": quantity, **articles[sku]}
    return {**line, "price": price_by_hand[0]} if price_by_hand else line


def priced(request: dict[str, Any]) -> dict[str, Any]:
    """The engine's answer, asked the way the command asks it: with a JSON document."""
    read = read_request(parse_json(json.dumps(request)))
    return result(price(Book(read.promotions), read.context, read.lines))


def named(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries of a result by their promotion."""
    return {
        entry["promotion"]: {key: value for key, value in entry.items() if key != "promotion"}
        for entry in entries
    }


def test_there_are_stories_and_they_have_a_title_and_a_sentence():
    assert len(STORIES) >= 70
    titles = [story["title"] for story in STORIES.values()]
    assert len(set(titles)) == len(titles)
    for name, story in STORIES.items():
        assert set(story) <= FILE_KEYS, name
        assert story["story"].endswith("."), name
        for basket in story["baskets"]:
            assert set(basket) <= BASKET_KEYS, name
            assert all(set(one) <= APPLIED_KEYS for one in basket.get("applied", {}).values()), name


def words_of(value: Any) -> set[str]:
    """Every key in a value, and the words that `stage`, `combine`, `mode`, `by` and the like choose among."""
    if isinstance(value, list):
        return {word for entry in value for word in words_of(entry)}
    if not isinstance(value, dict):
        return {value} if isinstance(value, str) else set()
    return set(value) | {word for entry in value.values() for word in words_of(entry)}


def test_every_word_of_the_contract_is_in_a_story():
    told = words_of([story["promotions"] for story in STORIES.values()])
    conditions = {"spend", "quantity", "any", "basis", "list", "of"}
    combining = {"stack", "exclusive", "group", "only_unreduced", "basket", "benefit", "priority"}
    rewards = {
        "percent", "amount", "price", "tiers", "each", "cheapest_first", "bundle", "reduce", "cheapest", "count",
        "points", "per", "fixed", "points_factor", "wallet", "cashback", "voucher", "next_percent", "gift",
        "shipping",
    }  # fmt: skip
    words = {*conditions, *combining, *rewards, *_WHEN, *_WHO, *_LIMIT, *_SELECT}
    assert words - told == set()
    reasons = {
        entry["reason"]
        for story in STORIES.values()
        for basket in story["baskets"]
        for entry in basket.get("not_applied", {}).values()
    }
    assert reasons == {
        "time", "store", "channel", "tender", "code", "customer", "limit", "selection", "condition", "beaten",
        "no_saving",
    }  # fmt: skip


@pytest.mark.parametrize(("story", "basket"), BASKETS)
def test_the_engine_tells_the_story(story: Story, basket: Story):
    answer = priced(request_of(story, basket))
    assert [line["final"] for line in answer["lines"]] == basket["finals"]
    assert answer["total"] == basket["total"]
    assert applied_as_told(answer, basket) == {
        name: {"applications": 1, **told} for name, told in basket.get("applied", {}).items()
    }
    assert named(answer["benefits"]) == basket.get("benefits", {})
    if answer_explains(story, basket):
        assert named(answer["not_applied"]) == basket.get("not_applied", {})
    else:
        assert "not_applied" not in answer
    assert answer["optimal"] is basket.get("optimal", True)
    assert answer.get("shipping") == basket.get("shipping")
    if "taxes" in basket:
        assert answer["taxes"] == basket["taxes"]


def applied_as_told(answer: dict[str, Any], basket: Story) -> dict[str, dict[str, Any]]:
    """What was applied, with as much of it as the story mentions (`next = {}`: nothing is in reach)."""
    found = {}
    for name, entry in named(answer["applied"]).items():
        told = basket.get("applied", {}).get(name, {})
        keys = {"amount", "applications", *told}
        found[name] = {key: entry.get(key, {}) for key in keys}
    return found


def answer_explains(story: Story, basket: Story) -> bool:
    context = {**story.get("context", {}), **basket.get("context", {})}
    return bool(context.get("explain") != "none")


@pytest.mark.parametrize(("story", "basket"), BASKETS)
def test_the_figures_of_the_answer_add_up(story: Story, basket: Story):
    answer = priced(request_of(story, basket))

    def together(amounts: list[str]) -> Decimal:
        return sum((Decimal(amount) for amount in amounts), Decimal(0))

    lines = answer["lines"]
    assert together([line["list"] for line in lines]) == Decimal(answer["list_total"])
    assert together([line["final"] for line in lines]) == Decimal(answer["total"])
    assert together([one["amount"] for one in answer["applied"]]) == Decimal(
        answer["discount_total"]
    )
    for line in lines:
        off = together([one["amount"] for one in line["discounts"]])
        assert Decimal(line["list"]) - off == Decimal(line["final"])
    assert together([tax["gross"] for tax in answer["taxes"]]) == Decimal(answer["total"])
    assert all(
        Decimal(tax["net"]) + Decimal(tax["tax"]) == Decimal(tax["gross"])
        for tax in answer["taxes"]
    )


def small(basket: Story) -> bool:
    quantities = [Decimal(bought.partition(" ")[0]) for bought in basket["buys"]]
    return sum(quantity if quantity % 1 == 0 else 1 for quantity in quantities) <= MOST_PIECES


@pytest.mark.parametrize(("story", "basket"), [case for case in BASKETS if small(case.values[1])])
def test_trying_everything_comes_to_the_same(story: Story, basket: Story):
    request = request_of(story, basket)
    answer, reference = priced(request), brute_force.price(request)
    if brute_force.undecided(request):
        assert answer["total"] == reference["total"]
    else:
        assert answer == reference
