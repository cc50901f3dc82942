"""Webhooks from the booking of a receipt to a receiver on a real socket, signed, tried again, in their scopes."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from central_server.features.webhooks import jobs, service
from central_server.features.webhooks.service import MOST_TRIES, Topic, pause_after
from central_server.platform.access import Role
from central_server.platform.unit_of_work import reading, run_writing
from tests.support.head_office import project, send
from tests.support.journals import ImaginedTill
from tests.support.receiver import receiving

# What rests on no SQL of its own is asked of one database.
on_sqlite = pytest.mark.parametrize("furnished_url", ["sqlite"], indirect=True)
TILLS = {"DE01-T1": ("DE01", "EUR", "DE"), "UK01-T1": ("UK01", "GBP", "GB")}


class Desk:
    """Head office at the interface, and the job that delivers."""

    def __init__(self, centre, receiver):
        self.centre, self.receiver = centre, receiver
        self.allow("127.0.0.1")
        centre.sign_in(Role.HEAD_OFFICE)
        self.tills = {}

    def allow(self, hosts):
        """Whom webhooks may be sent to on this network."""
        own = self.centre.context.settings.model_copy(update={"webhook_allowed_hosts": hosts})
        self.context = replace(self.centre.context, settings=own)
        self.centre.app.state.settings = own

    def add(self, *topics, stores=(), **more):
        wish = {
            "name": "Web shop", "url": f"http://127.0.0.1:{self.receiver.port}/in", "stores": list(stores),
            "topics": list(topics) or ["receipt.booked"], **more,
        }  # fmt: skip
        return self.centre.client.post("/api/v1/webhooks", json=wish)

    def sell(self, till_id="DE01-T1", amount=1999):
        """A receipt that is booked."""
        if till_id not in self.tills:
            store, currency, market = TILLS[till_id]
            self.tills[till_id] = ImaginedTill(till_id, store, currency, market)
        self.tills[till_id].sell(
            ("A-1", "1", amount), rate="20" if till_id.startswith("UK") else "19"
        )
        self.book(till_id)

    def book(self, till_id):
        send(self.context.database, self.tills[till_id])
        project(self.context.database)

    def run(self, later=timedelta()):
        """One run of the job, after a while."""
        self.centre.clock.at += later
        jobs.deliver(self.context)

    def came(self):
        """What has come to the receiver, as told."""
        return [json.loads(body) for _, _, body in self.receiver.came]

    def only(self):
        """The one delivery of the one webhook."""
        (hook,) = self.centre.client.get("/api/v1/webhooks").json()
        (found,) = self.centre.client.get(
            f"/api/v1/webhooks/{hook['webhook_id']}/deliveries"
        ).json()
        return found


@pytest.fixture
def desk(web_centre):
    with receiving() as receiver:
        yield Desk(web_centre, receiver)


def test_a_booked_receipt_is_told_once_signed_with_the_secret_that_was_shown_once(desk):
    added = desk.add()
    assert added.status_code == 201
    secret, hook = added.json()["secret"], added.json()["webhook_id"]
    desk.sell()
    desk.run()
    desk.run(timedelta(hours=1))
    ((first, headers, body),) = desk.receiver.came
    assert first == "POST /in HTTP/1.1"
    moment, _, digest = headers["tresen-signature"].partition(",v1=")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert digest == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert (told["topic"], headers["tresen-topic"]) == ("receipt.booked", "receipt.booked")
    assert told["id"] == headers["tresen-delivery"] == desk.only()["delivery_id"]
    assert (told["data"]["total"], told["data"]["store_id"]) == (1999, "DE01")
    assert "operator_id" not in told["data"]
    found = desk.centre.client.get(f"/api/v1/receipts/{told['data']['event_id']}")
    assert found.status_code == 200
    (listed,) = desk.centre.client.get("/api/v1/webhooks").json()
    assert "secret" not in listed
    assert (listed["waiting"], listed["given_up"]) == (0, 0)
    with reading(desk.context.database) as unit:
        rows = str(list(unit.connection.exec_driver_sql("SELECT * FROM webhook")))
    assert hook in rows
    assert secret not in rows


@on_sqlite
def test_what_waits_for_a_person_is_told(desk):
    desk.add("event.waiting")
    till = desk.tills["DE01-T1"] = ImaginedTill("DE01-T1")
    till.journal("mystery.happened", {"what": "nobody knows"})
    desk.book("DE01-T1")
    desk.run()
    (told,) = desk.came()
    assert told["data"]["store_id"] == "DE01"
    assert told["data"]["type"] == "mystery.happened"
    assert told["data"]["code"]


@on_sqlite
def test_stores_and_topics_are_what_was_asked_for(desk):
    desk.add(stores=["UK01"])
    desk.add("event.waiting")
    desk.sell("DE01-T1")
    desk.sell("UK01-T1", 2400)
    desk.run()
    assert [told["data"]["total"] for told in desk.came()] == [2400]


@on_sqlite
def test_what_does_not_arrive_is_tried_again_after_longer_and_longer(desk):
    desk.receiver.answers = [
        b"HTTP/1.1 500 Oh\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ]  # fmt: skip
    desk.add()
    desk.sell()
    desk.run()
    assert desk.only()["outcome"] == "status_500"
    desk.run(timedelta(seconds=59))
    assert len(desk.receiver.came) == 1
    desk.run(timedelta(seconds=1))
    assert desk.only()["outcome"] == "status_302"
    desk.run(timedelta(minutes=2))
    found = desk.only()
    assert (found["outcome"], found["tries"], found["next_at"]) == ("delivered", 3, None)
    assert len({told["id"] for told in desk.came()}) == 1


def test_an_address_that_fails_gives_up_at_last_and_can_be_tried_again(desk):
    desk.receiver.answers = [b"HTTP/1.1 410 Gone\r\n\r\n"]
    hook = desk.add().json()["webhook_id"]
    desk.sell()
    for _ in range(MOST_TRIES + 3):
        desk.run(timedelta(hours=6))
    assert len(desk.receiver.came) == MOST_TRIES
    (listed,) = desk.centre.client.get("/api/v1/webhooks").json()
    assert (listed["waiting"], listed["given_up"]) == (0, 1)
    desk.receiver.answers = [b"HTTP/1.1 204 OK\r\n\r\n"]
    again = desk.centre.client.post(f"/api/v1/webhooks/{hook}/retry")
    assert again.json() == {"deliveries": 1}
    desk.run()
    assert desk.only()["outcome"] == "delivered"
    jobs.forget(desk.context)
    assert desk.only()["tries"] == 1
    desk.centre.clock.at += timedelta(days=31)
    jobs.forget(desk.context)
    assert desk.centre.client.get(f"/api/v1/webhooks/{hook}/deliveries").json() == []


@on_sqlite
def test_one_dead_address_keeps_nobody_else_waiting(desk):
    desk.add(url="http://127.0.0.1:1/nobody")
    desk.add()
    for amount in range(3):
        desk.sell(amount=100 + amount)
    desk.run()
    assert len(desk.receiver.came) == 3
    dead = min(desk.centre.client.get("/api/v1/webhooks").json(), key=lambda one: -one["waiting"])
    assert dead["waiting"] == 3


@on_sqlite
def test_nothing_goes_to_this_network_unless_the_operator_allows_the_host(desk):
    desk.add()
    desk.sell()
    desk.allow("")
    desk.run()
    # Added while it was allowed: the address is looked at again at each try.
    assert desk.only()["outcome"] == "webhook_url_invalid"
    assert desk.receiver.came == []
    refused = desk.add()
    assert (refused.status_code, refused.json()["code"]) == (400, "webhook_url_invalid")
    desk.add(url=f"https://127.0.0.1:{desk.receiver.port}/in")
    desk.sell(amount=500)
    desk.run(timedelta(minutes=1))
    with reading(desk.context.database) as unit:
        outcomes = {
            one.outcome
            for hook in service.list_webhooks(unit)
            for one in service.deliveries(unit, hook.webhook_id)
        }
    assert outcomes == {"webhook_url_invalid", "webhook_target_inside"}
    assert desk.receiver.came == []


@on_sqlite
def test_a_webhook_that_ended_is_told_nothing_more(desk):
    hook = desk.add().json()["webhook_id"]
    desk.sell()
    ended = desk.centre.client.post(f"/api/v1/webhooks/{hook}/end").json()
    assert ended["ended_at"]
    desk.sell()
    desk.run()
    assert desk.receiver.came == []
    assert desk.centre.client.post(f"/api/v1/webhooks/{hook}/retry").json() == {"deliveries": 0}


@on_sqlite
@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"name": "  "}, 400, "webhook_name_missing"),
        ({"url": "http://shop.example.org/"}, 400, "webhook_url_invalid"),
        ({"stores": ["XX99"]}, 404, "store_unknown"),
        ({"topics": []}, 422, None),
        ({"topics": ["everything"]}, 422, None),
    ],
)
def test_what_cannot_be_subscribed_to_is_said(desk, wish, status, code):
    answer = desk.add(**{"name": "Web shop", **wish}) if "topics" not in wish else desk.centre.client.post(
        "/api/v1/webhooks", json={"name": "x", "url": "https://shop.example.org/", **wish}
    )  # fmt: skip
    assert answer.status_code == status
    if code:
        assert answer.json()["code"] == code
    assert desk.centre.client.get("/api/v1/webhooks").json() == []


@on_sqlite
def test_an_unknown_webhook_is_said(desk):
    for address, method in (("deliveries", "get"), ("end", "post"), ("retry", "post")):
        answer = getattr(desk.centre.client, method)(f"/api/v1/webhooks/nobody/{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_unknown")


def test_what_is_announced_again_is_there_once(desk):
    desk.add()
    desk.sell()
    subject = service.Announcement(desk.tills["DE01-T1"].events[0].event_id, "DE01", {})
    now = desk.centre.clock.now()
    run_writing(
        desk.context.database,
        lambda unit: service.announce(unit, Topic.RECEIPT_BOOKED, [subject], now),
    )
    assert desk.only()["tries"] == 0


def test_while_it_pauses_what_happens_waits(desk):
    hook = desk.add().json()["webhook_id"]
    paused = desk.centre.client.post(f"/api/v1/webhooks/{hook}/pause").json()
    assert paused["paused_at"]
    desk.sell()
    desk.run()
    assert desk.receiver.came == []
    assert desk.only()["tries"] == 0
    assert desk.centre.client.post(f"/api/v1/webhooks/{hook}/resume").json()["paused_at"] is None
    desk.run()
    assert len(desk.came()) == 1


@on_sqlite
def test_a_test_tells_of_nothing_and_nobody_subscribes_to_it(desk):
    hook = desk.add(stores=["UK01"]).json()["webhook_id"]
    assert desk.centre.client.post(f"/api/v1/webhooks/{hook}/test").status_code == 202
    desk.run()
    ((_, headers, _),) = desk.receiver.came
    assert headers["tresen-topic"] == desk.came()[0]["topic"] == "test"
    assert desk.came()[0]["data"] == {"test": True}
    assert desk.add("test").status_code == 422
    desk.centre.client.post(f"/api/v1/webhooks/{hook}/end")
    refused = desk.centre.client.post(f"/api/v1/webhooks/{hook}/test")
    assert refused.json()["code"] == "webhook_ended"


def test_pauses_double_up_to_six_hours_and_last_for_days():
    pauses = [pause_after(tries) for tries in range(1, MOST_TRIES)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == timedelta(hours=6)
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=3)
