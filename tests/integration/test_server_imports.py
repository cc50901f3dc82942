"""Catalogue imports: real files with real faults; what is right gets in, what is wrong is named."""

import csv
import lzma
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from central_server.features.catalogue import tables
from central_server.features.catalogue.service import get_product
from central_server.features.imports import source
from central_server.features.imports.service import ImportOptions, import_catalogue
from central_server.features.pricing.service import prices_of
from central_server.features.stock.service import levels_of_sku
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError

HEADER = "Artikelnummer;Bezeichnung;Größe;Farbe;EAN;MwSt;Preis;Bestand"
ROWS = (
    'P1;"Hose ""Kranich""";M;rot;2000000000015;19;49,90;3',
    "P2;Jäckchen;L;blau;2000000000022|HAUS-2;19 %;1.049,90;0,5",
    "P3;Buch;;;;7;9,99;",
)


class Shop:
    """A centre and what imports into it said."""

    def __init__(self, centre, folder):
        self.centre, self.folder = centre, folder
        self.faults = []
        self.progress = []

    def file(self, text, name="goods.csv", encoding="utf-8"):
        path = self.folder / name
        data = text if isinstance(text, bytes) else text.encode(encoding)
        path.write_bytes(lzma.compress(data) if name.endswith(".xz") else data)
        return path

    def load(self, path, **options):
        self.faults.clear()
        settings = {"market": "DE", "location": "DE01", **options}
        return import_catalogue(
            self.centre.context.database,
            self.centre.context.business_clock,
            path,
            ImportOptions(**settings),
            self.faults.append,
            lambda *state: self.progress.append(state),
        )

    def read(self, text, **options):
        return self.load(self.file(text), **options)

    def reasons(self):
        return [(fault.line, fault.column, fault.reason) for fault in self.faults]

    def unit(self):
        return reading(self.centre.context.database)

    def count(self, table):
        with self.unit() as unit:
            return unit.connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def shop(web_centre, tmp_path):
    return Shop(web_centre, tmp_path)


def lines(*rows, header=HEADER):
    return "\r\n".join((header, *rows)) + "\r\n"


def test_a_german_file_gets_in_whole(shop):
    result = shop.read(lines(*ROWS))

    assert (result.rows, result.refused_rows, shop.faults) == (3, 0, [])
    assert (result.new_articles, result.new_variants, result.changed_prices) == (3, 3, 3)
    with shop.unit() as unit:
        product = get_product(unit, "P2", "de")
        prices = prices_of(unit, ["P1", "P2", "P3"])
        stock = [levels_of_sku(unit, sku) for sku in ("P1", "P2", "P3")]
        assert get_product(unit, "P1", "de").name == 'Hose "Kranich"'
        assert get_product(unit, "P3", "de").vat_category == "reduced"
    assert (product.name, product.variants[0].size) == ("Jäckchen", "L")
    assert product.variants[0].barcodes == ("2000000000022", "HAUS-2")
    assert [prices[sku][0].amount for sku in ("P1", "P2", "P3")] == [4990, 104990, 999]
    assert {entry.scope for entries in prices.values() for entry in entries} == {"market:DE"}
    assert [[level.quantity_thousandths for level in levels] for levels in stock] == [
        [3000],
        [500],
        [],
    ]


