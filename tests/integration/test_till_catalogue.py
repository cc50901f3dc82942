"""Articles in the reference file: categories kept up by the feed, pages by article, search by anything one can read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.pricing import PriceEntry
from shared.wire.models import FeedRow
from shared.wire.payloads import price_payload
from tests.integration.till_world import (
    NOON,
    World,
    item,
    item_row,
    page,
    price_row,
    sell,
    staff_row,
)

DAY = timedelta(days=1)


@pytest.fixture
def applier(tmp_path):
    applier = FeedApplier(ReferenceFiles(tmp_path).create_empty())
    yield applier
    applier.close()


@pytest.fixture
def reference(tmp_path, applier):
    reference = Reference(ReferenceFiles(tmp_path))
    yield reference
    reference.close()


def hose(number, size, colour="blau", article="H1", category="Hosen"):
    return item(
        number,
        article_no=article,
        names={"de": "Hose Lene"},
        size=size,
        colour=colour,
        category=category,
    )


def take(applier, *rows):
    applier.take("reference", page(list(rows)))


def test_categories_count_articles_and_follow_the_feed(applier, reference):
    take(
        applier,
        item_row(hose(1, "36")),
        item_row(hose(2, "38")),
        item_row(hose(3, "38", article="H2")),
        item_row(item(4)),
    )
    assert reference.categories() == (("", 1), ("Hosen", 2))
    take(applier, item_row(hose(3, "38", article="H2", category="Jeans"), seq=2))
    assert reference.categories() == (("", 1), ("Hosen", 1), ("Jeans", 1))
    gone = item_row(item(4), seq=3).model_copy(update={"op": "remove", "d": None})
    take(applier, gone)
    assert reference.categories() == (("Hosen", 1), ("Jeans", 1))


def test_a_category_gives_each_article_once_behind_a_number(applier, reference):
    take(
        applier,
        *(item_row(hose(n, str(n), article=f"H{n // 2}")) for n in range(2, 8)),
        item_row(hose(20, "1", article="H9", category="Jeans")),
    )
    assert [i.article_no for i in reference.category("Hosen", "", 2)] == ["H1", "H2"]
    assert [i.article_no for i in reference.category("Hosen", "H2", 2)] == ["H3"]
    assert reference.variant_counts(["H1", "H9", "no"]) == {"H1": 2, "H9": 1}


@pytest.mark.parametrize(
    "text",
    ["hose 38", "38 lene", "h1 38 blau", "BLAU 38 hose", "s2", "200000000002", "2000000000022"],
)
def test_articles_are_found_by_name_number_code_size_and_colour(applier, reference, text):
    take(applier, item_row(hose(1, "36")), item_row(hose(2, "38")), item_row(item(33)))
    assert [found.sku for found in reference.search(text)] == ["S2"]


def test_stores_have_names(applier, reference):
    row = FeedRow(
        kind="config",
        key="store:DE02",
        scope="chain",
        seq=1,
        op="put",
        d={"store_id": "DE02", "name": "Altstadt", "city": "Bonn"},
    )
    facts = row.model_copy(update={"key": "store", "scope": "store:DE02", "d": {"name": "x"}})
    applier.take("config", page([row, facts]))
    assert [(s.store_id, s.name, s.city) for s in reference.store_names().values()] == [
        ("DE02", "Altstadt", "Bonn")
    ]


def test_who_may_log_in_is_listed_by_name(applier, reference):
    gone = staff_row("103", name="Abc", active=False)
    applier.take("staff", page([staff_row("102", name="Zoe"), staff_row("101", name="Mia"), gone]))
    assert [row.staff_id for row in reference.colleagues()] == ["101", "102"]


def test_what_was_sold_last_comes_first_and_returns_do_not_count(tmp_path):
    world = World(tmp_path)
    till = world.open()
    sell(till, "S1", "S2")
    sell(till, "S3", "S1")
    till.basket.on_return("S9", "1", None, "too small")
    till.payment.on_cash()
    till.payment.on_finish()
    assert [row.sku for row in till.lookup.on_last_sold().found] == ["S1", "S3", "S2"]
    assert till.lookup.on_categories().tiles[0].name == "Ohne Warengruppe"
    world.close()


@pytest.mark.parametrize("text", ["weiß", "WEISS", "weisse mützen", "Muetz weiß", "mutze weiß"])
def test_sharp_s_and_accents_are_found_however_they_are_typed(applier, reference, text):
    take(
        applier,
        item_row(item(1, names={"de": "Mützen Weiße Auslese"}, colour="weiß")),
        item_row(item(2, names={"de": "Mützen Graue Auslese"}, colour="grau")),
    )
    wanted = [] if "uetz" in text else ["S1"]
    assert [found.sku for found in reference.search(text)] == wanted


def test_a_rare_word_is_found_behind_many_that_begin_alike(applier, reference):
    many = (item_row(item(n, names={"de": "Mantel Murg"}, brand="Marke")) for n in range(1, 401))
    take(
        applier,
        *many,
        item_row(item(900, names={"de": "Mantel Murg"}, brand="Marktfrau")),
        item_row(item(901, names={"de": "Mark"}, brand="Marke")),
    )
    assert [found.sku for found in reference.search("mantel marktf")] == ["S900"]
    assert reference.search("mark")[0].sku == "S901"
    assert len(reference.search("marke")) == 50
    assert reference.search("marko") == ()


def test_goods_without_a_receipt_are_worth_the_lowest_price_of_the_last_days(tmp_path):
    world = World(tmp_path)
    till = world.open()
    reduced = PriceEntry("S9", "chain", 400, "EUR", NOON - 20 * DAY, NOON - 9 * DAY)
    entries = [reduced, replace(reduced, amount=900, valid_from=NOON - 9 * DAY, valid_to=None)]
    row = price_row("S9", 900, seq=9).model_copy(update={"d": price_payload(entries)})
    applier = FeedApplier(world.reference_file)
    applier.take("reference", page([row], "e.3.0"))
    applier.close()
    till.basket.on_add("S9")
    till.basket.on_return("S9", "1", None, "too small")
    lines = till.sale.basket.lines.values()
    assert [(int(line.quantity), line.unit_price) for line in lines] == [(1, 900), (-1, 400)]
    world.close()
