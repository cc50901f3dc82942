"""Event bodies written so that people can read them."""

from __future__ import annotations

import json


def readable(body: bytes) -> str:
    """The body indented; bytes that are no JSON as text, with what is no text replaced."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body.decode("utf-8", errors="replace")
