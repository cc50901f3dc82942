"""Stores and tills set up at head office, and journals of tills taken out."""

import base64
import json
from uuid import UUID

import pytest

from shared.journal import first_prev_hash, link
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import project, send
from tests.support.journals import ImaginedTill

STORE = {
    "store_id": "DE02", "name": "Köln", "market": "DE", "currency": "EUR", "timezone": "Europe/Berlin",
    "address": "Ringhaus 1\n50667 Köln", "vat_id": "DE999999999", "header_lines": "Haus Beispiel",
    "language": "de", "day_starts": "120",
}  # fmt: skip


@pytest.fixture
def desk(chain):
    return at_desk(chain, "1")


def test_a_store_and_its_till_are_set_up_and_joined_from_the_pages(chain, desk):
    assert desk.send("/stores/new", **STORE).headers["location"] == "/stores/DE02?saved=1"
    assert (
        desk.send("/stores/DE02/tills", till_id="DE02-T1").headers["location"] == "/tills/DE02-T1"
    )
    assert "Einmalcode" in words(desk.send("/tills/DE02-T1/code"))
    till = ImaginedTill("DE02-T1", "DE02")
    till.sell(("A-1", "1", 1999))
    send(chain.context.database, till)
    project(chain.context.database)
    assert "Köln" in words(desk.get("/figures?by=store"))
    assert "Köln" in words(desk.get("/audit?kind=store"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("store_id", "DE01", "Es gibt schon eine Filiale mit dieser Kennung."),
        ("store_id", "köln", "Nur A bis Z, Ziffern und -."),
        ("name", " ", "Eine Filiale hat einen Namen."),
        ("market", "Deutschland", "Zwei Großbuchstaben, etwa DE."),
        ("currency", "XXXX", "Ihr ISO-Code, etwa EUR."),
        ("timezone", "Mond", "Ein Name wie Europe/Berlin."),
        ("day_starts", "900", "0 bis 719 Minuten."),
    ],
)
def test_what_is_wrong_with_a_store_stands_beside_its_field(looker, field, value, said):
    answer = looker.send("/stores/new", **{**STORE, field: value})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Ringhaus 1" in answer.text


def test_a_store_is_changed_but_for_country_and_currency(desk):
    changed = {**STORE, "name": "Hamburg Mitte", "market": "AT", "currency": "CHF"}
    desk.send("/stores/DE01", **changed)
    page = words(desk.get("/stores/DE01"))
    assert "Hamburg Mitte" in page
    assert "DE, EUR: Beides bleibt" in page
    taken = desk.send("/stores/DE01/tills", till_id="DE01-T1")
    assert "Es gibt schon eine Kasse mit dieser Kennung." in words(taken)


def test_a_journal_is_taken_out_to_the_byte_and_that_is_written_down(chain, desk):
    answer = desk.get("/tills/DE01-T1/journal/1.jsonl")
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5]
    previous = first_prev_hash("DE01-T1", 1)
    for event in events:
        again = link(
            till_id=event["till"], incarnation=1, seq=event["seq"], event_id=UUID(event["event_id"]),
            event_type=event["type"], version=event["version"],
            body=base64.b64decode(event["body"]), prev_hash=previous,
        )  # fmt: skip
        assert again.hash.hex() == event["hash"]
        previous = again.hash
    assert "Ausgeleitet" in words(desk.get("/audit?kind=till"))
    assert desk.get("/tills/DE01-T1/journal/9.jsonl").status_code == 404
    assert at_desk(chain, "5").get("/tills/DE01-T1/journal/1.jsonl").status_code == 403
