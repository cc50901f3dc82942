"""Statements name the document behind every movement, and what is open by age is what the ledger has."""

import csv
from datetime import timedelta

import pytest

from central_server.app import cli
from central_server.features.instruments import statements
from central_server.features.instruments.statements import LiabilityRow
from central_server.features.ledger import jobs as ledger_jobs
from central_server.platform.unit_of_work import reading
from shared.ledger import AccountKind
from shared.loyalty import Purse
from tests.integration.ledger_rig import named
from tests.integration.loyalty_rig import POINTS
from tests.integration.test_vouchers import Till


@pytest.fixture
def till(web_centre):
    till = Till(web_centre)
    till.publish(POINTS)
    yield till
    assert till.books.findings() == []


def moves(till, text="C1", look=statements.customer_statements, **span):
    with reading(till.database) as unit:
        words = (text, "EUR") if look is statements.customer_statements else (text,)
        _, found = look(unit, *words, **span)
    return {
        each.key.kind: [(m.code, m.document, m.amount, m.balance) for m in each.movements]
        for each in found
    }


def test_every_movement_names_its_receipt(till):
    number = till.buy("C1")
    till.approved("points", "a", 4_000)
    till.pay("points", "a", 4_000)
    paid = f"DE01-T1-1-{till.till.number}"
    till.give_back("points", 1_000)
    back = f"DE01-T1-1-{till.till.number}"
    till.bring_back(number, (2, 1, 3000))
    returned = f"DE01-T1-1-{till.till.number}"
    (granted, *rest) = moves(till)[AccountKind.POINTS]
    assert granted[0] == "grant"
    assert rest == [
        ("award", number, 70, 10_070),
        ("redeem", paid, -4_000, 6_070),
        ("refund", back, 1_000, 7_070),
        ("take_back", returned, -30, 7_040),
    ]


def test_holds_are_no_movements_and_debts_grow_by_what_is_owed(till):
    till.approved("invoice", "a", 3_000)
    assert AccountKind.RECEIVABLE not in moves(till)
    till.pay("invoice", "a", 3_000)
    paid = f"DE01-T1-1-{till.till.number}"
    assert moves(till)[AccountKind.RECEIVABLE] == [("redeem", paid, 3_000, 3_000)]


def test_cards_without_a_hold_and_vouchers_have_their_receipts(till):
    of = till.issue()
    till.pay("voucher", "never asked", 700, instrument=of.number)
    paid = f"DE01-T1-1-{till.till.number}"
    ((issued, late),) = moves(till, of.number, statements.voucher_statements).values()
    assert (issued[0], issued[2:]) == ("issue", (5_000, 5_000))
    assert late == ("redeem", paid, -700, 4_300)


def test_a_statement_of_some_days_brings_forward_what_was_before(till):
    till.approved("bonus", "a", 4_000)
    till.pay("bonus", "a", 4_000)
    with reading(till.database) as unit:
        _, found = statements.customer_statements(
            unit, "C1", "EUR", first=till.today + timedelta(days=1)
        )
    bonus = next(each for each in found if each.key.kind is AccountKind.BONUS)
    assert (bonus.before, bonus.movements) == (6_000, ())


def test_what_is_booked_late_stands_on_the_day_on_which_it_happened(till):
    of = till.issue()
    days = [till.today + timedelta(days=n) for n in (5, 8, 10)]
    for name, amount, day in (("a", 700, days[2]), ("late", 300, days[0])):
        paid = {
            "kind": "voucher",
            "amount": amount,
            "authorisation": str(named(name)),
            "instrument": of.number,
        }
        till.till.sell(("A-1", "1", amount), tenders=[paid], business_date=day.isoformat())
        till.book()
    with reading(till.database) as unit:
        _, (whole,) = statements.voucher_statements(unit, of.number)
        _, (later,) = statements.voucher_statements(unit, of.number, first=days[1])
    assert [(m.day, m.amount, m.balance) for m in whole.movements[1:]] == [
        (days[0], -300, 4_700),
        (days[2], -700, 4_000),
    ]
    assert (later.before, later.movements) == (4_700, whole.movements[2:])


def open_on(till, on):
    with reading(till.database) as unit:
        return {(row.kind, row.unit): row for row in statements.liabilities(unit, on)}


def test_what_is_open_is_told_by_age_and_as_it_was(till):
    start = till.today
    till.issue()
    till.approved("bonus", "a", 4_000)
    till.pay("bonus", "a", 4_000)
    till.centre.clock.at += timedelta(days=100)
    till.grant("later", 500, Purse.BONUS)
    later = till.today
    found = open_on(till, later)
    assert found[AccountKind.BONUS, "EUR"] == LiabilityRow(
        AccountKind.BONUS, "EUR", (500, 6_000, 0, 0, 0)
    )
    assert found[AccountKind.VOUCHER, "EUR"].by_age == (0, 5_000, 0, 0, 0)
    assert found[AccountKind.POINTS, "PTS-CLUB"].total == 10_000
    before = open_on(till, later - timedelta(days=1))
    assert before[AccountKind.BONUS, "EUR"].by_age == (0, 6_000, 0, 0, 0)
    assert open_on(till, start - timedelta(days=2)) == {}
    till.centre.clock.at += timedelta(days=3_000)
    ledger_jobs.expire_lots(till.centre.context)
    assert open_on(till, till.today) == {}


@pytest.fixture
def command(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["statement", *words])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def test_the_commands_print_and_write_in_both_languages(till, command, tmp_path):
    of = till.issue()
    status, lines = command("voucher", of.number)
    assert (status, lines[0]) == (0, f"Voucher EUR, {of.number}")
    assert lines[1].split() == ["Date", "What", "Document", "Amount", "Balance"]
    assert lines[3].split()[-2:] == ["50.00", "50.00"]
    file = tmp_path / "open.csv"
    words = ("open", "--on", str(till.today), "--csv", str(file), "--language", "de")
    assert command(*words) == (0, [])
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][:3] == ["Was", "Einheit", "bis 90 Tage"]
    assert ["Gutschein", "EUR", "50,00", "0,00", "0,00", "0,00", "0,00", "50,00"] in rows
    assert ["Punkte", "PTS-CLUB", "10.000", "0", "0", "0", "0", "10.000"] in rows
    paper = tmp_path / "customer.pdf"
    assert command("customer", "C1", "--pdf", str(paper), "--language", "de") == (0, [])
    assert paper.read_bytes().startswith(b"%PDF-")
    status, lines = command("customer", "KD-1000", "--from", "2026-01-01", "--to", "2026-12-31")
    assert (status, lines[0]) == (0, "Points PTS-CLUB, C1")
    assert command("customer", "NOBODY")[0] == 2
    assert command("giftcard", "2950")[0] == 2
    status, (line,) = command("open", "--csv", str(tmp_path / "none" / "x.csv"))
    assert (status, "cannot be written" in line) == (1, True)
