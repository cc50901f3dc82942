"""Uses of promotions by booked receipts: counted once, told to tills, and what goes beyond a limit is found."""

import pytest

from central_server.features.exceptions import service as exceptions
from central_server.features.promotions import catalogue
from central_server.features.promotions.tables import promotion_use
from central_server.features.sales.tables import sale
from central_server.gateway.journal.settling import try_again
from central_server.platform.unit_of_work import reading, run_writing
from tests.integration.promotion_rig import book, found, promotion, publish, used, withdraw
from tests.integration.test_journal_intake import counted
from tests.support.journals import ImaginedTill


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


class Shop:
    def __init__(self, centre):
        self.centre = centre
        self.database, self.clock = centre.context.database, centre.clock
        self.till = ImaginedTill()

    def publish(self, *entries):
        return publish(self.database, self.clock, *entries)

    def sell(self, *uses, till=None, **more):
        """A receipt that used promotions, booked at once."""
        till = till or self.till
        till.sell(promotions=list(uses), **more)
        book(self.database, self.clock, till)

    def sums(self, promotion_id="P1"):
        with reading(self.database) as unit:
            one = catalogue.get_promotion(unit, promotion_id)
        return one.uses, one.amount

    def follow(self, till, cursor="", feed="usage"):
        self.centre.drain()
        held, cursor = till.follow(feed, cursor)
        return {key: row for (_, _, key), row in held.items()}, cursor


def test_uses_and_amounts_are_added_up_and_told(shop):
    joined = shop.centre.join("DE01-T1")
    shop.publish(promotion("P1", limit={"total": 500}), promotion("P2"))
    rows, cursor = shop.follow(joined)
    assert rows == {"P1": {"promotion": "P1", "uses": 0, "amount": 0}}

    shop.sell(used("P1", amount=500, applications=3), used("P2", amount=100))
    shop.sell(used("P1", amount=250))
    shop.sell()

    assert (shop.sums("P1"), shop.sums("P2")) == ((2, 750), (1, 100))
    rows, cursor = shop.follow(joined, cursor)
    # P2 has no limit: no till needs to know how often it was used.
    assert rows == {"P1": {"promotion": "P1", "uses": 2, "amount": 750}}
    assert found(shop.database) == []


def test_a_return_takes_a_use_back(shop):
    shop.publish(promotion("P1", limit={"total": 1}))
    shop.sell(used("P1", amount=500))
    shop.till.sell(("A-1", "-1", 1999), promotions=[used("P1", amount=-500, applications=-1)])
    book(shop.database, shop.clock, shop.till)
    assert shop.sums() == (0, 0)
    shop.sell(used("P1", amount=500))
    assert found(shop.database) == []


def test_an_overshot_total_is_found_once_for_each_receipt_beyond(shop):
    shop.publish(promotion("P1", limit={"total": 2}))
    other = ImaginedTill("DE01-T2")
    for till in (shop.till, other):
        till.sell(promotions=[used()])
        till.sell(promotions=[used()])
    book(shop.database, shop.clock, shop.till, other)

    notice = "promotion_total_overshot", "notice"
    assert found(shop.database) == [
        (*notice, {"promotion": "P1", "used": 3, "limit": 2}),
        (*notice, {"promotion": "P1", "used": 4, "limit": 2}),
    ]
    assert counted(shop.database, sale) == 4


def test_an_overshot_budget_is_found(shop):
    shop.publish(promotion("P1", limit={"budget": "10.00"}))
    shop.sell(used(amount=1000))
    assert found(shop.database) == []
    shop.sell(used(amount=1))
    shop.sell(used(amount=0))
    assert found(shop.database) == [
        (
            "promotion_budget_overshot",
            "notice",
            {"promotion": "P1", "given": "10.01 EUR", "budget": "10.00 EUR"},
        )
    ]


def test_an_overshot_limit_of_a_customer_is_found_and_names_no_customer(shop):
    shop.publish(promotion("P1", limit={"per_customer": 1}))
    shop.sell(used(), customer="C1")
    shop.sell(used(), customer="C2")
    shop.sell(used())
    assert found(shop.database) == []
    shop.sell(used(customer="C2"))
    assert found(shop.database) == [
        ("promotion_customer_overshot", "notice", {"promotion": "P1", "used": 2, "limit": 1})
    ]


