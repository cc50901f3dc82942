"""Event bodies written so that people can read them."""

from __future__ import annotations

import json
from collections.abc import Sequence


def readable(body: bytes) -> str:
    """The body indented; bytes that are no JSON as text, with what is no text replaced."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body.decode("utf-8", errors="replace")


def compared(bodies: Sequence[bytes]) -> list[list[tuple[str, bool]]]:
    """The lines of each body, each with whether some other body does not have it."""
    texts = [readable(body).splitlines() for body in bodies]
    shared = set(texts[0]).intersection(*texts)
    return [[(line, line not in shared) for line in lines] for lines in texts]
