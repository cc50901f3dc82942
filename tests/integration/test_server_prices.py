"""Prices, offers and products: what holds where, what may not overlap, and the lowest price of 30 days."""

from datetime import UTC, datetime, timedelta

import pytest

from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.offers.service import Offer, OfferKind, add_offer
from central_server.features.pricing import service
from central_server.platform.access import Role
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError
from shared.pricing import PriceEntry

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop(web_centre):
    """A centre with the article P1 in one variant."""
    names = {"de": "Hose", "de-AT": "Hosn", "en": "Trousers"}
    draft = ArticleDraft(
        "P1",
        names,
        "Kranich",
        "Kleidung>Hosen",
        age_class=16,
        images=("p1.jpg",),
        attributes={"stoff": "Wolle"},
    )
    variants = [
        VariantDraft("P1-M", "P1", "M", "rot", ("2000000000015",)),
        VariantDraft("P1-L", "P1", "L", "rot"),
    ]
    run_writing(web_centre.context.database, lambda unit: enter_batch(unit, [draft], variants, NOW))
    web_centre.sign_in(Role.HEAD_OFFICE)
    return web_centre


def put(
    shop,
    amount,
    begin=NOW,
    end=None,
    *,
    scope="market:DE",
    offer="STORE",
    now=NOW,
    sku="P1-M",
    channel="",
):
    entry = PriceEntry(sku, scope, amount, "EUR", begin, end, offer, channel)
    return run_writing(shop.context.database, lambda unit: service.set_price(unit, entry, now))


def history(shop, sku="P1-M"):
    with reading(shop.context.database) as unit:
        entries = service.prices_of(unit, [sku]).get(sku, [])
    return [
        ((e.valid_from - NOW).days, (e.valid_to - NOW).days if e.valid_to else None, e.amount)
        for e in entries
    ]


def quote(shop, **query):
    return shop.client.get("/api/v1/quote", params={"sku": "P1-M", "store": "DE01", **query})


def test_a_price_without_end_takes_over(shop):
    put(shop, 2000)
    put(shop, 1500, NOW + 10 * DAY)

    assert history(shop) == [(0, 10, 2000), (10, None, 1500)]
    assert quote(shop).json()["amount"] == 2000
    assert quote(shop, at=(NOW + 11 * DAY).isoformat()).json()["amount"] == 1500


def test_a_price_between_two_others_holds_until_the_next(shop):
    put(shop, 2000)
    put(shop, 1500, NOW + 10 * DAY)
    put(shop, 1800, NOW + 5 * DAY)

    assert history(shop) == [(0, 5, 2000), (5, 10, 1800), (10, None, 1500)]


@pytest.mark.parametrize(("begin", "end"), [(1, 5), (-5, 1), (9, 20), (-5, 20)])
def test_overlapping_validities_are_refused(shop, begin, end):
    put(shop, 2000, NOW, NOW + 10 * DAY, now=NOW - 10 * DAY)

    with pytest.raises(DomainError) as refusal:
        put(shop, 1500, NOW + begin * DAY, NOW + end * DAY, now=NOW - 10 * DAY)

    assert refusal.value.code == "price_validity_overlaps"
    assert history(shop) == [(0, 10, 2000)]


def test_neighbouring_validities_are_accepted(shop):
    put(shop, 2000, NOW, NOW + 10 * DAY)
    put(shop, 1500, NOW + 10 * DAY, NOW + 20 * DAY)

    assert history(shop) == [(0, 10, 2000), (10, 20, 1500)]


def test_other_offers_scopes_and_channels_do_not_overlap(shop):
    run_writing(
        shop.context.database,
        lambda unit: add_offer(unit, Offer("WEB", "Web shop", OfferKind.WEB), NOW),
    )
    put(shop, 2000)
    put(shop, 1900, scope="store:DE01")
    put(shop, 1800, offer="WEB")
    put(shop, 1700, channel="web")

    assert len(history(shop)) == 4
    assert quote(shop).json()["amount"] == 1900
    assert quote(shop, offer="WEB").json()["amount"] == 1800


def test_the_past_is_not_rewritten(shop):
    put(shop, 2000, NOW - 20 * DAY, now=NOW - 20 * DAY)

    for begin in (NOW - 10 * DAY, NOW - 20 * DAY):
        with pytest.raises(DomainError) as refusal:
            put(shop, 1000, begin)
        assert refusal.value.code == "price_backdated"
    assert history(shop) == [(-20, None, 2000)]


def test_a_price_that_has_not_begun_may_be_corrected(shop):
    put(shop, 2000, NOW + 5 * DAY)
    put(shop, 2100, NOW + 5 * DAY)

    assert history(shop) == [(5, None, 2100)]


def test_the_same_price_again_changes_nothing_and_tells_no_till(shop):
    put(shop, 2000)
    shop.drain()

    assert put(shop, 2000, NOW + DAY, now=NOW + DAY) is False
    with reading(shop.context.database) as unit:
        assert unit.connection.execute(feed_dirty.select()).all() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": -1}, "price_amount_invalid"),
        ({"end": NOW}, "price_validity_empty"),
        ({"scope": "planet:MARS"}, "price_scope_invalid"),
        ({"scope": "store:XX99"}, "store_unknown"),
        ({"offer": "NONE"}, "offer_unknown"),
        ({"sku": "NONE"}, "sku_unknown"),
    ],
)
def test_a_price_that_cannot_be_is_refused(shop, change, code):
    with pytest.raises(DomainError) as refusal:
        put(shop, **{"amount": 100, **change})
    assert refusal.value.code == code


