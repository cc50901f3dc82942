"""A journalled receipt as the purchase that goods come back from."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shared.basket import Line, LineDiscount, Origin
from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.journal.receipt_body import line_from_body, line_to_body
from shared.promotions import (
    BasketLine,
    Book,
    Context,
    discounts_by_line,
    freeze,
    frozen_to_body,
    price,
    read_promotion,
)
from shared.promotions.purchase import frozen_of, purchase_of, taken_back
from shared.promotions.returns import priced_left, refund
from shared.receipt import PromotionUse
from tests.support import receipts

HALF = {"id": "H", "reward": {"percent": "50"}, "if": [{"quantity": 2}]}
THIRD_FREE = {
    "id": "T",
    "reward": {"bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}}},
}


def line(number, price_, quantity="1", **changes):
    made = receipts.line("DE", f"Hemd {number}", price_, quantity)
    return replace(made, number=number, sku=f"S{number}", **changes)


def sold(*lines, bodies=(), means=()):
    """A receipt of these lines under promotions, paid in cash; with the promotions."""
    promotions = [read_promotion(body, "", 2) for body in bodies]
    asked = [
        BasketLine(str(one.number), one.sku, int(one.quantity * 1000), one.unit_price, "19")
        for one in lines
    ]
    context = Context(receipts.at("DE"), store="DE01", explain="none", tenders=means)
    priced = price(Book(promotions), context, asked)
    off = discounts_by_line(priced)
    reduced = [
        replace(
            one,
            discount=one.discount + sum(off.get(place, {}).values()),
            discounts=tuple(
                LineDiscount(*each[:1], 3, each[1]) for each in off.get(place, {}).items()
            ),
        )
        for place, one in enumerate(lines)
    ]
    frozen = freeze(priced, lambda _: 3)
    made = receipts.receipt("DE", reduced)
    return replace(made, pricing=frozen_to_body(frozen) if frozen else {}), promotions


def test_what_goes_back_is_less_what_the_rest_costs_more():
    receipt, promotions = sold(line(1, 4000), line(2, 3000), line(3, 2000), bodies=[THIRD_FREE])
    asked = []
    purchase = purchase_of(receipt, lambda versions: asked.append(versions) or promotions)
    assert [dict(versions) for versions in asked] == [{"T": 3}]
    assert purchase.total == 7000
    found = refund(purchase, {}, {"2": 1000}, 0)
    assert (found.amount, found.paid) == (1000, {"2": 3000})
    assert taken_back(purchase, found, "70001") == (PromotionUse("T", 3, -1, -2000, "70001"),)


def test_a_use_is_taken_back_with_the_last_of_it_and_another_one_may_come():
    receipt, promotions = sold(
        line(1, 3000, "3"),
        line(2, 1000, "3"),
        bodies=[THIRD_FREE, {**HALF, "take": {"skus": ["S2"]}}],
    )
    purchase = purchase_of(receipt, lambda _: promotions)
    first = refund(purchase, {}, {"2": 1000}, 0)
    uses = {use.promotion: use.applications for use in taken_back(purchase, first, "")}
    # Both are still used on what is kept: only amounts go back.
    assert set(uses.values()) <= {0}
    last = refund(purchase, {"2": 1000}, {"2": 2000, "1": 3000}, first.amount)
    assert {use.applications for use in taken_back(purchase, last, "")} == {-1}


def test_nothing_changed_is_not_named():
    receipt, promotions = sold(
        line(1, 3000, "2"), line(2, 1000), bodies=[{**HALF, "take": {"skus": ["S1"]}}]
    )
    purchase = purchase_of(receipt, lambda _: promotions)
    found = refund(purchase, {}, {"2": 1000}, 0)
    assert found.amount == 1000
    assert taken_back(purchase, found, "") == ()


@pytest.mark.parametrize("spoilt", [False, True])
def test_where_nobody_can_price_it_again_each_piece_is_worth_what_was_paid_for_it(spoilt):
    receipt, _ = sold(
        line(1, 4000, discount=100), line(2, 3000), line(3, 2000), bodies=[THIRD_FREE]
    )
    if spoilt:
        receipt = replace(receipt, pricing={"at": "then"})
    purchase = purchase_of(receipt, lambda _: None)
    given = [refund(purchase, {}, {str(number): 1000}, 0).amount for number in (1, 2, 3)]
    assert given == [3900, 3000, 0]


def test_a_receipt_without_promotions_is_worth_what_it_cost():
    receipt, _ = sold(line(1, 4000, "2", discount=101))
    purchase = purchase_of(receipt, lambda _: pytest.fail("asked"))
    first = refund(purchase, {}, {"1": 1000}, 0).amount
    rest = refund(purchase, {"1": 1000}, {"1": 1000}, first).amount
    assert first + rest == 7899


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "pricing.lines"),
        ({"currency": "GBP"}, "pricing.currency"),
        ({"tenders": ["card"]}, "pricing.tenders"),
        ({"at": "then"}, "pricing.at"),
    ],
)
def test_what_was_priced_must_be_what_was_sold_and_how_it_was_paid(change, field):
    bound = {**HALF, "when": {"tenders": ["cash"]}}
    receipt, _ = sold(line(1, 4000, "2"), bodies=[bound], means=("cash",))
    assert frozen_of(receipt).context.tenders == ("cash",)
    with pytest.raises(DomainError) as caught:
        frozen_of(replace(receipt, pricing={**receipt.pricing, **change}))
    assert caught.value.params == {"field": field}


def test_a_line_that_came_back_says_where_it_was_bought():
    back = line(1, 3000, "-1", discount=-2000, origin=Origin("DE01-T1-1-42", 2, 3000))
    assert (back.gross, back.kept_back) == (-1000, 2000)
    body = line_to_body(back)
    assert body["origin"] == {"receipt": "DE01-T1-1-42", "line": 2, "paid": 3000}
    assert line_from_body(BodyReader(body)) == back
    plain = Line(1, "S", "A", "Hemd", Decimal(1), 100, "standard", Decimal(19))
    assert "origin" not in line_to_body(plain)
    assert plain.kept_back == 0


def test_what_is_left_is_priced_as_on_the_day_and_nothing_has_no_price():
    receipt, known = sold(line(1, 1_000), line(2, 800), bodies=(HALF,))
    purchase = purchase_of(receipt, lambda _versions: known)
    assert priced_left(purchase, {}).chosen.total == 900
    assert priced_left(purchase, {"2": 1_000}).chosen.total == 1_000
    assert priced_left(purchase, {"1": 1_000, "2": 1_000}) is None
