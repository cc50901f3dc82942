"""The command `figures`: what a day printed is what the figures have, whether or not a receipt was made on it."""

import json

import pytest

from central_server.app import cli
from central_server.features.instruments import vouchers
from central_server.features.instruments.vouchers import Issue
from tests.integration.ledger_rig import Books, named
from tests.integration.test_journal_intake import accept, project
from tests.integration.test_value_sold import SINGLE
from tests.support.journals import START, ImaginedTill


@pytest.fixture
def books(web_centre):
    return Books(web_centre.context.database, web_centre.clock.now())


@pytest.fixture
def figures(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        assert cli.main(["figures", *words]) == 0
        return capsys.readouterr().out.splitlines()

    return run


def issued(books):
    """Head office issues a single-purpose voucher: its VAT is due, and no receipt says so."""
    books.write(lambda unit: vouchers.add_type(unit, SINGLE, START))
    asked = Issue(named("issued"), SINGLE.code, "DE01", 11_900, START.date())
    books.write(lambda unit: vouchers.issue(unit, asked, lambda _: b"signed", START))


def test_a_day_without_receipts_shows_the_vat_of_what_was_issued_on_it(books, figures):
    day = START.date().isoformat()
    assert figures("--day", day) == ["no receipts"]
    issued(books)
    assert figures("--day", day) == [
        "no receipts",
        "DE01    VAT 19 %  gross 119.00 EUR  net 100.00 EUR  vat 19.00 EUR",
    ]
    told = json.loads(figures("--day", day, "--json")[0])
    assert [row["vat"] for row in told["vat"]] == [1_900]
    assert figures("--verify") == ["figures and receipts agree, all chains hold"]


def test_a_day_with_receipts_shows_both(books, figures):
    issued(books)
    till = ImaginedTill()
    till.sell()
    accept(books.database, till)
    project(books.database)
    printed = figures("--day", START.date().isoformat())
    assert printed[0].split() == ["store", "day", "receipts", "returns", "lines", "gross"]
    assert printed[2:] == [
        "DE01    VAT 19 %  gross 138.99 EUR  net 116.80 EUR  vat 22.19 EUR",
        "DE01    cash  19.99 EUR",
    ]
