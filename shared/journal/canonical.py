"""Canonical bytes of an event body: UTF-8 JSON, keys sorted by code point, no blanks, no floats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from shared.errors import DomainError


def canonical_bytes(body: Mapping[str, object]) -> bytes:
    """The body as the bytes that are hashed, stored and sent.

    Allowed values: text, integers, booleans, null, lists and objects of them. Money is integer minor units,
    quantities and rates are text, times are RFC 3339 text with offset. A float is a TypeError: its text is not
    the same everywhere.
    """
    _refuse_floats(body)
    text = json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def parse_body(data: bytes) -> dict[str, object]:
    """The body that canonical bytes hold; `DomainError('event_body_malformed')` if they are not JSON of that form."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_float)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise DomainError("event_body_malformed") from None
    if not isinstance(value, dict):
        raise DomainError("event_body_malformed")
    return value


def _no_float(text: str) -> object:
    raise ValueError(f"float in event body: {text[:20]}")


_PLAIN = frozenset((str, int, bool, type(None)))


def _refuse_floats(value: object) -> None:
    if type(value) in _PLAIN:  # nearly everything: a receipt has hundreds of fields
        return
    if isinstance(value, float):
        raise TypeError("no floats in event bodies: use integer minor units or decimal text")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _refuse_floats(inner)