@pytest.mark.parametrize("name", ["goods.csv", "goods.csv.xz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_found(shop, name, encoding):
    result = shop.load(shop.file(lines(*ROWS), name, encoding))

    assert (result.rows, shop.faults) == (3, [])
    with shop.unit() as unit:
        assert get_product(unit, "P2", "de").name == "Jäckchen"


def test_a_workbook_gets_in(shop):
    book = Workbook()
    sheet = book.active
    sheet.append(["SKU", "Name", "EAN", "Price", "VAT", None])
    sheet.append(["P1", "Hose", 2000000000015, 49.9, "standard"])
    sheet.append(["P2", "Jacke", "2000000000022", 1049, 0.19])
    sheet.append([None, None, None])
    path = shop.folder / "goods.xlsx"
    book.save(path)

    result = shop.load(path)

    assert (result.rows, result.refused_rows) == (2, 1)
    assert shop.reasons() == [(3, "VAT", "is neither a VAT category nor a rate of the market")]
    with shop.unit() as unit:
        assert prices_of(unit, ["P1"])["P1"][0].amount == 4990
        assert get_product(unit, "P1", "de").variants[0].barcodes == ("2000000000015",)


def test_the_same_file_twice_changes_nothing_and_tells_no_till(shop):
    path = shop.file(lines(*ROWS))
    shop.load(path)
    shop.centre.drain()
    shop.centre.clock.at += timedelta(hours=1)

    result = shop.load(path)

    assert (result.rows, result.refused_rows) == (3, 0)
    assert (result.new_articles, result.new_variants, result.changed_skus) == (0, 0, 0)
    assert (result.changed_prices, result.changed_stock) == (0, 0)
    assert shop.count(feed_dirty) == 0


def test_a_changed_file_changes_only_what_differs(shop):
    shop.read(lines(*ROWS))
    shop.centre.drain()
    shop.centre.clock.at += timedelta(days=1)

    result = shop.read(
        lines(ROWS[0].replace("49,90", "39,90"), ROWS[1].replace("Jäck", "Röck"), ROWS[2])
    )

    assert (result.changed_skus, result.changed_prices, result.changed_stock) == (1, 1, 0)
    with shop.unit() as unit:
        rows = unit.connection.execute(select(feed_dirty.c.kind, feed_dirty.c.key)).all()
    assert sorted(map(tuple, rows)) == [("item", "P2"), ("price", "P1")]


def test_a_dry_run_says_the_same_and_changes_nothing(shop, monkeypatch):
    monkeypatch.setattr("central_server.features.imports.service.BATCH", 2)
    text = (
        "sku,article_no,name,barcode\n"
        + "".join(f"V{n},A,Hose,\n" for n in range(5))
        + "V1,A,Hose,\n"
    )
    before = shop.count(feed_dirty)

    dry = shop.read(text, dry_run=True)
    faults = shop.reasons()
    assert (shop.count(tables.article), shop.count(feed_dirty)) == (0, before)
    wet = shop.read(text)

    assert (dry.rows, dry.refused_rows, dry.new_variants) == (
        wet.rows,
        wet.refused_rows,
        wet.new_variants,
    )
    assert faults == shop.reasons() == [(7, "sku", "stands in line 3 already")]


def test_variants_of_an_article_keep_together_across_batches(shop, monkeypatch):
    monkeypatch.setattr("central_server.features.imports.service.BATCH", 2)
    text = "sku,parent,name,size\n" + "".join(f"V{n},A,Hose {n},{n}\n" for n in range(5))

    first, second = shop.read(text), shop.read(text)

    assert (first.new_articles, first.new_variants, second.changed_skus) == (1, 5, 0)
    with shop.unit() as unit:
        product = get_product(unit, "A", "de")
    assert product.name == "Hose 0"  # the first row of an article speaks for it
    assert len(product.variants) == 5


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("P9;Hose;;;4006381333932;19;1,00;", "EAN", "the check digit is wrong: 1 would be right"),
        ("P9;Hose;;;4,00638E+12;19;1,00;", "EAN", "a spreadsheet turned this barcode"),
        (";Hose;;;;19;1,00;", "Artikelnummer", "is needed and empty"),
        ("P9;;;;;19;1,00;", "Bezeichnung", "is needed and empty"),
        ("P9;Hose;;;;19;zwölf;", "Preis", "is not an amount"),
        ("P9;Hose;;;;19;1.234;", "Preis", "may be a decimal or a thousand"),
        ("P9;Hose;;;;19;-1,00;", "Preis", "is negative"),
        ("P9;Hose;;;;42;1,00;", "MwSt", "is neither a VAT category nor a rate"),
        ("P9;Hose;;;;19;1,00;1,2345", "Bestand", "is not a quantity"),
        ("P9;Hose", "", "the row has 2 cells, the header has 8"),
        ("P9;Hose;rot;XL;;19;1,00;5;6", "", "the row has 9 cells, the header has 8"),
        ('P9;"Hose" blau;;;;19;1,00;', "", "broken quoting: a quote stands inside a field"),
        ("P9;Ho\x07se;;;;19;1,00;", "Bezeichnung", "has characters that do not belong there"),
        (
            "P9;" + "x" * 1_000_000 + ";;;;19;1,00;",
            "Bezeichnung",
            "has 1000000 characters; at most 200",
        ),
        ('P9;"never closed;;;;19;1,00;', "", "broken quoting: a quote opened here is never closed"),
        ("P1;Hose;;;;19;1,00;", "Artikelnummer", "stands in line 2 already"),
        ("P9;Hose;;;2000000000015;19;1,00;", "EAN", "stands in line 2 for another article"),
    ],
)
def test_a_row_with_a_fault_is_named_and_the_others_get_in(shop, row, column, reason):
    result = shop.read(lines(ROWS[0], row, ROWS[2]))

    assert (result.rows, result.refused_rows) == (3, 1)
    ((line, found_column, found_reason),) = shop.reasons()
    assert (line, found_column) == (3, column)
    assert found_reason.startswith(reason)
    assert len(shop.faults[0].value) <= 80
    with shop.unit() as unit:
        assert get_product(unit, "P3", "de").name == "Buch"


