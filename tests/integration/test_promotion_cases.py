"""Checks of promotions: a basket must cost what was written down, at each release and whoever publishes."""

import re

import pytest

from central_server.features.promotions import catalogue
from central_server.features.releases.service import ReleaseKind, ReleaseState, requests, set_rule
from central_server.platform.unit_of_work import reading, writing
from shared.errors import DomainError
from tests.integration.promotion_rig import promotion, publish
from tests.support.head_office import Desk, fill_shelves

TROUSERS = {
    "id": "HOSEN-20", "name": "20 % auf zwei Hosen", "kind": "percent", "value": "20",
    "pieces": "2", "categories": "Herren>Hosen", "who": "vip", "stores": "DE01",
    "begin": "2026-12-01T00:00", "end": "2026-12-15T00:00",
}  # fmt: skip
# A pair costs 69.95: with 20 per cent off each of two 55.96.
PAIRS = {"basket": "2 F-Sand-30", "groups": "vip", "expected": "111,92", "name": "Zwei Hosen"}


@pytest.fixture
def desk(chain):
    fill_shelves(chain.context.database)
    return Desk(chain.app).let_in("6")


@pytest.fixture
def address(desk):
    """A draft with a check that it passes."""
    begun = desk.send("/promotions/new", "/promotions/new?kind=percent", **TROUSERS)
    address = begun.headers["location"]
    assert desk.send(f"{address}/cases", **PAIRS).status_code == 303
    return address


def checks(desk, address):
    part = (
        desk.get(address).text.partition('id="cases"')[2].partition('aria-labelledby="samples"')[0]
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).replace("\xa0", " ")


def version(chain):
    with reading(chain.context.database) as unit:
        found = catalogue.find_promotion(unit, "HOSEN-20")
    return found.newest.version if found is not None else 0


def test_a_basket_that_costs_what_it_must_lets_the_promotion_pass(chain, desk, address):
    said = checks(desk, address)
    assert "Zwei Hosen stimmt" in said
    assert "2 × F-Sand-30 69,95" in said
    assert "01.12.2026" in said
    assert desk.send(f"{address}/publish").status_code == 303
    assert version(chain) == 1


def test_a_failing_check_stops_the_release_and_says_by_how_much(chain, desk, address):
    # A quarter of 69.95 is 17.49.
    assert desk.send(address, **{**TROUSERS, "value": "25"}).status_code == 303
    assert "Zwei Hosen 7,00 € zu wenig" in checks(desk, address)
    refused = desk.send(f"{address}/publish").headers["location"]
    assert refused == f"{address}?stopped=1#cases"
    page = desk.get(refused).text
    assert "Eine Prüfung hat die Freigabe gestoppt" in page
    assert "111,92" in page
    assert version(chain) == 0
    desk.send(address, **TROUSERS)
    assert desk.send(f"{address}/publish").status_code == 303


def test_the_second_person_cannot_release_it_either(chain, desk, address):
    with writing(chain.context.database) as unit:
        set_rule(unit, ReleaseKind.PROMOTION, on=True)
    assert desk.send(f"{address}/publish").headers["location"] == address
    with reading(chain.context.database) as unit:
        (asked,) = requests(unit, [ReleaseState.WAITING])
    # Meanwhile something else begins to count that changes what the basket costs.
    publish(chain.context.database, chain.clock, promotion("ALLES", "10", combine="stack"))
    chief = Desk(chain.app).let_in("1")
    refused = chief.send(f"/releases/{asked.request_id}", decision="released")
    assert refused.status_code == 409
    said = (
        "»Zwei Hosen« von HOSEN-20 kostet 100.72 EUR und muss 111.92 EUR kosten: -11.20 Unterschied"
    )
    assert said in refused.text
    with reading(chain.context.database) as unit:
        assert requests(unit, [ReleaseState.WAITING]) == [asked]
    assert version(chain) == 0


def test_checks_stay_with_the_promotion_and_stop_a_file_too(chain, desk, address):
    desk.send(f"{address}/publish")
    following = desk.send("/promotions/copy", id="HOSEN-20").headers["location"]
    assert "Zwei Hosen stimmt" in checks(desk, following)
    with pytest.raises(DomainError, match="promotion_check_failed"):
        publish(chain.context.database, chain.clock, promotion("HOSEN-20", "50"))
    assert version(chain) == 1
    number = re.search(r"/cases/(\d+)/drop", desk.get(following).text)[1]
    assert desk.send(f"{following}/cases/{number}/drop").status_code == 303
    assert desk.send(f"{following}/cases/{number}/drop").status_code == 404
    publish(chain.context.database, chain.clock, promotion("HOSEN-20", "50"))
    assert version(chain) == 2


def test_other_promotions_of_that_time_are_part_of_the_price(desk, address):
    scarf = {"id": "ALLES", "name": "Zehn auf alles", "kind": "percent", "value": "10"}
    more = desk.send("/promotions/new", "/promotions/new?kind=percent", combine="stack", **scarf)
    desk.send(f"{more.headers['location']}/publish")
    assert "11,20 € zu wenig" in checks(desk, address)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"basket": " "}, "Menge und Artikel schreiben"),
        ({"basket": "2 GIBT-ES-NICHT"}, "Es gibt keinen Artikel GIBT-ES-NICHT"),
        ({"basket": "2 GIBT-ES-NICHT 5,00"}, "Es gibt keinen Artikel GIBT-ES-NICHT"),
        ({"basket": "2 F-Sand-32"}, "F-Sand-32 hat dort keinen Preis"),
        ({"basket": "1 F-Sand-30 viel"}, "nicht zu lesen"),
        ({"basket": "1 F-Sand-30 5,00 mehr"}, "nicht zu lesen"),
        ({"expected": "teuer"}, "nicht zu lesen"),
        ({"at": "gestern"}, "nicht zu lesen"),
    ],
)
def test_what_cannot_be_read_is_said_and_stays(desk, address, fields, said):
    answer = desk.send(f"{address}/cases", **{**PAIRS, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count('aria-describedby="case-problem"') == 1
    assert 'name="name" value="Zwei Hosen"' in answer.text


def test_a_price_and_a_time_of_its_own_count(desk, address):
    desk.send(
        f"{address}/cases", basket="1,5 F-Sand-32 100,00\n1 S-1-A 2", expected="152",
        at="2026-12-20T10:00", codes="Herbst1",
    )  # fmt: skip
    said = checks(desk, address)
    assert "1,5 F-Sand-32 100,00 stimmt" in said
    assert "20.12.2026" in said
