"""Customers: imported and imported again, told to the tills of their scope, with what they bought and used."""

import csv

import pytest

from central_server.app.cli import main
from central_server.features.customers import service
from central_server.features.customers.service import CustomerDraft
from central_server.features.customers.tables import customer, customer_word
from central_server.features.imports import customers as imports
from central_server.features.imports.customers import CustomerOptions, import_customers
from central_server.platform.changes import CHAIN
from central_server.platform.database import sqlite_module
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, run_writing
from tests.integration.promotion_rig import book, promotion, publish, used, withdraw
from tests.integration.test_journal_intake import counted
from tests.support.journals import ImaginedTill

HEADER = "number;name;groups;attributes;birthday;since;purchases"
ROWS = (
    "C1;Ada Löwe;vip|staff;city=Bonn|tier=gold;1980-11-22;2019-05-01;12",
    "C2;Bo Birke;;;;;",
)


@pytest.fixture
def shop(web_centre, tmp_path):
    return Shop(web_centre, tmp_path)


class Shop:
    def __init__(self, centre, folder):
        self.centre, self.folder = centre, folder
        self.database, self.clock = centre.context.database, centre.clock
        self.faults = []

    def file(self, *rows, header=HEADER):
        path = self.folder / "customers.csv"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return path

    def load(self, *rows, header=HEADER, **options):
        self.faults.clear()
        return import_customers(
            self.database,
            self.clock,
            self.file(*rows, header=header),
            CustomerOptions(**options),
            self.faults.append,
            lambda *_: None,
        )

    def follow(self, till, cursor=""):
        self.centre.drain()
        held, cursor = till.follow("customer", cursor)
        return {key: row for (_, _, key), row in held.items()}, cursor


def test_customers_get_in_and_reach_the_tills(shop):
    result = shop.load(*ROWS)

    assert (result.rows, result.refused_rows, result.new, result.changed) == (2, 0, 2, 0)
    rows, _ = shop.follow(shop.centre.join("DE01-T1"))
    assert rows == {
        "C1": {
            "number": "C1",
            "name": "Ada Löwe",
            "groups": ["staff", "vip"],
            "attributes": {"city": "Bonn", "tier": "gold"},
            "birthday": "1980-11-22",
            "since": "2019-05-01",
            "purchases": 12,
        },
        "C2": {"number": "C2", "name": "Bo Birke"},
    }


def test_the_same_file_twice_changes_nothing_and_tells_no_till(shop):
    shop.load(*ROWS)
    shop.centre.drain()
    result = shop.load(*ROWS)
    assert (result.new, result.changed) == (0, 0)
    assert counted(shop.database, feed_dirty) == 0


@pytest.mark.parametrize(
    "changed",
    [
        ROWS[0].replace("Ada", "Eda"),
        ROWS[0].replace("|staff", ""),
        ROWS[0].replace("vip|staff", ""),
        ROWS[0].replace("gold", "silver"),
        ROWS[0].replace("|tier=gold", ""),
        ROWS[0].replace("1980-11-22", ""),
        ROWS[0].replace(";12", ";13"),
    ],
)
def test_what_differs_is_changed_and_told(shop, changed):
    shop.load(*ROWS)
    shop.centre.drain()
    result = shop.load(changed, ROWS[1])
    assert (result.new, result.changed) == (0, 1)
    assert counted(shop.database, feed_dirty) == 1
    again = shop.load(changed, ROWS[1])
    assert again.changed == 0


def test_columns_that_are_not_there_leave_what_is_known(shop):
    shop.load(*ROWS)
    shop.load("C1;Ada Falke", header="number;name")
    with reading(shop.database) as unit:
        found = service.till_rows(unit, CHAIN, ["C1"])["C1"]
    assert (found.name, found.purchases) == ("Ada Falke", 12)
    assert found.lists == {"groups": ("staff", "vip")}
    assert found.attributes == {"city": "Bonn", "tier": "gold"}


