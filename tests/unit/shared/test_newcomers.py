"""Customers whom a till takes down: what their event says in the clear, and what only with a key."""

import pytest

from shared.customers import Newcomer, SealedNewcomer, newcomer_facts, newcomer_of_event
from shared.errors import DomainError

NUMBER = "P-" + "0" * 32


def body(**changes):
    return {**newcomer_facts(NUMBER, b"\x00sealed"), "store_id": "DE01", **changes}


def test_who_it_is_travels_sealed():
    newcomer = Newcomer(NUMBER, " Ada Löwe ", "0171 5550001 ", " ada@example.org").checked()
    assert newcomer == Newcomer(NUMBER, "Ada Löwe", "0171 5550001", "ada@example.org")
    found = newcomer_of_event(body())
    assert found == SealedNewcomer(NUMBER, "DE01", b"\x00sealed")
    assert found.opened(newcomer.personal_part()) == newcomer
    assert "Ada" not in str(body())


def test_a_card_is_sealed_too_and_what_older_tills_took_down_stays_readable():
    newcomer = Newcomer(NUMBER, "Ada", card=" kd-7 ").checked()
    assert newcomer.card == "KD-7"
    found = newcomer_of_event(body())
    assert found.opened(newcomer.personal_part()) == newcomer
    odd = Newcomer(NUMBER, "Ada", phone="at work", email="none")
    assert found.opened(odd.personal_part()) == odd


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": " "}, "customer_name_missing"),
        ({"name": "A" * 121}, "customer_field_too_long"),
        ({"name": "A", "phone": "1" * 41}, "customer_field_too_long"),
        ({"name": "A", "email": "a" * 121}, "customer_field_too_long"),
        ({"name": "A", "card": "K" * 41}, "customer_field_too_long"),
        ({"name": "A", "email": "ada.example.org"}, "customer_email_invalid"),
        ({"name": "A", "phone": "ask her"}, "customer_phone_invalid"),
        ({"name": "A", "card": "?"}, "customer_card_invalid"),
    ],
)
def test_what_cannot_be_a_customer_is_refused(facts, code):
    with pytest.raises(DomainError, match=code):
        Newcomer(NUMBER, **facts).checked()


@pytest.mark.parametrize(
    "change",
    [
        {"customer": "C1"},
        {"customer": "P-" + "0" * 39},
        {"customer": 1},
        {"sealed": "no base64"},
        {"sealed": None},
        {"store_id": 1},
    ],
)
def test_malformed_events_are_refused(change):
    with pytest.raises(DomainError, match="event_field_wrong"):
        newcomer_of_event(body(**change))


def test_a_personal_part_without_a_name_is_none():
    with pytest.raises(DomainError, match="customer_name_missing"):
        newcomer_of_event(body()).opened(b"{}")
