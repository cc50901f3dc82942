"""A promotion is withdrawn by itself when it has given what its stop says, and what offline tills may add is said."""

import re
from datetime import timedelta

import pytest

from central_server.features.promotions import budget_stops, catalogue, jobs
from central_server.features.tills.service import Contact, record_contact
from central_server.gateway.offline_use import OfflineUse, offline_use
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from tests.integration.promotion_rig import promotion, used
from tests.integration.test_server_promotion_uses import Shop
from tests.support.head_office import NOW, Desk, fill_shelves

on_sqlite = pytest.mark.parametrize("furnished_url", ["sqlite"], indirect=True)


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


def stop_at(shop, amount, promotion_id="P1"):
    run_writing(
        shop.database,
        lambda unit: budget_stops.set_stop(unit, promotion_id, amount, "1", shop.clock.now()),
    )


def state(shop, promotion_id="P1"):
    with reading(shop.database) as unit:
        newest = catalogue.get_promotion(unit, promotion_id).newest
        stop = budget_stops.stop_of(unit, promotion_id)
    return newest.state(shop.clock.now()), newest.withdrawn_by, stop and bool(stop.reached_at)


def test_what_has_given_enough_is_withdrawn_and_tills_are_told(shop):
    joined = shop.centre.join("DE01-T1")
    shop.publish(promotion("P1"), promotion("P2"))
    stop_at(shop, 750)
    shop.sell(used("P1", amount=749), used("P2", amount=5000))
    jobs.stop_spent(shop.centre.context)
    assert state(shop) == ("open", None, False)
    _, cursor = shop.follow(joined, feed="reference")
    shop.sell(used("P1", amount=1))
    jobs.stop_spent(shop.centre.context)
    assert state(shop) == ("withdrawn", "scheduler", True)
    rows, _ = shop.follow(joined, cursor, feed="reference")
    assert rows["P1|1"]["retired"]
    assert state(shop, "P2") == ("open", None, None)


@on_sqlite
def test_what_came_back_does_not_begin_it_again_and_a_new_version_counts_until_a_new_stop(shop):
    shop.publish(promotion("P1"))
    stop_at(shop, 500)
    shop.sell(used("P1", amount=600))
    jobs.stop_spent(shop.centre.context)
    shop.till.sell(("A-1", "-1", 1999), promotions=[used("P1", amount=-600, applications=-1)])
    assert state(shop)[0] == "withdrawn"
    shop.publish(promotion("P1", limit={"total": 900}))
    jobs.stop_spent(shop.centre.context)
    assert state(shop) == ("open", None, True)
    stop_at(shop, None)
    assert state(shop) == ("open", None, None)


@on_sqlite
@pytest.mark.parametrize("amount", [0, 600, 10**15 + 1])
def test_a_stop_is_above_what_is_given(shop, amount):
    shop.publish(promotion("P1"))
    shop.sell(used("P1", amount=600))
    with pytest.raises(DomainError, match="promotion_stop_invalid"):
        stop_at(shop, amount)
    with pytest.raises(DomainError, match="promotion_unknown"):
        stop_at(shop, 5, "P9")


def test_what_tills_without_contact_may_add_is_what_they_do_not_know_to_be_given(shop):
    known, unknown = (shop.centre.join(name) for name in ("DE01-T1", "DE01-T2"))
    shop.publish(promotion("P1", limit={"budget": "50.00"}))
    shop.sell(used("P1", amount=2000))
    _, cursor = shop.follow(known)
    shop.follow(known, cursor)
    assert unknown.till_id
    shop.clock.at += timedelta(minutes=30)
    with writing(shop.database) as unit:
        now = shop.clock.now()
        asked = ("P1", ["DE01"], 5000, 2000, now)
        assert offline_use(unit, *asked) == OfflineUse(2, 2, 3000 + 5000)
        assert offline_use(unit, "P1", ["DE01"], None, 2000, now) == OfflineUse(2, 2, None)
        record_contact(unit, "DE01-T2", Contact(now, 1, "test"))
        assert offline_use(unit, *asked) == OfflineUse(2, 1, 3000)
        record_contact(unit, "DE01-T1", Contact(now, 1, "test"))
        assert offline_use(unit, *asked) == OfflineUse(2, 0, 0)
        assert offline_use(unit, "P1", ["DE01"], None, 2000, now) == OfflineUse(2, 0, 0)


def test_the_page_sets_the_stop_and_says_what_is_wrong(chain):
    fill_shelves(chain.context.database)
    desk = Desk(chain.app).let_in("6")
    fields = {"id": "ZEHN", "name": "Zehn", "kind": "percent", "value": "10"}
    address = desk.send("/promotions/new", "/promotions/new?kind=percent", **fields).headers[
        "location"
    ]
    desk.send(f"{address}/publish")
    page = "/promotions/show?id=ZEHN"
    assert "Kein Stopp gesetzt" in desk.get(page).text
    refused = desk.send("/promotions/budget-stop", page, id="ZEHN", amount="viel")
    assert refused.status_code == 422
    assert "Ein Betrag über dem" in refused.text
    assert 'value="viel"' in refused.text
    assert (
        desk.send("/promotions/budget-stop", page, id="ZEHN", amount="1.500,50").status_code == 303
    )
    shown = desk.get(page).text
    assert "1.500,50" in shown
    assert 'value="1500,50"' in shown
    with writing(chain.context.database) as unit:
        unit.connection.exec_driver_sql("UPDATE promotion SET amount = 150050")
        unit.connection.exec_driver_sql("UPDATE till SET state = 'active'")
        record_contact(unit, "DE01-T1", Contact(NOW, 1, "test"))
    assert re.search(
        r"\d von \d Kassen haben keinen Kontakt\. Sie machen weiter", desk.get(page).text
    )
    jobs.stop_spent(chain.context)
    assert "Ihr Budgetstopp von" in desk.get(page).text
    assert "Budgetstopp" in Desk(chain.app).let_in("1").get("/audit?kind=budget_stop").text
