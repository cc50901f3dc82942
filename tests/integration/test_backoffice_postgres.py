"""What the pages ask of PostgreSQL: the same answers as of SQLite, in one walk through all of them."""

from datetime import timedelta

import pytest

from central_server.app.jobs import JOBS
from tests.support.head_office import Desk, found_chain, open_chain, project, send
from tests.support.journals import ImaginedTill

pytestmark = pytest.mark.postgres


@pytest.fixture
def chain(postgres_database_url, tmp_path):
    found_chain(tmp_path, postgres_database_url)
    opened = open_chain(tmp_path, postgres_database_url)
    yield opened
    opened.context.database.dispose()


# One chain takes seconds to make there; each part of the walk stands for itself.
def test_the_pages_answer_on_postgresql_as_on_sqlite(chain):
    desk = Desk(chain.app)
    assert desk.sign_in("1").status_code == 303
    look_at_figures(desk)
    narrow_receipts(desk)
    page_through_a_long_day(chain, desk)
    settle_an_exception(desk)
    compare_two_journals(desk)
    end_sessions(chain, desk)


def look_at_figures(desk):
    day = desk.get("/api/v1/figures/day/2026-11-25").json()
    assert {(row["currency"], row["gross"]) for row in day["totals"]} == {
        ("EUR", 10191),
        ("GBP", 3600),
    }
    assert "101,91" in desk.get("/day/2026-11-25").text
    assert "Stand 10:03" in desk.get("/day/2026-11-25?store=DE01").text
    assert "101,91" in desk.get("/figures?period=year&at=2026-11-25").text
    month = desk.get("/figures?period=month&at=2026-11-25&by=article").text
    assert "101,91" in month
    assert "A-3" in month
    assert desk.get("/figures/export.pdf?period=year&by=store").content.startswith(b"%PDF")
    for address in ("/live", "/plan", "/cash", "/stock?place=DE01", "/stock?q=A-1&state=below"):
        assert desk.get(address).status_code == 200, address
    csv = desk.get("/figures/days.csv?from=2026-11-25&to=2026-11-25").text
    assert "Filiale;AT01;Wien;2026-11-25;;;EUR;1;0;1;0,00;25,00;;" in csv.splitlines()


def narrow_receipts(desk):
    for narrowing, count in (
        ("vat=standard:7000", 1), ("tender=cash", 8), ("tender=change", 0), ("returns=1", 1), ("hour=9", 8),
        ("store=UK01&currency=GBP", 2),
    ):  # fmt: skip
        page = desk.get(f"/receipts?date=2026-11-25&{narrowing}").text
        assert page.count('href="/receipts/') == count, narrowing
    found = desk.get("/receipts?number=DE01-T1-1-2").headers["location"]
    assert "sale.completed" in desk.get(found).text


def page_through_a_long_day(chain, desk):
    till = ImaginedTill("DE01-T2")
    for _ in range(61):
        till.sell(("A-3", "1", 3996))
    send(chain.context.database, till)
    project(chain.context.database)
    numbers, mark = [], ""
    while mark is not None:
        answer = desk.get(
            f"/api/v1/receipts?date=2026-11-25&till=DE01-T2&limit=20&mark={mark}"
        ).json()
        numbers += [row["number"] for row in answer["receipts"]]
        mark = answer["next"] and answer["next"].replace("+", "%2B")
    assert len(numbers) == len(set(numbers)) == 61


def settle_an_exception(desk):
    assert [row["code"] for row in desk.get("/api/v1/exceptions").json()] == ["event_type_unknown"]
    number = desk.get("/api/v1/exceptions").json()[0]["id"]
    assert desk.send(f"/exceptions/{number}/retry").headers["location"].endswith("?tried=1")
    assert desk.send(f"/exceptions/{number}/dismiss").status_code == 303
    assert desk.get("/api/v1/exceptions").json() == []


def compare_two_journals(desk):
    assert "Zwei Fassungen des Journals" in desk.get("/tills/AT01-T1").text
    assert desk.get("/tills/AT01-T1/copies/1/1").status_code == 200


def end_sessions(chain, desk):
    clean = next(job for job in JOBS if job.name == "session_cleaning")
    clean.run(chain.context)
    assert desk.get("/settings").status_code == 200
    chain.clock.at += timedelta(minutes=31)
    assert desk.get("/settings").status_code == 303
    clean.run(chain.context)
