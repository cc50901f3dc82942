"""The centre works refunds out again: what a real till gave back agrees, and what differs is found and booked."""

import random

import pytest

from central_server.features.sales.tables import sale
from shared.journal import parse_body
from tests.integration.promotion_rig import book, found, publish
from tests.integration.promotion_shop import THREE_FOR_TWO, TWO_FROM_20, Shop
from tests.integration.test_journal_intake import counted
from tests.integration.test_till_deals import scan
from tests.integration.test_till_returns import pay_out, sell, take_back
from tests.integration.till_world import all_events
from tests.support.journals import ImaginedTill

RECEIPTS = ("sale.completed", "return.completed")


class Chain:
    """A real till, and a centre that gets its receipts."""

    def __init__(self, centre, folder):
        self.database, self.clock = centre.context.database, centre.clock
        self.shop = Shop(folder)
        self.shop.publish(THREE_FOR_TWO, TWO_FROM_20)
        publish(self.database, self.clock, THREE_FOR_TWO, TWO_FROM_20)
        self.till = self.shop.open()

    def receipts(self):
        return [
            (event, parse_body(event.body))
            for event in all_events(self.till)
            if event.type in RECEIPTS
        ]

    def send(self, change=list, *, one_by_one=False):
        """Send all receipts, in one batch or each by itself; what is found about them."""
        sender = ImaginedTill()
        receipts = self.receipts()
        change([body for _, body in receipts])
        for event, body in receipts:
            sender.number = max(sender.number, body["receipt"]["number"])
            sender.journal(event.type, body, event.event_id)
            if one_by_one:
                book(self.database, self.clock, sender)
        if not one_by_one:
            book(self.database, self.clock, sender)
        return [(code, params) for code, _, params in found(self.database)]


@pytest.fixture
def chain(web_centre, tmp_path):
    chain = Chain(web_centre, tmp_path / "till")
    yield chain
    chain.shop.close()


def two_returns(chain):
    bought = sell(chain.till, 10, 9, 8)
    take_back(chain.till, bought, 2)
    pay_out(chain.till)
    take_back(chain.till, bought, 1, 3)
    pay_out(chain.till)
    return bought


@pytest.mark.parametrize("one_by_one", [False, True])
def test_what_the_till_gave_back_agrees_and_is_silent(chain, one_by_one):
    two_returns(chain)
    assert [body["total"] for _, body in chain.receipts()] == [1900, -100, -1800]
    assert chain.send(one_by_one=one_by_one) == []
    assert counted(chain.database, sale) == 3


def test_any_returns_of_any_receipts_agree(chain):
    rng = random.Random(11)
    till = chain.till
    for _ in range(6):
        bought = sell(till, *rng.choices(range(1, 11), k=rng.randint(2, 7)))
        lines = [row.line for row in till.basket.on_bought(bought).rows]
        rng.shuffle(lines)
        while lines:
            many = rng.randint(1, 3)
            take_back(till, bought, *lines[:many])
            lines = lines[many:]
            if rng.random() < 0.3:
                scan(till, rng.randint(1, 10))
            if till.sale.payment.due:
                till.payment.on_cash()
            till.payment.on_finish()
    assert chain.send() == []


def spoil(total):
    """The first return pays out another amount."""

    def change(bodies):
        body = bodies[1]
        line = body["lines"][0]
        line["discount"] += line["gross"] - total
        line["gross"] = total
        net = round(total / 1.19)
        body["vat"][0] |= {"gross": total, "net": net, "vat": total - net}
        body["tenders"] = [{"kind": "cash", "amount": total}]
        body["total"] = total

    return change


def test_another_amount_is_found_and_the_receipt_booked(chain):
    bought = sell(chain.till, 10, 9, 8)
    take_back(chain.till, bought, 2)
    pay_out(chain.till)
    assert chain.send(spoil(-900)) == [
        (
            "return_refunded_otherwise",
            {"receipt": bought, "lines": "2: 9.00 / 1.00", "currency": "EUR"},
        )
    ]
    assert counted(chain.database, sale) == 2


def test_more_back_than_was_bought_is_found(chain):
    bought = sell(chain.till, 10, 9, 8)
    take_back(chain.till, bought, 2)
    pay_out(chain.till)
    take_back(chain.till, bought, 3)
    pay_out(chain.till)

    def twice(bodies):
        bodies[2]["lines"][0]["origin"]["line"] = 2

    assert ("return_too_many", {"receipt": bought}) in chain.send(twice)
    assert counted(chain.database, sale) == 3


@pytest.mark.parametrize("number", ["DE01-T1-1-999", "DE09-T9-1-1", "nonsense", "-1-"])
def test_a_receipt_that_nobody_knows_is_found(chain, number):
    bought = sell(chain.till, 10, 9)
    take_back(chain.till, bought, 2)
    pay_out(chain.till)

    def elsewhere(bodies):
        bodies[1]["lines"][0]["origin"]["receipt"] = number

    assert [code for code, _ in chain.send(elsewhere)] == ["return_origin_unknown"]
    assert counted(chain.database, sale) == 2
