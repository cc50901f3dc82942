"""Promotions at head office: written as a sentence, tried on receipts, released by a second person, stopped."""

import json
import re
import time

import pytest

from central_server.features.promotions import catalogue, drafts
from central_server.features.promotions.drafts import DraftState
from central_server.features.releases.service import ReleaseKind, ReleaseState, requests, set_rule
from central_server.platform.unit_of_work import reading, writing
from tests.support.head_office import Desk, fill_shelves

TROUSERS = {
    "id": "HOSEN-20", "name": "20 % auf zwei Hosen", "kind": "percent", "value": "20",
    "pieces": "2", "categories": "Herren>Hosen", "who": "vip", "stores": "DE01",
    "begin": "2026-12-01T00:00", "end": "2026-12-15T00:00",
}  # fmt: skip
EVERYTHING = {"id": "ALLES-10", "name": "Zehn auf alles", "kind": "percent", "value": "10"}


@pytest.fixture
def shop(chain):
    fill_shelves(chain.context.database)
    return chain


@pytest.fixture
def desk(shop):
    return Desk(shop.app).let_in("6")


def begun(desk, **given):
    """The address of a new draft."""
    answer = desk.send("/promotions/new", "/promotions/new?kind=percent", **given)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def draft_of(shop, address):
    with reading(shop.context.database) as unit:
        return drafts.get_draft(unit, int(address.rpartition("/")[2]))


def published(shop, promotion_id):
    with reading(shop.context.database) as unit:
        return catalogue.find_promotion(unit, promotion_id)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def test_a_promotion_is_written_as_a_sentence(shop, desk):
    address = begun(desk, **TROUSERS)
    page = desk.get(address)
    assert page.status_code == 200
    said = words(page)
    assert re.search(r"Für vip\s+0\s+in Hamburg von", said)
    assert "von 01.12.2026 bis 14.12.2026" in said
    assert re.search(r"20\s%\s+auf\s+Hosen\s+1\s*,\s*ab\s+2\s+Stück", said)
    assert draft_of(shop, address).document == {
        "id": "HOSEN-20",
        "name": "20 % auf zwei Hosen",
        "when": {
            "from": "2026-12-01T00:00:00+01:00",
            "until": "2026-12-15T00:00:00+01:00",
            "stores": ["DE01"],
        },
        "who": {"groups": ["vip"]},
        "if": [{"quantity": 2, "of": {"categories": ["Herren>Hosen"]}}],
        "take": {"categories": ["Herren>Hosen"]},
        "reward": {"percent": "20"},
    }


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk):
    refused = desk.send(
        "/promotions/new", "/promotions/new?kind=percent", **{**TROUSERS, "value": "viel"}
    )
    assert refused.status_code == 422
    assert 'value="viel"' in refused.text
    assert 'aria-invalid="true"' in refused.text
    beyond = desk.send(
        "/promotions/new", "/promotions/new?kind=percent", **{**EVERYTHING, "value": "120"}
    )
    assert beyond.status_code == 422
    assert "Mehr als 100 Prozent lassen sich nicht abziehen." in beyond.text


def test_every_field_that_is_missing_or_wrong_says_why_beside_it(desk):
    given = {"kind": "together", "pieces": "x", "begin": "2026-12-02T00:00", "budget": "viel"}
    given |= {"end": "2026-12-01T00:00", "combine": "stack", "name": "Drei", "value": ""}
    page = "/promotions/new?kind=together"
    refused = desk.send("/promotions/new", page, **given)
    assert refused.status_code == 422
    assert "6 Felder fehlen oder stimmen nicht; bei jedem steht, warum." in refused.text
    said = dict(re.findall(r'id="(\w+)-problem">.*?<span>(.*?)</span>', refused.text))
    assert {name: text.partition(". ")[0] for name, text in said.items()} == {
        "id": "Die Nummer fehlt",
        "value": "Der Preis fehlt, so ließe sich nichts berechnen",
        "pieces": "»x« ist keine ganze Zahl ab 1",
        "end": "Das Ende liegt nicht nach dem Beginn, sie würde nie gelten",
        "budget": "»viel« ist keine lesbare Zahl",
        "combine": "Nur Prozent, Betrag oder Preis je Stück lassen sich zu anderen dazugeben",
    }
    assert re.findall(r'id="(\w+)"[^>]* autofocus', refused.text) == ["id"]
    for panel in ("reward", "when", "limits", "company"):
        assert re.search(f'slot wrong" href="#pick-{panel}"', refused.text), panel
    for kind, typed, why in (
        ("percent", "", "Der Prozentsatz fehlt"),
        ("amount", "", "Der Betrag fehlt"),
        ("steps", "", "Die Stufen fehlen"),
        ("points", "0,5", "Punkte brauchen einen Faktor ab 1"),
    ):
        refused = desk.send("/promotions/new", page, id="A", kind=kind, value=typed)
        assert why in refused.text
        assert "1 Feld fehlt oder stimmt nicht; dort steht, warum." in refused.text


def test_two_categories_with_one_name_say_which_is_meant(desk):
    given = {"kind": "percent", "value": "10", "not_categories": "Herren>Schals"}
    page = "/promotions/new?kind=percent"
    said = desk.send("/promotions/sentence", page, categories="Damen>Hosen, Herren>Hosen", **given)
    assert "Damen › Hosen, Herren › Hosen" in words(said)
    assert "nicht Schals" in words(said)


