"""Cells of figures: each receipt in every cell once, the same however they came about, on both databases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.reporting.cell_repository import cells_that_differ, sums_by
from central_server.features.reporting.cells import make_again
from central_server.features.reporting.periods import Grain, Period, period_of
from central_server.features.reporting.tables import CHAIN, figure_cell
from central_server.features.staff.service import StaffMember, add_staff, change_team
from central_server.gateway.journal.intake import accept
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import project_pending
from central_server.platform.access import Role
from central_server.platform.database import is_postgresql
from central_server.platform.unit_of_work import reading, writing
from shared.identity import FixedClock, StaffId
from tests.support.journals import ImaginedTill

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 25)


def cells(database):
    with reading(database) as unit:
        rows = unit.connection.execute(select(figure_cell)).all()
    return {tuple(row[:6]): tuple(row[6:]) for row in rows}


def send(database, *tills):
    for till in tills:
        with writing(database) as unit:
            accept(unit, till.till_id, till.incarnation, till.batch(), NOW)
    project(database)


def project(database):
    while project_pending(database, places, FixedClock(NOW)):
        pass


def furnished(database):
    with writing(database) as unit:
        enter_batch(
            unit,
            [ArticleDraft("A-1", {"de": "Hose"}, "Marke", "Herren>Hosen")],
            [VariantDraft("A-1", "A-1")],
            NOW,
        )
        add_staff(
            unit, StaffMember(StaffId("101"), "Person", Role.CASHIER, frozenset(["DE01"])), NOW
        )
        change_team(unit, "101", "Herren", NOW)


@pytest.fixture
def traded(web_centre):
    """Three stores' receipts: sales, one that came back, two VAT rates, two currencies."""
    database = web_centre.context.database
    furnished(database)
    hamburg, vienna, bath = (
        ImaginedTill("DE01-T1"), ImaginedTill("AT01-T1", "AT01", market="AT"),
        ImaginedTill("UK01-T1", "UK01", "GBP", "GB"),
    )  # fmt: skip
    hamburg.sell(("A-1", "1", 1999), ("A-1", "2", 1999))
    hamburg.sell(("B-1", "1", 699), rate="7")
    hamburg.sell(("A-1", "-1", 1999))
    vienna.sell(("A-1", "1", 2500), rate="20")
    bath.sell(("A-1", "1", 1200), rate="20")
    send(database, hamburg, vienna, bath)
    return database, hamburg


def test_every_period_and_store_adds_up_what_its_receipts_say(traded):
    database, _ = traded
    found = cells(database)
    for grain in Grain:
        first = period_of(grain, DAY).first
        place = ("sales", grain.value, first)
        assert found[*place, "DE01", "EUR", ""][:3] == (3, 3000, 4697)
        assert found[*place, CHAIN, "EUR", ""][:3] == (4, 4000, 7197)
        assert found[*place, CHAIN, "GBP", ""][:3] == (1, 1000, 1200)
    day = (Grain.DAY.value, DAY, "DE01", "EUR")
    assert found["category", *day, "Herren>Hosen"][:3] == (2, 2000, 3998)
    assert found["article", *day, "B-1"][:3] == (1, 1000, 699)
    assert found["vat", *day, "standard:7000"][2:4] == (699, 653)
    assert found["tender", *day, "cash"][2] == 4697
    assert found["team", *day, "Herren"][:3] == (3, 3000, 4697)
    assert ("team", "day", DAY, "AT01", "EUR", "Herren") in found
    assert found["hour", *day, "9"][0] == 3


def test_made_again_the_cells_are_what_they_were(traded):
    database, _ = traded
    before = cells(database)
    with writing(database) as unit:
        assert make_again(unit) == 1
    assert cells(database) == before
    with reading(database) as unit:
        assert cells_that_differ(unit.connection) == []


def test_postgresql_knows_what_the_cells_are_like_as_soon_as_they_are_made_again(traded):
    """Not knowing it, a year by article took five times as long until the database looked by itself."""
    database, _ = traded
    with writing(database) as unit:
        make_again(unit)
    with reading(database) as unit:
        if not is_postgresql(unit.connection):
            return
        known = unit.connection.exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE relname = 'figure_cell'"
        ).scalar_one()
    assert known == len(cells(database)) > 0


def test_what_comes_late_or_again_is_added_once(traded):
    database, till = traded
    till.sell(("A-1", "1", 1999))
    send(database, till)
    with writing(database) as unit:
        accept(unit, till.till_id, till.incarnation, till.batch(), NOW)
    project(database)
    place = ((Period(Grain.DAY, DAY),), ("DE01",), "EUR")
    with reading(database) as unit:
        assert sums_by(unit.connection, "sales", "key", place)[""]["gross"] == 4697 + 1999
    before = cells(database)
    with writing(database) as unit:
        make_again(unit)
    assert cells(database) == before


def test_figures_stay_with_the_category_and_team_of_their_day(traded):
    database, till = traded
    before = cells(database)
    with writing(database) as unit:
        enter_batch(unit, [ArticleDraft("A-1", {"de": "Hose"}, "Marke", "Herren>Neu")], [], NOW)
        change_team(unit, "101", "Damen", NOW)
        make_again(unit)
    assert cells(database) == before
    till.sell(("A-1", "1", 1999))
    send(database, till)
    found = cells(database)
    day = (Grain.DAY.value, DAY, "DE01", "EUR")
    assert found["category", *day, "Herren>Neu"][2] == 1999
    assert found["team", *day, "Damen"][0] == 1


def test_a_cell_that_was_touched_is_found(traded):
    database, _ = traded
    with writing(database) as unit:
        wrong = figure_cell.update().where(
            figure_cell.c.dimension == "sales",
            figure_cell.c.grain == "day",
            figure_cell.c.store_id == "DE01",
        )
        unit.connection.execute(wrong.values(gross=1))
    with reading(database) as unit:
        (found,) = cells_that_differ(unit.connection)
    assert (found["store_id"], found["of_figures"], found["of_receipts"]) == ("DE01", 1, 4697)
