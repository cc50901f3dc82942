"""What tills write down about customers: consents, notes, changed fields. Sealed on the way, merged at the centre."""

import base64
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from central_server.features.customers import repository, said
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.customers.tables import customer_change, customer_note, person_key
from central_server.features.instruments.merging import erase_customer, merge_customers
from central_server.platform.unit_of_work import reading
from pos_client.app.arguments import Arguments
from pos_client.app.intents import Intents
from pos_client.storage.person_keys import NONCE_BYTES, PersonKeys, seal_words
from pos_client.sync.person_keys import PersonKeyUpload
from shared.customers import (
    CONSENT_EVENT,
    FIELD_EVENT,
    NOTE_EVENT,
    ConsentPurpose,
    consent_facts,
    field_facts,
    note_facts,
)
from shared.journal import parse_body
from shared.wire.newcomers import PersonKeysAnswer
from tests.integration.test_purses import Desk
from tests.integration.till_rig import Rig, filled
from tests.integration.till_world import all_events

MAIL = ConsentPurpose.MAIL
_names = itertools.count(1)


@pytest.fixture
def desk(web_centre):
    desk = Desk(web_centre)
    drafts = [
        CustomerDraft("C1", {"email": "ada@example.org"}),
        CustomerDraft("C2", {"name": "Bo"}),
    ]
    desk.write(lambda unit: enter_batch(unit, drafts, desk.clock.now()))
    yield desk
    assert desk.books.findings() == []


def sealed(desk, text, *, hand_over=True):
    """Words as a till seals them, with the key at the centre; the key's name and the sealed part."""
    name, key = f"K-{next(_names):032x}", bytes([next(_names) % 256]) * 32
    if hand_over:
        asked = {"customer": name, "key": base64.b64encode(key).decode()}
        answer = desk.signed.post("/api/v1/till/person-keys", {"keys": [asked]})
        assert answer.json() == {"gone": []}
    return name, seal_words(text, name, key, bytes(NONCE_BYTES))


def say(desk, kind, facts, *, till=None, hours_ago=0):
    at = desk.clock.now() - timedelta(hours=hours_ago)
    more = {"operator_id": "101", "occurred_at": at.isoformat()}
    (till or desk.till).journal(kind, {**more, **facts})
    desk.book()


def change(desk, field, text, base=1, number="C1", till=None):
    name, part = sealed(desk, text)
    say(desk, FIELD_EVENT, field_facts(number, field, base, name, part), till=till)


def note(desk, text, number="C1", **how):
    name, part = sealed(desk, text, **how)
    say(desk, NOTE_EVENT, note_facts(number, name, part))


def row(desk, number="C1"):
    with reading(desk.database) as unit:
        return repository.rows(unit, [number])[number]


def read(desk, what, number="C1"):
    with reading(desk.database) as unit:
        return what(unit, number)


def test_a_note_is_kept_once_for_the_customer_and_read_by_head_office(desk):
    note(desk, "likes linen")
    name, part = sealed(desk, "size 38")
    facts = note_facts("C1", name, part)
    say(desk, NOTE_EVENT, facts)
    found = read(desk, said.notes_of)
    assert [(n.text, n.written_by, n.source) for n in found] == [
        ("size 38", "101", "till DE01-T1"),
        ("likes linen", "101", "till DE01-T1"),
    ]
    assert desk.notices() == []


def test_a_changed_field_reaches_the_tills_and_is_found_by(desk):
    change(desk, "email", "neu@example.org")
    assert (row(desk).email, row(desk).rev) == ("neu@example.org", 2)
    kept = read(desk, said.changes_of)[0]
    assert (kept.field, kept.value, kept.conflict) == ("email", "neu@example.org", False)
    assert kept.before == "ada@example.org"
    desk.centre.drain()
    held, _ = desk.signed.follow("customer")
    assert held["customer", "chain", "C1"]["rev"] == 2
    assert "neu@example.org" in held["customer", "chain", "C1"]["contacts"]
    assert desk.notices() == []


def test_of_two_changes_at_once_the_later_arrival_holds_and_somebody_looks(desk):
    head_office = CustomerDraft("C1", {"phone": "0171 1110000"})
    desk.write(lambda unit: enter_batch(unit, [head_office], desk.clock.now()))
    change(desk, "phone", "0171 2220000", base=1)
    assert row(desk).phone == "0171 2220000"
    assert desk.notices() == ["customer_field_conflict"]
    latest, earlier, _ = read(desk, said.changes_of)
    assert (latest.value, latest.before, latest.conflict) == ("0171 2220000", "0171 1110000", True)
    assert (earlier.value, earlier.source) == ("0171 1110000", "head office")


