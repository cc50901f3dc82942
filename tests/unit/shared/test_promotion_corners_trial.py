"""Corners of trying a draft on receipts: what is remembered, what is counted, what is let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.promotions import BasketLine, Book, Context, price, read_promotion
from shared.promotions import trial as trials
from shared.promotions.trial import Bought, Changed, Outcome, Sold, Trial

AT = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
CONTEXT = Context(AT, store="S-1")


def promotion(identity="D", percent="20", **more):
    return read_promotion({"id": identity, "reward": {"percent": percent}, **more}, "", 2)


def sold(*prices, name="R-1", context=CONTEXT, customer="", **more):
    lines = tuple(
        BasketLine(str(place), f"A-{place}", 1000, price) for place, price in enumerate(prices)
    )
    facts = {"promotions": (), "used": frozenset(), "off": 0, **more}
    return Sold(name, context, lines, total=sum(prices), steps=6_000, customer=customer, **facts)


def tried(draft, *receipts):
    trial = Trial(draft)
    for receipt in receipts:
        trial.add(receipt)
    return trial


def test_a_basket_met_again_counts_again_under_its_own_name():
    trial = tried(promotion(), sold(1000, 500, name="R-1"), sold(500, 1000, name="R-2"))
    found = trial.outcome
    assert (found.receipts, found.hit, found.discount, found.after) == (2, 2, 600, 2400)
    assert [each.name for each in trial.changed] == ["R-1", "R-2"]


def test_more_baskets_than_are_remembered_are_priced_again(monkeypatch):
    monkeypatch.setattr(trials, "_MOST_BASKETS", 1)
    trial = tried(promotion(), sold(1000), sold(500), sold(1000))
    assert (trial.outcome.hit, trial.outcome.discount) == (3, 500)


def test_more_books_than_are_remembered_are_made_again(monkeypatch):
    monkeypatch.setattr(trials, "_MOST_BOOKS", 1)
    first, second = promotion("P1", "5"), promotion("P2", "30")
    receipts = [
        sold(1000, promotions=(other,), used=frozenset({other.id}), off=off)
        for other, off in ((first, 50), (first, 50), (second, 300), (first, 50))
    ]
    found = tried(promotion(), *receipts).outcome
    assert (found.hit, found.beaten) == (3, {"P1": 3})


def test_an_open_promotion_with_the_id_of_the_draft_gives_way_to_it():
    before = sold(1000, promotions=(promotion("D", "50"),), used=frozenset({"D"}), off=500)
    found = tried(promotion("D", "20"), replace(before, total=500)).outcome
    assert (found.hit, found.discount, found.before, found.after) == (1, 200, 500, 800)


def test_a_receipt_of_another_store_passes_by_and_is_not_hit():
    draft = promotion(when={"stores": ["S-2"]})
    found = tried(draft, sold(1000), sold(1000, context=Context(AT, store="S-2"))).outcome
    assert (found.receipts, found.hit, found.discount) == (2, 1, 200)


def test_a_draft_that_saves_nothing_is_not_hit():
    found = tried(promotion(take={"skus": ["A-7"]}), sold(1000)).outcome
    assert (found.hit, found.before, found.after) == (0, 1000, 1000)


@pytest.mark.parametrize(
    ("limit", "hit", "discount"),
    [
        ({"total": 2}, 2, 400),
        ({"per_customer": 1}, 3, 600),
        ({"budget": "2.50"}, 2, 250),
    ],
)
def test_limits_count_from_the_first_receipt_on(limit, hit, discount):
    receipts = [sold(1000, customer=who) for who in ("C-1", "C-1", "C-2", "")]
    trial = tried(promotion(limit=limit), *receipts)
    assert (trial.outcome.hit, trial.outcome.discount) == (hit, discount)
    assert not trial.divisible


def test_lines_that_a_draft_names_are_not_taken_for_others():
    trial = tried(promotion(take={"lines": ["0"]}), sold(1000, 500), sold(500, 1000))
    assert trial.outcome.discount == 300


def test_by_priority_the_receipt_is_priced_as_it_was():
    context = replace(CONTEXT, strategy="by_priority")
    found = tried(promotion(), sold(1000, context=context)).outcome
    assert (found.hit, found.discount, found.unproven) == (1, 200, 1)


def test_only_the_most_changed_receipts_are_kept():
    trial = tried(promotion(), *(sold(100 * n, name=f"R-{n}") for n in range(1, 131)))
    assert [each.by for each in trial.changed] == [20 * n for n in range(130, 120, -1)]


def test_parts_tried_apart_are_joined():
    one = tried(promotion(), sold(1000, name="R-1"))
    two = tried(promotion(), sold(3000, name="R-2"))
    trial = Trial(promotion())
    beaten = Outcome(beaten={"P1": 2})
    trial.join([(each.outcome, each.changed) for each in (one, two)] + [(beaten, ()), (beaten, ())])
    assert trial.divisible
    assert (trial.outcome.receipts, trial.outcome.discount) == (2, 800)
    assert trial.outcome.beaten == {"P1": 4}
    assert trial.changed == [
        Changed(600, "R-2", 3000, 2400, 600),
        Changed(200, "R-1", 1000, 800, 200),
    ]


def test_words_of_an_article_tell_whether_it_is_touched():
    assert Trial(promotion()).touches(["s:A-1"])
    named = Trial(promotion(take={"categories": ["trousers"]}))
    assert named.touches(["s:A-1", "c:trousers"])
    assert not named.touches(["s:A-1", "c:shirts"])
    both = {"sets": [{"of": {"skus": ["A-1"]}, "quantity": 1}, {"of": {}, "quantity": 1}]}
    bundle = read_promotion({"id": "D", "reward": {"bundle": {**both, "price": "5.00"}}}, "", 2)
    assert Trial(bundle).touches(["s:A-1"])
    assert not Trial(bundle).touches(["s:A-2"])


def test_what_is_not_proven_is_priced_with_the_receipts_own_lines():
    reward = {"bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}}}
    draft = read_promotion({"id": "D", "reward": reward}, "", 2)
    receipt = replace(sold(*range(100, 1300, 100)), steps=1)
    priced = price(Book((draft,)), CONTEXT, receipt.lines, 1)
    assert not priced.optimal
    found = tried(draft, receipt, receipt).outcome
    assert (found.hit, found.unproven) == (2, 2)
    assert found.after == 2 * priced.chosen.total


def test_the_margin_of_what_is_hit_is_summed_where_purchase_prices_are_known():
    """A fifth of 20.00 is taken off; three quarters of the goods are known, 12.61 net, bought for 7.00."""
    known = Bought(gross=1500, net=1261, cost=700)
    receipts = (sold(1500, 500, bought=known), sold(1000), sold(0, 0, bought=known))
    found = tried(promotion(), *receipts).outcome
    assert (found.hit, found.hit_total, found.known_gross) == (2, 3000, 1500)
    assert (found.margin_before, found.margin_after) == (561, 561 - 252)
    both = Outcome()
    both.add(found)
    both.add(found)
    assert (both.margin_before, both.margin_after, both.hit_total) == (1122, 618, 6000)


def test_of_goods_that_cost_nothing_a_draft_takes_no_margin(monkeypatch):
    trial = Trial(promotion())
    effect = trials._Effect(0, {"D": 0}, proven=True)
    monkeypatch.setattr(trial, "_found", lambda *_: effect)
    trial.add(sold(0, bought=Bought(0, 0, 300)))
    assert (trial.outcome.hit, trial.outcome.known_off, trial.outcome.margin_after) == (1, 0, -300)
