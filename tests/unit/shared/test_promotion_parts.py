"""Parts of the promotion engine looked at by themselves, where a story through a basket would say it less well."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.promotions import BasketLine, Book, freeze, price, prune, read_promotion, read_request
from shared.promotions.alike import Likeness, lines_of
from shared.promotions.returns import Paid, Purchase, refund
from tests.unit.shared.test_promotion_corners import total
from tests.unit.shared.test_promotion_engine import bundle, line

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


# --- baskets that a promotion cannot tell apart -----------------------------------------------------


def shirt(identity, quantity, **facts):
    known = {"categories": ("shirts", "sale"), "brand": "Alba", "tags": ("new", "linen")}
    return BasketLine(identity, "S1", quantity * 1000, 1999, **{**known, **facts})


@pytest.mark.parametrize(
    ("take", "seen"),
    [
        ({"skus": ["S1", "S2"]}, ("S1", (), None, ())),
        ({"categories": ["shirts"]}, ("", ("shirts",), None, ())),
        ({"brands": ["Alba"]}, ("", (), "Alba", ())),
        ({"tags": ["new"]}, ("", (), None, ("new",))),
        ({"not": {"any": [{"tags": ["linen"]}, {"brands": ["Alba"]}]}}, ("", (), "Alba", ("linen",))),
        ({}, ("", (), None, ())),
    ],
)  # fmt: skip
def test_of_an_article_only_the_words_a_promotion_looks_for_are_kept(take, seen):
    promotion = read_promotion({"id": "P", "take": take, "reward": {"percent": "10"}}, "", 2)
    likeness = Likeness(promotion)
    pieces = likeness.of([shirt("1", 1), shirt("2", 2, floor=500), shirt("3", 4)])
    made = lines_of(pieces)
    assert [(one.quantity, one.floor) for one in made] == [(5000, 0), (2000, 500)]
    assert {(one.sku, one.categories, one.brand, one.tags) for one in made} == {seen}
    assert likeness.of(made) == pieces


def test_articles_named_in_sets_and_conditions_are_told_apart():
    sets = [{"of": {"brands": ["Alba"]}, "quantity": 1}, {"of": {}, "quantity": 1}]
    conditions = [{"any": [{"quantity": 1, "of": {"tags": ["new"]}}, {"spend": "9.00"}]}]
    reward = {"bundle": {"sets": sets, "percent": "10"}}
    promotion = read_promotion({"id": "P", "if": conditions, "reward": reward}, "", 2)
    (only,) = lines_of(Likeness(promotion).of([shirt("1", 1)]))
    assert (only.sku, only.categories, only.brand, only.tags) == ("", (), "Alba", ("new",))


# --- what can never pay -----------------------------------------------------------------------------


def test_leaving_out_what_cannot_pay_may_stop_before_nothing_more_falls_away(monkeypatch):
    """A bundle for a price above one of its pieces: the second look finds nothing, but need not be taken."""
    monkeypatch.setattr(prune, "_MOST_ROUNDS", 1)
    one = {"reward": bundle(1, price="1.50")}
    assert total([line(1, "10.00"), line(2, "1.00")], one) == "2.50"


# --- what cannot come back --------------------------------------------------------------------------


def bought():
    tenth = [{"id": "P", "reward": {"percent": "10"}}]
    read = read_request({"lines": [line(1, "10.00", "2")], "promotions": tenth}, NOON)
    frozen = freeze(price(Book(read.promotions), read.context, read.lines), lambda _: 1)
    return Purchase(frozen, read.promotions, {"1": Paid(1800)})


@pytest.mark.parametrize(
    ("before", "returned"),
    [({}, {"1": 0}), ({}, {"1": -1000}), ({}, {"1": 3000}), ({"1": 1000}, {"1": 2000}), ({}, {"9": 1000})],
)  # fmt: skip
def test_nothing_comes_back_that_is_not_there(before, returned):
    with pytest.raises(ValueError, match="cannot come back"):
        refund(bought(), before, returned, 0)


def test_what_is_there_comes_back_for_what_was_paid():
    assert refund(bought(), {"1": 1000}, {"1": 1000}, 900).amount == 900
