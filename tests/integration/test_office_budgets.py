"""What promotions may give beside what they have given: in the list, on their page, and by month in the calendar."""

import re

import pytest
from sqlalchemy import update

from central_server.features.promotions.tables import promotion
from central_server.platform.unit_of_work import writing
from tests.support.head_office import Desk


@pytest.fixture
def desk(chain):
    return Desk(chain.app).let_in("6")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def made(desk, number, **fields):
    page = "/promotions/new?kind=percent"
    given = {"id": number, "name": number, "kind": "percent", "value": "10", **fields}
    return desk.send("/promotions/new", page, **given).headers["location"]


def test_a_month_that_begins_on_the_day_after_the_last_week_is_not_among_them(desk):
    made(desk, "JANUAR", budget="60", begin="2027-01-05T00:00")
    made(desk, "MAERZ", budget="70", begin="2027-03-05T00:00")
    eight_weeks = words(desk.get("/promotions/calendar?from=2027-01-04"))
    assert "JANUAR 0,00 € von 60,00 €" in eight_weeks
    assert "MAERZ" not in eight_weeks
    assert "MAERZ 0,00 € von 70,00 €" in words(desk.get("/promotions/calendar?from=2027-01-11"))


def test_budgets_stand_beside_what_is_given(chain, desk):
    desk.send(f"{made(desk, 'HERBST', budget='1000', begin='2026-11-20T00:00')}/publish")
    desk.send(f"{made(desk, 'OFFEN')}/publish")
    made(desk, "ADVENT", budget="250", begin="2026-12-01T00:00")
    with writing(chain.context.database) as unit:
        spent = update(promotion).where(promotion.c.promotion_id == "HERBST").values(amount=84_000)
        unit.connection.execute(spent)
    listed = desk.get("/promotions")
    assert "840,00 € von 1.000,00 €" in words(listed)
    assert listed.text.count('class="meter warning"') == 1
    assert "von 1.000,00 €" in words(desk.get("/promotions/show?id=HERBST"))
    # Whichever is less: the limit that tills mind, or the stop that was set here.
    stop = {"id": "HERBST", "amount": "900"}
    assert desk.send("/promotions/budget-stop", "/promotions/show?id=HERBST", **stop).is_redirect
    assert "840,00 € von 900,00 €" in words(desk.get("/promotions"))
    calendar = words(desk.get("/promotions/calendar"))
    assert "Nov. 2026 840,00 € von 900,00 € HERBST 840,00 € von 900,00 €" in calendar
    assert "Dez. 2026 0,00 € von 250,00 € ADVENT 0,00 € von 250,00 €" in calendar
    assert "OFFEN 0" not in calendar
    desk.send("/promotions/withdraw", "/promotions/show?id=HERBST", id="HERBST", reason="Zu teuer")
    withdrawn = words(desk.get("/promotions/calendar"))
    assert "Nov. 2026 840,00 € von 840,00 € HERBST 840,00 € von 840,00 €" in withdrawn
    later = words(desk.get("/promotions/calendar?from=2027-03-01"))
    assert "Budget je Monat" not in later
