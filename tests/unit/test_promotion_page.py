"""The page about promotions says what the engine does: its examples are run, and it names every word of the contract.

Why: whoever plans promotions or calls the engine reads the page; an example that fails there is believed all the same.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.promotions import (
    Book,
    RequestError,
    parse_json,
    price,
    read_promotion,
    read_request,
    result,
)
from shared.promotions.read_promotion import _LIMIT, _PROMOTION, _SELECT, _WHEN, _WHO
from shared.promotions.read_request import _CONTEXT, _CUSTOMER, _LINE
from shared.promotions.read_reward import _ALL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "promotions.md"
TEXT = PAGE.read_text(encoding="utf-8")
PROMOTION, RESULT, ERROR = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
)

REQUEST: dict[str, Any] = {
    "context": {"at": "2026-11-21T10:15:00+01:00", "explain": "all"},
    "lines": [
        {
            "id": "1",
            "sku": "T-100",
            "quantity": "2",
            "price": "49.95",
            "tax": "19",
            "categories": ["trousers"],
        }
    ],
    "promotions": [
        {"id": "P1", "take": {"categories": ["trousers"]}, "reward": {"percent": "20"}},
        {
            "id": "P2",
            "stage": "basket",
            "if": [{"spend": "100.00"}],
            "reward": {"amount": "10.00"},
        },
        {"id": "P3", "stage": "basket", "who": {"known": True}, "reward": {"percent": "5"}},
        {"id": "B1", "stage": "benefit", "reward": {"points": {"per": "1.00", "give": 1}}},
    ],
}


def test_the_promotion_on_the_page_is_one():
    assert read_promotion(PROMOTION, "", 2).name == "20 % off trousers, two or more"


def test_the_result_on_the_page_is_the_engines():
    request = read_request(REQUEST)
    assert result(price(Book(request.promotions), request.context, request.lines)) == RESULT


def test_the_error_on_the_page_is_the_engines():
    request = {**REQUEST, "promotions": [{"id": "P1", "reward": {"percent": "120"}}]}
    with pytest.raises(RequestError) as refused:
        read_request(parse_json(json.dumps(request)))
    assert refused.value.as_json() == ERROR


@pytest.mark.parametrize(
    "word",
    sorted(
        {*_PROMOTION, *_WHEN, *_WHO, *_LIMIT, *_SELECT, *_CONTEXT, *_CUSTOMER, *_LINE, *_ALL}
        | {"json", "unknown_key", "missing", "type", "value", "duplicate", "limit"}
        | {"time", "store", "channel", "tender", "code", "customer", "selection", "condition"}
        | {"beaten", "no_saving", "would_save", "next", "by"}
    ),
)
def test_every_word_of_the_contract_stands_on_the_page(word: str):
    assert f"`{word}`" in TEXT


def test_every_picture_of_the_page_is_there():
    pictures = re.findall(r"\((images/[\w.-]+)\)", TEXT)
    assert len(pictures) >= 4
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
