"""Texts in the letters that a device has: each letter for a letter, so that rows keep their width."""

from __future__ import annotations

import unicodedata

_LIKE = str.maketrans(
    {
        **dict.fromkeys("–—−‐‑", "-"),
        **dict.fromkeys("„“”", '"'),
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
        "•": "·",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "…": ".",
    }
)


def printable(text: str, page: str) -> str:
    """The text in letters of a code page, each for each; what has no likeness is a question mark."""
    composed = unicodedata.normalize("NFC", text).translate(_LIKE)
    return "".join(_letter(c, page) for c in composed)


def _letter(letter: str, page: str) -> str:
    for candidate in (letter, unicodedata.normalize("NFKD", letter)[:1]):
        if candidate.isprintable() and _is_on_page(candidate, page):
            return candidate
    return "?"


def _is_on_page(letter: str, page: str) -> bool:
    try:
        letter.encode(page)
    except UnicodeEncodeError:
        return False
    return True
