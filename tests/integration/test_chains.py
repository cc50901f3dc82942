"""Chains over the audit trail, looks and consents: what is changed behind their back shows, the end of one as well."""

import pytest
from sqlalchemy import select

from central_server.features.audit import service as audit
from central_server.features.audit.tables import audit_entry
from central_server.features.chains import jobs, service
from central_server.features.chains.tables import chain_anchor
from central_server.features.customers import finding, said
from central_server.features.customers.tables import customer_consent, customer_look
from central_server.features.instruments.merging import erase_customer
from central_server.platform.unit_of_work import reading
from shared.customers import Consent, ConsentPurpose
from tests.integration.test_purses import Desk


@pytest.fixture
def desk(web_centre):
    desk = Desk(web_centre)
    for number in range(3):
        write(desk, number)
    night(desk)
    assert findings(desk) == []
    return desk


def write(desk, number):
    at = desk.clock.now()
    facts = {"name": f"Store {number}"}
    desk.write(lambda unit: audit.record(unit, "9001", at, audit.added("store", "X", facts)))
    desk.write(lambda unit: finding.keep_looks(unit, ["C1"], "9001", "search", at))
    word = Consent("C1", ConsentPurpose.MAIL, bool(number % 2), at, "9001")
    desk.write(lambda unit: said.keep_consent(unit, "C1", word, "head office", at))


def night(desk):
    jobs.nightly(desk.centre.context)


def findings(desk):
    with reading(desk.database) as unit:
        found = service.verify_chains(unit, desk.centre.context.signing_key.public_bytes)
    return [(f.code, f.params["chain"], f.params["position"]) for f in found]


def at(table, position):
    return table.c.position == position


TABLES = {"audit": audit_entry, "looks": customer_look, "consents": customer_consent}
HARMS = [
    ("audit", lambda t: t.update().values(actor="9002")),
    ("audit", lambda t: t.update().values(after='{"name": "Other"}')),
    ("audit", lambda t: t.update().values(content="0" * 64)),
    ("looks", lambda t: t.update().values(purpose="nothing")),
    ("consents", lambda t: t.update().values(given=True)),
    ("consents", lambda t: t.update().values(taken_by="9002")),
    *((name, lambda t: t.delete()) for name in TABLES),
]


class UndoneError(Exception):
    """Nothing of a test's harm stays."""


def harmed(desk, statement):
    """What is found of a database that somebody has changed so."""
    found = []

    def work(unit):
        unit.connection.execute(statement)
        key = desk.centre.context.signing_key.public_bytes
        found.extend(service.verify_chains(unit, key))
        raise UndoneError

    with pytest.raises(UndoneError):
        desk.write(work)
    return {(f.code, f.params["chain"], f.params["position"]) for f in found}


def test_what_is_changed_or_missing_is_named(desk):
    with reading(desk.database) as unit:
        ends = {name: end for name, (end, _) in service.heads(unit).items()}
    for name, harm in HARMS:
        place = ends[name] - (2 if name == "consents" else 1)
        statement = harm(TABLES[name]).where(at(TABLES[name], place))
        assert ("chain_broken", name, place) in harmed(desk, statement), (name, place)
    for name, table in TABLES.items():
        end = ends[name]
        cut_off = table.delete().where(at(table, end))
        assert harmed(desk, cut_off) == {("chain_anchor_differs", name, end)}
    assert findings(desk) == []


def test_an_anchor_is_made_where_a_chain_has_grown_and_only_the_centre_can_sign_one(desk):
    def anchors():
        with reading(desk.database) as unit:
            return len(unit.connection.execute(select(chain_anchor)).all())

    before = anchors()
    night(desk)
    assert anchors() == before
    write(desk, 3)
    night(desk)
    assert anchors() == before + 3
    forged = chain_anchor.update().values(signature=bytes(64))
    desk.write(lambda unit: unit.connection.execute(forged.where(chain_anchor.c.chain == "looks")))
    assert {found[:2] for found in findings(desk)} == {("chain_anchor_differs", "looks")}
    night(desk)
    assert "chain_anchor_differs" in desk.notices()


def test_what_an_entry_says_can_be_chained_without_naming_anybody(desk):
    with reading(desk.database) as unit:
        rows = unit.connection.execute(select(audit_entry)).all()
    assert all(row.hash and row.salt and row.content for row in rows)
    assert len({row.salt for row in rows}) == len(rows)


def test_what_was_taken_out_for_a_persons_sake_is_sound_and_nothing_else_is(desk):
    desk.write(lambda unit: erase_customer(unit, "C1", desk.change()))
    night(desk)
    assert findings(desk) == []
    with reading(desk.database) as unit:
        rows = unit.connection.execute(select(audit_entry)).all()
    taken_out = [row.position for row in rows if row.redacted_at is not None]
    whole = next(row.position for row in rows if row.kind == "store")
    assert taken_out
    entry = audit_entry.update()
    for place, harm in (
        (taken_out[0], {"after": '{"state": "invented"}'}),
        (taken_out[0], {"redacted_at": None}),
        (whole, {"after": "{}", "redacted_at": desk.clock.now()}),
    ):
        statement = entry.values(**harm).where(at(audit_entry, place))
        assert ("chain_broken", "audit", place) in harmed(desk, statement)
