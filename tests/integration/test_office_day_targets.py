"""The day page beside the plan: of each hour and each store, and the same weekday of the year before."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from central_server.backoffice import live_page
from central_server.features.reporting.board import By
from central_server.features.reporting.day_targets import day_targets
from central_server.features.reporting.plans import set_plan
from central_server.features.reporting.repository import add_cells
from central_server.features.reporting.tables import figure_sales
from central_server.features.stores.tables import store
from central_server.platform.unit_of_work import reading, writing
from tests.support.head_office import DAY, NOW, Desk

PLACES = {"EUR": ["DE01", "AT01"], "GBP": ["UK01"]}


@pytest.fixture
def planned(chain):
    """A plan of 3,000 EUR for Hamburg's November: 100 EUR a day."""
    with writing(chain.context.database) as unit:
        set_plan(unit, "DE01", DAY, 300_000, "1", NOW)
    return chain


def sold(chain, days_before, by_hour, store="DE01"):
    """Sales of a day before the one that is looked at, by hour in cents."""
    day = {"business_date": DAY - timedelta(days=days_before), "currency": "EUR", "returns": 0}
    day |= {"lines": 1, "quantity_thousandths": 1000, "discount": 0, "receipts": 1}
    rows = [
        {**day, "store_id": store, "till_id": f"{store}-T9", "hour": hour, "gross": gross}
        for hour, gross in by_hour.items()
    ]
    with writing(chain.context.database) as unit:
        add_cells(unit.connection, figure_sales, rows)


def targets(chain):
    with reading(chain.context.database) as unit:
        return day_targets(unit, DAY, PLACES)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_plan_of_a_day_lies_on_its_hours_as_they_sold_before(planned):
    evenly = targets(planned)
    assert evenly.plans == {"DE01": 10_000}
    assert evenly.hours == {"EUR": dict.fromkeys(range(9, 19), 1_000)}
    assert (evenly.share_due("EUR", 11, 30), evenly.share_due("GBP", 11, 30)) == (25, None)
    sold(planned, 7, {10: 5_000, 12: 15_000, 13: -100})
    assert targets(planned).hours == {"EUR": {10: 2_500, 12: 7_500}}
    sold(planned, 364, {9: 1_000, 10: 4_000})
    sold(planned, 364, {18: 900}, store="AT01")
    lately = targets(planned)
    assert lately.hours == {"EUR": {9: 2_000, 10: 8_000}}
    assert lately.before == {"EUR": {9: 1_000, 10: 4_000, 18: 900}}
    assert lately.before_stores == {"DE01": 5_000, "AT01": 900}


def test_a_day_that_goes_on_after_midnight_has_most_of_its_plan_behind_it_then(
    planned, monkeypatch
):
    by_hour = {18: 6_000, 23: 3_000, 1: 1_000}
    sold(planned, 364, by_hour)
    with writing(planned.context.database) as unit:
        unit.connection.execute(update(store).values(day_starts_minutes=240))
    planned.clock.at = NOW.replace(hour=23, minute=30)
    answer = Desk(planned.app).let_in("1").get(f"/day/{DAY}")
    page = words(answer)
    assert "Strich: wo der Tag um 00:30 laut Plan stehen sollte (90" in page
    # The hour after midnight is the day's last, in the table and in the chart.
    hours = re.findall(r"(\d+)–\d+ Uhr(?= –| \d)", page)
    assert hours.index("1") > hours.index("23") > hours.index("18")
    bars = re.findall(r"(\d+)–\d+ Uhr: ", answer.text)
    assert bars.index("1") > bars.index("23") > bars.index("18")
    # So has the live board of the year before.
    rows = [SimpleNamespace(key=str(at), before={"gross": by_hour[at]}) for at in sorted(by_hour)]
    asked = live_page._Desk.board

    def board(self, by):
        return SimpleNamespace(rows=rows) if by is By.HOUR else asked(self, by)

    monkeypatch.setattr(live_page._Desk, "board", board)
    assert "90,00 €" in words(Desk(planned.app).let_in("1").get("/live")).replace("\u00a0", " ")


def test_a_running_day_says_how_much_of_its_plan_is_reached_and_should_be(planned):
    page = Desk(planned.app).let_in("1").get(f"/day/{DAY}")
    said = words(page)
    # Vienna sells without a plan: its sales reach nobody's.
    assert "Plan 100,00\u00a0€, 76,9\u00a0% erreicht" in page.text
    assert "Filialen gegen Plan" in said
    assert "Strich: wo der Tag um 11:00 laut Plan stehen sollte (20 %)." in said.replace(
        "\u00a0", " "
    )
    assert "1 von 3 Filialen haben einen Plan." in said
    # Each hour has its pale bar, in both widths of the chart.
    assert page.text.count('class="expected"') == 2 * 10
    assert re.search(r"10–11 Uhr: .*?, Plan 10,00", page.text)
    own = words(Desk(planned.app).let_in("5").get(f"/day/{DAY}?store=DE01"))
    assert "haben einen Plan" not in own


def test_a_day_that_is_over_stands_beside_its_year_before(planned):
    sold(planned, 364, {9: 15_382})
    planned.clock.at += timedelta(days=1)
    page = Desk(planned.app).let_in("3").get(f"/day/{DAY}?store=DE01")
    assert "−50.0% Year before €153.82" in words(page)
    assert "Line:" not in page.text
    chain = Desk(planned.app).let_in("3").get(f"/day/{DAY}")
    assert re.search(r'class="neg">−50.0%</span>', chain.text)
    assert "to year before" in words(chain)


def test_without_plan_and_year_before_the_page_shows_neither(chain):
    page = Desk(chain.app).let_in("1").get(f"/day/{DAY}")
    for absent in ("Tagesplan", "Vorjahr", 'class="expected"', "z. VJ"):
        assert absent not in page.text