def test_all_faults_of_a_row_are_named(shop):
    shop.read(lines("P9;Hose;;;4006381333932;42;x;y"))

    assert [fault.column for fault in shop.faults] == ["EAN", "MwSt", "Preis", "Bestand"]


def test_a_barcode_of_another_article_is_not_taken_away(shop):
    shop.read(lines(ROWS[0]))

    shop.read(lines("P9;Hose;;;2000000000015;19;1,00;"))

    assert shop.reasons() == [(2, "EAN", "belongs to article P1 already")]


def test_a_sku_does_not_change_its_article(shop):
    shop.read("sku,parent,name\nV1,A,Hose\n")

    shop.read("sku,parent,name\nV1,B,Hose\n")

    assert shop.reasons() == [(2, "sku", "is a variant of article A already")]


def test_a_price_that_may_not_be_set_is_named_and_the_article_gets_in(shop):
    shop.read(lines(ROWS[0]))
    past = datetime(2020, 1, 1, tzinfo=UTC)

    result = shop.read(lines("P1;Rock;M;rot;;19;1,00;3", "P9;Hose;;;;19;1,00;"), valid_from=past)

    assert (
        result.changed_prices == 2
    )  # before the first price there was none, so nothing is rewritten
    shop.centre.clock.at += timedelta(days=2)
    yesterday = shop.centre.clock.at - timedelta(days=1)
    shop.read(lines("P1;Kleid;M;rot;;19;2,00;3"), valid_from=yesterday)
    assert shop.reasons()[0][2].endswith("price_backdated")
    with shop.unit() as unit:
        assert get_product(unit, "P1", "de").name == "Kleid"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "import_file_empty"),
        (b"\n \n", "import_file_empty"),
        (b"sku;name\nP1;Ho\x00se\n", "import_not_text"),
        (b"sku;name\nP1;J\xc3\xa4ckchen\nP2;J\xe4ckchen\n", "import_encoding_mixed"),
        (b"sku;name\nP1;J\xe4ck\x81chen\n", "import_encoding_unknown"),
        (b"number;name\nP1;Hose\n", "import_column_missing"),
        (b"sku;colour\nP1;rot\n", "import_column_missing"),
        (b"sku;name;sku\nP1;Hose;P1\n", "import_column_twice"),
        (b'"sku;name\nP1;Hose\n', "import_file_damaged"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(shop, text, code):
    with pytest.raises(DomainError) as refusal:
        shop.load(shop.file(text))

    assert refusal.value.code == code
    assert shop.count(tables.article) == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("goods.pdf", b"x", "import_format_unknown"),
        ("goods.xlsx", b"not a workbook", "import_file_damaged"),
    ],
)
def test_a_file_of_another_kind_is_refused(shop, name, data, code):
    path = shop.folder / name
    path.write_bytes(data)

    with pytest.raises(DomainError) as refusal:
        shop.load(path)
    assert refusal.value.code == code


def test_a_compressed_file_that_breaks_off_is_refused(shop):
    path = shop.file(lines(*(f"P{n};Hose;;;;19;1,00;" for n in range(5000))), "goods.csv.xz")
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(DomainError) as refusal:
        shop.load(path)
    assert refusal.value.code == "import_file_damaged"


def test_what_the_operator_must_add_is_said(shop):
    def code(**options):
        with pytest.raises(DomainError) as refusal:
            shop.read(lines(*ROWS), **options)
        return refusal.value.code

    assert code(market="") == "import_currency_missing"
    assert code(location="") == "import_location_missing"
    assert code(location="NONE") == "location_unknown"
    assert code(offer="NONE") == "offer_unknown"
    assert code(mapping={"Nothing": "sku"}) == "import_map_unknown"
    assert code(mapping={"Preis": "nonsense"}) == "import_map_unknown"
    assert code(encoding="ascii") == "import_encoding_wrong"
    assert code(encoding="klingon") == "import_encoding_wrong"


