"""Outstanding authorisations survive: written before they are asked for, kept until they are settled."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from pos_client.storage.authorisations import OutstandingAuthorisation, OutstandingAuthorisations
from tests.integration.till_world import World

ASKED = OutstandingAuthorisation(
    auth_id=UUID(int=1),
    kind="gift_card",
    basket_id=UUID(int=2),
    body={"amount": 500, "instrument": "GC-1"},
    state="asked",
    changed_at=datetime(2026, 11, 25, tzinfo=UTC),
)


def test_an_authorisation_is_there_until_it_is_settled(tmp_path):
    world = World(tmp_path, articles=1)
    till = world.open()
    OutstandingAuthorisations(till.journal.file).put(ASKED)
    till = world.reopen(till)
    outstanding = OutstandingAuthorisations(till.journal.file)
    assert outstanding.all() == (ASKED,)
    outstanding.put(replace(ASKED, state="approved", body={"amount": 9}))
    assert outstanding.all() == (replace(ASKED, state="approved"),)
    outstanding.settle(ASKED.auth_id)
    assert outstanding.all() == ()
    world.close()
