"""Which price holds, and the lowest of the last 30 days."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.catalogue import Item, language_chain, pick_text
from shared.errors import DomainError
from shared.pricing import (
    PriceEntry,
    PriceQuestion,
    lowest_asked,
    lowest_in_window,
    refuse_overlap,
    resolve_price,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ASK = PriceQuestion(store_id="DE01", market="DE", currency="EUR", at=NOW)


def entry(amount, **changes):
    facts = {
        "sku": "A",
        "scope": "chain",
        "currency": "EUR",
        "valid_from": NOW - timedelta(days=10),
        **changes,
    }
    return PriceEntry(amount=amount, **facts)


def test_nearer_scopes_win():
    prices = [
        entry(1),
        entry(2, scope="market:DE"),
        entry(3, scope="store:DE01"),
        entry(4, scope="store:DE02"),
    ]
    assert resolve_price(prices, ASK).amount == 3
    assert resolve_price(prices[::-1], ASK).amount == 3
    assert resolve_price(prices[:2], ASK).amount == 2
    assert resolve_price(prices[3:], ASK) is None


def test_later_beginnings_win_and_ends_are_exclusive():
    ended = entry(1, valid_to=NOW)
    later = entry(2, valid_from=NOW)
    future = entry(3, valid_from=NOW + timedelta(seconds=1))
    assert resolve_price([ended, later, future], ASK).amount == 2


def test_the_asked_offer_beats_the_standard_one_and_others_never_count():
    prices = [entry(1, scope="store:DE01"), entry(2, offer="FLYER-47"), entry(3, offer="WEB")]
    flyer = PriceQuestion("DE01", "DE", "EUR", NOW, offer="FLYER-47")
    assert resolve_price(prices, flyer).amount == 2
    assert resolve_price(prices, ASK).amount == 1


def test_channel_and_currency():
    prices = [
        entry(1),
        entry(2, channel="store"),
        entry(3, channel="web"),
        entry(4, currency="GBP"),
    ]
    assert resolve_price(prices, ASK).amount == 2
    assert resolve_price(prices, PriceQuestion("X", "DE", "EUR", NOW, channel="phone")).amount == 1


def test_overlaps_are_refused():
    refuse_overlap([entry(1, valid_to=NOW), entry(2, valid_from=NOW), entry(3, offer="WEB")])
    with pytest.raises(DomainError) as refused:
        refuse_overlap([entry(2, valid_from=NOW), entry(1)])
    assert refused.value.code == "price_validity_overlaps"
    with pytest.raises(DomainError) as refused:
        refuse_overlap([entry(1, valid_from=NOW, valid_to=NOW)])
    assert refused.value.code == "price_validity_empty"


def test_the_reduction_itself_is_not_its_reference():
    history = [
        entry(100, valid_from=NOW - timedelta(days=90), valid_to=NOW - timedelta(days=31)),
        entry(120, valid_from=NOW - timedelta(days=31), valid_to=NOW - timedelta(days=5)),
        entry(130, valid_from=NOW - timedelta(days=5), valid_to=NOW),
        entry(90, valid_from=NOW),
    ]
    assert lowest_in_window(history, NOW).amount == 120
    assert lowest_in_window([], NOW) is None


def test_the_lowest_price_of_a_window_is_what_was_asked_then():
    asked = PriceQuestion("DE01", "DE", "EUR", NOW)
    days = timedelta(days=1)
    history = [
        entry(50, valid_from=NOW - 90 * days, valid_to=NOW - 40 * days),
        entry(100, valid_from=NOW - 40 * days, valid_to=NOW - 5 * days),
        entry(130, valid_from=NOW - 5 * days),
        entry(10, valid_from=NOW - 9 * days, currency="GBP"),
        entry(20, valid_from=NOW + days),
    ]
    assert lowest_asked(history, asked).amount == 100
    assert lowest_asked(history, asked, 3 * days).amount == 130
    store = entry(90, scope="store:DE01", valid_from=NOW - 8 * days, valid_to=NOW - 7 * days)
    assert lowest_asked([*history, store], asked).amount == 90
    assert lowest_asked(history[:1], asked) is None


def test_languages_fall_back():
    assert language_chain("de-AT") == ("de-AT", "de", "en")
    assert language_chain("en-GB") == ("en-GB", "en")
    assert pick_text({"de": "Hemd", "en": "Shirt"}, "de-AT") == "Hemd"
    assert pick_text({"fr": "Chemise"}, "de") == "Chemise"
    assert pick_text({}, "de") == ""
    assert Item("S", "A", {}, "standard").name("de") == "A"
