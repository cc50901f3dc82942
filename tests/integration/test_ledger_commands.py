"""The ledger's commands and jobs, and the replay of a chain whose receipts are older than its ledger."""

from datetime import timedelta

import pytest

from central_server.app import cli, schema
from central_server.features.exceptions import service as exceptions
from central_server.features.ledger import jobs, service
from central_server.features.ledger.tables import (
    ledger_block,
    ledger_checkpoint,
    ledger_journal,
    ledger_transfer,
)
from central_server.gateway.journal.ledger_replay import Replayed, replay, replay_once
from central_server.platform.unit_of_work import reading
from shared.ledger import AccountKind
from tests.integration.ledger_rig import Books, behind_the_back, card, terms
from tests.integration.test_journal_intake import accept, counted, project
from tests.integration.test_ledger_figures import a_day, cash
from tests.support.head_office import Desk
from tests.support.journals import ImaginedTill

LEDGER_TABLES = ("ledger_transfer", "ledger_journal", "ledger_account", "ledger_unit")


@pytest.fixture
def books(web_centre):
    return Books(web_centre.context.database, web_centre.clock.now())


@pytest.fixture
def sold(books):
    """A day of one till, booked."""
    till = ImaginedTill()
    a_day(till)
    accept(books.database, till)
    project(books.database)
    return till


@pytest.fixture
def command(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["ledger", *map(str, words)])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def waiting(database):
    with reading(database) as unit:
        return [(row["type"], row["code"], row["till_id"]) for row in exceptions.listed(unit)]


# --- replay -----------------------------------------------------------------------------------


def test_a_chain_with_receipts_gets_its_ledger_from_the_journal(books, sold, web_centre):
    cash(sold, "shift.opened", float="a lot")
    cash(sold, "shift.opened", float=1, currency="GBP")
    sold.sell(currency="GBP")
    accept(books.database, sold)
    project(books.database)
    booked = counted(books.database, ledger_transfer)
    with behind_the_back(books.database) as change:
        for table in LEDGER_TABLES:
            change(f"DELETE FROM {table}")
        change("DELETE FROM installation_setting WHERE name = 'ledger_replayed'")
    assert books.findings() != []

    schema.prepare(web_centre.context)

    assert counted(books.database, ledger_transfer) == booked
    assert books.findings() == []
    clock = web_centre.clock
    # The receipt in pounds and the two broken events wait in the exceptions queue; the first is not counted as broken.
    assert replay(books.database, clock) == Replayed(events=8, booked=0, unreadable=2)
    assert replay_once(books.database, clock) == Replayed()


def test_what_is_not_projected_yet_is_left_to_the_projection(books, web_centre):
    till = ImaginedTill()
    till.sell()
    accept(books.database, till)
    assert replay(books.database, web_centre.clock) == Replayed()
    assert counted(books.database, ledger_journal) == 0


# --- jobs -------------------------------------------------------------------------------------


def test_the_night_seals_sums_up_and_files_what_differs_once(books, sold, web_centre):
    jobs.nightly(web_centre.context)
    assert counted(books.database, ledger_block) == 1
    assert counted(books.database, ledger_checkpoint) == 7
    assert waiting(books.database) == []

    with behind_the_back(books.database) as change:
        change("UPDATE sale_tender SET amount = amount + 100 WHERE number = 1")
    jobs.nightly(web_centre.context)
    jobs.nightly(web_centre.context)
    found = [("ledger.verify", "ledger_day_differs", "")] * 2
    assert waiting(books.database) == found


def test_a_finding_is_read_on_its_page_and_dismissed(chain):
    with behind_the_back(chain.context.database) as change:
        change("UPDATE sale_tender SET amount = amount + 100 WHERE number = 1 AND amount > 0")
    jobs.nightly(chain.context)
    number = next(
        row["id"] for row in _listed(chain.context.database) if row["code"] == "ledger_day_differs"
    )
    desk = Desk(chain.app).let_in("1")
    page = desk.get(f"/exceptions/{number}").text
    assert "im Hauptbuch" in page
    assert 'href="/tills/"' not in page
    assert "ledger.verify" in desk.get("/exceptions").text
    desk.send(f"/exceptions/{number}/dismiss")
    assert number not in [row["id"] for row in _listed(chain.context.database)]


