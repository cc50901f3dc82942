"""Rows of customer files: what each field may be, and how its faults are said."""

from datetime import date

import pytest

from central_server.features.imports.customer_rows import (
    CustomerRowFacts,
    find_customer_columns,
    parse_customer,
)
from central_server.features.imports.source import SourceRow
from shared.errors import DomainError

FACTS = CustomerRowFacts({"DE01"}, date(2026, 11, 25))
HEADER = ("number", "name", "groups", "attributes", "birthday", "since", "purchases", "store")


def parse(*cells, header=HEADER):
    columns = find_customer_columns("c.csv", header, {})
    padded = [*cells, *([""] * (len(header) - len(cells)))]
    return parse_customer(SourceRow(7, padded), columns, FACTS)


def test_a_full_row():
    draft = parse(
        " C1 ", "Ada Löwe", "vip|staff", "city=Bonn;tier = gold", "22.11.1980", "2019-05-01", "12",
        "DE01",
    ).draft  # fmt: skip
    assert draft.number == "C1"
    assert draft.facts == {
        "name": "Ada Löwe",
        "birthday": date(1980, 11, 22),
        "since": date(2019, 5, 1),
        "purchases_before": 12,
        "store_id": "DE01",
    }
    assert draft.words == {"groups": ("vip", "staff")}
    assert draft.attributes == {"city": "Bonn", "tier": "gold"}


def test_an_empty_field_says_that_there_is_nothing_and_a_missing_column_says_nothing():
    draft = parse("C1", "Ada").draft
    assert draft.facts == {
        "name": "Ada",
        "birthday": None,
        "since": None,
        "purchases_before": 0,
        "store_id": None,
    }
    assert (draft.words, draft.attributes) == ({"groups": ()}, {})
    short = parse("C1", "Ada", header=("number", "name")).draft
    assert (short.facts, short.words, short.attributes) == ({"name": "Ada"}, {}, None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("vip", ("vip",)),
        ("vip, staff", ("vip", "staff")),
        ("vip;staff;vip", ("vip", "staff")),
        ("friends, near|vip", ("friends, near", "vip")),
        (" | ", ()),
    ],
)
def test_the_first_mark_of_a_list_separates_it(cell, expected):
    assert parse("C1", "Ada", cell).draft.words["groups"] == expected


def test_titles_are_understood_in_both_languages():
    header = ("Kunden-Nr.", "Name", "Gruppen", "Merkmale", "Geburtstag", "Kunde seit", "Käufe", "X")
    columns = find_customer_columns("c.csv", header, {"X": "store"})
    assert set(columns.position) == set(HEADER)
    assert columns.title("birthday") == "Geburtstag"
    assert columns.title("segments") == "segments"


@pytest.mark.parametrize(
    ("header", "mapping", "code"),
    [
        (("name",), {}, "import_column_missing"),
        (("number",), {}, "import_column_missing"),
        (("number", "id", "name"), {}, "import_column_twice"),
        (("number", "name"), {"x": "groups"}, "import_map_unknown"),
        (("number", "name", "x"), {"x": "shoe size"}, "import_map_unknown"),
    ],
)
def test_a_header_that_cannot_be_meant_is_refused(header, mapping, code):
    with pytest.raises(DomainError) as refused:
        find_customer_columns("c.csv", header, mapping)
    assert refused.value.code == code


def test_a_column_can_be_left_out():
    columns = find_customer_columns("c.csv", ("number", "id", "name"), {"id": "-"})
    assert columns.position == {"number": 0, "name": 2}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("number", "", "is needed and empty"),
        ("number", "1" * 41, "has 41 characters; at most 40 are allowed"),
        ("number", "a\x00", "has characters that do not belong there"),
        ("name", "", "is needed and empty"),
        ("groups", "x" * 81, "has 81 characters; at most 80 are allowed"),
        ("attributes", "Bonn", "has 'Bonn', which is not of the form name=value"),
        ("attributes", "city=", "has 'city=', which is not of the form name=value"),
        ("attributes", "city=Bonn|city=Köln", "says two things of city"),
        ("attributes", "x" * 61 + "=1", "has 61 characters; at most 60 are allowed"),
        ("attributes", "x=" + "1" * 201, "has 201 characters; at most 200 are allowed"),
        ("birthday", "1980-02-30", "is not a date such as 1980-11-22 or 22.11.1980"),
        ("birthday", "31.02.1980", "is not a date such as 1980-11-22 or 22.11.1980"),
        ("birthday", "11/22/1980", "is not a date such as 1980-11-22 or 22.11.1980"),
        ("birthday", "2026-11-26", "lies in the future"),
        ("since", "x", "is not a date such as 1980-11-22 or 22.11.1980"),
        ("purchases", "1.5", "is not a whole number from 0 up"),
        ("purchases", "9" * 11, "is not a whole number from 0 up"),
        ("store", "DE99", "is not a store"),
    ],
)
def test_faults_are_named(field, value, reason):
    cells = {"number": "C1", "name": "Ada", field: value}
    faults = parse(*(cells.get(title, "") for title in HEADER))
    assert [(fault.line, fault.column, fault.reason) for fault in faults] == [(7, field, reason)]


def test_a_row_with_too_many_cells_and_an_empty_one():
    columns = find_customer_columns("c.csv", ("number", "name"), {})
    (fault,) = parse_customer(SourceRow(3, ["C1", "Ada", "x"]), columns, FACTS)
    assert fault.reason.startswith("the row has 3 cells, the header has 2")
    assert parse_customer(SourceRow(3, ["", " "]), columns, FACTS) is None
