"""Promotions, their usage and customers as they travel to tills."""

from datetime import UTC, date, datetime

import pytest

from shared.errors import DomainError
from shared.promotions import Customer, read_promotion
from shared.promotions.read_promotion import CUSTOMER_LISTS as OF_THE_ENGINE
from shared.wire.customer_payloads import (
    CUSTOMER_LISTS,
    MOST_OFFLINE_DAYS,
    OFFLINE_DAYS,
    CustomerRow,
    customer_data_payload,
    customer_from_payload,
    customer_payload,
    offline_days_from_payload,
)
from shared.wire.promotion_payloads import (
    PromotionRow,
    PromotionUsage,
    promotion_from_payload,
    promotion_key,
    promotion_of_key,
    promotion_payload,
    usage_from_payload,
    usage_payload,
)

BODY = {"id": "P|1", "reward": {"amount": "1.000"}, "when": {"stores": ["DE01"]}}
ROW = PromotionRow("P|1", 3, "KWD", BODY)


@pytest.mark.parametrize("retired", [None, datetime(2026, 11, 25, tzinfo=UTC)])
def test_versions_travel_whole(retired):
    row = PromotionRow("P|1", 3, "KWD", BODY, retired)
    payload = promotion_payload(row)
    assert promotion_from_payload(payload) == row
    assert ("retired" in payload) == (retired is not None)


def test_a_version_is_priced_with_in_its_own_currency():
    assert ROW.promotion() == read_promotion(BODY, "", 3)
    assert ROW.promotion().reward.value == 1000
    with pytest.raises(DomainError, match="promotion_invalid"):
        PromotionRow("P|1", 3, "EUR", BODY).promotion()
    with pytest.raises(DomainError, match="currency_unknown"):
        PromotionRow("P|1", 3, "XXX", BODY).promotion()


def test_the_key_names_promotion_and_version():
    assert promotion_key("P|1", 3) == "P|1|3"
    assert promotion_of_key("P|1|3") == ("P|1", 3)
    with pytest.raises(ValueError):
        promotion_of_key("P1")


@pytest.mark.parametrize(
    "change",
    [{"id": "P2"}, {"version": "3"}, {"currency": None}, {"promotion": []}, {"retired": "soon"}],
)
def test_malformed_versions_are_refused(change):
    with pytest.raises(DomainError, match="event_field_wrong"):
        promotion_from_payload({**promotion_payload(ROW), **change})


def test_usage_travels_whole():
    usage = PromotionUsage("P1", 12, 3400)
    assert usage_from_payload(usage_payload(usage)) == usage
    with pytest.raises(DomainError):
        usage_from_payload({"promotion": "P1", "uses": 1})


FULL = CustomerRow(
    number="C1",
    name="Ada Löwe",
    lists={"groups": ("staff", "vip"), "subscriptions": ("letter",)},
    attributes={"city": "Bonn"},
    birthday=date(1980, 11, 22),
    since=date(2019, 5, 1),
    purchases=12,
    used={"P7": 1},
    also=("KD-1000",),
    contacts=("ada@example.org",),
    phone_end="014",
    rev=2,
)


def test_customers_travel_whole():
    bare = CustomerRow("C2", "")
    assert customer_from_payload(customer_payload(FULL)) == FULL
    assert customer_from_payload(customer_payload(bare)) == bare
    assert set(customer_payload(bare)) == {"number", "name"}


def test_pricing_gets_the_facts_it_asks_for():
    assert FULL.facts(2) == Customer(
        id="C1",
        lists=(
            ("groups", frozenset(("vip", "staff"))),
            ("subscriptions", frozenset(("letter",))),
        ),
        attributes=(("city", "Bonn"),),
        birthday=date(1980, 11, 22),
        since=date(2019, 5, 1),
        purchases=14,
    )
    assert set(CUSTOMER_LISTS) == set(OF_THE_ENGINE)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 1},
        {"groups": "vip"},
        {"attributes": {"city": 1}},
        {"attributes": []},
        {"birthday": "22.11.1980"},
        {"purchases": "12"},
        {"used": {"P7": "1"}},
        {"also": "KD-1000"},
        {"contacts": [1]},
        {"phone_end": 14},
        {"rev": "2"},
    ],
)
def test_malformed_customers_are_refused(change):
    with pytest.raises(DomainError, match="event_field_wrong"):
        customer_from_payload({**customer_payload(FULL), **change})


@pytest.mark.parametrize("days", [0, 1, MOST_OFFLINE_DAYS])
def test_the_days_that_tills_show_customers_travel(days):
    assert offline_days_from_payload(customer_data_payload(days)) == days


@pytest.mark.parametrize(
    "values", [None, {}, {"offline_days": "3"}, {"offline_days": True}, {"offline_days": -1}]
)
def test_without_days_that_make_sense_the_usual_ones_hold(values):
    assert offline_days_from_payload(values) == OFFLINE_DAYS
