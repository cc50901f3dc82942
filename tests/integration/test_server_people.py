"""Staff and stores: who may work where, and what their tills are told."""

import pytest

from central_server.features.staff import service as staff
from central_server.features.staff.service import StaffMember
from central_server.features.stores import service as stores
from central_server.features.stores.service import Store
from central_server.features.tills import service as tills
from central_server.platform.access import Role
from central_server.platform.schema import feed_dirty
from central_server.platform.security import verify_secret
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError
from shared.identity import StaffId, StoreId
from shared.wire.pins import KEYED, keyed_pin

ANNA = StaffMember(StaffId("1001"), "Anna", Role.CASHIER, frozenset(("DE01",)))
PINS = staff.PinRules(b"k" * 32)


class House:
    def __init__(self, centre):
        self.centre = centre
        self.at = centre.clock.now()

    def do(self, function, *arguments, **facts):
        database = self.centre.context.database
        return run_writing(database, lambda unit: function(unit, *arguments, **facts))

    def ask(self, function, *arguments):
        with reading(self.centre.context.database) as unit:
            return function(unit, *arguments)

    def refused(self, function, *arguments, **facts):
        with pytest.raises(DomainError) as refusal:
            self.do(function, *arguments, **facts)
        return refusal.value.code

    def told(self):
        with reading(self.centre.context.database) as unit:
            rows = unit.connection.execute(feed_dirty.select().order_by(feed_dirty.c.id)).all()
        self.centre.drain()
        return [(row.scope, row.key, row.op) for row in rows]


@pytest.fixture
def house(web_centre):
    web_centre.drain()
    return House(web_centre)


def test_somebody_is_hired_gets_a_pin_moves_and_leaves(house):
    member = house.do(staff.add_staff, ANNA, house.at)
    assert (member.has_pin, member.has_password, house.told()) == (False, False, [])

    house.do(staff.set_pin, "1001", "493817", house.at, PINS)
    assert house.told() == [("store:DE01", "1001", "put")]

    house.do(staff.change_stores, "1001", ["AT01"])
    assert house.told() == [("store:AT01", "1001", "put"), ("store:DE01", "1001", "remove")]

    left = house.do(staff.deactivate, "1001", house.at)
    assert (left.active, left.has_pin) == (False, False)
    assert house.told() == [("store:AT01", "1001", "remove")]
    assert [m.staff_id for m in house.ask(staff.list_staff)] == ["1001"]


def test_only_the_right_password_of_an_active_person_signs_in(house):
    house.do(staff.add_staff, ANNA, house.at)
    assert house.ask(staff.verify_password, "1001", "") is None

    house.do(staff.set_password, "1001", "kranich-und-kater", house.at)
    found = house.ask(staff.verify_password, "1001", "kranich-und-kater")
    assert found.identity().store_ids == {"DE01"}
    assert house.ask(staff.verify_password, "1001", "kranich-und-katze") is None
    assert house.ask(staff.verify_password, "9999", "kranich-und-kater") is None

    house.do(staff.deactivate, "1001", house.at)
    assert house.ask(staff.verify_password, "1001", "kranich-und-kater") is None


@pytest.mark.parametrize(
    ("pin", "code"),
    [("49381", "pin_invalid"), ("4938172", "pin_invalid"), ("4938a7", "pin_invalid"), ("٤٩٣٨١٧", "pin_invalid"),
     ("123456", "pin_too_simple"), ("987654", "pin_too_simple"), ("777777", "pin_too_simple")],
)  # fmt: skip
def test_weak_pins_are_refused(house, pin, code):
    house.do(staff.add_staff, ANNA, house.at)

    assert house.refused(staff.set_pin, "1001", pin, house.at, PINS) == code