def test_bad_rows_are_left_out_with_their_line_and_the_others_taken(shop, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    result = shop.load(
        ROWS[0],
        ";Niemand;;;;;",
        'C9;"broken;;;;;',
        "C1;Ada again;;;;;",
        ROWS[1],
        "C3;Cy;;;1980-13-01;;x",
    )
    assert (result.rows, result.refused_rows, result.new) == (6, 4, 2)
    assert [(fault.line, fault.column) for fault in shop.faults] == [
        (3, "number"),
        (4, ""),
        (5, "number"),
        (7, "birthday"),
        (7, "purchases"),
    ]
    assert shop.faults[2].reason == "stands in line 2 already"


def test_a_dry_run_says_the_same_and_changes_nothing(shop):
    dry = shop.load(*ROWS, dry_run=True)
    assert (dry.rows, dry.new) == (2, 2)
    assert counted(shop.database, customer) == 0


def test_a_home_store_keeps_a_customer_from_other_tills(shop):
    german, austrian = shop.centre.join("DE01-T1"), shop.centre.join("AT01-T1")
    header = "number;name;store"
    shop.load("C1;Ada;DE01", "C2;Bo;", header=header)
    rows, german_cursor = shop.follow(german)
    assert set(rows) == {"C1", "C2"}
    rows, austrian_cursor = shop.follow(austrian)
    assert set(rows) == {"C2"}

    shop.load("C1;Ada;AT01", "C2;Bo;DE01", header=header)

    rows, german_cursor = shop.follow(german, german_cursor)
    assert (rows["C1"], rows["C2"]["name"]) == (None, "Bo")
    rows, _ = shop.follow(austrian, austrian_cursor)
    assert (rows["C1"]["name"], rows["C2"]) == ("Ada", None)

    for till in (german, austrian):
        count = till.get("/api/v1/till/feeds/customer/digest").json()["count"]
        assert count == 1


def test_booked_receipts_count_as_purchases_and_stay_with_a_new_import(shop):
    till = ImaginedTill()
    shop.load(*ROWS)
    joined = shop.centre.join("DE01-T1")
    _, cursor = shop.follow(joined)
    till.sell(customer="C1")
    till.sell(customer="C1")
    till.sell(("A-1", "-1", 1999), customer="C1")  # brings something back
    till.sell(customer="STRANGER")
    till.sell()
    book(shop.database, shop.clock, till)

    rows, cursor = shop.follow(joined, cursor)
    assert {number: row["purchases"] for number, row in rows.items()} == {"C1": 14}

    assert shop.load(*ROWS).changed == 0
    assert shop.follow(joined, cursor)[0] == {}


def test_uses_of_what_each_customer_may_have_only_so_often_come_with_the_customer(shop):
    till = ImaginedTill()
    shop.load(*ROWS)
    joined = shop.centre.join("DE01-T1")
    often = promotion("OFTEN")
    once = promotion("ONCE", limit={"per_customer": 1})
    publish(shop.database, shop.clock, often, once)
    till.sell(customer="C1", promotions=[used("ONCE"), used("OFTEN")])
    book(shop.database, shop.clock, till)
    rows, cursor = shop.follow(joined)
    assert rows["C1"]["used"] == {"ONCE": 1}

    # A limit that comes later finds what was used before, and one that goes lets tills forget it.
    publish(shop.database, shop.clock, promotion("OFTEN", limit={"per_customer": 2}))
    rows, cursor = shop.follow(joined, cursor)
    assert rows["C1"]["used"] == {"ONCE": 1, "OFTEN": 1}
    withdraw(shop.database, shop.clock, "ONCE")
    rows, cursor = shop.follow(joined, cursor)
    assert rows["C1"]["used"] == {"OFTEN": 1}

    till.sell(
        ("A-1", "-1", 1999), customer="C1", promotions=[used("OFTEN", amount=-500, applications=-1)]
    )
    book(shop.database, shop.clock, till)
    rows, _ = shop.follow(joined, cursor)
    assert "used" not in rows["C1"]


def test_customers_are_in_no_snapshot(shop, tmp_path):
    import gzip

    from central_server.gateway import snapshots

    shop.load(*ROWS)
    shop.centre.drain()
    (manifest,) = snapshots.build_all(shop.centre.context, ["DE"])
    till = shop.centre.join("DE01-T1")
    packed = till.get(f"/api/v1/till/snapshots/{manifest.snapshot_id}/file").content
    assert b"Ada" not in gzip.decompress(packed)
    path = tmp_path / "reference.db"
    path.write_bytes(gzip.decompress(packed))
    connection = sqlite_module().connect(str(path))
    assert connection.execute("SELECT count(*) FROM customer").fetchone()[0] == 0
    connection.close()


def test_words_are_entered_once(shop):
    draft = CustomerDraft("C1", {"name": "Ada"}, {"groups": ("vip", "vip")})
    at = shop.clock.now()
    assert run_writing(shop.database, lambda unit: service.enter_batch(unit, [draft], at)).new == 1
    assert counted(shop.database, customer_word) == 1


def test_the_command_writes_what_it_refused(shop, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(shop.folder / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", shop.centre.context.settings.database_url)
    errors = shop.folder / "errors.csv"

    status = main(
        ["import", "customers", str(shop.file(ROWS[0], "C2;;;;;;")), "--errors", str(errors)]
    )

    said = capsys.readouterr()
    assert status == 0
    assert "1  customers new" in said.out
    assert "1  rows refused" in said.out
    with errors.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [["3", "name", "", "is needed and empty"]]
    assert main(["import", "customers", str(shop.file("C2;;;;;;"))]) == 2
    assert "Nothing was imported: every row was refused." in capsys.readouterr().out
    assert main(["import", "customers", str(shop.file("x;y", header="a;b"))]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("tresen: customers.csv has no column for number.")
