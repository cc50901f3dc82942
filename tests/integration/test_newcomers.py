"""Customers whom a till takes down without a network: sealed in its journal, known at the centre, erased with a key."""

import base64

import pytest
from sqlalchemy import select

from central_server.features.customers import cards, finding
from central_server.features.customers.tables import person_key
from central_server.features.instruments.merging import erase_customer, merge_customers
from central_server.platform.unit_of_work import reading
from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from pos_client.app.newcomers import NewcomerFacts
from pos_client.storage.person_keys import PersonKeys, newcomer_in, open_newcomer
from pos_client.sync.person_keys import PersonKeyUpload
from shared.customers import NEWCOMER_EVENT
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedRow
from shared.wire.newcomers import PersonKeysAnswer
from tests.integration.loyalty_rig import POINTS
from tests.integration.test_customer_cards import find
from tests.integration.test_purses import Desk
from tests.integration.till_rig import Rig, filled
from tests.integration.till_world import sell

NAME, PHONE = "Adalgunde Löwenzahn", "0171 5550009"


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    filled(rig.centre)
    yield rig
    rig.close()


def take_down(rig, name=NAME, **contact):
    number = rig.till.customers.take_down(NewcomerFacts(name, **contact))
    rig.till.basket.on_customer(number)
    return number


def keys(rig):
    return PersonKeys(rig.paths.people)


def journalled(rig):
    return parse_body(rig.till.journal.last_of(NEWCOMER_EVENT).body)


# --- the till -----------------------------------------------------------------------------------


def test_somebody_taken_down_without_a_network_is_on_the_receipt_and_in_no_file(rig):
    number = take_down(rig, phone=PHONE)
    assert rig.till.basket.refresh().customer == NAME
    receipt = sell(rig.till, "S1")
    assert receipt.customer == number
    rig.till.journal.file.tidy()
    files = b"".join(p.read_bytes() for p in rig.paths.root.rglob("*") if p.is_file())
    assert not [word for word in (b"Adalgunde", b"5550009") if word in files]
    assert (rig.paths.people / f"{number}.key").stat().st_mode & 0o777 == 0o600


def test_after_a_restart_the_name_is_still_known(rig):
    number = take_down(rig)
    rig.till = rig.world.reopen(rig.till)
    assert rig.till.customers.customer(number).name == NAME
    assert rig.till.customers.customer("P-" + "0" * 32) is None


def test_without_the_key_nobody_can_read_the_event_again(rig):
    number = take_down(rig)
    sealed = newcomer_in(rig.till.journal, number)
    assert open_newcomer(sealed, bytes(32)) is None
    keys(rig).forget(number)
    assert rig.till.customers.customer(number) is None


def test_without_a_name_or_a_key_nothing_is_journalled(rig, monkeypatch):
    before = rig.till.journal.head.seq
    with pytest.raises(DomainError, match="customer_name_missing"):
        rig.till.customers.take_down(NewcomerFacts("  "))
    rig.paths.people.write_bytes(b"in the way")
    with pytest.raises(EnvironmentProblem, match="person_key_not_kept"):
        rig.till.customers.take_down(NewcomerFacts(NAME))
    assert rig.till.journal.head.seq == before


class FakeCentre:
    def __init__(self):
        self.sent, self.gone = [], []

    def person_keys(self, asked):
        self.sent.append([each.customer for each in asked.keys])
        return PersonKeysAnswer(gone=self.gone)


def test_keys_are_sent_once_and_deleted_when_the_lists_have_the_customer(rig):
    numbers = sorted(take_down(rig, name) for name in ("Ada", "Ben", "Cem"))
    centre = FakeCentre()
    upload = PersonKeyUpload(centre, keys(rig))
    centre.gone = [numbers[0]]
    upload.send()
    upload.send()
    assert centre.sent == [numbers]
    upload.settle({numbers[1]}.__contains__)
    assert keys(rig).numbers() == [numbers[2]]
    upload.forget_all()
    assert keys(rig).numbers() == []
    PersonKeyUpload(centre, keys(rig)).send()
    assert len(centre.sent) == 1


def test_a_round_sends_keys_before_events_and_settles_by_the_feed(rig):
    number = take_down(rig)
    loop = rig.loop()
    loop._people = PersonKeyUpload(rig.centre.transport(None, rig.key), keys(rig))
    loop.upload_round()
    paths = [r.url.path.rsplit("/", 1)[1] for r in rig.centre.requests]
    assert paths.index("person-keys") < paths.index("journal")
    assert keys(rig).numbers() == [number]
    payload = customer_payload(CustomerRow(number, NAME))
    row = {"kind": "customer", "key": number, "scope": "store:DE01", "seq": 1, "op": "put"}
    rig.centre.put("customer", FeedRow(**row, d=payload))
    loop.feed_round()
    assert keys(rig).numbers() == []
    assert rig.till.customers.customer(number).name == NAME