def test_people_who_cannot_be_are_refused(house):
    house.do(staff.add_staff, ANNA, house.at)

    def code(**facts):
        values = {
            "staff_id": "1002",
            "name": "x",
            "role": Role.CASHIER,
            "store_ids": frozenset(),
            **facts,
        }
        return house.refused(staff.add_staff, StaffMember(**values), house.at)

    assert code(staff_id="1001") == "staff_exists"
    assert code(staff_id="no blanks") == "staff_id_invalid"
    assert code(language="german") == "language_unknown"
    assert code(store_ids=frozenset(("XX01",))) == "store_unknown"
    assert house.refused(staff.set_pin, "9999", "493817", house.at, PINS) == "staff_unknown"
    assert house.refused(staff.set_password, "1001", "short", house.at) == "password_too_short"
    assert house.refused(staff.set_password, "1001", "x" * 300, house.at) == "password_too_long"
    with pytest.raises(DomainError, match="role_unknown"):
        staff.parse_role("king")
    assert staff.parse_role("auditor") is Role.AUDITOR


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"store_id": "de_01"}, "store_id_invalid"),
        ({"store_id": "DE01"}, "store_exists"),
        ({"market": "Germany"}, "market_invalid"),
        ({"currency": "DM"}, "currency_unknown"),
        ({"timezone": "Berlin"}, "timezone_unknown"),
        ({"timezone": "../etc"}, "timezone_unknown"),
        ({"day_starts_minutes": 720}, "day_start_invalid"),
    ],
)
def test_stores_that_cannot_be_are_refused(house, facts, code):
    values = {
        "store_id": "DE09",
        "name": "x",
        "market": "DE",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
    }

    assert house.refused(stores.add_store, Store(**{**values, **facts}), house.at) == code


def test_a_store_keeps_what_its_receipts_depend_on(house):
    changed = house.do(stores.change_store, "DE01", name="Altona", day_starts_minutes=240)

    assert changed.name == "Altona"
    assert house.told() == [("store:DE01", "store", "put"), ("chain", "store:DE01", "put")]
    assert house.ask(stores.get_store, "DE01") == changed
    with pytest.raises(ValueError, match="currency"):
        house.do(stores.change_store, "DE01", currency="GBP")


def test_a_trading_day_may_end_after_midnight(house):
    house.do(stores.change_store, "DE01", day_starts_minutes=240)
    store = house.ask(stores.get_store, "DE01")
    at = house.at.replace(hour=1)

    assert store.business_date(at).day == at.day - 1


def test_tills_that_cannot_be_are_refused(house):
    assert house.refused(tills.add_till, "DE01-T1", "DE01", house.at) == "till_exists"
    assert house.refused(tills.add_till, "DE01_T9", "DE01", house.at) == "till_id_invalid"
    assert house.refused(tills.add_till, "DE01-T9", "XX01", house.at) == "store_unknown"
    assert (
        house.refused(tills.add_till, "DE01-T9", "DE01", house.at, mode="fun")
        == "till_mode_invalid"
    )
    assert house.refused(tills.withdraw, "NONE") == "till_unknown"


def test_rates_and_stores_are_shown(house):
    house.centre.sign_in(Role.ACCOUNTANT)

    assert house.centre.client.get("/api/v1/rates").json() == []
    assert house.centre.client.get("/api/v1/stores/DE01").json()["store_id"] == StoreId("DE01")
    assert house.centre.client.get("/api/v1/stores/XX01").json()["code"] == "store_unknown"


def test_a_verifier_tells_nothing_without_the_chains_key(house):
    house.do(staff.add_staff, ANNA, house.at)
    house.do(staff.set_pin, "1001", "493817", house.at, PINS)

    verifier = house.ask(staff.till_rows, "DE01", ["1001"])["1001"].pin_verifier
    keyed = verifier.removeprefix(KEYED)
    assert keyed != verifier
    assert verify_secret(keyed, keyed_pin(PINS.key, "1001", "493817"))
    assert not verify_secret(keyed, "493817")
    assert not verify_secret(keyed, keyed_pin(b"x" * 32, "1001", "493817"))
    assert not verify_secret(keyed, keyed_pin(PINS.key, "1002", "493817"))
    assert "kkk" not in repr(PINS)


def test_a_chain_may_have_shorter_pins(house):
    house.do(staff.add_staff, ANNA, house.at)
    four = staff.PinRules(PINS.key, 4)
    assert house.refused(staff.set_pin, "1001", "493817", house.at, four) == "pin_invalid"
    house.do(staff.set_pin, "1001", "4938", house.at, four)
    assert house.ask(staff.get_staff, "1001").has_pin
