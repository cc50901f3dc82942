"""Looking up for a touch window: categories, articles put together from variants, sizes in order, stock as a table."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from pos_client.features.stock_lookup.drawings import drawing_of
from pos_client.features.stock_lookup.grouping import group_hits, in_size_order
from pos_client.features.stock_lookup.presenter import PAGE, LookupPresenter
from shared.catalogue import Item
from shared.errors import DomainError
from tests.unit.test_till_presenters import PLACE, FakePrices
from tests.unit.till_fakes import FakeRecording, FakeTexts, View


def item(sku, article="H1", size="", colour="", **more):
    return Item(sku, article, {"de": "Hose Lene"}, "standard", size=size, colour=colour, **more)


HOSE = tuple(
    item(f"H1-{size}-{colour}", size=size, colour=colour, category="Damen>Hosen", brand="Kranich")
    for colour in ("sand", "blau")
    for size in ("38", "36", "S")
)


class Goods(FakePrices):
    def __init__(self, *items):
        super().__init__()
        self.items = {each.sku: each for each in items}
        self.prices = {each.sku: 7_995 for each in items}

    def find(self, code):
        if sum(each.article_no == code for each in self.items.values()) > 1:
            raise DomainError("article_ambiguous", {"code": code})
        return super().find(code)


def make(*items, levels=None, sold=()):
    return LookupPresenter(
        Goods(*items),
        SimpleNamespace(levels=lambda sku: (levels or {}).get(sku, {})),
        FakeRecording(),
        PLACE,
        FakeTexts(),
        View(),
        SimpleNamespace(last_sold=lambda limit: tuple(sold)[:limit]),
    )


def test_variants_of_one_article_are_one_row():
    lookup = make(*HOSE, item("G1", "G1", colour="braun"))
    rows = lookup.on_search("hose").found
    assert [(row.key, row.sku, row.detail) for row in rows] == [
        ("H1", "", "lookup.variants count=6"),
        ("G1", "G1", "braun"),
    ]
    assert (rows[0].drawing, rows[1].drawing) == ("trousers", "box")
    assert rows[0].price == "7995 EUR"


def test_a_text_that_names_size_and_colour_leaves_one_variant():
    named = [(hit.item.sku, hit.named) for hit in group_hits(HOSE, "hose 38 blau")]
    assert named == [("H1-38-blau", True)]
    assert [hit.named for hit in group_hits(HOSE, "hose 38")] == [False]
    assert [hit.item.sku for hit in group_hits(HOSE, "blau 36 lene")] == ["H1-36-blau"]


def test_a_code_leaves_the_variant_that_carries_it():
    coded = (*HOSE, item("H1-40", size="40", barcodes=("4006381333931",)))
    assert [(h.item.sku, h.named) for h in group_hits(coded, "4006381333931")] == [("H1-40", True)]
    assert group_hits(HOSE, "H1-36-BLAU")[0].item.sku == "H1-36-blau"


def test_every_variant_stands_for_itself_where_that_is_asked_for():
    rows = make(*HOSE).on_search("hose", grouped=False).found
    assert sorted(row.sku for row in rows) == sorted(each.sku for each in HOSE)


def test_a_text_that_nothing_fits_says_so():
    assert make().on_search("x").notice == "lookup.nothing"
    assert make().on_search(" ").notice == ""
    assert make(*HOSE).on_search("x").query == "x"


def test_categories_have_names_counts_and_drawings():
    goods = (*HOSE, item("G1", "G1", category="Strick"), item("X", "X"))
    tiles = make(*goods).on_categories().tiles
    assert [(t.category, t.name, t.count, t.drawing) for t in tiles] == [
        ("Damen>Hosen", "Hosen · Damen", "lookup.articles_one count=1", "trousers"),
        ("Strick", "Strick", "lookup.articles_one count=1", "knitwear"),
        ("", "lookup.no_category", "lookup.articles_one count=1", "box"),
    ]
    assert make().on_categories().notice == "lookup.no_categories"


def test_a_category_comes_in_pages():
    goods = [item(f"A{n:03}", f"A{n:03}", category="Strick") for n in range(PAGE + 1)]
    lookup = make(*goods)
    first = lookup.on_category("Strick")
    assert (len(first.found), first.more) == (PAGE, f"A{PAGE - 1:03}")
    rest = lookup.on_category("Strick", first.more)
    assert ([row.sku for row in rest.found], rest.more) == ([f"A{PAGE:03}"], "")
    assert lookup.on_category("Hemden").notice == "lookup.nothing"


def test_what_was_sold_last_is_shown_as_it_was_sold():
    lookup = make(*HOSE, sold=["H1-S-blau", "gone", "H1-36-sand"])
    assert [row.sku for row in lookup.on_last_sold().found] == ["H1-S-blau", "H1-36-sand"]
    assert make().on_last_sold().notice == "lookup.nothing_sold"


def test_variants_carry_price_and_the_own_stores_stock():
    levels = {
        "H1-36-sand": {"DE01": Decimal(3), "DE02": Decimal(9)},
        "H1-38-sand": {"DE01": Decimal(2)},
        "H1-S-sand": {"DE01": Decimal(-1)},
    }
    lookup = make(*HOSE, levels=levels)
    lookup._catalogue.prices["H1-38-blau"] = 4_995
    state = lookup.on_variants("H1")
    assert (state.article_no, state.name, state.detail) == ("H1", "Hose Lene", "Kranich · H1")
    assert state.price == "lookup.price_from price=4995 EUR"
    assert (state.sizes, state.colours) == (("S", "36", "38"), ("blau", "sand"))
    cells = {cell.sku: (cell.stock, cell.level) for cell in state.cells}
    assert cells["H1-36-sand"] == ("3", "ok")
    assert cells["H1-38-sand"] == ("2", "low")
    assert cells["H1-S-sand"] == ("-1", "none")
    assert cells["H1-36-blau"] == ("0", "none")
    assert [cell.size for cell in state.cells] == ["S", "36", "38"] * 2
    assert make(item("G", "G")).on_variants("G").price == "7995 EUR"


def test_stock_is_a_table_with_the_own_store_first():
    sizes = (item("a", size="38"), item("b", size="36"))
    levels = {
        "a": {"DE02": Decimal(4), "DE01": Decimal(1)},
        "b": {"DE02": Decimal("0.5"), "XX": Decimal(1)},
    }
    state = make(*sizes, levels=levels).on_stock("a")
    assert state.columns == ("36", "38")
    assert [(row.name, row.own, row.cells, row.total) for row in state.rows] == [
        ("Lindenplatz, Berlin", True, ("", "1"), "1"),
        ("Altstadt, Bonn", False, ("0.5", "4"), "4.5"),
        ("XX", False, ("1", ""), "1"),
    ]
    assert state.notice == ""


def test_several_colours_are_columns_of_their_own_and_one_piece_is_pieces():
    assert make(*HOSE).on_stock("H1").columns[:2] == ("S blau", "36 blau")
    single = make(item("G", "G")).on_stock("G")
    assert (single.columns, single.notice) == (("lookup.pieces",), "lookup.no_stock")
    with pytest.raises(DomainError, match="article_unknown"):
        make().on_stock("nothing")


@pytest.mark.parametrize(
    ("category", "drawing"),
    [
        ("Hosen", "trousers"),
        ("Damenhosen", "trousers"),
        ("Women>Clothing>Jeans", "trousers"),
        ("Men>Clothing>Shirts", "shirt"),
        ("Hemden & Blusen", "shirt"),
        ("T-Shirts", "tshirt"),
        ("Strick", "knitwear"),
        ("Jacken & Mäntel", "coat"),
        ("Wollmäntel", "coat"),
        ("Kleider & Röcke", "dress"),
        ("Women>Clothing>Skirts", "dress"),
        ("Men>Shoes>Sneakers", "shoe"),
        ("Lace-up shoes", "shoe"),
        ("Socken & Wäsche", "socks"),
        ("Accessoires", "bag"),
        ("Kinder", "kids"),
        ("Geschenkkarte", "gift"),
        ("Änderung", "needle"),
        ("Bekleidung", "box"),
        ("Stopfgarn", "box"),
        ("", "box"),
    ],
)
def test_drawings_follow_the_words_of_the_trade(category, drawing):
    assert drawing_of(category) == drawing


def test_sizes_stand_in_the_order_of_the_trade():
    mixed = ["XL", "M", "S", "42", "W30/L30", "W29/L32", "W29/L30", "8", "Einheitsgröße", "M"]
    assert in_size_order(mixed) == (
        "S",
        "M",
        "XL",
        "8",
        "W29/L30",
        "W29/L32",
        "W30/L30",
        "42",
        "Einheitsgröße",
    )