def test_columns_may_be_named_or_left_out(shop):
    text = "No,What,Description,Worth,Stock\nP1,Hose,lang,5,7\n"

    result = shop.read(
        text,
        location="",
        currency="EUR",
        mapping={"No": "sku", "What": "name", "Worth": "price", "Stock": "-"},
    )

    assert (result.rows, result.refused_rows, result.changed_stock) == (1, 0, 0)
    with shop.unit() as unit:
        assert get_product(unit, "P1", "de").name == "Hose"
        assert prices_of(unit, ["P1"])["P1"][0].amount == 500


def test_the_receipts_of_online_retail_name_their_articles(shop):
    text = "InvoiceNo,StockCode,Description,UnitPrice\n536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,2.55\n"

    shop.read(text, market="GB", language="en")

    with shop.unit() as unit:
        assert get_product(unit, "85123A", "de").name == "WHITE HANGING HEART T-LIGHT HOLDER"
        assert prices_of(unit, ["85123A"])["85123A"][0].scope == "market:GB"


def test_names_in_several_languages_and_attributes(shop):
    shop.read(
        "sku,name_de,name_en,name_de_at,attribute_material,age\nP1,Hose,Trousers,Hosn,Wolle,18+\n"
    )

    with shop.unit() as unit:
        product = get_product(unit, "P1", "de-AT")
    assert product.names == {"de": "Hose", "de-AT": "Hosn", "en": "Trousers"}
    assert (dict(product.attributes), product.age_class) == ({"material": "Wolle"}, 18)


def test_a_quote_that_never_ends_costs_one_row_only(shop):
    rows = [f"P{n};Hose;;;;19;1,00;" for n in range(300)]
    rows[10] = 'P10;"Hose;;;;19;1,00;'

    result = shop.read(lines(*rows))

    assert (result.rows, result.refused_rows) == (300, 1)
    assert shop.reasons()[0][0] == 12


def test_line_ends_within_quotes_belong_to_the_field(shop):
    result = shop.read('sku,name,size\nP1,"Hose\nlang",M\nP2,Jacke,L\n')

    assert (result.rows, shop.faults[0].line) == (2, 2)
    assert shop.faults[0].reason == "has characters that do not belong there"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(shop, monkeypatch):
    monkeypatch.setattr(source, "_MAX_LINE", 1000)

    with pytest.raises(DomainError) as refusal:
        shop.read("sku,name\n" + "x" * 5000)
    assert refusal.value.code == "import_line_too_long"


def test_progress_is_told(shop, monkeypatch):
    monkeypatch.setattr("central_server.features.imports.service.BATCH", 2)

    shop.read(lines(*ROWS))

    assert [(line, total) for _, line, total in shop.progress] == [(3, 4), (4, 4)]


def test_the_command_writes_refused_rows_to_a_file(shop, monkeypatch, capsys):
    from central_server.app.cli import main

    monkeypatch.setenv("TRESEN_HOME", str(shop.folder / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", shop.centre.context.settings.database_url)
    errors = shop.folder / "errors.csv"
    path = shop.file(lines(ROWS[0], "P9;Hose;;;4006381333932;19;1,00;"))

    status = main(
        [
            "import",
            "catalogue",
            str(path),
            "--market",
            "DE",
            "--location",
            "DE01",
            "--errors",
            str(errors),
        ]
    )

    assert status == 0
    assert "1  rows refused" in capsys.readouterr().out
    with errors.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "column", "value", "reason"],
            ["3", "EAN", "4006381333932", "the check digit is wrong: 1 would be right"],
        ]


def test_the_command_says_that_nothing_got_in(shop, monkeypatch, capsys):
    from central_server.app.cli import main

    monkeypatch.setenv("TRESEN_HOME", str(shop.folder / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", shop.centre.context.settings.database_url)
    path = shop.file(lines("P9;Hose;;;4006381333932;19;1,00;"))

    status = main(["import", "catalogue", str(path), "--market", "DE", "--location", "DE01"])

    said = capsys.readouterr()
    assert status == 2
    assert "Nothing was imported: every row was refused." in said.out
    assert "Imported." not in said.out
    assert "\r" not in said.err
