"""Articles and prices in head office: found, shown, changed, released and taken back; every page in its role."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from central_server.features.catalogue.entry import ArticleDraft, enter_batch
from central_server.features.catalogue.service import items
from central_server.features.pricing import service as pricing
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, writing
from tests.support.head_office import NOW, Desk, fill_shelves

DAY = timedelta(days=1)


@pytest.fixture
def shop(chain):
    """The chain with trousers in six variants and a scarf, and a price that was lower 20 days ago."""
    fill_shelves(chain.context.database)
    return chain


@pytest.fixture
def desk(shop):
    return Desk(shop.app).let_in("6")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def found(answer):
    return re.findall(r'<a href="/articles/([\w-]+)">', answer.text)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("", ["S-1", "40-2217"]),
        ("q=chin", ["40-2217"]),
        ("q=FALKAU+chino", ["40-2217"]),
        ("q=grosse", ["40-2217"]),
        ("q=GRÖSSE", ["40-2217"]),
        ("q=oliv", ["40-2217"]),
        ("q=40-22", ["40-2217"]),
        ("q=chino+murg", []),
        ("q=%22%27)(*:%26", []),
        ("category=Herren", ["S-1", "40-2217"]),
        ("category=Herren%3EHosen", ["40-2217"]),
        ("category=Herr", []),
        ("brand=Lenne+%26+Holm", ["40-2217"]),
        ("brand=Lenne", []),
    ],
)
def test_articles_are_found_by_words_category_and_brand(desk, question, numbers):
    assert found(desk.get(f"/articles?{question}")) == numbers


def test_the_list_is_paged_without_losing_or_repeating_one(shop, desk):
    with writing(shop.context.database) as unit:
        drafts = [ArticleDraft(f"N-{n}", {"de": f"Nadel {n}"}) for n in range(120)]
        enter_batch(unit, drafts, [], NOW)
    address, seen = "/articles?q=nadel", []
    while address:
        page = desk.get(address)
        seen += found(page)
        older = re.search(r'href="(/articles\?[^"]*before=\d+)"', page.text)
        address = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 120


def test_an_exact_number_or_barcode_leads_from_the_search_to_the_article(desk):
    for number in ("40-2217", "F-Oliv-34"):
        assert desk.get("/search", params={"q": number}).headers["location"] == "/articles/40-2217"
    assert desk.get("/search?q=4006381333931").headers["location"] == "/articles/S-1"
    assert "Chino Größe Falkau" in words(desk.get("/search?q=chino"))


def test_the_article_shows_matrix_prices_and_the_lowest_of_thirty_days(desk):
    page = words(desk.get("/articles/40-2217?show=price&sku=F-Sand-30"))
    for expected in (
        "Sand 69,95",
        "Herren",
        "Baumwolle",
        "30-Tage-Tief",
        "55,95 €",
        "Bestand 0 Stück",
    ):
        assert expected in page
    assert "Rabatte am 30-Tage-Tief messen" in page
    assert desk.get("/articles/nothing").status_code == 404


def edit(**changed):
    return {
        "name_de": "Chino Neu", "name_en": "", "brand": "Lenne", "category": "Herren > Hosen",
        "vat_category": "reduced", "age_class": "16", "uom": "H87", "discountable": "1",
        "attributes": "Stoff: Leinen\nLänge: 32", "images": "https://bilder.example/1.jpg",
        "text_de": "Leicht.", **changed,
    }  # fmt: skip


def test_a_changed_article_reaches_the_tills_and_the_trail(shop, desk):
    with writing(shop.context.database) as unit:
        unit.connection.execute(feed_dirty.delete())
    answer = desk.send("/articles/40-2217/edit", **edit())
    assert answer.status_code == 303
    with reading(shop.context.database) as unit:
        item = items(unit, ["F-Sand-30"])["F-Sand-30"]
        told = set(unit.connection.execute(select(feed_dirty.c.key)).scalars())
    assert (dict(item.names), item.category, item.age_class) == (
        {"de": "Chino Neu"}, "Herren>Hosen", 16,
    )  # fmt: skip
    assert dict(item.attributes) == {"Stoff": "Leinen", "Länge": "32"}
    assert len({key for key in told if key.startswith("F-")}) == 6
    assert found(desk.get("/articles?q=neu")) == ["40-2217"]
    assert found(desk.get("/articles?q=falkau")) == []
    trail = words(Desk(shop.app).let_in("1").get("/audit?kind=article&key=40-2217"))
    assert "Baumwolle → Leinen" in trail
    assert "Herren&gt;Hosen&gt;Chinos → Herren&gt;Hosen" in trail


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name_de": " ", "name_en": ""}, "mindestens einer Sprache"),
        ({"vat_category": "none"}, "Steuerklasse aus der Liste"),
        ({"age_class": "120"}, "Alter von 0 bis 99"),
        ({"category": "Herren>>Hosen"}, "Pfad wie"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(desk, wrong, sentence):
    changed = edit(**wrong)
    if not changed["name_de"].strip():
        changed["name_de"] = ""
    answer = desk.send("/articles/new", article_no="N-1", **changed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Leinen" in answer.text
    assert desk.get("/articles/N-1").status_code == 404


def test_an_article_is_added_with_a_variant_and_barcodes(shop, desk):
    assert desk.send("/articles/new", article_no="N-1", **edit()).status_code == 303
    assert desk.send("/articles/new", article_no="N-1", **edit()).status_code == 422
    variant = {"sku": "N-1-M", "size": "M", "colour": "rot", "barcodes": "4006381333931"}
    taken = desk.send("/articles/N-1/variants", **variant)
    assert "gehört zu einer anderen Variante" in words(taken)
    wrong = desk.send("/articles/N-1/variants", **{**variant, "barcodes": "4006381333932"})
    assert "Prüfziffer" in words(wrong)
    assert 'value="N-1-M"' in wrong.text
    done = desk.send("/articles/N-1/variants", **{**variant, "barcodes": "2000000000015"})
    assert done.status_code == 303
    with reading(shop.context.database) as unit:
        assert items(unit, ["N-1-M"])["N-1-M"].barcodes == ("2000000000015",)
    desk.send("/articles/N-1/variants/change", sku="N-1-M", barcodes="")
    with reading(shop.context.database) as unit:
        assert items(unit, ["N-1-M"]) == {}, "no longer in sale, so no till gets it"


def preview(desk, **changed):
    given = {
        "articles": "40-2217", "step": "percent", "value": "-20", "ending": "95",
        "offer": "STORE", "scope": "chain", "currency": "EUR", **changed,
    }  # fmt: skip
    return desk.send("/prices/new", **given)


def price(shop, sku="F-Sand-30", at=NOW):
    with reading(shop.context.database) as unit:
        entries = pricing.prices_of(unit, [sku]).get(sku, [])
    return next((entry.amount for entry in entries if entry.holds_at(at)), None)


def test_many_prices_change_after_a_preview_and_are_taken_back(shop, desk):
    address = preview(desk).headers["location"]
    page = words(desk.get(address))
    for expected in (
        "Chino Größe Falkau, Sand, 30 F-Sand-30 69,95 € 55,95 € −20,0 %",
        "hat keinen Ausgangspreis",
        "2 Preise ändern",
    ):
        assert expected in page
    assert price(shop) == 6995
    desk.send(f"{address}/apply")
    assert price(shop) == 5595
    assert desk.send(f"{address}/apply").status_code == 409
    shop.clock.at += DAY
    desk.let_in("6").send(f"{address}/undo")
    assert price(shop, at=shop.clock.at) == 6995
    trail = words(Desk(shop.app).let_in("1").get("/audit?kind=price"))
    assert "6995 → 5595" in trail


def test_a_reduction_that_is_advertised_is_measured_against_thirty_days(shop, desk):
    address = preview(desk, advertised="1", value="-10", ending="").headers["location"]
    assert "nicht unter dem niedrigsten Preis der letzten 30 Tage" in words(desk.get(address))
    assert desk.send(f"{address}/apply").status_code in {303, 409}
    assert price(shop) == 6995


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value": "viel"}, "Das ist keine Zahl"),
        ({"articles": "nothing"}, "Nichts würde sich ändern"),
        ({"end": "2026-11-01T10:00"}, "Ende liegt vor dem Beginn"),
        ({"begin": "bald"}, "kein Zeitpunkt"),
        ({"scope": "planet"}, "Ort aus der Liste"),
        ({"currency": "XXX"}, "Währung aus der Liste"),
    ],
)
def test_a_plan_that_makes_no_sense_is_explained(desk, wrong, sentence):
    answer = preview(desk, **wrong)
    if answer.status_code == 303:
        pytest.fail(f"{wrong} was taken")
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_with_four_eyes_somebody_else_releases(shop, desk):
    chief = Desk(shop.app).let_in("1")
    chief.send("/rules", four_eyes="price_change")
    address = preview(desk).headers["location"]
    desk.send(f"{address}/apply")
    assert price(shop) == 6995
    assert "Wartet auf eine zweite Person" in words(desk.get(address))
    number = re.search(r'action="/releases/(\d+)"', desk.get("/releases").text)[1]
    own = desk.send(f"/releases/{number}", decision="released")
    assert own.status_code == 403
    assert price(shop) == 6995
    assert chief.send(f"/releases/{number}", decision="released").status_code == 303
    assert price(shop) == 5595
    assert chief.send(f"/releases/{number}", decision="refused").status_code == 409
    assert "Freigegeben" in words(chief.get("/releases"))


@pytest.mark.parametrize(("who", "decision"), [("1", "refused"), ("6", "withdrawn")])
def test_what_is_refused_or_withdrawn_changes_nothing(shop, desk, who, decision):
    Desk(shop.app).let_in("1").send("/rules", four_eyes="price_change")
    address = preview(desk).headers["location"]
    desk.send(f"{address}/apply")
    number = re.search(r'action="/releases/(\d+)"', desk.get("/releases").text)[1]
    Desk(shop.app).let_in(who).send(f"/releases/{number}", decision=decision)
    assert price(shop) == 6995
    assert "Verworfen" in words(desk.get(address))


def test_what_holds_when_and_where_is_answered(desk):
    page = words(desk.get("/prices?article=F-Sand-30&at=2026-11-10T10:00"))
    assert "Hamburg 55,95 €" in page
    page = words(desk.get("/prices?article=F-Sand-30&at=2026-11-20T10:00"))
    assert "Hamburg 69,95 € (30-Tage-Tief 55,95 €)" in page
    assert "Bath –" in page
    assert "keinen Artikel mit der Nummer nichts" in words(desk.get("/prices?article=nichts"))


def test_the_list_goes_out_as_csv_and_xlsx_in_columns_of_the_import(desk):
    text = desk.get("/articles/export.csv?q=chino").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 6
    priced = next(row for row in rows if row["sku"] == "F-Sand-30")
    assert (priced["price"], priced["currency"], priced["category"]) == (
        "69,95", "EUR", "Herren>Hosen>Chinos",
    )  # fmt: skip
    book = load_workbook(io.BytesIO(desk.get("/articles/export.xlsx?q=chino").content))
    assert book.active.max_row == 7
    assert desk.get("/articles/export.exe").status_code == 404


def test_a_store_manager_looks_and_does_not_change(shop):
    manager = Desk(shop.app).let_in("5")
    page = manager.get("/articles/40-2217")
    assert page.status_code == 200
    assert "/edit" not in page.text
    for address in ("/articles/new", "/articles/40-2217/edit", "/prices/new"):
        assert manager.get(address).status_code == 403
    assert manager.send("/articles/40-2217/edit", **edit()).status_code == 403


FILE = (
    "Nummer;Bezeichnung;Farbe;VK\n"
    "I-1;Rock Isar;blau;49,90\n"
    "I-2;Rock Oder;rot;nichts\n"
    "S-1-A;Schal;rot;9,90\n"
)


def hand_in(desk, content=FILE, name="goods.csv"):
    token = desk.form_token()
    return desk.client.post(
        "/imports", data={"form_token": token}, files={"file": (name, content.encode())}
    )


def choices(*fields, currency="EUR"):
    return {"field": list(fields), "currency": currency}


def test_a_file_is_tried_without_effect_then_imported_and_its_faults_stand_in_a_file(shop, desk):
    address = hand_in(desk).headers["location"]
    page = desk.get(address)
    assert "Rock Isar" in words(page)
    columns = choices("sku", "name_de", "colour", "price")
    tried = desk.send(f"{address}/try", **columns)
    assert "Noch ist nichts geändert" in words(tried)
    assert "is not an amount" in words(tried)
    assert desk.get("/articles/I-1").status_code == 404
    errors = list(csv.reader(io.StringIO(desk.get(f"{address}/errors.csv").text)))
    assert [row[:2] for row in errors] == [["row", "column"], ["3", "VK"], ["4", "Nummer"]]
    desk.send(f"{address}/run", **columns)
    assert desk.get("/articles/I-1").status_code == 200
    assert desk.get("/articles/I-2").status_code == 404
    assert price(shop, "I-1") == 4990
    assert found(desk.get("/articles?q=isar")) == ["I-1"]
    assert "Importiert" not in words(desk.get(address))
    assert "Import" in words(Desk(shop.app).let_in("1").get("/audit?kind=import"))


def test_columns_are_guessed_and_what_is_missing_is_said(desk):
    address = hand_in(desk, FILE.replace("Nummer", "Artikelnummer")).headers["location"]
    assert re.findall(r'<option value="(\w+)" selected', desk.get(address).text)[:4] == [
        "article_no", "name_de", "colour", "price",
    ]  # fmt: skip
    missing = desk.send(f"{address}/try", **choices("-", "name_de", "-", "-"))
    assert "mindestens eine Nummer" in words(missing)
    no_currency = desk.send(
        f"{address}/try", **choices("sku", "name_de", "-", "price", currency="")
    )
    assert "wählen Sie die Währung" in words(no_currency).replace("Wählen", "wählen")


@pytest.mark.parametrize(
    ("content", "name"), [("x", "goods.exe"), ("", "goods.csv"), ("x", "../../etc/passwd")]
)
def test_what_is_no_table_is_refused(desk, content, name):
    assert hand_in(desk, content, name).status_code == 422


def test_nobody_opens_the_file_of_somebody_else(shop, desk):
    address = hand_in(desk).headers["location"]
    other = Desk(shop.app).let_in("1")
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/errors.csv").status_code == 404
    assert desk.get("/imports/..%2f..").status_code == 404
