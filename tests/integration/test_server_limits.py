"""What a stranger may cost the centre: bodies are bounded before anybody is known, numbers before they are used."""

import pytest

from central_server.app.factory import MAX_REQUEST_BYTES
from central_server.features.tills.service import get_till
from central_server.platform.access import Role
from central_server.platform.unit_of_work import reading
from shared.wire.models import MAX_BATCH_BYTES, MAX_BATCH_EVENTS
from tests.support.head_office import Desk
from tests.support.journals import ImaginedTill

JOURNAL = "/api/v1/till/journal"
PIECE = b"x" * 100_000

# No column of any database holds it.
HUGE = 10**30


def send(signed, batch):
    content = batch.model_dump_json().encode()
    headers = {**signed.headers("POST", JOURNAL, content), "Content-Type": "application/json"}
    return signed.centre.client.post(JOURNAL, content=content, headers=headers)


@pytest.mark.parametrize("address", [JOURNAL, "/api/v1/till/provision", "/api/v1/offers", "/login"])
def test_a_body_that_says_it_is_too_large_is_refused(web_centre, address):
    answer = web_centre.client.post(address, content=b"x" * (MAX_REQUEST_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "request_too_large"
    assert answer.json()["what_next"]


@pytest.mark.parametrize("address", [JOURNAL, "/api/v1/till/provision", "/api/v1/offers", "/login"])
def test_a_body_that_does_not_say_is_refused_where_it_becomes_too_large(web_centre, address):
    pieces = (PIECE for _ in range(MAX_REQUEST_BYTES // len(PIECE) + 1))
    headers = {"Content-Type": "application/json"}
    if address == "/login":
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web_centre.client.post(address, content=pieces, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "request_too_large"


def test_the_largest_batch_that_may_be_is_taken(web_centre):
    signed = web_centre.join("DE01-T1")
    till = ImaginedTill()
    size, rest = divmod(MAX_BATCH_BYTES, MAX_BATCH_EVENTS)
    assert rest == 0
    for _ in range(MAX_BATCH_EVENTS):
        # Quotes double on the wire: as large as a batch can become.
        till.journal("x" * 60, b'"' * size)
    answer = send(signed, till.batch())
    assert answer.status_code == 200, answer.text
    assert answer.json()["acked_seq"] == MAX_BATCH_EVENTS


def test_one_event_alone_may_be_as_large_as_an_event_can_be(web_centre):
    signed = web_centre.join("DE01-T1")
    till = ImaginedTill()
    till.journal("note.added", "ü".encode() * MAX_BATCH_BYTES)
    assert send(signed, till.batch()).status_code == 200


def test_a_batch_of_more_bytes_is_refused_by_name_and_stores_nothing(web_centre):
    signed = web_centre.join("DE01-T1")
    till = ImaginedTill()
    for size in (MAX_BATCH_BYTES, 1):
        till.journal("note.added", b"x" * size)
    answer = send(signed, till.batch())
    assert answer.status_code == 413
    assert answer.json()["code"] == "journal_batch_too_large"
    assert answer.json()["params"] == {"bytes": MAX_BATCH_BYTES + 1, "limit": MAX_BATCH_BYTES}
    assert signed.get("/api/v1/till/state").json()["expected_seq"] == 1


@pytest.mark.parametrize("number", [HUGE, 2**63, -HUGE])
@pytest.mark.parametrize(
    "address",
    [
        "/exceptions?before={}",
        "/exceptions/{}",
        "/exceptions/1?tried={}",
        "/tills/AT01-T1/copies/{}/1",
        "/tills/AT01-T1/copies/1/{}",
        "/receipts?hour={}",
    ],
)
def test_a_number_no_column_holds_is_no_fault_of_a_page(chain, address, number):
    desk = Desk(chain.app).let_in("1")
    assert desk.get(address.format(number)).status_code == 422


@pytest.mark.parametrize("action", ["retry", "dismiss"])
def test_a_number_no_column_holds_is_no_fault_of_a_form(chain, action):
    desk = Desk(chain.app).let_in("1")
    assert desk.send(f"/exceptions/{HUGE}/{action}").status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/exceptions?before={}",
        "/api/v1/exceptions?limit={}",
        "/api/v1/receipts?day=2026-11-25&hour={}",
        "/api/v1/receipts?day=2026-11-25&limit={}",
    ],
)
def test_a_number_no_column_holds_is_malformed_to_programs(web_centre, address):
    web_centre.sign_in(Role.HEAD_OFFICE)
    answer = web_centre.client.get(address.format(HUGE))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/till/feeds/reference?cursor=x.{}.0",
        "/api/v1/till/feeds/reference?cursor={}",
        "/api/v1/till/feeds/reference?limit={}",
        "/api/v1/till/feeds/reference/digest?cursor=x.{}.{}",
        "/api/v1/till/snapshots/{}/file",
    ],
)
def test_a_till_may_ask_with_huge_numbers(web_centre, address):
    signed = web_centre.join("DE01-T1")
    assert signed.get(address.replace("{}", str(HUGE))).status_code < 500


def test_a_till_may_sign_with_huge_numbers(web_centre):
    signed = web_centre.join("DE01-T1")
    assert signed.get("/api/v1/till/state", created=HUGE).status_code == 401
    signed.incarnation = HUGE
    assert 400 <= signed.get("/api/v1/till/state").status_code < 500


def test_a_till_may_say_that_it_holds_a_huge_number_of_events(web_centre):
    signed = web_centre.join("DE01-T1")
    till = ImaginedTill()
    till.sell()
    batch = till.batch().model_copy(update={"unsent": HUGE})
    assert send(signed, batch).status_code == 200
    with reading(web_centre.context.database) as unit:
        assert get_till(unit, "DE01-T1").unsent_events == 2**31 - 1