def test_the_lowest_price_of_30_days_around_changes(shop):
    start = NOW - 60 * DAY
    for begin, amount in ((-60, 2000), (-31, 1200), (-29, 1800), (0, 1500)):
        put(shop, amount, NOW + begin * DAY, now=start)

    def lowest(at):
        with reading(shop.context.database) as unit:
            found = service.lowest_30d(
                unit, "P1-M", at, offer="STORE", scope="market:DE", currency_code="EUR"
            )
        return found.amount if found else None

    assert lowest(NOW) == 1200  # it still held at the beginning of the window
    assert lowest(NOW + 2 * DAY) == 1500
    assert lowest(NOW + DAY) == 1500
    assert lowest(NOW - 40 * DAY) == 2000
    assert lowest(start) is None
    assert quote(shop).json()["lowest_30d"] == 1200


def test_fifty_offers_and_the_price_of_one(shop):
    def work(unit):
        for number in range(50):
            code = f"FLYER-{number}"
            add_offer(unit, Offer(code, f"Flyer {number}", OfferKind.FLYER), NOW)
            service.set_price(
                unit, PriceEntry("P1-M", "chain", 1000 + number, "EUR", NOW, offer=code), NOW
            )

    run_writing(shop.context.database, work)
    put(shop, 2000)

    answer = quote(shop, offer="FLYER-47").json()
    assert (answer["amount"], answer["offer"]) == (1047, "FLYER-47")
    assert quote(shop).json()["amount"] == 2000
    prices = shop.client.get("/api/v1/products/P1/prices").json()
    assert len({price["offer"] for price in prices}) == 51


def test_what_has_no_price_or_does_not_exist_is_said(shop):
    def code(**query):
        answer = quote(shop, **query)
        return answer.status_code, answer.json()["code"]

    assert code() == (404, "price_missing")
    assert code(sku="X") == (404, "sku_unknown")
    assert code(store="XX01") == (404, "store_unknown")
    assert code(offer="X") == (404, "offer_unknown")
    assert code(at="2026-01-01T00:00:00") == (422, "validation_failed")


def test_an_offer_that_is_over_is_not_quoted(shop):
    offer = Offer("FLYER-1", "Flyer", OfferKind.FLYER, NOW - 9 * DAY, NOW - DAY)
    run_writing(shop.context.database, lambda unit: add_offer(unit, offer, NOW))

    answer = quote(shop, offer="FLYER-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "offer_not_valid")


def test_head_office_sets_prices_and_adds_offers_over_http(shop):
    new = {"code": "WEB", "name": "Web shop", "kind": "web"}
    assert shop.client.post("/api/v1/offers", json=new).status_code == 201
    assert shop.client.post("/api/v1/offers", json=new).json()["code"] == "offer_exists"
    body = {"amount": 999, "currency": "EUR", "offer": "WEB"}
    assert shop.client.put("/api/v1/prices/P1-M", json=body).json() == {"changed": True}
    assert quote(shop, offer="WEB").json()["amount"] == 999
    assert {offer["code"] for offer in shop.client.get("/api/v1/offers").json()} == {"STORE", "WEB"}

    shop.sign_in(Role.STORE_MANAGER, "DE01")
    assert shop.client.put("/api/v1/prices/P1-M", json=body).status_code == 403
    assert shop.client.post("/api/v1/offers", json=new).status_code == 403
    assert quote(shop, store="AT01").json()["code"] == "store_not_allowed"


@pytest.mark.parametrize(
    ("wanted", "name", "found"),
    [
        ("de-AT", "Hosn", "de-AT"),
        ("de-CH", "Hose", "de"),
        ("fr", "Trousers", "en"),
        ("en-GB", "Trousers", "en"),
    ],
)
def test_a_product_in_a_language_or_the_nearest(shop, wanted, name, found):
    product = shop.client.get(f"/api/v1/products/P1?lang={wanted}").json()

    assert (product["name"], product["language"]) == (name, found)


def test_a_product_in_any_language_if_there_is_no_better(shop):
    draft = ArticleDraft("P2", {"it": "Pantaloni"})
    run_writing(
        shop.context.database,
        lambda unit: enter_batch(unit, [draft], [VariantDraft("P2", "P2")], NOW),
    )

    product = shop.client.get("/api/v1/products/P2?lang=de-AT").json()

    assert (product["name"], product["language"]) == ("Pantaloni", "it")


def test_a_product_has_all_that_is_known(shop):
    product = shop.client.get("/api/v1/products/P1").json()

    assert [v["sku"] for v in product["variants"]] == ["P1-L", "P1-M"]
    assert product["variants"][1]["barcodes"] == ["2000000000015"]
    assert (product["age_class"], product["vat_category"]) == (16, "standard")
    assert (product["images"], product["attributes"]) == (["p1.jpg"], {"stoff": "Wolle"})
    assert (product["category"], product["category_name"]) == ("Kleidung>Hosen", "Hosen")
    assert shop.client.get("/api/v1/products/NONE").json()["code"] == "article_unknown"
    assert shop.client.get("/api/v1/products/P1?lang=!").json()["code"] == "language_invalid"
