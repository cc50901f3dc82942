"""Numbers of customers' cards, and the words customers are found by."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.customers import (
    MOST_WORDS,
    CustomerLook,
    asked_words,
    contact_words,
    look_hash,
    look_of_event,
    number_word,
    offline_words,
    phone_end,
    read_card_number,
    words_of,
)
from shared.errors import DomainError


@pytest.mark.parametrize(
    ("text", "number"),
    [("kd-1000", "KD-1000"), (" 2950 0000 ", "29500000"), ("A" * 40, "A" * 40)],
)
def test_card_numbers_are_read_as_people_write_them(text, number):
    assert read_card_number(text) == number


@pytest.mark.parametrize("text", ["", "123", "-123", "Ü123", "A_123", "A" * 41])
def test_what_is_no_card_number_is_refused(text):
    with pytest.raises(DomainError, match="customer_card_invalid"):
        read_card_number(text)


def test_customers_are_kept_under_everything_they_may_be_asked_by():
    assert words_of("Zoë Müller-Groß", "+49 171 23456", "Zoe@Example.org", ["C-1", "KD-1000"]) == {
        "zoe",
        "muller",
        "gross",
        "4917123456",
        "017123456",
        "zoe@example.org",
        "c1",
        "kd1000",
    }
    assert words_of("", "0171 23", "", []) == {"017123"}
    assert words_of("", "001 212 55", "", []) == {"121255"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mül gro", ["gro", "mul"]),
        ("0171 234", ["0171234"]),
        ("+49 (171) 234", ["49171234"]),
        ("0049 171", ["49171"]),
        ("zoe@ex", ["zoe@ex"]),
        ("kd-10 müller", ["muller", "kd10"]),
        ("  ", []),
        ("-!", []),
        ("12 b", ["12", "b"]),
    ],
)
def test_what_is_asked_is_folded_like_what_is_kept(text, words):
    assert asked_words(text) == words


def test_only_some_words_are_looked_for():
    assert len(asked_words("a b c d e f g h")) == MOST_WORDS


def test_a_telephone_number_without_digits_is_none():
    assert words_of("", "-", "", []) == set()


AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LOOK = ("", 1, "a1b2", "101", "till", AT)


def test_the_hash_of_a_look_is_the_same_in_every_time_zone_and_release():
    known = "\n1\na1b2\n101\ntill\n2026-11-25T09:00:00.000000+00:00"
    assert look_hash(*LOOK) == hashlib.sha256(known.encode()).hexdigest()
    assert look_hash(*LOOK[:5], AT.astimezone(timezone(timedelta(hours=9)))) == look_hash(*LOOK)


@pytest.mark.parametrize(
    "change",
    [("x",), ("", 2), ("", 1, "b"), ("", 1, "a1b2", "102"), ("", 1, "a1b2", "101", "show")],
)
def test_whatever_is_changed_in_a_look_shows(change):
    assert look_hash(*change, *LOOK[len(change) :]) != look_hash(*LOOK)


def test_a_look_at_a_till_is_read_from_its_event():
    body = {"customer": "C1", "operator_id": "101", "occurred_at": AT.isoformat()}
    assert look_of_event("DE01-T1", body) == CustomerLook("C1", "101", "DE01-T1", AT)
    with pytest.raises(DomainError, match="event_field_wrong"):
        look_of_event("DE01-T1", {**body, "customer": 1})


def test_a_till_finds_by_beginnings_of_names_and_by_whole_numbers():
    contacts = contact_words("0171 23456", "Zoe@Example.org")
    assert contacts == ("017123456", "zoe@example.org")
    found = offline_words("Zoë Li", contacts, ["C-1", "KD 7"])
    assert found == {"zo", "zoe", "li", *contacts, "c1", "kd7"}
    assert offline_words("X", (), [""]) == set()
    assert (number_word("KD-7"), number_word("")) == ("kd7", "")


@pytest.mark.parametrize(
    ("phone", "end"), [("+49 171 5550014", "014"), ("1234", ""), ("12345", "345"), ("", "")]
)
def test_the_end_of_a_number_tells_people_apart_and_is_never_all_of_it(phone, end):
    assert phone_end(phone) == end
