"""When a promotion is open: time, place, tender, code, customer, limits; the first reason that shuts it is given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.promotion_answers import answered

Json = dict[str, Any]
SATURDAY = "2026-11-21T10:15:00+01:00"
LINE = {"id": "1", "sku": "A", "quantity": "1", "price": "10.00"}


def reason(promotion: Json, **context: Any) -> str | None:
    """Why the promotion is not applied; None if it is."""
    asked = {
        "context": {"at": SATURDAY, "explain": "all", **context},
        "lines": [LINE],
        "promotions": [{"id": "P", "reward": {"percent": "10"}, **promotion}],
    }
    answer = answered(asked)
    found = [one["reason"] for one in answer["not_applied"]]
    assert bool(found) != bool(answer["applied"])
    return found[0] if found else None


@pytest.mark.parametrize(
    ("when", "at", "is_open"),
    [
        ({"from": SATURDAY}, SATURDAY, True),
        ({"from": SATURDAY}, "2026-11-21T10:14:59+01:00", False),
        ({"from": SATURDAY}, "2026-11-21T09:15:00+00:00", True),
        ({"until": SATURDAY}, SATURDAY, False),
        ({"until": SATURDAY}, "2026-11-21T10:14:59.999999+01:00", True),
        ({"weekdays": [6]}, SATURDAY, True),
        ({"weekdays": [1, 2, 3, 4, 5, 7]}, SATURDAY, False),
        ({"weekdays": []}, SATURDAY, True),
        ({"hours": [["08:00", "10:15"], ["10:15", "10:16"]]}, SATURDAY, True),
        ({"hours": [["08:00", "10:15"]]}, SATURDAY, False),
        ({"hours": [["10:16", "24:00"]]}, SATURDAY, False),
        ({"hours": [["20:00", "24:00"]]}, "2026-11-21T23:59:59+01:00", True),
        # The clock of `at` decides, not that of the promotion.
        ({"hours": [["10:00", "11:00"]]}, "2026-11-21T10:15:00-08:00", True),
        # Over midnight a window belongs to the day on which it began.
        ({"hours": [["22:00", "02:00"]], "weekdays": [5]}, "2026-11-21T01:59:00+01:00", True),
        ({"hours": [["22:00", "02:00"]], "weekdays": [5]}, "2026-11-21T02:00:00+01:00", False),
        ({"hours": [["22:00", "02:00"]], "weekdays": [6]}, "2026-11-21T01:59:00+01:00", False),
        ({"hours": [["22:00", "02:00"]], "weekdays": [6]}, "2026-11-21T22:00:00+01:00", True),
        ({"hours": [["22:00", "02:00"]], "weekdays": [7]}, "2026-11-23T01:00:00+01:00", True),
        ({"hours": [["22:00", "02:00"], ["00:30", "01:00"]], "weekdays": [6]}, "2026-11-21T00:45:00+01:00", True),
        ({"hours": [["09:00", "11:00"]], "weekdays": [7]}, SATURDAY, False),
    ],
)  # fmt: skip
def test_time(when, at, is_open):
    assert reason({"when": when}, at=at) == (None if is_open else "time")


@pytest.mark.parametrize(
    ("when", "context", "expected"),
    [
        ({"stores": ["b"]}, {"store": "b"}, None),
        ({"stores": ["b", "c"]}, {"store": "a"}, "store"),
        ({"stores": ["b"]}, {}, "store"),
        ({"stores": []}, {}, None),
        ({"channels": ["store"]}, {}, None),
        ({"channels": ["web"]}, {}, "channel"),
        ({"channels": ["web"]}, {"channel": "web"}, None),
        ({"tenders": ["cash"]}, {}, "tender"),
        ({"tenders": ["cash"]}, {"tenders": ["cash"]}, None),
        ({"tenders": ["cash", "card"]}, {"tenders": ["card", "cash"]}, None),
        ({"tenders": ["cash"]}, {"tenders": ["cash", "card"]}, "tender"),
        ({"codes": ["X", "Herbst10"]}, {"codes": ["  hERBST10 "]}, None),
        ({"codes": [" straße "]}, {"codes": ["STRASSE"]}, None),
        ({"codes": ["X"]}, {"codes": ["Y"]}, "code"),
        ({"codes": ["X"]}, {}, "code"),
    ],
)
def test_place_tender_and_code(when, context, expected):
    assert reason({"when": when}, **context) == expected


@pytest.mark.parametrize(
    ("who", "customer", "is_open"),
    [
        ({}, None, False),
        ({}, {}, True),
        ({"known": True}, {}, True),
        ({"known": True}, None, False),
        ({"groups": ["a", "b"]}, {"groups": ["b", "c"]}, True),
        ({"groups": ["a"]}, {"groups": ["c"]}, False),
        ({"groups": ["a"]}, {}, False),
        ({"groups": []}, {}, True),
        ({"segments": ["s"], "types": ["t"]}, {"segments": ["s"], "types": ["t"]}, True),
        ({"segments": ["s"], "types": ["t"]}, {"segments": ["s"]}, False),
        ({"communities": ["c"]}, {"communities": ["c"]}, True),
        ({"subscriptions": ["c"]}, {"communities": ["c"]}, False),
        ({"ids": ["C1", "C2"]}, {"id": "C2"}, True),
        ({"ids": ["C1"]}, {}, False),
        ({"attributes": {"city": ["Bonn", "Koeln"]}}, {"attributes": {"city": "Bonn"}}, True),
        ({"attributes": {"city": ["Bonn"], "size": ["M"]}}, {"attributes": {"city": "Bonn", "size": "L"}}, False),
        ({"attributes": {"city": ["Bonn"]}}, {}, False),
        ({"attributes": {"city": []}}, {}, True),
        ({"birthday_within_days": 0}, {"birthday": "1980-11-21"}, True),
        ({"birthday_within_days": 0}, {"birthday": "1980-11-22"}, False),
        ({"birthday_within_days": 1}, {"birthday": "1980-11-22"}, True),
        ({"birthday_within_days": 1}, {"birthday": "1980-11-20"}, True),
        ({"birthday_within_days": 400}, {}, False),
        ({"member_for_days": 365}, {"since": "2025-11-21"}, True),
        ({"member_for_days": 365}, {"since": "2025-11-22"}, False),
        ({"member_for_days": 0}, {"since": "2026-11-21"}, True),
        ({"member_for_days": 0}, {}, False),
        ({"purchases": {"at_least": 1}}, {}, False),
        ({"purchases": {"at_least": 1}}, {"purchases": 1}, True),
        ({"purchases": {"at_most": 1}}, {"purchases": 1}, True),
        ({"purchases": {"at_most": 1}}, {"purchases": 2}, False),
        ({"purchases": {"every": 10}}, {"purchases": 9}, True),
        ({"purchases": {"every": 10}}, {"purchases": 10}, False),
        ({"purchases": {"every": 1}}, {}, True),
    ],
)  # fmt: skip
def test_customer(who, customer, is_open):
    context = {} if customer is None else {"customer": customer}
    assert reason({"who": who}, **context) == (None if is_open else "customer")


@pytest.mark.parametrize(
    ("at", "birthday", "days"),
    [
        ("2026-01-02T12:00:00+01:00", "1990-12-30", 3),
        ("2026-12-30T12:00:00+01:00", "1990-01-02", 3),
        ("2026-03-01T12:00:00+01:00", "2000-02-29", 1),
        ("2028-03-01T12:00:00+01:00", "2000-02-29", 1),
        ("2026-02-27T12:00:00+01:00", "2000-02-29", 1),
        # The local date counts: in Berlin it is the day already.
        ("2026-11-21T00:10:00+01:00", "1980-11-21", 0),
    ],
)
def test_birthdays_count_over_the_turn_of_the_year_and_leap_days(at, birthday, days):
    customer = {"birthday": birthday}
    assert reason({"who": {"birthday_within_days": days}}, at=at, customer=customer) is None
    if days:
        who = {"birthday_within_days": days - 1}
        assert reason({"who": who}, at=at, customer=customer) == "customer"


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_the_first_and_the_last_year_have_birthdays_too(year):
    who = {"birthday_within_days": 7}
    customer = {"birthday": "1980-06-05"}
    assert reason({"who": who}, at=f"{year}-06-01T00:00:00+00:00", customer=customer) is None


@pytest.mark.parametrize(
    ("limit", "used", "expected"),
    [
        ({"total": 5}, {"total": 4}, None),
        ({"total": 5}, {"total": 5}, "limit"),
        ({"per_customer": 1}, {"total": 500}, None),
        ({"per_customer": 1}, {"customer": 1}, "limit"),
        ({"budget": "10.00"}, {"amount": "9.99"}, None),
        ({"budget": "10.00"}, {"amount": "10.00"}, "limit"),
        ({"budget": "10.00"}, {"amount": "12.00"}, "limit"),
        ({"total": 5, "per_customer": 1, "budget": "1.00"}, None, None),
    ],
)
def test_limits_of_all_receipts(limit, used, expected):
    usage = {} if used is None else {"P": used}
    assert reason({"limit": limit}, usage={**usage, "Q": {"total": 9}}) == expected


def test_the_first_reason_counts():
    closed: Json = {
        "when": {
            "until": SATURDAY,
            "stores": ["x"],
            "channels": ["x"],
            "tenders": ["x"],
            "codes": ["x"],
        },
        "who": {},
        "limit": {"total": 1},
        "take": {"skus": ["x"]},
    }
    usage = {"P": {"total": 1}}
    found = [reason(closed, usage=usage)]
    for key in ("until", "stores", "channels", "tenders", "codes"):
        del closed["when"][key]
        found.append(reason(closed, usage=usage))
    for key in ("who", "limit"):
        del closed[key]
        found.append(reason(closed, usage=usage))
    assert found == ["time", "store", "channel", "tender", "code", "customer", "limit", "selection"]