def test_the_limits_are_those_of_the_version_that_the_till_had(shop):
    shop.publish(promotion("P1", limit={"total": 1}))
    shop.publish(promotion("P1", limit={"total": 3}))
    shop.sell(used(version=2))
    shop.sell(used(version=2))
    assert found(shop.database) == []
    shop.sell(used(version=1))
    assert [code for code, _, _ in found(shop.database)] == ["promotion_total_overshot"]


@pytest.mark.parametrize(
    ("use", "counts"),
    [(used("P9"), False), (used(version=7), True), (used("x" * 300, version=10**12), False)],
)
def test_what_was_never_published_is_found_and_the_receipt_booked(shop, use, counts):
    shop.publish(promotion("P1"))
    shop.sell(use, customer="C" * 300)
    assert [(code, kind) for code, kind, _ in found(shop.database)] == [
        ("promotion_version_unknown", "notice")
    ]
    assert counted(shop.database, sale) == 1
    assert shop.sums() == ((1, 500) if counts else (0, 0))


def test_another_currency_than_the_promotions_is_found(shop):
    shop.publish(promotion("P1"))
    british = ImaginedTill("UK01-T1", "UK01", "GBP", "GB")
    british.sell(promotions=[used()], rate="20")
    book(shop.database, shop.clock, british)
    assert [code for code, _, _ in found(shop.database)] == ["promotion_version_unknown"]


def test_a_receipt_that_cannot_be_read_counts_nothing(shop):
    shop.publish(promotion("P1"))
    shop.till.sell(promotions=[{"id": "P1"}])
    book(shop.database, shop.clock, shop.till)
    assert [(code, kind) for code, kind, _ in found(shop.database)] == [
        ("event_field_wrong", "blocked")
    ]
    assert counted(shop.database, promotion_use) == 0


def test_a_receipt_that_is_booked_later_by_hand_counts_and_is_compared(shop):
    shop.publish(promotion("P1", limit={"total": 0 + 1}))
    shop.sell(used())
    shop.till.sell(promotions=[used()], store_id="AT01")
    book(shop.database, shop.clock, shop.till)
    with reading(shop.database) as unit:
        (waiting,) = exceptions.listed(unit)
    assert waiting["kind"] == "blocked"

    def mend(unit):
        from central_server.features.tills.tables import till as table

        unit.connection.execute(
            table.update().where(table.c.till_id == "DE01-T1").values(store_id="AT01")
        )
        return try_again(unit, waiting["id"], "command", shop.clock.now())

    assert run_writing(shop.database, mend) is None
    assert shop.sums() == (2, 1000)
    assert [(code, kind) for code, kind, _ in found(shop.database)] == [
        ("promotion_total_overshot", "notice")
    ]


def test_a_batch_that_fails_half_way_counts_nothing_twice(shop):
    shop.publish(promotion("P1", limit={"total": 500}))
    for number in range(4):
        price = 10**14 if number == 2 else 100
        shop.till.sell(("A-1", "100000", price), promotions=[used()])
    book(shop.database, shop.clock, shop.till)
    assert shop.sums() == (3, 1500)
    assert counted(shop.database, promotion_use) == 3


def test_usage_follows_what_counts(shop):
    german, austrian = shop.centre.join("DE01-T1"), shop.centre.join("AT01-T1")
    limited = {"limit": {"budget": "50.00"}}
    shop.publish(promotion("P1", when={"stores": ["DE01"]}, **limited))
    shop.sell(used())
    rows, german_cursor = shop.follow(german)
    assert rows["P1"]["amount"] == 500
    assert shop.follow(austrian)[0] == {}

    # Without a limit nobody needs it; with one again, and for all stores, what was used before counts.
    shop.publish(promotion("P1"))
    rows, german_cursor = shop.follow(german, german_cursor)
    assert rows == {"P1": None}
    shop.publish(promotion("P1", **limited))
    rows, german_cursor = shop.follow(german, german_cursor)
    assert rows["P1"]["amount"] == 500
    rows, austrian_cursor = shop.follow(austrian)
    assert rows["P1"]["uses"] == 1

    withdraw(shop.database, shop.clock, "P1")
    assert shop.follow(austrian, austrian_cursor)[0] == {"P1": None}
    shop.sell(used())
    assert shop.sums() == (2, 1000)
    assert shop.follow(german, german_cursor)[0] == {"P1": None}