def _listed(database):
    with reading(database) as unit:
        return exceptions.listed(unit)


def test_many_differences_are_filed_as_some_and_a_number(books, web_centre):
    for number in range(30):
        books.load(f"load {number}", 5, card(str(number)))
    with behind_the_back(books.database) as change:
        change("UPDATE ledger_account SET credits_posted = 6 WHERE kind = 'giftcard'")
    jobs.nightly(web_centre.context)
    codes = [code for _, code, _ in waiting(books.database)]
    assert codes.count("ledger_counters_differ") == 20
    assert codes.count("ledger_more_differs") == 1


def test_jobs_give_back_write_off_and_seal(books, web_centre):
    context, clock = web_centre.context, web_centre.clock
    books.load("load", 100)
    books.hold("hold", 60)
    books.award("award", 50, lot=terms(expires=0))
    jobs.expire_holds(context)
    jobs.expire_lots(context)
    assert books.free() == 40
    clock.at += timedelta(days=1)
    jobs.expire_holds(context)
    jobs.expire_lots(context)
    jobs.seal(context)
    assert books.free() == 100
    with reading(books.database) as unit:
        points = service.account_repository.listed_accounts(
            unit.connection, {"kind": AccountKind.POINTS.value}, 5
        )
    assert [row.counters.debits_posted for row in points] == [50]
    assert counted(books.database, ledger_block) == 1
    assert books.findings() == []


# --- commands ---------------------------------------------------------------------------------


def test_verify_says_that_all_is_well_and_what_is_not(books, sold, command):
    status, lines = command("verify")
    assert (status, lines[-1]) == (0, "the ledger holds, and tells the same days as the receipts")
    assert lines[0] == "10 transfers in 5 bookings on 7 accounts, 0 blocks sealed"
    with behind_the_back(books.database) as change:
        change("UPDATE sale_vat SET net = net - 1, vat = vat + 1")
    status, lines = command("verify")
    assert status == 1
    assert lines[0].startswith("DE01, 2026-11-25: net standard@19 is 19.95 in the ledger and 19.93")
    assert lines[-1] == "2 findings"
    assert command("verify", "--from", "2026-11-26")[0] == 0
    assert command("verify", "--to", "2026-11-24")[0] == 0
    assert command("verify", "--to", "never")[0] == 2


def test_accounts_are_listed_and_looked_at(books, command):
    assert command("accounts") == (0, ["no accounts"])
    books.load("load", 10_000)
    books.hold("hold", 60)
    books.award("award", 50)
    books.write(lambda unit: service.close_account(unit, card(), books.at))
    status, lines = command("accounts", "--kind", "giftcard")
    assert (status, lines) == (0, ["1  giftcard  gift_card 1  chain  100.00 EUR  closed"])
    assert command("accounts", "--unit", "PTS-CLUB", "--owner", "C1")[1] == [
        "3  customer.points  customer C1  chain  50 PTS-CLUB"
    ]
    status, lines = command("account", 1)
    assert status == 0
    assert lines[1] == "  held 0.60 EUR"
    assert "debit        0.60 EUR  pending  hold (test)  account 2" in lines[2]
    assert "credit     100.00 EUR  single   load (test)  account 2" in lines[3]
    assert command("account", 99) == (2, ["tresen: There is no account 99. Check the number."])


def test_balances_of_other_times(books, command):
    books.load("load", 10_000)
    assert command("balance", 1)[1][0].endswith("100.00 EUR")
    assert command("balance", 1, "--on", "2026-11-24")[1][0].endswith("0.00 EUR")
    assert command("balance", 1, "--on", "2026-11-25")[1][0].endswith("100.00 EUR")
    assert command("balance", 1, "--recorded", "2026-11-25T09:00Z")[1][0].endswith(" 0.00 EUR")
    assert command("balance", 1, "--recorded", "2026-11-25T11:00Z")[1][0].endswith("100.00 EUR")


def test_sealing_and_replaying_by_command(books, sold, command):
    assert command("checkpoint") == (
        0,
        ["1 blocks sealed, 7 accounts summed up, 1 chains anchored"],
    )
    assert command("checkpoint", "--again") == (
        0,
        ["0 blocks sealed, 7 accounts summed up, 0 chains anchored"],
    )
    assert command("replay") == (0, ["5 events read, 0 booked now, 0 cannot be read"])