def test_what_does_not_disagree_is_no_conflict(desk):
    for field, text, base in (
        ("email", "other@example.org", 1),  # another field
        ("phone", "0171 1110000", 1),  # both say the same
        ("phone", "0171 2220000", 3),  # the till had seen it
    ):
        head_office = CustomerDraft("C1", {"phone": "0171 1110000"})
        desk.write(lambda unit, draft=head_office: enter_batch(unit, [draft], desk.clock.now()))
        change(desk, field, text, base=base)
        assert getattr(row(desk), field) == text
    assert desk.notices() == []


def test_a_till_does_not_disagree_with_itself(desk):
    for text in ("Ada Berg", "Ada Tal"):
        change(desk, "name", text, base=1)
    assert row(desk).name == "Ada Tal"
    assert desk.notices() == []


def test_a_contact_is_taken_off(desk):
    change(desk, "email", "")
    assert row(desk).email is None


def test_what_cannot_be_read_or_is_nobodys_waits_for_a_person(desk):
    note(desk, "sealed for ever", hand_over=False)
    note(desk, "who is that", number="C99")
    assert desk.notices() == ["customer_said_unreadable", "customer_said_unknown"]
    assert read(desk, said.notes_of) == []


def test_the_more_restrictive_consent_wins(desk):
    for purpose, words, holds in (
        ("mail", [(True, 3), (False, 2)], False),
        # It was said before the centre had heard the no.
        ("phone", [(False, 4), (True, 2)], False),
        ("profile", [(False, 4), (True, -1)], True),
    ):
        wanted = ConsentPurpose(purpose)
        for given, hours_ago in words:
            facts = consent_facts("C1", wanted, given=given)
            say(desk, CONSENT_EVENT, facts, hours_ago=hours_ago)
        assert read(desk, said.consents_of)[wanted] is holds


def stored(desk):
    with reading(desk.database) as unit:
        tables = (customer_note, customer_change, person_key)
        return [len(unit.connection.execute(select(table)).all()) for table in tables]


def test_a_merger_takes_along_and_erasing_deletes_words_and_keys(desk):
    note(desk, "likes linen")
    change(desk, "name", "Ada Berg")
    say(desk, CONSENT_EVENT, consent_facts("C1", MAIL, given=True))
    desk.write(lambda unit: merge_customers(unit, "C1", "C2", desk.change()))
    assert [n.text for n in read(desk, said.notes_of, "C2")] == ["likes linen"]
    assert read(desk, said.consents_of, "C2") == {MAIL: True}
    note(desk, "late, under the old number")
    assert len(read(desk, said.notes_of, "C2")) == 2
    assert stored(desk)[2] == 3
    token = desk.write(lambda unit: erase_customer(unit, "C2", desk.change()))
    assert stored(desk) == [0, 0, 0]
    assert read(desk, said.consents_of, token) == {MAIL: True}
    note(desk, "too late")
    assert stored(desk) == [0, 0, 0]
    assert desk.notices() == []


# --- the till -----------------------------------------------------------------------------------


def test_a_till_seals_what_it_writes_and_keeps_the_key_until_the_centre_has_it(tmp_path):
    rig = Rig(tmp_path)
    filled(rig.centre)
    intents = Intents(rig.till, lambda _seconds: None)
    for said_ in (
        {"note": "likes linen"},
        {"field": "phone", "value": "0171 5550009"},
        {"consent": "mail"},
        {"consent": "mail", "off": True},
    ):
        done = intents.perform(Arguments({"do": "customer_said", "number": "C1", **said_}))
        assert done["event"] == "customer_said", done
    rig.till.journal.file.tidy()
    files = b"".join(p.read_bytes() for p in rig.paths.root.rglob("*") if p.is_file())
    assert not [word for word in (b"linen", b"5550009") if word in files]
    keys = PersonKeys(rig.paths.people)
    assert len(keys.numbers()) == 2
    bodies = [parse_body(e.body) for e in all_events(rig.till) if e.type == CONSENT_EVENT]
    assert [body["given"] for body in bodies] == [True, False]

    class Centre:
        def person_keys(self, asked):
            self.sent = [each.customer[:2] for each in asked.keys]
            return PersonKeysAnswer(gone=[])

    centre = Centre()
    PersonKeyUpload(centre, keys).send()
    assert centre.sent == ["K-", "K-"]
    assert keys.numbers() == []
    rig.close()