def test_a_withdrawn_till_forgets_those_it_took_down(rig):
    take_down(rig)
    loop = rig.loop()
    loop._people = PersonKeyUpload(rig.centre.transport(None, rig.key), keys(rig))
    rig.centre.withdrawn = True
    loop.step()
    assert keys(rig).numbers() == []


# --- the centre ---------------------------------------------------------------------------------


@pytest.fixture
def desk(web_centre):
    desk = Desk(web_centre)
    desk.publish(POINTS)
    yield desk
    assert desk.books.findings() == []


def hand_over(desk, number, key):
    asked = {"customer": number, "key": base64.b64encode(key).decode()}
    return desk.signed.post("/api/v1/till/person-keys", {"keys": [asked]})


def newcomer(desk, rig):
    """Somebody whom a real till took down, with whatever the centre hears of it; the number."""
    number = take_down(rig, phone=PHONE)
    assert hand_over(desk, number, keys(rig).key(number)).json() == {"gone": []}
    desk.till.journal(NEWCOMER_EVENT, journalled(rig))
    return number


def stored_keys(desk):
    with reading(desk.database) as unit:
        return list(unit.connection.execute(select(person_key.c.number)).scalars())


def test_the_centre_has_them_with_the_receipts_that_follow(desk, rig):
    number = newcomer(desk, rig)
    desk.buy(customer=number)
    assert find(desk, "adalg") == find(desk, PHONE) == [number]
    assert desk.purse(customer=number).pending > 0
    desk.centre.drain()
    held, _ = desk.signed.follow("customer")
    assert held["customer", "store:DE01", number]["name"] == NAME
    assert desk.notices() == []


def test_a_newcomer_who_was_known_all_along_is_merged_and_resolves(desk, rig):
    number = newcomer(desk, rig)
    desk.book()
    desk.write(lambda unit: merge_customers(unit, number, "C1", desk.change()))
    before = desk.purse(customer="C1").pending
    desk.buy(customer=number)
    assert desk.purse(customer="C1").pending > before
    assert hand_over(desk, number, bytes(32)).json() == {"gone": [number]}


def test_without_the_key_they_are_customers_without_a_name_and_somebody_looks(desk, rig):
    number = take_down(rig)
    desk.till.journal(NEWCOMER_EVENT, journalled(rig))
    other = take_down(rig)
    hand_over(desk, other, bytes(32))
    desk.till.journal(NEWCOMER_EVENT, journalled(rig))
    desk.buy(customer=number)
    assert desk.notices() == ["newcomer_unreadable", "newcomer_unreadable"]
    assert desk.purse(customer=number).pending > 0


def test_erasing_deletes_the_key_and_no_till_brings_it_back(desk, rig):
    number = newcomer(desk, rig)
    desk.book()
    assert stored_keys(desk) == [number]
    desk.write(lambda unit: merge_customers(unit, number, "C1", desk.change()))
    assert stored_keys(desk) == [number]
    desk.write(lambda unit: erase_customer(unit, "C1", desk.change()))
    assert stored_keys(desk) == []
    assert hand_over(desk, number, keys(rig).key(number)).json() == {"gone": [number]}
    assert stored_keys(desk) == []
    desk.till.journal(NEWCOMER_EVENT, journalled(rig))
    desk.book()
    assert find(desk, "adalg") == []
    with reading(desk.database) as unit:
        assert cards.owner_of(unit, number) is not None
        assert finding.find_customers(unit, number) == []


@pytest.mark.parametrize("key", ["!" * 44, base64.b64encode(bytes(31)).decode()])
def test_what_is_no_key_is_refused(desk, key):
    asked = {"keys": [{"customer": "P-" + "0" * 32, "key": key}]}
    assert desk.signed.post("/api/v1/till/person-keys", asked).status_code == 400


def test_the_first_key_of_a_number_counts(desk, rig):
    number = newcomer(desk, rig)
    hand_over(desk, number, bytes(32))
    desk.book()
    assert find(desk, "adalg") == [number]


def test_scripts_take_somebody_down(rig):
    intents = Intents(rig.till, lambda _seconds: None)
    done = intents.perform(Arguments({"do": "customer", "name": NAME, "phone": PHONE}))
    assert rig.till.customers.customer(done["customer"]).name == NAME
