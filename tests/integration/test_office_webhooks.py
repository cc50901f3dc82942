"""The page of webhooks: who is told what, the secret once, trying, pausing, and how deliveries ended."""

import hashlib
import hmac
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from central_server.features.webhooks import jobs
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import project, send
from tests.support.journals import ImaginedTill
from tests.support.receiver import receiving


@pytest.fixture
def office(chain):
    """The chain, with a receiver on loopback that the operator allows."""
    own = chain.context.settings.model_copy(update={"webhook_allowed_hosts": "127.0.0.1"})
    chain.app.state.settings = own
    chain.context = replace(chain.context, settings=own)
    with receiving() as receiver:
        chain.receiver = receiver
        chain.form = {
            "name": "Kasse & Netz", "url": f"http://127.0.0.1:{receiver.port}/in",
            "topic": ["receipt.booked"], "store": ["DE01"],
        }  # fmt: skip
        yield chain


def address_in(answer):
    return re.search(r'action="(/webhooks/[^/"]+)/test"', answer.text)[1]


def test_a_webhook_is_added_tried_paused_and_ended(office):
    desk = at_desk(office, "1")
    assert "Noch keine Webhooks" in words(desk.get("/webhooks"))
    shown = desk.send("/webhooks", "/webhooks", **office.form)
    secret = re.search(r'<code class="code-once small">([^<]+)</code>', shown.text)[1]
    address = address_in(shown)
    assert secret not in desk.get(address).text
    assert "Noch nichts zugestellt" in words(desk.get(address))
    desk.send(f"{address}/test", address)
    waits = desk.get(address)
    assert "Noch nicht versucht" in words(waits)
    assert "data-poll" in waits.text
    jobs.deliver(office.context)
    done = desk.get(address)
    assert "Angekommen" in words(done)
    assert "data-poll" not in done.text
    ((_, headers, body),) = office.receiver.came
    moment, _, digest = headers["tresen-signature"].partition(",v1=")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert digest == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    desk.send(f"{address}/pause", address)
    assert "Pausiert seit" in words(desk.get(address))
    assert "Pausiert" in words(desk.get("/webhooks"))
    desk.send(f"{address}/resume", address)
    desk.send(f"{address}/end", address)
    assert "Test senden" not in words(desk.get(address))
    assert desk.send(f"{address}/test", address).status_code == 409
    trail = words(desk.get("/audit?kind=webhook"))
    assert "Pausiert" in trail
    assert secret not in trail


def test_what_did_not_arrive_is_seen_and_tried_again(office):
    office.receiver.answers = [b"HTTP/1.1 503 Oh\r\n\r\n"]
    desk = at_desk(office, "1")
    address = address_in(desk.send("/webhooks", "/webhooks", **office.form))
    desk.send(f"{address}/test", address)
    for _ in range(16):
        office.clock.at += timedelta(hours=6)
        jobs.deliver(office.context)
    page = at_desk(office, "1").get(address)
    assert "Antwort 503" in words(page)
    assert "1 noch einmal versuchen" in words(page)
    assert "1 aufgegeben" in words(at_desk(office, "1").get("/webhooks"))
    office.receiver.answers = [b"HTTP/1.1 204 OK\r\n\r\n"]
    one = re.search(r'action="(/webhooks/[^"]+/retry/[^"]+)"', page.text)[1]
    at_desk(office, "1").send(one, address)
    jobs.deliver(office.context)
    page = at_desk(office, "1").get(address)
    assert "Angekommen" in words(page)
    assert "/retry/" not in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "für welches System"),
        ({"url": "ftp://shop.example.org"}, "Eine https-Adresse"),
        ({"topic": ["everything"]}, "Mindestens eines wählen"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(office, typed, said):
    desk = at_desk(office, "1")
    answer = desk.send("/webhooks", "/webhooks", **{**office.form, **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert "Noch keine Webhooks" in words(desk.get("/webhooks"))


def test_a_webhook_hears_of_its_stores_only(office):
    desk = at_desk(office, "1")
    address = address_in(desk.send("/webhooks", "/webhooks", **office.form))
    till = ImaginedTill("UK01-T2", "UK01", "GBP", "GB")
    till.sell(("A-1", "1", 1999), rate="20")
    send(office.context.database, till)
    project(office.context.database)
    assert "Noch nichts zugestellt" in words(desk.get(address))
    assert desk.get("/webhooks/nobody").status_code == 404
    assert at_desk(office, "3").get("/webhooks").status_code == 403
