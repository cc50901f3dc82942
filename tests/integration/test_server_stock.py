"""Stock: movements sum to the level at every location, whoever books them in which order."""

import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from central_server.features.stock import service
from central_server.features.stock.service import Location, LocationKind, Movement
from central_server.features.stock.tables import stock_level
from central_server.platform.access import Role
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from shared.stock import MovementKind

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def movement(number, delta, place="DE01", sku="A1", kind=MovementKind.RECEIPT):
    return Movement(UUID(int=number), place, sku, kind, delta, NOW)


def move(centre, *movements):
    return run_writing(centre.context.database, lambda unit: service.move(unit, movements, NOW))


def wrong(centre):
    with reading(centre.context.database) as unit:
        return service.check_levels(unit)


def levels(centre, sku="A1"):
    with reading(centre.context.database) as unit:
        return {
            at.location.location_id: at.quantity_thousandths
            for at in service.levels_of_sku(unit, sku)
        }


def test_movements_sum_to_the_level_at_every_location(web_centre):
    database = web_centre.context.database
    for place in (
        Location("LAGER", LocationKind.WAREHOUSE, "Zentrallager"),
        Location("DE01-EG", LocationKind.AREA, "Erdgeschoss", "DE01", "DE01"),
    ):
        run_writing(database, lambda unit, place=place: service.add_location(unit, place, NOW))
    chance = random.Random(7)
    expected = {}
    for number in range(300):
        key = chance.choice(("DE01", "AT01", "UK01", "LAGER", "DE01-EG")), f"A{chance.randrange(4)}"
        delta = chance.randrange(-5000, 5000)
        move(web_centre, movement(number, delta, *key))
        expected[key] = expected.get(key, 0) + delta

    assert wrong(web_centre) == []
    found = {
        (place, sku): quantity
        for sku in ("A0", "A1", "A2", "A3")
        for place, quantity in levels(web_centre, sku).items()
    }
    assert found == expected


def test_a_movement_is_booked_once(web_centre):
    assert move(web_centre, movement(1, 500), movement(1, 500)) == 1
    assert move(web_centre, movement(1, 500)) == 0
    assert levels(web_centre) == {"DE01": 500}


def test_stock_may_be_negative(web_centre):
    move(web_centre, movement(1, -1500, kind=MovementKind.SALE))

    assert levels(web_centre) == {"DE01": -1500}
    assert wrong(web_centre) == []


def test_a_wrong_level_is_found(web_centre):
    move(web_centre, movement(1, 500))
    with writing(web_centre.context.database) as unit:
        unit.connection.execute(update(stock_level).values(quantity_thousandths=501))

    assert wrong(web_centre) == [("DE01", "A1", 501, 500)]


def test_a_count_corrects_and_the_same_count_again_changes_nothing(web_centre):
    move(web_centre, movement(1, 500))

    def count():
        return run_writing(
            web_centre.context.database,
            lambda unit: service.count_levels(unit, "DE01", {"A1": 300, "B1": 7}, web_centre.clock),
        )

    assert (count(), count()) == ({"A1", "B1"}, set())
    assert (levels(web_centre), levels(web_centre, "B1")) == ({"DE01": 300}, {"DE01": 7})
    assert wrong(web_centre) == []


def test_an_unknown_location_moves_nothing(web_centre):
    with pytest.raises(DomainError) as refusal:
        move(web_centre, movement(1, 500), movement(2, 500, "NONE"))

    assert refusal.value.code == "location_unknown"
    assert levels(web_centre) == {}


def test_tills_of_the_store_hear_of_it_and_no_others(web_centre):
    web_centre.drain()
    run_writing(
        web_centre.context.database,
        lambda unit: service.add_location(
            unit, Location("LAGER", LocationKind.WAREHOUSE, "L"), NOW
        ),
    )
    move(web_centre, movement(1, 500), movement(2, 500, "LAGER"))
    with reading(web_centre.context.database) as unit:
        rows = unit.connection.execute(feed_dirty.select()).all()
    assert [(row.feed, row.scope, row.key) for row in rows] == [("stock", "store:DE01", "DE01|A1")]

    web_centre.drain()
    held, _ = web_centre.join("DE01-T1").follow("stock")
    other, _ = web_centre.join("AT01-T1").follow("stock")
    payload = {"sku": "A1", "location": "DE01", "quantity": "0.5"}
    assert (held, other) == ({("stock_level", "store:DE01", "DE01|A1"): payload}, {})


def test_writers_of_the_same_levels_do_not_lose_each_other_s_movements(web_centre):
    database = web_centre.context.database
    skus = [f"A{n}" for n in range(5)]
    failures = []

    def work(number):
        chance = random.Random(number)
        try:
            for step in range(20):
                chance.shuffle(skus)
                batch = [
                    movement(number * 1000 + step * 10 + place, 1000, sku=sku)
                    for place, sku in enumerate(list(skus))
                ]
                run_writing(database, lambda unit, batch=batch: service.move(unit, batch, NOW))
        except Exception as failure:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert wrong(web_centre) == []
    assert sum(levels(web_centre, f"A{n}")["DE01"] for n in range(5)) == 4 * 20 * 5 * 1000


def test_stock_is_shown_per_location(web_centre):
    move(web_centre, movement(1, 1500), movement(2, 500, "AT01"))
    web_centre.sign_in(Role.SALESPERSON, "DE01")

    answer = web_centre.client.get("/api/v1/stock?sku=A1").json()

    assert answer["total"] == "2"
    assert [(at["location_id"], at["quantity"]) for at in answer["levels"]] == [
        ("AT01", "0.5"),
        ("DE01", "1.5"),
    ]
    assert {at["location_id"] for at in web_centre.client.get("/api/v1/locations").json()} >= {
        "DE01",
        "AT01",
    }
    web_centre.sign_out()
    assert web_centre.client.get("/api/v1/stock?sku=A1").status_code == 401


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Location("DE01", LocationKind.BRANCH, "x"), "location_exists"),
        (Location("x y", LocationKind.AREA, "x"), "location_id_invalid"),
        (Location("X", LocationKind.AREA, "x", "NONE"), "location_unknown"),
        (Location("X", LocationKind.AREA, "x", None, "NONE"), "store_unknown"),
    ],
)
def test_a_location_that_cannot_be_is_refused(web_centre, place, code):
    with pytest.raises(DomainError) as refusal:
        run_writing(
            web_centre.context.database,
            lambda unit: service.add_location(unit, place, NOW + timedelta(1)),
        )
    assert refusal.value.code == code
