"""Offers on a page: added, changed, and what has a price of its own in them."""

from datetime import timedelta

import pytest

from central_server.features.pricing import service as pricing
from central_server.platform.unit_of_work import writing
from shared.pricing import PriceEntry
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import NOW, fill_shelves

FLYER = {
    "code": "FLYER-47", "name": "Prospekt KW 47", "kind": "flyer", "begin": "2026-11-20T00:00",
    "end": "2026-12-01T00:00",
}  # fmt: skip


@pytest.fixture
def office(chain):
    fill_shelves(chain.context.database)
    return chain


def test_an_offer_is_added_priced_changed_and_over(office):
    desk = at_desk(office, "6")
    address = desk.send("/offers", "/offers", **FLYER).headers["location"]
    assert address == "/offers/FLYER-47"
    page = words(desk.get(address))
    assert "Gilt jetzt" in page
    assert "Keine eigenen Preise" in page
    assert 'value="FLYER-47" selected' in desk.get("/prices/new?offer=FLYER-47").text
    at = NOW - timedelta(hours=1)
    with writing(office.context.database) as unit:
        for sku, scope in (
            ("F-Sand-30", "chain"),
            ("F-Sand-32", "store:DE01"),
            ("F-Oliv-34", "market:AT"),
        ):
            pricing.set_price(unit, PriceEntry(sku, scope, 4995, "EUR", at, offer="FLYER-47"), at)
    page = words(desk.get(address))
    assert page.count("49,95") == 3
    for where in ("ganze Kette", "Hamburg", "Filialen in AT"):
        assert where in page
    # The manager of Bath sees no price of a store in Hamburg.
    assert words(at_desk(office, "10").get(address)).count("49.95") == 2
    listed = words(desk.get("/offers"))
    assert "Prospekt KW 47 FLYER-47 Prospekt Gilt jetzt" in listed
    changed = {"name": "Prospekt 47", "begin": "2026-11-01T00:00", "end": "2026-11-02T00:00"}
    assert desk.send(address, address, **changed).headers["location"] == f"{address}?saved=1"
    assert "Vorbei" in words(desk.get(address))
    assert "2026-11-02T00:00" in desk.get(address).text
    assert "Angebot" in words(at_desk(office, "1").get("/audit?kind=offer&key=FLYER-47"))


def test_a_long_offer_has_pages(office):
    at = NOW - timedelta(hours=1)
    with writing(office.context.database) as unit:
        unit.connection.exec_driver_sql(
            "INSERT INTO variant (sku, article_no, size, colour, active, created_at) WITH RECURSIVE n(i) AS"
            " (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 160)"
            " SELECT 'X-' || i, '40-2217', i, '', 1, created_at FROM n, (SELECT created_at FROM article LIMIT 1)"
        )
        skus = [f"X-{n}" for n in range(100, 161)]
        pricing.set_prices(unit, [PriceEntry(s, "chain", 100, "EUR", at) for s in skus], at)
    desk = at_desk(office, "6")
    first = desk.get("/offers/STORE").text
    address = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = desk.get(address).text
    assert "X-160" not in first
    assert "X-160" in second
    assert "Von vorn" in words(desk.get(address))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("code", "flyer 47", "Nur A bis Z, Ziffern und -."),
        ("code", "STORE", "Es gibt schon ein Angebot mit diesem Code."),
        ("name", " ", "Ein Angebot hat einen Namen."),
        ("kind", "brief", "Eine Art wählen."),
        ("end", "2026-11-19T00:00", "Das Ende liegt vor dem Beginn."),
        ("begin", "morgen", "Das ist kein Zeitpunkt."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(office, field, value, said):
    answer = at_desk(office, "6").send("/offers", "/offers", **{**FLYER, field: value})
    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1


def test_the_offer_of_the_stores_always_holds_and_who_may_not_only_looks(office):
    desk = at_desk(office, "6")
    ended = {"name": "Filialen", "end": "2026-12-01T00:00"}
    answer = desk.send("/offers/STORE", "/offers/STORE", **ended)
    assert answer.status_code == 422
    assert "Das Angebot der Filialen gilt immer." in words(answer)
    assert "Neues Angebot" not in words(at_desk(office, "5").get("/offers"))
    assert at_desk(office, "5").send("/offers", "/offers", **FLYER).status_code == 403
    assert desk.get("/offers/NIE").status_code == 404
