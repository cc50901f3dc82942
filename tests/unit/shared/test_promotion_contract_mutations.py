"""Whatever arrives at the engine: nothing but `RequestError` comes out, and what is accepted can be priced."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.promotions import (
    FRAME_STEPS,
    Book,
    RequestError,
    parse_json,
    price,
    read_request,
    result,
)
from tests.support.brute_force import baskets
from tests.support.promotion_documents import FULL

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CODES = {"unknown_key", "missing", "type", "value", "duplicate", "limit"}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["1", "2.50", "0.0001", "P1", "T-100", "2026-11-21T10:15:00+01:00", "09:00", "item", "basket"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
WORDS = sorted(
    set("".join(c if c.isalpha() or c == "_" else " " for c in json.dumps(FULL)).split())
)


def answer_or_refusal(document: Any) -> str:
    """`priced`, or the code of the refusal; anything else that is raised is a bug."""
    try:
        request = read_request(document, now=NOON)
    except RequestError as error:
        assert error.kind in CODES - {"json"}  # noqa: PT017 - either is right here
        json.dumps(error.as_json())
        return error.kind
    json.dumps(result(price(Book(request.promotions), request.context, request.lines, FRAME_STEPS)))
    return "priced"


@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_any_text_is_a_document_or_refused(text):
    try:
        document = parse_json(text)
    except RequestError as error:
        assert (error.kind, error.path) == ("json", "")  # noqa: PT017 - either is right here
    else:
        answer_or_refusal(document)


@given(JSON, JSON, JSON)
def test_any_json_is_priced_or_refused(context, lines, promotions):
    for document in (
        lines,
        {"lines": lines, "promotions": promotions},
        {"context": context, "lines": [], "promotions": []},
        {"lines": [lines], "promotions": [promotions]},
        {"lines": [], "promotions": [{"id": "P", "reward": promotions}]},
    ):
        answer_or_refusal(document)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document as (object or list, key or index)."""
    found = []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        found += [(value, key), *places(inner)]
    return found


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["put", "cut", "add", "copy"]), JSON), min_size=1, max_size=3),  # noqa: E501
    st.sampled_from(WORDS),
)  # fmt: skip
def test_any_change_of_a_valid_request_is_priced_or_refused(seed, changes, word):
    document = copy.deepcopy(FULL) if seed % 3 == 0 else baskets.request(seed)
    for number, what, value in changes:
        everywhere = places(document)
        if not everywhere:
            break
        holder, key = everywhere[number % len(everywhere)]
        if what == "put":
            holder[key] = value
        elif what == "cut":
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]) if what == "copy" else value)
        else:
            holder[word] = copy.deepcopy(holder[key]) if what == "copy" else value
    answer_or_refusal(document)