def test_while_it_is_filled_in_only_mistakes_are_marked(desk):
    page = "/promotions/new?kind=percent"
    said = desk.send("/promotions/sentence", page, kind="percent", value="")
    assert "slot wrong" not in said.text
    said = desk.send("/promotions/sentence", page, kind="percent", value="120")
    assert 'slot wrong" href="#pick-reward"' in said.text


def test_json_and_sentence_are_the_same_thing(shop, desk):
    address = begun(desk, **EVERYTHING)
    assert "&#34;percent&#34;: &#34;10&#34;" in desk.get(f"{address}?form=json").text
    document = json.dumps({"id": "ALLES-10", "reward": {"percent": "15"}})
    assert desk.send(address, document=document).status_code == 303
    assert draft_of(shop, address).document["reward"] == {"percent": "15"}
    assert "15\u00a0%" in desk.get(address).text
    special = {
        "id": "ALLES-10",
        "stage": "basket",
        "reward": {"each": {"spend": "50.00", "amount": "5.00"}},
    }
    assert desk.send(address, document=json.dumps(special)).status_code == 303
    assert 'name="document"' in desk.get(address).text
    assert desk.send(address, document="{").status_code == 422


def test_it_is_tried_on_what_was_sold(shop, desk):
    address = begun(desk, **EVERYTHING)
    for _ in range(100):
        page = desk.get(address)
        if "data-poll" not in page.text:
            break
        time.sleep(0.1)
    assert "data-poll" not in page.text
    said = words(page)
    assert re.search(r"Bons getroffen\s*[1-9]", said)
    assert 'class="receipt"' in page.text
    assert "<s>" in page.text


def test_it_is_published_once_and_stopped(shop, desk):
    address = begun(desk, **EVERYTHING)
    assert desk.send(f"{address}/publish").headers["location"] == "/promotions/show?id=ALLES-10"
    assert published(shop, "ALLES-10").newest.version == 1
    assert desk.send(f"{address}/publish").status_code == 409
    assert desk.get(address).status_code == 303
    page = desk.get("/promotions/show?id=ALLES-10")
    assert "Zehn auf alles" in page.text
    assert desk.send("/promotions/withdraw", id="ALLES-10", reason="Zu teuer").status_code == 303
    assert published(shop, "ALLES-10").newest.withdrawn_at is not None
    assert "Zurückgezogen" in desk.get("/promotions?state=withdrawn").text
    trail = Desk(shop.app).let_in("1").get("/audit").text
    assert "ALLES-10" in trail


def test_a_second_person_releases_it_where_the_rules_say_so(shop, desk):
    with writing(shop.context.database) as unit:
        set_rule(unit, ReleaseKind.PROMOTION, on=True)
    address = begun(desk, **EVERYTHING)
    assert desk.send(f"{address}/publish").headers["location"] == address
    assert published(shop, "ALLES-10") is None
    with reading(shop.context.database) as unit:
        (asked,) = requests(unit, [ReleaseState.WAITING])
    assert desk.send(f"/releases/{asked.request_id}", decision="released").status_code == 403
    chief = Desk(shop.app).let_in("1")
    assert chief.send(f"/releases/{asked.request_id}", decision="refused").status_code == 303
    assert draft_of(shop, address).state is DraftState.DRAFT
    desk.send(f"{address}/publish")
    with reading(shop.context.database) as unit:
        (asked,) = requests(unit, [ReleaseState.WAITING])
    assert chief.send(f"/releases/{asked.request_id}", decision="released").status_code == 303
    assert published(shop, "ALLES-10").newest.version == 1
    assert draft_of(shop, address).became == 1


def test_last_years_is_copied_with_its_weekdays(shop, desk):
    address = begun(desk, **TROUSERS)
    desk.send(f"{address}/publish")
    copy = desk.send("/promotions/copy", id="HOSEN-20", as_new="1").headers["location"]
    made = draft_of(shop, copy).document
    assert made["id"] == "HOSEN-20-2"
    assert made["when"]["from"].startswith("2027-11-30T00:00")
    change = desk.send("/promotions/copy", id="HOSEN-20").headers["location"]
    assert draft_of(shop, change).basis == 1


def test_a_draft_is_dropped_and_counts_nowhere(shop, desk):
    address = begun(desk, **EVERYTHING)
    assert desk.send(f"{address}/drop").status_code == 303
    assert draft_of(shop, address).state is DraftState.DROPPED
    assert desk.send(address, **EVERYTHING).status_code == 409
    assert "ALLES-10" not in desk.get("/promotions").text
    assert desk.get("/promotions/drafts/999").status_code == 404
    assert desk.get("/promotions/show?id=nothing").status_code == 404


def test_who_only_reads_finds_no_way_to_change(shop, desk):
    address = begun(desk, **EVERYTHING)
    reader = Desk(shop.app).let_in("2")
    assert reader.get(address).status_code == 200
    assert "Speichern" not in reader.get(address).text
    assert reader.send(f"{address}/publish").status_code == 403
    assert reader.get("/promotions/new").status_code == 403
