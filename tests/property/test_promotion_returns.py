"""Goods that come back: never more than was paid, all of it in the end, and no trick with the order of the returns."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.promotions import Book, discounts_by_line, freeze, price, read_request
from shared.promotions.basket import piece_of
from shared.promotions.returns import Paid, Purchase, refund
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_baskets import crowd

STEPS = 1_500
SEEDS = st.integers(0, 10**6)
REQUESTS = st.builds(request, SEEDS, st.sampled_from(sorted(MIXTURES))) | st.builds(crowd, SEEDS)
FOUND_IS_FOUND = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))


def bought(asked, by_hand=None):
    """The purchase of a request; None where no promotion was open."""
    read = read_request({**asked, "context": {**asked["context"], "explain": "none"}})
    priced = price(Book(read.promotions), read.context, read.lines, STEPS)
    frozen = freeze(priced, lambda _: 1)
    if frozen is None:
        return None
    off = discounts_by_line(priced)
    paid = {}
    for place, line in enumerate(frozen.lines):
        one, _, count = piece_of(line)
        left = one * count - sum(off.get(place, {}).values())
        given_by_hand = min((by_hand or {}).get(line.id, 0), left)
        paid[line.id] = Paid(left - given_by_hand, given_by_hand)
    published = {promotion.id: promotion for promotion in read.promotions}
    return Purchase(frozen, tuple(published[name] for name in frozen.versions), paid)


def parts(purchase, rng):
    """The purchase in random pieces of random returns: a list of quantities by line."""
    pieces = []
    for line in purchase.frozen.lines:
        if line.quantity % 1000:
            pieces.append((line.id, line.quantity))
        else:
            pieces += [(line.id, 1000)] * (line.quantity // 1000)
    rng.shuffle(pieces)
    found = []
    while pieces:
        now = rng.randint(1, min(len(pieces), 6))
        returned = Counter()
        for line_id, quantity in pieces[:now]:
            returned[line_id] += quantity
        found.append(dict(returned))
        pieces = pieces[now:]
    return found


def paid_for(purchase, returned):
    """What was paid for some pieces, before rounding."""
    return sum(
        purchase.paid[line.id].amount * returned.get(line.id, 0) / line.quantity
        for line in purchase.frozen.lines
    )


@given(REQUESTS, st.randoms(use_true_random=False), st.booleans())
@FOUND_IS_FOUND
def test_partial_returns_never_give_more_than_was_paid_and_all_of_it_in_the_end(
    asked, rng, by_hand
):
    gifts = {line["id"]: rng.choice((0, 0, 17, 250)) for line in asked["lines"]} if by_hand else {}
    purchase = bought(asked, gifts)
    if purchase is None:
        return
    before, refunded = Counter(), 0
    returns = parts(purchase, rng)
    for number, returned in enumerate(returns, 1):
        found = refund(purchase, before, returned, refunded)
        assert found.amount >= 0
        assert sum(found.by_line.values()) == found.amount
        assert set(found.by_line) == set(returned)
        assert min(found.by_line.values()) >= 0
        refunded += found.amount
        assert refunded <= purchase.total
        if number < len(returns):
            assert found.amount <= paid_for(purchase, returned) + len(returned)
        before.update(returned)
    assert refunded == purchase.total


@given(REQUESTS, st.randoms(use_true_random=False))
@settings(FOUND_IS_FOUND, max_examples=settings.default.max_examples // 4)
def test_whatever_the_order_no_more_goes_back_than_was_paid_for_what_came_back(asked, rng):
    purchase = bought(asked)
    if purchase is None:
        return
    returns = parts(purchase, rng)[:-1]
    whole = sum((Counter(returned) for returned in returns), Counter())
    for _ in range(3):
        rng.shuffle(returns)
        before, refunded = Counter(), 0
        for returned in returns:
            found = refund(purchase, before, returned, refunded)
            refunded += found.amount
            before.update(returned)
            if found.amount:
                # Nobody keeps goods for less than they cost by themselves, and has money back for the others.
                assert purchase.total - refunded >= found.kept.chosen.total
        lines = sum(len(returned) for returned in returns)
        assert refunded <= paid_for(purchase, whole) + lines


def three_for_two(percent="100"):
    return {
        "context": {"at": "2026-11-25T10:00:00+01:00"},
        "lines": [
            {"id": "1", "sku": "A", "quantity": "1", "price": "40.00"},
            {"id": "2", "sku": "B", "quantity": "1", "price": "30.00"},
            {"id": "3", "sku": "C", "quantity": "1", "price": "20.00"},
        ],
        "promotions": [
            {
                "id": "P",
                "reward": {
                    "bundle": {
                        "sets": [{"of": {}, "quantity": 3}],
                        "cheapest": {"percent": percent},
                    }
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("returned", "amount", "uses"),
    [
        # 40 and 20 stay and cost 60 of the 70 that were paid.
        ({"2": 1000}, 1000, {"P": (1, 2000)}),
        ({"1": 1000}, 2000, {"P": (1, 2000)}),
        # What was free gives nothing back.
        ({"3": 1000}, 0, {"P": (1, 2000)}),
        ({"1": 1000, "2": 1000}, 5000, {"P": (1, 2000)}),
        ({"1": 1000, "2": 1000, "3": 1000}, 7000, {"P": (1, 2000)}),
    ],
)
def test_three_for_two_comes_back_in_parts(returned, amount, uses):
    found = refund(bought(three_for_two()), {}, returned, 0)
    assert found.amount == amount
    assert found.uses == uses


def test_a_beaten_promotion_may_be_the_better_deal_for_what_stays():
    asked = three_for_two()
    asked["promotions"].append({"id": "Q", "reward": {"percent": "10"}})
    purchase = bought(asked)
    assert purchase.total == 7000
    # 40 and 30 stay with 10 % off: 63.
    found = refund(purchase, {}, {"3": 1000}, 0)
    assert found.amount == 0
    assert found.kept.chosen.total == 6300
    found = refund(purchase, {}, {"2": 1000}, 0)
    assert found.amount == 7000 - 5400


def test_what_was_given_by_hand_goes_back_in_proportion():
    asked = {
        "context": {"at": "2026-11-25T10:00:00+01:00"},
        "lines": [{"id": "1", "sku": "A", "quantity": "4", "price": "10.00"}],
        "promotions": [{"id": "P", "reward": {"percent": "10"}}],
    }
    purchase = bought(asked, {"1": 600})
    assert purchase.total == 3000
    assert refund(purchase, {}, {"1": 1000}, 0).amount == 750
    assert refund(purchase, {"1": 1000}, {"1": 2000}, 750).amount == 1500
    assert refund(purchase, {"1": 3000}, {"1": 1000}, 2250).amount == 750


def test_a_sum_of_money_is_lost_with_the_goods_that_opened_it():
    asked = {
        "context": {"at": "2026-11-25T10:00:00+01:00"},
        "lines": [
            {"id": "1", "sku": "A", "quantity": "1", "price": "80.00"},
            {"id": "2", "sku": "B", "quantity": "1", "price": "30.00"},
        ],
        "promotions": [
            {
                "id": "P",
                "stage": "basket",
                "reward": {"amount": "10.00"},
                "if": [{"spend": "100.00"}],
            }
        ],
    }
    purchase = bought(asked)
    first = refund(purchase, {}, {"2": 1000}, 0)
    assert first.amount == 2000
    assert refund(purchase, {"2": 1000}, {"1": 1000}, 2000).amount == 8000


@pytest.mark.parametrize(
    ("before", "returned"),
    [({}, {"1": 1001}), ({"1": 1000}, {"1": 1}), ({}, {"9": 1000}), ({}, {"1": 0})],
)
def test_what_was_not_bought_cannot_come_back(before, returned):
    with pytest.raises(ValueError):
        refund(bought(three_for_two()), before, returned, 0)
