"""What repairs an exception: booked again, all at once, checked again, settled with a reason."""

import pytest

from central_server.backoffice import exception_pages
from central_server.backoffice.exception_desk import retry_now
from central_server.features.exceptions.service import raise_check
from central_server.features.ledger.jobs import CHECK, JOBS
from central_server.platform import job_repository
from central_server.platform.scheduler import make_known
from central_server.platform.unit_of_work import reading, writing
from shared.errors import DomainError
from shared.journal import EVENT_TYPES, ConflictRule, EventType
from tests.integration.test_backoffice_pages import at_desk, desk, words  # noqa: F401 - fixture
from tests.support.head_office import NOW, project, send
from tests.support.journals import ImaginedTill


@pytest.fixture
def waiting(chain):
    """Three events of which this version knows none: two kinds, two tills."""
    till = ImaginedTill("AT01-T2", "AT01", market="AT")
    till.journal("mystery.happened", {"what": "nobody knows"})
    till.journal("riddle.posed", {"what": "nobody knows either"})
    send(chain.context.database, till)
    project(chain.context.database)
    return chain


def test_all_of_a_page_are_booked_again_whatever_one_of_them_does(
    waiting,
    desk,  # noqa: F811
    monkeypatch,
):
    assert "Alle 3 erneut buchen" in words(desk.get("/exceptions"))
    known = EventType("mystery.happened", 1, ConflictRule.FACT)
    monkeypatch.setitem(EVENT_TYPES, "mystery.happened", known)
    answer = desk.send("/exceptions/retry", state="open")
    assert answer.headers["location"] == "/exceptions?booked=2&left=1"
    page = words(desk.get(answer.headers["location"]))
    assert "2 Ereignisse sind jetzt gebucht. 1 wartet noch" in page
    assert "riddle.posed" in page
    assert "mystery.happened" not in page
    # One alone has its own button.
    assert "/exceptions/retry" not in desk.get("/exceptions").text


def test_what_somebody_else_settled_meanwhile_neither_is_booked_nor_waits(
    waiting,
    desk,  # noqa: F811
    monkeypatch,
):
    tried = []

    def settled(database, staff, number, now):
        tried.append(number)
        if len(tried) == 1:
            raise DomainError("exception_closed", {"id": number})
        return retry_now(database, staff, number, now)

    monkeypatch.setattr(exception_pages, "retry_now", settled)
    answer = desk.send("/exceptions/retry", state="open")
    assert len(tried) == 3
    assert answer.headers["location"] == "/exceptions?booked=0&left=2"


def test_all_are_those_of_the_stores_one_sees_and_of_the_filter(
    waiting,
    desk,  # noqa: F811
    monkeypatch,
):
    for name in ("mystery.happened", "riddle.posed"):
        monkeypatch.setitem(EVENT_TYPES, name, EventType(name, 1, ConflictRule.FACT))
    assert at_desk(waiting, "3").send("/exceptions/retry").status_code == 403
    answer = desk.send("/exceptions/retry", state="open", till="AT01-T2")
    assert answer.headers["location"] == "/exceptions?till=AT01-T2&booked=2&left=0"
    assert "mystery.happened" in words(desk.get("/exceptions"))


def test_a_finding_of_the_ledger_is_checked_again_and_settled_with_a_reason(chain, desk):  # noqa: F811
    make_known(chain.context, JOBS)
    with writing(chain.context.database) as unit:
        raise_check(unit, CHECK, "ledger_unbalanced", {"unit": "EUR", "amount": "5"}, NOW)
    address = "/exceptions/2"
    page = desk.get(address)
    assert "Hauptbuch erneut prüfen" in words(page)
    assert "Als erledigt markieren" in words(page)
    assert 'list="reasons"' in page.text
    assert "Von Hand berichtigt" in page.text
    desk.send("/jobs/ledger_nightly/run", address)
    with reading(chain.context.database) as unit:
        assert list(job_repository.requests(unit)) == ["ledger_nightly"]
    desk.send(f"{address}/dismiss", address, note="Von Hand berichtigt")
    assert "Notiz Von Hand berichtigt" in words(desk.get(address))
    # Who may not run jobs is not offered it; other exceptions have nothing to check.
    assert "Hauptbuch erneut prüfen" not in words(desk.get("/exceptions/1"))
