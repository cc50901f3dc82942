"""The words by which something is found while typing: one folding for what is stored and for what is typed."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """`text` as an index stores it: small letters, ß as ss. Accents stay; SQLite's tokenizer takes them off."""
    return text.casefold()


def search_words(text: str) -> tuple[str, ...]:
    """The words of `text` in small letters, without accents, ß as ss: "Weiße Blusen" is weisse, blusen."""
    folded = fold(text)
    if not folded.isascii():
        parts = unicodedata.normalize("NFD", folded)
        folded = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return tuple(_WORD.findall(folded))
