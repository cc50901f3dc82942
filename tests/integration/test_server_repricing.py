"""The centre prices what tills sold again: what agrees is silent, what differs is found, and everything is booked."""

import pytest

from central_server.features.exceptions import service as exceptions
from central_server.features.promotions import repricing
from central_server.features.sales.tables import sale
from central_server.features.tills.tables import till as till_table
from central_server.gateway.journal.settling import try_again
from central_server.platform.unit_of_work import reading, run_writing
from tests.integration.promotion_rig import PricedShop, book, found, promotion, withdraw
from tests.integration.test_journal_intake import counted

BUNDLE = {
    "id": "B1",
    "reward": {
        "bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}},
    },
}


@pytest.fixture
def shop(web_centre):
    return PricedShop(web_centre.context.database, web_centre.clock)


def codes(shop):
    return [(code, kind) for code, kind, _ in found(shop.database)]


def test_what_agrees_to_the_cent_is_silent(shop):
    shop.publish(promotion("P1"), BUNDLE)
    body = shop.sell(promotion("P1"), BUNDLE)
    assert body["promotions"]
    assert found(shop.database) == []
    assert counted(shop.database, sale) == 1


def test_an_amount_that_comes_out_otherwise_is_found_and_the_receipt_booked(shop):
    shop.publish(promotion("P1"), promotion("P2", take={"skus": ["A-2"]}, percent="5"))

    def generous(body):
        for line, amount in zip(body["lines"], (801, 200, 125), strict=True):
            line["gross"] += line["discount"] - amount
            line["discount"] = line["discounts"][0]["amount"] = amount

    shop.sell(promotion("P1"), change=generous)
    assert found(shop.database) == [
        (
            "promotion_priced_otherwise",
            "notice",
            {"promotion": "P1", "lines": "1: 8.01 / 8.00", "currency": "EUR"},
        )
    ]
    assert counted(shop.database, sale) == 1


def test_the_version_that_the_till_had_is_priced_with_and_not_the_newest(shop):
    shop.publish(promotion("P1", "20"))
    shop.publish(promotion("P1", "50"))
    withdraw(shop.database, shop.clock, "P1")
    shop.sell(promotion("P1", "20"))
    assert found(shop.database) == []
    shop.sell(promotion("P1", "20"), versions={"P1": 2})
    assert codes(shop) == [("promotion_priced_otherwise", "notice")]


def test_an_open_promotion_that_was_never_published_is_found_once(shop):
    shop.publish(promotion("P1"))
    weak = promotion("P9", "1")
    shop.sell(promotion("P1"), weak)
    assert found(shop.database) == [
        ("promotion_version_unknown", "notice", {"promotion": "P9", "version": 1})
    ]
    shop.sell(promotion("P8", "90"))
    assert codes(shop) == [("promotion_version_unknown", "notice")] * 2
    assert counted(shop.database, sale) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["pricing"].pop("at"),
        lambda body: body["pricing"].update(steps=10**15),
        lambda body: body["pricing"]["lines"].pop(),
        lambda body: body["pricing"]["lines"][0].update(price=1),
        lambda body: body["pricing"].update(currency="GBP"),
    ],
)
def test_a_pricing_that_nobody_can_repeat_is_found_and_the_receipt_booked(shop, change):
    shop.publish(promotion("P1"))
    shop.sell(promotion("P1"), change=change)
    assert codes(shop) == [("promotion_pricing_unreadable", "notice")]
    assert counted(shop.database, sale) == 1


@pytest.mark.parametrize(
    ("tenders", "agrees"),
    [
        ([{"kind": "cash", "amount": 1}], True),
        ([{"kind": "card", "amount": 1}], False),
        ([{"kind": "cash", "amount": 1}, {"kind": "card", "amount": 1}], False),
        ([{"kind": "cash", "amount": 2}, {"kind": "change", "amount": -1}], True),
    ],
)
def test_a_pricing_for_another_means_than_was_paid_by_is_found(shop, tenders, agrees):
    bound = promotion("P1", when={"tenders": ["cash"]})
    shop.publish(bound)
    shop.sell(bound, tenders=tenders, means=("cash",))
    assert codes(shop) == ([] if agrees else [("promotion_pricing_unreadable", "notice")])
    assert counted(shop.database, sale) == 1


def test_receipts_without_a_pricing_ask_the_database_nothing(shop, monkeypatch):
    monkeypatch.setattr(repricing, "read_versions", lambda *_: pytest.fail("asked"))
    shop.till.sell()
    book(shop.database, shop.clock, shop.till)
    assert found(shop.database) == []
    assert counted(shop.database, sale) == 1


def test_what_is_booked_later_by_hand_is_priced_again_then(shop):
    shop.publish(promotion("P1"))

    def elsewhere(body):
        body["store_id"] = "AT01"
        body["lines"][0]["discount"] = body["lines"][0]["discounts"][0]["amount"] = 799
        body["lines"][0]["gross"] += 1

    shop.sell(promotion("P1"), change=elsewhere)
    with reading(shop.database) as unit:
        (waiting,) = exceptions.listed(unit)
    assert waiting["kind"] == "blocked"

    def mend(unit):
        unit.connection.execute(
            till_table.update().where(till_table.c.till_id == "DE01-T1").values(store_id="AT01")
        )
        return try_again(unit, waiting["id"], "command", shop.clock.now())

    assert run_writing(shop.database, mend) is None
    assert codes(shop) == [("promotion_priced_otherwise", "notice")]
