"""Tenders in bodies: what terminal and centre said is frozen, and what has nothing to say keeps its bytes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.journal.tender_body import tender_from_body, tender_to_body
from shared.tender import Tender, TenderKind, TenderMix, TerminalSlip, masked, masked_on_paper

AUTH = UUID(int=9)
SLIP = TerminalSlip("99000001", 42, 118, "************8810", "girocard", "004711", "1121143200")
texts = st.text(max_size=12)
named = st.text(min_size=1, max_size=19)
numbers = st.none() | st.integers(0, 10**6)
rows = st.lists(texts, max_size=3).map(tuple)
slips = st.builds(TerminalSlip, texts, numbers, numbers, texts, texts, texts, texts, rows, rows)
amounts = st.integers(-(10**9), 10**9)
tenders = st.one_of(
    st.builds(Tender, st.just(TenderKind.CASH), amounts),
    st.builds(Tender, st.just(TenderKind.CARD), amounts),
    st.builds(Tender, st.just(TenderKind.CARD), amounts, st.uuids(), st.just(""), st.none(), slips),
    st.builds(Tender, st.just(TenderKind.GIFT_CARD), amounts, st.uuids(), named, numbers),
)


@given(tenders)
def test_what_is_written_is_read_again(tender):
    assert tender_from_body(BodyReader(tender_to_body(tender))) == tender


def test_cash_has_the_bytes_it_always_had():
    assert tender_to_body(Tender(TenderKind.CASH, 500)) == {"kind": "cash", "amount": 500}


def test_a_slip_holds_only_what_was_said():
    body = tender_to_body(Tender(TenderKind.CARD, 500, AUTH, slip=SLIP))
    assert body["slip"] == {
        "terminal_id": "99000001",
        "receipt_number": 42,
        "trace": 118,
        "card": "************8810",
        "card_name": "girocard",
        "authorisation": "004711",
        "at": "1121143200",
    }
    assert body["authorisation"] == str(AUTH)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slip": {"trace": "118"}},
        {"slip": {"merchant": "one row"}},
        {"balance": "12"},
        {"authorisation": "none"},
        {"kind": "barter"},
    ],
)
def test_malformed_facts_are_named(wrong):
    with pytest.raises(DomainError, match="event_field_wrong"):
        tender_from_body(BodyReader({"kind": "card", "amount": 5, **wrong}))


def test_a_gift_card_that_pays_was_asked_for_and_one_that_gets_money_was_not():
    with pytest.raises(DomainError):
        tender_from_body(BodyReader({"kind": "gift_card", "amount": 5, "instrument": "1"}))
    back = tender_from_body(BodyReader({"kind": "gift_card", "amount": -5, "instrument": "1"}))
    assert back.authorisation is None


def test_an_authorisation_counts_once():
    mix = TenderMix(1_000).add(Tender(TenderKind.CARD, 400, AUTH, slip=SLIP))
    with pytest.raises(DomainError, match="tender_counted"):
        mix.add(Tender(TenderKind.CARD, 400, AUTH, slip=SLIP))


def test_any_tender_can_be_taken_out_again():
    mix = TenderMix(1_000)
    for amount in (100, 200, 300):
        mix = mix.add(Tender(TenderKind.CASH, amount))
    assert [t.amount for t in mix.without(1).tenders] == [100, 300]
    for place in (-1, 3):
        with pytest.raises(DomainError, match="tender_gone"):
            mix.without(place)


def test_a_masked_number_shows_the_last_four_digits():
    assert masked("2950000000424471") == "••\u00a04471"
    assert masked_on_paper("2950000000424471") == "****4471"
    assert masked("") == masked_on_paper("") == ""
