"""Figures of periods, the live board, plans, stock and cash as head office sees them."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from central_server.features.staff.service import change_team
from central_server.platform.unit_of_work import writing
from shared.journal import canonical_bytes
from shared.journal.receipt_body import line_to_body
from tests.integration.test_backoffice_pages import at_desk, links, words
from tests.support.head_office import DAY, NOW, Desk, project, send
from tests.support.journals import ImaginedTill

MONTH = "/figures?period=month&at=2026-11-25"


@pytest.fixture
def desk(chain):
    return at_desk(chain, "1")


def sell_a_year_before(chain, amount=5000):
    """A receipt in Hamburg on the same weekday 52 weeks before."""
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    day = (DAY - timedelta(days=364)).isoformat()
    till.sell(("A-1", "1", amount), business_date=day)
    send(chain.context.database, till)
    project(chain.context.database)


def close_a_shift(chain, counted, expected):
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    body = {
        "store_id": "DE01", "currency": "EUR", "business_date": DAY.isoformat(), "counted": counted,
        "expected": expected, "difference": counted - expected,
    }  # fmt: skip
    till.journal("shift.closed", canonical_bytes(body))
    send(chain.context.database, till)
    project(chain.context.database)


@pytest.mark.parametrize("period", ["day", "week", "month", "year"])
def test_every_period_says_the_same_sum_and_leads_down(looker, period):
    page = looker.get(f"/figures?period={period}&at=2026-11-25&by=store")
    assert "101,91 €" in words(page)
    assert "Hamburg" in words(page)
    for address in links(page, "/figures?"):
        assert looker.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("article", "A-3"), ("category", "Unter dieser Überschrift"), ("tender", "Bar"),
        ("vat", "19 % Regelsatz"), ("hour", "9–10 Uhr"), ("promotion", "Unter dieser Überschrift"),
        ("team", "Unter dieser Überschrift"), ("time", "25. Nov"),
    ],
)  # fmt: skip
def test_every_dimension_has_its_rows(looker, by, expected):
    assert expected in words(looker.get(f"{MONTH}&by={by}"))


def test_an_article_leads_over_its_days_to_its_receipts(looker):
    (article,) = {
        one for one in links(looker.get(f"{MONTH}&by=article"), "/figures") if "key=A-1" in one
    }
    (receipts,) = {one for one in links(looker.get(article), "/receipts?") if "article=A-1" in one}
    found = looker.get(receipts)
    assert len(links(found, "/receipts/")) == 3
    assert "Artikel: A-1" in words(found)


def test_the_year_before_counts_only_as_far_as_this_one_has_come(chain, desk):
    sell_a_year_before(chain)
    page = words(desk.get("/figures?period=day&at=2026-11-25&by=store"))
    assert "Vorjahr 50,00 €" in page
    assert "+103,8 %" in page
    # November 2025 is compared up to the 25th: the 26th, when that receipt was, is not in it yet.
    assert "Vorjahr 0,00 €" in words(desk.get(f"{MONTH}&by=store"))
    later = words(desk.get("/figures?period=month&at=2025-11-01&by=store"))
    assert "50,00 €" in later


def test_figures_of_small_teams_are_nobodys_to_see(chain, desk):
    with writing(chain.context.database) as unit:
        for number in ("7", "8"):
            change_team(unit, number, "Herren", NOW)
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    till.sell(("A-1", "1", 1000), operator_id="7")
    send(chain.context.database, till)
    project(chain.context.database)
    page = words(desk.get(f"{MONTH}&by=team"))
    assert "Teams mit weniger als drei Personen fehlen" in page
    for address in (f"{MONTH}&of=team&key=Herren", "/receipts?date=2026-11-25&team=Herren"):
        assert desk.get(address).status_code == 404
    with writing(chain.context.database) as unit:
        change_team(unit, "5", "Herren", NOW)
    assert "10,00 €" in words(desk.get(f"{MONTH}&by=team"))
    assert len(links(desk.get("/receipts?date=2026-11-25&team=Herren"), "/receipts/")) == 1


def test_files_say_what_the_page_says(looker):
    address = "/figures/export.{}?period=month&at=2026-11-25&by=article&currency=EUR"
    csv = looker.get(address.format("csv"))
    assert "A-3;;1;1;39,96 €" in csv.text.replace("\u00a0", " ")
    book = openpyxl.load_workbook(io.BytesIO(looker.get(address.format("xlsx")).content))
    rows = list(book.active.values)
    assert ("A-3", "A-3", "EUR", 1, 1, 39.96, 0, 0, None) in rows
    assert looker.get(address.format("pdf")).content.startswith(b"%PDF")
    assert looker.get(address.format("exe")).status_code == 404


def test_a_plan_is_kept_seen_and_written_down(desk):
    fields = {"DE01.11": "3.000", "AT01.11": ""}
    assert desk.send("/plan?year=2026", **fields).headers["location"] == "/plan?year=2026&saved=1"
    page = words(desk.get(f"{MONTH}&by=store"))
    # 25 of 30 days: 2,500.00 of 3,000.00 should be there.
    assert "Plan 3.000,00 €" in page
    assert "3,1 %" in page
    assert "DE01 2026-11" in words(desk.get("/audit?kind=plan"))
    refused = desk.send("/plan?year=2026", **{"DE01.12": "viel"})
    assert refused.status_code == 422
    assert 'value="viel"' in refused.text
    desk.send("/plan?year=2026", **{"DE01.11": ""})
    assert "Plan 3.000" not in words(desk.get(f"{MONTH}&by=store"))


def test_whoever_has_one_store_sees_and_plans_no_other(chain):
    manager = at_desk(chain, "5")
    page = words(manager.get(f"{MONTH}&by=store"))
    assert "76,91 €" in page
    assert "Wien" not in page
    for address in (f"{MONTH}&store=UK01", "/live?store=UK01", "/cash?store=UK01",
                    "/figures/export.csv?store=UK01", "/figures/course.json?store=UK01"):  # fmt: skip
        assert manager.get(address).status_code == 403, address
    assert manager.get("/stock?place=UK01").status_code == 404
    assert manager.get("/stock/movements?place=UK01&sku=A-1").status_code == 404
    assert manager.send("/plan?year=2026", **{"DE01.11": "1"}).status_code == 403


def test_the_live_board_moves_with_the_day(chain, desk):
    before = words(desk.get("/live"))
    assert "101,91 €" in before
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    till.sell(("A-3", "1", 1000))
    send(chain.context.database, till)
    project(chain.context.database)
    page = desk.get("/live")
    assert "111,91 €" in words(page)
    assert "DE01-T2-1-2" in words(page)
    assert 'data-poll="5000"' in page.text


def test_a_count_that_is_off_is_found(chain, desk):
    close_a_shift(chain, counted=9500, expected=10000)
    page = words(desk.get("/cash?only=1"))
    assert "DE01-T2" in page
    assert "−5,00 €" in page
    csv = desk.get("/cash/export.csv?from=2026-11-01&to=2026-11-25").text
    assert "DE01-T2;1;95,00" in csv.replace("\u00a0", " ")
    assert "DE01-T2" not in words(at_desk(chain, "10").get("/cash"))


def test_stock_leads_over_its_movements_to_the_receipt(looker):
    page = looker.get("/stock?place=DE01")
    (address,) = [one for one in links(page, "/stock/movements") if "sku=A-2" in one]
    moves = looker.get(address)
    assert "Verkauft −2" in words(moves)
    (receipt,) = links(moves, "/receipts/")
    assert "29,96 €" in words(looker.get(receipt))
    assert looker.get("/stock/movements?place=DE01&sku=A-2&mark=x").status_code == 400


def test_what_came_back_broken_lies_in_an_area_of_the_store(chain, desk):
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    broken = replace(till.receipt((("A-2", "-1", 1498),), Decimal(19)).lines[0], area="quarantine")
    till.sell(("A-2", "-1", 1498), lines=[line_to_body(broken)])
    send(chain.context.database, till)
    project(chain.context.database)
    page = desk.get("/stock?place=DE01-QUARANTINE")
    assert "Quarantäne" in words(page)
    (address,) = links(page, "/stock/movements")
    assert "Zurückgebracht +1" in words(desk.get(address))
    assert desk.get("/stock?place=DE01").status_code == 200


def test_the_course_of_a_year_is_told_day_by_day(looker):
    body = looker.get("/figures/course.json?period=year&at=2026-11-25&currency=EUR").json()
    assert len(body["days"]) == len(body["now"]) == len(body["before"]) == 329
    assert (body["now"][-1], body["exponent"]) == (10191, 2)


def test_an_auditor_reads_in_english_and_plans_nothing(standing_chain):
    auditor = Desk(standing_chain.app).let_in("3")
    assert "Gross sales" in words(auditor.get(MONTH))
    assert "disabled" in auditor.get("/plan").text


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("", "/figures?period=month"),
        (
            "?from=2026-11-25&to=2026-11-25&store=DE01",
            "/figures?period=day&at=2026-11-25&store=DE01",
        ),
        ("?from=2026-11-23&to=2026-11-25", "/figures?period=week&at=2026-11-25"),
        (
            "?from=2026-11-01&to=2026-11-30&currency=GBP",
            "/figures?period=month&at=2026-11-30&currency=GBP",
        ),
        ("?from=2026-01-01&to=2026-12-31", "/figures?period=year&at=2026-12-31"),
    ],
)
def test_the_former_report_leads_to_the_figures(looker, asked, led):
    answer = looker.get(f"/report{asked}")
    assert (answer.status_code, answer.headers["location"]) == (301, led)
    assert looker.get(led).status_code == 200


def test_days_that_are_no_period_are_refused(looker):
    for period in ("from=2026-11-30&to=2026-11-01", "from=2020-01-01&to=2026-01-01"):
        answer = looker.get(f"/figures/days.csv?{period}")
        assert answer.status_code == 400
        assert "Diese Tage ergeben keinen Zeitraum" in words(answer)
