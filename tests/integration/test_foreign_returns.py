"""Goods come back at another till than sold them: the centre names the receipt, and no piece comes back twice."""

import json

import pytest

from central_server.features.stock import service as stock
from central_server.platform.unit_of_work import reading
from pos_client.app.foreign_returns import ForeignReturns
from shared.basket import StockArea
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.test_journal_intake import open_exceptions
from tests.simulation.centre import SKUS
from tests.simulation.world import World


@pytest.fixture
def world():
    world = World(1, tills=3)
    yield world
    world.close()
    world.centre.restore()


def sell(device, quantity="2"):
    """A receipt over pieces of one article; its full number."""
    till = device.open()
    till.basket.on_add(SKUS[0], quantity)
    till.payment.on_cash()
    till.payment.on_finish()
    return str(device.receipts()[-1].receipt_id)


def look_up(device, number):
    """As the window does it: ask, then keep what was said."""
    returns = ForeignReturns(device.open(), device.transport())
    returns.learn(number, returns.ask(number))


def left(device, number):
    return [row.left for row in device.open().basket.on_bought(number).rows]


def bring_back(device, number, quantity="1"):
    till = device.open()
    till.basket.on_return_of(number, 1, quantity, "gefällt nicht")
    till.payment.on_cash()
    till.payment.on_finish()
    return device.receipts()[-1]


def refused(code, op, *arguments, **named):
    with pytest.raises(DomainError) as caught:
        op(*arguments, **named)
    assert caught.value.code == code


def test_a_receipt_of_another_till_is_taken_back_here_and_not_there_again(world):
    here, there, _ = world.devices
    number = sell(there)
    world.settle()
    refused("receipt_unknown", here.open().basket.on_bought, number)
    look_up(here, number)
    assert left(here, number) == ["2"]
    paid = there.receipts()[-1].total
    assert bring_back(here, number).total == -paid // 2
    assert left(here, number) == ["1"]
    world.settle()

    assert left(there, number) == ["2"]
    look_up(there, number)
    assert left(there, number) == ["1"]
    refused("return_too_many", bring_back, there, number, "2")
    bring_back(there, number)
    assert left(there, number) == []
    world.settle()

    look_up(here, number)
    assert left(here, number) == []
    assert open_exceptions(world.context.database) == []


def test_what_was_sold_to_practise_is_no_purchase_elsewhere(world):
    here, there, _ = world.devices
    number = sell(there)
    world.settle()
    settings = world.app.state.settings
    world.app.state.settings = settings.model_copy(update={"mode": "productive"})
    try:
        # The receipt is a demo's, and the till that asks is one that pays out.
        refused("receipt_unknown", look_up, here, number)
    finally:
        world.app.state.settings = settings
    look_up(here, number)


def test_goods_lie_where_the_reason_puts_them(world):
    here = world.devices[0]
    number = sell(here, "3")
    basket = here.open().basket
    refused("return_area_unknown", basket.on_return_of, number, 1, "1", "defekt", "cellar")
    basket.on_return_of(number, 1, "1", "defekt", "quarantine")
    refused("return_area_differs", basket.on_return_of, number, 1, "1", "gefällt nicht")
    back = basket.on_return_of(number, 1, "1", "defekt", "quarantine")
    assert back.last.quantity == "−2"
    here.open().payment.on_cash()
    here.open().payment.on_finish()
    bring_back(here, number)
    (line,) = here.receipts()[-2].lines
    assert line.area is StockArea.QUARANTINE
    before = here.open().lookup.on_stock(SKUS[0])
    world.settle()
    with reading(world.context.database) as unit:
        levels = {
            level.location.location_id: level.quantity_thousandths
            for level in stock.levels_of_sku(unit, SKUS[0])
        }
        assert stock.check_levels(unit) == []
        # What lies there is not counted as stock of the store.
        assert stock.totals(unit, [SKUS[0]], ["DE01"])[SKUS[0]] == levels["DE01"]
    assert levels["DE01-QUARANTINE"] == 2_000
    after = here.open().lookup.on_stock(SKUS[0])
    assert after.levels == before.levels


def test_what_was_begun_goes_on_after_a_kill_and_without_a_network(world):
    here, there, _ = world.devices
    number = sell(there)
    world.settle()
    look_up(here, number)
    till = here.open()
    till.basket.on_return_of(number, 1, "1", "gefällt nicht")
    due = till.sale.payment.due
    here.die()
    here.bridge.cut = True
    again = here.open()
    assert again.sale.payment.due == due < 0
    again.payment.on_cash()
    again.payment.on_finish()
    assert here.receipts()[-1].lines[0].origin.receipt == number


def test_what_two_tills_took_back_without_each_other_is_found(world):
    here, there, _ = world.devices
    number = sell(there, "1")
    world.settle()
    look_up(here, number)
    bring_back(here, number)
    bring_back(there, number)
    world.settle()
    assert [code for code, *_ in open_exceptions(world.context.database)] == ["return_too_many"]


def test_only_booked_receipts_in_the_tills_own_currency_are_told(world):
    here, there, abroad = world.devices
    number = sell(there)
    returns = ForeignReturns(here.open(), here.transport())
    refused("receipt_unknown", returns.ask, number)
    world.settle()
    answer = returns.ask(number)
    assert json.loads(answer.body)["store_id"] == "AT01"
    assert answer.returned == ()
    for unknown in ("AT01-T1-1-99", "nobody", "AT01-T1-99999999999-1"):
        refused("receipt_unknown", returns.ask, unknown)
    refused("receipt_unknown", ForeignReturns(abroad.open(), abroad.transport()).ask, number)
    here.bridge.cut = True
    with pytest.raises(EnvironmentProblem) as caught:
        returns.ask(number)
    assert caught.value.code == "centre_unreachable"


def test_a_till_gets_nothing_told_that_its_own_journal_says(world):
    here, *_ = world.devices
    number = sell(here)
    bring_back(here, number)
    world.settle()
    answer = ForeignReturns(here.open(), here.transport()).ask(number)
    assert (answer.body, answer.returned) == ("", ())
