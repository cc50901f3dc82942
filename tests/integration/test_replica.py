"""Reports are read from the replica where there is one, and from the primary where it is away."""

import shutil
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from central_server.app.composition import compose
from central_server.backoffice.report_mails import send_due
from central_server.features.instruments import service as instruments
from central_server.features.instruments.sources import Asked
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import run_writing
from shared.vouchers import NumberRange
from tests.integration.test_backoffice_pages import at_desk, words
from tests.integration.test_office_jobs import REPORT
from tests.support.head_office import NOW, project, send
from tests.support.journals import ImaginedTill
from tests.support.mail_server import mail_server

DAY = "2026-11-25"
REPORTS = (
    f"/day/{DAY}", f"/day/{DAY}/figures.csv", "/live", f"/cash?from={DAY}&to={DAY}",
    f"/figures?period=day&at={DAY}&by=store", f"/figures/course.json?period=year&at={DAY}",
    f"/figures/export.csv?period=day&at={DAY}&by=store",
    f"/figures/days.csv?from={DAY}&to={DAY}", "/values", f"/values/open.csv?on={DAY}",
    "/values/authorisations", "/values/cards/{card}/statement.csv",
    f"/api/v1/figures?from={DAY}&to={DAY}",
    f"/api/v1/figures/day/{DAY}",
)  # fmt: skip
# What somebody has just changed must be what they see next.
AT_ONCE = ("/keys", "/people", "/values/cards", "/values/cards/{card}", "/plan", "/jobs")


def sold_card(unit):
    instruments.add_range(unit, NumberRange("2950", 8, 6), "EUR", 500, 50_000, NOW)
    card = instruments.print_cards(unit, "2950", 1, lambda: 123_457, NOW)[0]
    asked = Asked(UUID(int=7), card, "DE01", NOW.date(), "1", 10_000, "EUR")
    assert instruments.sell(unit, asked, NOW).approved
    return card


@pytest.fixture
def replica(chain, tmp_path):
    """A copy of the chain that has one receipt of 50.00 EUR more: what is read from it can be told apart."""
    chain.card = run_writing(chain.context.database, sold_card)
    home = tmp_path / "replica"
    shutil.copytree(tmp_path / "home", home)
    copy = compose(chain.context.settings.model_copy(update={"home": home}), chain.clock)
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))
    till.sell(("A-1", "1", 5000))
    send(copy.database, till)
    project(copy.database)
    chain.context.database.report_engine = copy.database.read_engine
    begun = []
    event.listen(copy.database.read_engine, "begin", begun.append)
    yield begun
    copy.database.dispose()


@pytest.fixture
def desk(chain):
    return at_desk(chain, "1")


def test_reports_and_their_files_are_read_from_the_replica(replica, chain, desk):
    for address in REPORTS:
        replica.clear()
        assert desk.get(address.format(card=chain.card)).status_code == 200, address
        assert replica, address
    for address in AT_ONCE:
        replica.clear()
        assert desk.get(address.format(card=chain.card)).status_code == 200, address
        assert not replica, address
    assert "151,91 €" in words(desk.get(REPORTS[0]))


def test_a_mailed_report_has_the_replicas_figures_and_the_primary_knows_that_it_went(
    replica, chain, desk
):
    desk.send("/reports", "/reports", **REPORT)
    chain.clock.at = datetime(2026, 11, 30, 8, 0, tzinfo=NOW.tzinfo)
    with mail_server() as server:
        own = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        settings = chain.context.settings.model_copy(update=own)
        context = replace(chain.context, settings=settings)
        replica.clear()
        send_due(context)
        assert replica
        send_due(context)
        # The replica, a copy from before, does not know of the mail, and yet it goes out once.
        assert len(server.delivered) == 1


def test_a_replica_that_is_away_is_asked_once_and_the_primary_answers(chain, desk):
    # What is known of a replica is kept by its address for some seconds, so it has one that no other test asks.
    away = open_database("postgresql+psycopg://nobody@127.0.0.1:1/away_in_this_test")
    chain.context.database.report_engine = away.write_engine
    with capture_logs() as logged:
        for _ in range(2):
            assert "101,91 €" in words(desk.get(REPORTS[0]))
    assert [entry["event"] for entry in logged].count("replica_away") == 1
