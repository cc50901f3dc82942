"""A pricing request that says everything the contract knows, and what becomes of it when one thing is changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from shared.promotions import RequestError, read_request

GONE = object()
"""Stands for a key that is taken away."""

FULL: dict[str, Any] = {
    "context": {
        "at": "2026-11-21T10:15:00+01:00",
        "currency": "EUR",
        "store": "berlin-1",
        "channel": "store",
        "strategy": "best_for_customer",
        "explain": "near",
        "codes": ["HERBST10"],
        "tenders": ["cash"],
        "shipping": "4.90",
        "customer": {
            "id": "C1",
            "groups": ["vip"],
            "segments": [],
            "types": [],
            "communities": [],
            "subscriptions": [],
            "attributes": {"city": "Bonn"},
            "birthday": "1980-11-22",
            "since": "2019-05-01",
            "purchases": 12,
        },
        "usage": {"P7": {"total": 99, "customer": 1, "amount": "480.00"}},
    },
    "lines": [
        {
            "id": "1",
            "sku": "T-100",
            "quantity": "2",
            "price": "49.95",
            "tax": "19",
            "floor": "0.00",
            "categories": ["trousers", "men"],
            "brand": "Acme",
            "tags": ["new"],
            "discountable": True,
            "counts": True,
        },
        {"id": "2", "sku": "T-200", "quantity": "0.250", "price": "1"},
    ],
    "promotions": [
        {
            "id": "P1",
            "name": "20 % auf Hosen",
            "priority": 0,
            "stage": "item",
            "combine": "one",
            "group": "autumn",
            "only_unreduced": False,
            "when": {
                "from": "2026-11-01T00:00:00+01:00",
                "until": "2026-12-01T00:00:00+01:00",
                "weekdays": [1, 2, 3, 4, 5, 6],
                "hours": [["08:00", "24:00"], ["22:00", "02:00"]],
                "stores": ["berlin-1"],
                "channels": ["store"],
                "codes": [" herbst10 "],
                "tenders": ["cash"],
            },
            "who": {
                "known": True,
                "groups": ["vip"],
                "segments": [],
                "types": [],
                "communities": [],
                "subscriptions": [],
                "attributes": {"city": ["Bonn", "Koeln"]},
                "ids": ["C1"],
                "birthday_within_days": 7,
                "member_for_days": 365,
                "purchases": {"at_least": 1, "at_most": 99, "every": 13},
            },
            "if": [
                {"spend": "50.00", "of": {}, "basis": "list"},
                {"any": [{"quantity": 3}, {"quantity": 2, "of": {"skus": ["T-100"]}}]},
            ],
            "take": {
                "skus": ["T-100"],
                "categories": ["trousers"],
                "brands": ["Acme"],
                "tags": ["new"],
                "lines": ["1"],
                "price_at_least": "0.00",
                "price_at_most": "99.99",
                "not": {"skus": ["X"]},
                "any": [{"skus": ["T-100"]}, {"tags": ["old"]}],
                "all": [{"brands": ["Acme"]}],
            },
            "reward": {"percent": "20"},
            "limit": {
                "pieces": 5,
                "pick": "dearest",
                "amount": "30.00",
                "total": 500,
                "per_customer": 20,
                "budget": "5000.00",
            },
        },
        {"id": "P2", "reward": {"amount": "1.00"}},
    ],
}


def with_change(document: Any, path: str, value: Any) -> Any:
    """A copy of the document with one value changed, added or taken away; a path as errors write it."""
    changed = copy.deepcopy(document)
    *above, last = [
        int(step) if step.isdigit() else step
        for step in path.replace("[", ".").replace("]", "").split(".")
    ]
    place = changed
    for step in above:
        place = place[step]
    if value is GONE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return changed


def refusal(document: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(RequestError) as refused:
        read_request(document, **options)
    assert refused.value.message
    return refused.value.kind, refused.value.path


def refused(path: str, value: Any) -> tuple[str, str]:
    """Code and path of the error that one changed value of the full request leads to."""
    return refusal(with_change(FULL, path, value))


def refused_promotion(**facts: Any) -> tuple[str, str]:
    """Code and path for a promotion alone, without the place of the promotion in the list."""
    code, path = refusal(
        {"context": {"at": FULL["context"]["at"]}, "lines": [], "promotions": [facts]}
    )
    return code, path.removeprefix("promotions[0].")


OBJECTS = [
    "context", "context.customer", "context.customer.attributes", "context.usage", "context.usage.P7", "lines[0]",
    "promotions[0]", "promotions[0].when", "promotions[0].who", "promotions[0].who.attributes",
    "promotions[0].who.purchases", "promotions[0].if[0]", "promotions[0].if[0].of", "promotions[0].if[1].any[0]",
    "promotions[0].take", "promotions[0].take.not", "promotions[0].take.any[1]", "promotions[0].take.all[0]",
    "promotions[0].reward", "promotions[0].limit",
]  # fmt: skip
OPEN = {"context.customer.attributes", "context.usage", "promotions[0].who.attributes"}
"""Objects whose keys are names given by the caller."""
