"""Consents, notes and changed fields as events say them, and what holds of consents that disagree."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.customers import (
    CONSENT_EVENT,
    FIELD_EVENT,
    NOTE_EVENT,
    Consent,
    ConsentPurpose,
    SealedWords,
    checked_field,
    checked_note,
    consent_facts,
    consent_hash,
    consent_of_event,
    consents_now,
    field_facts,
    note_facts,
    words_of_event,
    words_part,
)
from shared.errors import DomainError

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
EVERY = {"operator_id": "101", "occurred_at": AT.isoformat()}
MAIL = ConsentPurpose.MAIL
KEY = "K-" + "0" * 32


def said(given, hours):
    return Consent("C1", MAIL, given, AT + timedelta(hours=hours), "101")


@pytest.mark.parametrize(
    ("heard", "holds"),
    [
        ([(True, 0, 0)], True),
        ([(True, 0, 0), (False, 1, 1)], False),
        # Somebody who has refused may agree again.
        ([(False, 0, 0), (True, 1, 1)], True),
        # The till that heard yes did not know of the no: neither which came first nor which came last matters.
        ([(True, 2, 2), (False, 1, 3)], False),
        ([(False, 1, 3), (True, 2, 4)], False),
        ([(False, 1, 3), (True, 3, 4)], False),
        ([(False, 1, 3), (True, 4, 4)], True),
    ],
)
def test_of_two_consents_the_more_restrictive_holds(heard, holds):
    events = [(said(given, at), AT + timedelta(hours=arrived)) for given, at, arrived in heard]
    assert consents_now(events) == {MAIL: holds}
    assert consents_now([]) == {}


def test_a_consent_is_read_as_it_was_written():
    facts = consent_facts("C1", MAIL, given=False)
    assert consent_of_event({**EVERY, **facts}) == Consent("C1", MAIL, False, AT, "101")
    for wrong in ({"purpose": "fax"}, {"given": 1}, {"given": None}):
        with pytest.raises(DomainError, match="event_field_wrong"):
            consent_of_event({**EVERY, **facts, **wrong})
    assert CONSENT_EVENT == "consent.changed"


def test_every_part_of_a_consent_goes_into_its_hash():
    base = said(True, 0)
    others = {
        consent_hash("", 1, "t", base, "till"),
        consent_hash("x", 1, "t", base, "till"),
        consent_hash("", 2, "t", base, "till"),
        consent_hash("", 1, "u", base, "till"),
        consent_hash("", 1, "t", said(False, 0), "till"),
        consent_hash("", 1, "t", said(True, 1), "till"),
        consent_hash("", 1, "t", base, "office"),
    }
    assert len(others) == 7


def test_words_are_read_as_they_were_written():
    note = words_of_event(NOTE_EVENT, {**EVERY, **note_facts("C1", KEY, b"sealed")})
    assert note == SealedWords("C1", KEY, b"sealed", "101", AT)
    assert note.opened(words_part(" likes linen ")) == "likes linen"
    facts = field_facts("C1", "email", 3, KEY, b"sealed")
    changed = words_of_event(FIELD_EVENT, {**EVERY, **facts})
    assert changed == SealedWords("C1", KEY, b"sealed", "101", AT, "email", 3)
    assert changed.opened(words_part("ada@example.org")) == "ada@example.org"
    with pytest.raises(DomainError, match="customer_email_invalid"):
        changed.opened(words_part("ada"))
    for wrong in ({"key": "P-1"}, {"key": KEY * 2}, {"sealed": "!"}, {"field": "birthday"}):
        with pytest.raises(DomainError, match="event_field_wrong"):
            words_of_event(FIELD_EVENT, {**EVERY, **facts, **wrong})


def test_what_may_be_written():
    assert checked_note(" a ") == "a"
    assert checked_field("name", " Ada Löwe ") == "Ada Löwe"
    assert checked_field("phone", "") == ""
    assert checked_field("phone", "+49 171 5550001") == "+49 171 5550001"
    for text, code in (("  ", "note_empty"), ("a" * 1001, "note_too_long")):
        with pytest.raises(DomainError, match=code):
            checked_note(text)
    for field, text, code in (
        ("name", " ", "customer_name_missing"),
        ("phone", "ask her", "customer_phone_invalid"),
        ("birthday", "1", "customer_field_unknown"),
    ):
        with pytest.raises(DomainError, match=code):
            checked_field(field, text)
