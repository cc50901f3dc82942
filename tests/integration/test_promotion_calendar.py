"""The calendar of promotions, the stop with its reason, and which tills have what counts."""

import re
from uuid import UUID

import pytest

from central_server.features.promotions import catalogue
from central_server.features.tills import repository
from central_server.features.tills.service import TillState
from central_server.gateway import position_repository as positions
from central_server.gateway.feed_repository import heads
from central_server.gateway.reach import Reach, reach_of
from central_server.gateway.sequencer import drain, ensure_heads
from central_server.platform.changes import Change, mark_changed
from central_server.platform.unit_of_work import reading, writing
from shared.identity import FixedClock
from shared.wire.promotion_payloads import promotion_key
from tests.integration.promotion_rig import promotion, publish
from tests.support.head_office import Desk, fill_shelves
from tests.support.journals import START

STORES = ("DE01", "AT01", "UK01")
DECEMBER = {"begin": "2026-12-05T00:00", "end": "2026-12-07T00:00"}


@pytest.fixture
def desk(chain):
    fill_shelves(chain.context.database)
    return Desk(chain.app).let_in("6")


def begun(desk, promotion_id, value="20", **fields):
    fields = {"kind": "percent", "value": value, "name": f"Aktion {promotion_id}", **fields}
    answer = desk.send("/promotions/new", "/promotions/new?kind=percent", id=promotion_id, **fields)
    assert answer.status_code == 303
    return answer.headers["location"]


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_it_shows_drafts_and_what_counts_by_store(desk):
    begun(desk, "ALLES-10", "10", combine="stack", stores="DE01", **DECEMBER)
    desk.send(f"{begun(desk, 'SCHAL-20', categories='Herren>Schals')}/publish")
    desk.send(f"{begun(desk, 'SOMMER', begin='2026-07-01T00:00', end='2026-07-08T00:00')}/publish")
    page = desk.get("/promotions/calendar")
    said = words(page)
    assert said.index("Alle Filialen") < said.index("Aktion SCHAL-20") < said.index("Hamburg")
    assert re.search(r"Aktion ALLES-10 Entwurf .*von .*2026.* bis ", said)
    assert "Aktion SCHAL-20 : beide zusammen: bis 28" in said
    assert "Aktion SOMMER" not in said
    # 5 to 7 December are days 19 and 20 of the 56 that begin on Monday, 16 November.
    x, width = 19 * 1000 // 56, 2 * 1000 // 56
    assert re.search(rf'<rect class="span [^"]*" x="{x}" y="\d+" width="{width}"', page.text)
    summer = desk.get("/promotions/calendar?from=2026-07-01")
    assert "Aktion SOMMER" in summer.text
    assert 'name="as_new" value="1"' in summer.text
    assert "from=2026-07-27" in summer.text
    assert "Nichts in diesen Wochen" not in desk.get("/promotions/calendar?from=1900-01-01").text
    assert desk.get("/promotions/calendar?from=summer").status_code == 422


def test_a_promotion_is_stopped_with_a_reason(chain, desk):
    desk.send(f"{begun(desk, 'ALLES-10')}/publish")
    assert desk.send("/promotions/withdraw", id="ALLES-10", reason=" ").status_code == 422
    assert desk.send("/promotions/withdraw", id="ALLES-10", reason="Falscher Preis").is_redirect
    with reading(chain.context.database) as unit:
        newest = catalogue.get_promotion(unit, "ALLES-10").newest
    assert (newest.withdrawn_by, newest.withdrawn_why) == ("6", "Falscher Preis")
    assert "Gestoppt von 6: Falscher Preis" in words(desk.get("/promotions/show?id=ALLES-10"))
    assert "Falscher Preis" in Desk(chain.app).let_in("1").get("/audit").text


def in_service(database, *till_ids):
    with writing(database) as unit:
        for till_id in till_ids:
            repository.update_till(unit, till_id, {"state": TillState.ACTIVE.value})


def stand(database, till_id, wide, store):
    """Let a till say how far it has the feed."""
    with writing(database) as unit:
        epoch = heads(unit)["reference"].epoch
        positions.keep(unit, till_id, "reference", positions.Reached(epoch, wide, store), START)


def reach(database, promotion_id, *stores, version=1, only=STORES):
    with reading(database) as unit:
        return reach_of(unit, promotion_id, version, stores, only)


def test_a_till_has_what_lies_before_its_position(centre):
    clock = FixedClock(START)
    with writing(centre) as unit:
        ensure_heads(unit, clock)
    in_service(centre, "DE01-T1", "AT01-T1")
    assert reach(centre, "P1") == Reach(2, ("AT01-T1", "DE01-T1"), sent=False)
    publish(centre, clock, promotion("P1"), promotion("P2", when={"stores": ["DE01"]}))
    drain(centre, clock)
    with reading(centre) as unit:
        chain = positions.numbers_of(unit, "reference", "promotion", promotion_key("P1", 1))
        store = positions.numbers_of(unit, "reference", "promotion", promotion_key("P2", 1))
    assert (set(chain), set(store)) == ({"chain"}, {"store:DE01"})
    stand(centre, "DE01-T1", chain["chain"], 0)
    stand(centre, "AT01-T1", chain["chain"] - 1, 0)
    found = reach(centre, "P1")
    assert (found.reached, found.tills, found.missing, found.sent) == (1, 2, ("AT01-T1",), True)
    assert reach(centre, "P1", only=("AT01",)).tills == 1
    assert reach(centre, "P2", "DE01").missing == ("DE01-T1",)
    stand(centre, "DE01-T1", chain["chain"], store["store:DE01"])
    assert reach(centre, "P2", "DE01").missing == ()
    with writing(centre) as unit:
        gone = positions.Reached(UUID(int=1), 10**9, 10**9)
        positions.keep(unit, "DE01-T1", "reference", gone, START)
    assert reach(centre, "P1").reached == 0  # that was another feed's numbers


def test_a_change_that_has_no_number_yet_is_at_no_till(centre):
    clock = FixedClock(START)
    with writing(centre) as unit:
        ensure_heads(unit, clock)
    in_service(centre, "DE01-T1")
    publish(centre, clock, promotion("P1"))
    # A page that is opened right after the release must know that something is under way, or it never looks again.
    waiting = Reach(1, ("DE01-T1",), sent=True)
    assert reach(centre, "P1", only=("DE01",)) == waiting
    drain(centre, clock)
    stand(centre, "DE01-T1", 10**6, 10**6)
    assert reach(centre, "P1", only=("DE01",)).missing == ()
    with writing(centre) as unit:
        mark_changed(unit, [Change("reference", "chain", "promotion", promotion_key("P1", 1))])
    assert reach(centre, "P1", only=("DE01",)) == waiting
