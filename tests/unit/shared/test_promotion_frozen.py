"""What a receipt freezes of its pricing: no more than that needs, and what is malformed is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import DomainError
from shared.journal import canonical_bytes
from shared.promotions import (
    Book,
    freeze,
    frozen_from_body,
    frozen_to_body,
    price,
    price_again,
    read_request,
    result,
)


def version(promotion_id: str) -> int:
    return len(promotion_id)


def written(frozen: Any) -> Any:
    """The frozen pricing after a journey through a journal."""
    return frozen_from_body(json.loads(canonical_bytes(frozen_to_body(frozen))))


def answer(priced: Any) -> dict[str, Any]:
    """The result without what depends on how a time was written."""
    return {key: value for key, value in result(priced).items() if key != "at"}


CUSTOMER = {
    "id": "C1",
    "groups": ["vip", "staff"],
    "segments": ["west"],
    "attributes": {"city": "Bonn", "shoe": "42"},
    "birthday": "1980-11-25",
    "since": "2019-05-01",
    "purchases": 9,
}


def frozen_with(*promotions, **context):
    read = read_request(
        {
            "context": {"at": "2026-11-25T10:00:00+01:00", "customer": CUSTOMER, **context},
            "lines": [{"id": "1", "sku": "A", "quantity": "2", "price": "10.00"}],
            "promotions": [
                {"id": f"P{number}", "reward": {"percent": "10"}, **promotion}
                for number, promotion in enumerate(promotions)
            ],
        }
    )
    frozen = freeze(price(Book(read.promotions), read.context, read.lines), version)
    return frozen_to_body(frozen)


@pytest.mark.parametrize(
    ("who", "kept"),
    [
        (None, None),
        ({}, {}),
        ({"groups": ["vip", "gold"]}, {"lists": {"groups": ["vip"]}}),
        ({"attributes": {"city": ["Bonn"]}}, {"attributes": {"city": "Bonn"}}),
        ({"ids": ["C1"]}, {"id": "C1"}),
        ({"birthday_within_days": 7}, {"birthday": "11-25"}),
        ({"member_for_days": 10}, {"since": "2019-05-01"}),
        ({"purchases": {"every": 10}}, {"purchases": 9}),
    ],
)
def test_of_the_customer_only_what_an_open_promotion_asks_for_is_kept(who, kept):
    body = frozen_with({"who": who} if who is not None else {}, {"who": {"segments": ["east"]}})
    assert body.get("customer") == kept


def test_a_customer_of_whom_little_is_known_is_kept_as_that():
    body = frozen_with({"who": {}}, customer={"id": "C1"})
    assert body["customer"] == {}
    assert frozen_from_body(body).context.customer is not None


def test_codes_tenders_and_usage_are_kept_where_they_are_asked_for():
    facts = {
        "codes": ["HERBST", "SECRET"],
        "tenders": ["cash"],
        "usage": {"P0": {"total": 3, "customer": 1, "amount": "5.00"}, "X": {"total": 4}},
    }
    plain = frozen_with({}, **facts)
    assert {"codes", "tenders", "usage", "customer"} & set(plain) == set()
    body = frozen_with(
        {"when": {"codes": ["herbst"], "tenders": ["cash"]}, "limit": {"budget": "20.00"}}, **facts
    )
    assert body["usage"] == {"P0": {"amount": 500}}
    assert len(body["codes"]) == 1
    assert body["tenders"] == ["cash"]


def test_nothing_is_kept_where_no_promotion_was_open():
    read = read_request(
        {
            "context": {"at": "2026-11-25T10:00:00+01:00"},
            "lines": [{"id": "1", "sku": "A", "quantity": "2", "price": "10.00"}],
            "promotions": [{"id": "P", "reward": {"percent": "10"}, "when": {"codes": ["X"]}}],
        }
    )
    assert freeze(price(Book(read.promotions), read.context, read.lines), version) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "yesterday"),
        ("currency", 7),
        ("steps", 10**12),
        ("steps", -1),
        ("optimal", "yes"),
        ("versions", []),
        ("versions", {"P": "1"}),
        ("strategy", "dice"),
        ("lines", [{"id": "1", "sku": "A", "quantity": "-1", "price": 1, "tax": "0"}]),
        ("lines", [{"id": "1", "sku": "A", "quantity": "0", "price": 1, "tax": "0"}]),
        ("lines", [{"id": "1", "sku": "A", "quantity": "1", "price": -1, "tax": "0"}]),
        ("customer", {"birthday": "13-40"}),
        ("usage", {"P": 7}),
    ],
)
def test_what_is_malformed_is_named(field, value):
    body = frozen_with({})
    with pytest.raises(DomainError) as refused:
        frozen_from_body({**body, field: value})
    assert refused.value.code == "event_field_wrong"
    assert str(refused.value.params["field"]).startswith(f"pricing.{field}")


def test_pieces_that_a_closed_promotion_told_apart_are_told_apart_again():
    read = read_request(
        {
            "context": {"at": "2026-11-25T10:00:00+01:00", "explain": "none"},
            "lines": [
                {"id": str(number), "sku": "A", "quantity": "1", "price": "10.00"}
                for number in range(3)
            ],
            "promotions": [
                {"id": "P", "reward": {"percent": "10"}, "limit": {"pieces": 2}},
                {
                    "id": "Q",
                    "reward": {"percent": "50"},
                    "take": {"lines": ["2"]},
                    "when": {"codes": ["X"]},
                },
            ],
        }
    )
    priced = price(Book(read.promotions), read.context, read.lines)
    frozen = freeze(priced, version)
    assert frozen.split
    again = price_again(written(frozen), read.promotions[:1])
    assert answer(again) == answer(priced)
    assert written(frozen) == frozen
