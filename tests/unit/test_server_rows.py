"""Rows of imported files: numbers as people write them, columns by their names, VAT by rate."""

from datetime import date

import pytest

from central_server.features.imports.fields import find_columns
from central_server.features.imports.rows import ArticleRow, RowFacts, parse_row
from central_server.features.imports.source import SourceRow
from shared.errors import DomainError


def read(cells, *, german=False, market="DE", currency="EUR", on=date(2026, 11, 25)):
    header = ["sku", "name", "price", "vat", "barcode", "image", "category"]
    columns = find_columns("x.csv", header, {}, "de")
    padded = ["P1", "Hose", *cells] + [""] * (len(header) - 2 - len(cells))
    return parse_row(SourceRow(2, padded), columns, RowFacts(market, currency, on, german))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", 1200), ("12.9", 1290), ("12,90", 1290), ("1.234,50", 123450), ("1,234.50", 123450),
        ("12,90 €", 1290), ("€ 12.90", 1290), ("EUR", None), ("12.90EUR", 1290), ("0", 0), ("0,005", None),
        ("2.555", 256), ("1'234.50", 123450), ("1\u00a0234,50", 123450), ("", None), ("1e3", None),
    ],
)  # fmt: skip
def test_prices_as_people_write_them(text, amount):
    row = read([text])

    assert (row.price if isinstance(row, ArticleRow) else None) == amount


@pytest.mark.parametrize("text", ["1,234", "12,345", "1,234,567"])
def test_a_number_that_may_mean_two_things_is_refused(text):
    (fault,) = read([text])

    assert fault.reason.startswith("may be a decimal or a thousand")


def test_a_german_file_has_points_for_thousands():
    (fault,) = read(["1.234"], german=True)
    assert fault.reason.startswith("may be a decimal or a thousand")
    assert read(["12.34"], german=True).price == 1234


@pytest.mark.parametrize(
    ("text", "market", "on", "category"),
    [
        ("19", "DE", date(2026, 1, 1), "standard"),
        ("7 %", "DE", date(2026, 1, 1), "reduced"),
        ("16", "DE", date(2020, 8, 1), "standard"),
        ("16", "DE", date(2026, 1, 1), None),
        ("13", "AT", date(2026, 1, 1), "second_reduced"),
        ("17,5", "GB", date(2011, 1, 3), "standard"),
        ("0", "GB", date(2026, 1, 1), "zero"),
        ("Reduced", "", date(2026, 1, 1), "reduced"),
        ("ermäßigt", "", date(2026, 1, 1), "reduced"),
        ("19", "", date(2026, 1, 1), None),
    ],
)
def test_vat_by_name_or_rate(text, market, on, category):
    row = read(["", text], market=market, on=on)

    assert (row.vat_category if isinstance(row, ArticleRow) else None) == category


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2000000000015", ("2000000000015",)),
        ("614141007349", ("0614141007349",)),
        ("HAUS-1|HAUS-1| 12345 ", ("HAUS-1", "12345")),
        ("", ()),
    ],
)
def test_barcodes(text, codes):
    assert read(["", "", text]).barcodes == codes


def test_categories_and_images():
    row = read(["", "", "", "a.jpg|b.jpg|a.jpg", " Kleidung > Hosen ;Neu"])

    assert (row.images, row.category) == (("a.jpg", "b.jpg"), "Kleidung>Hosen")


@pytest.mark.parametrize(
    ("header", "position"),
    [
        (["SKU", "Name"], {"sku": 0}),
        (["Description", "Artikel-Nr.", "Name"], {"article_no": 1}),
        (["EAN", "Bezeichnung", "Größe", "Unknown"], {"barcode": 0, "size": 2}),
        (["StockCode", "Description", "UnitPrice"], {"sku": 0, "price": 2}),
    ],
)
def test_columns_are_found_by_their_names(header, position):
    columns = find_columns("x.csv", header, {}, "de")

    assert {k: v for k, v in columns.position.items() if k != "name"} == position


def test_the_better_name_wins():
    assert find_columns("x.csv", ["Description", "sku", "Name"], {}, "de").names == {"de": 2}
    assert find_columns("x.csv", ["Name", "sku", "name_en", "name_de"], {}, "de").names == {
        "en": 2,
        "de": 3,
    }


@pytest.mark.parametrize(
    ("header", "mapping", "code"),
    [
        (["name"], {}, "import_column_missing"),
        (["sku"], {}, "import_column_missing"),
        (["sku", "name", "name"], {}, "import_column_twice"),
        (["sku", "name", "x", "y"], {"x": "price", "y": "price"}, "import_column_twice"),
        (["sku", "name"], {"z": "price"}, "import_map_unknown"),
    ],
)
def test_columns_that_are_not_clear_are_refused(header, mapping, code):
    with pytest.raises(DomainError) as refusal:
        find_columns("x.csv", header, mapping, "de")
    assert refusal.value.code == code


def test_an_empty_row_is_none():
    columns = find_columns("x.csv", ["sku", "name"], {}, "de")

    assert (
        parse_row(
            SourceRow(2, ["", " "]), columns, RowFacts("", "", date(2026, 1, 1), german=False)
        )
        is None
    )
