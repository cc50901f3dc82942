"""What customers are found by: beginnings of the words of their name, of their telephone number, mail address, cards.

The same folding goes into what is kept and into what is asked, so both databases find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS = 5
LONGEST_WORD = 60
LEAST_LETTERS = 2
"""A till looks for no single letter: half of all customers would have it."""
_WORD = re.compile(r"[a-z0-9]+")
_NOT_KEPT = re.compile(r"[^a-z0-9@._+]")
_TELEPHONE = re.compile(r"[0-9+()/ .-]+")
_LEAST_DIGITS = 4
_SHOWN_DIGITS = 3
# Country codes after which people leave the 0 out, or write it instead of them.
_COUNTRIES = ("49", "43", "44")


def words_of(name: str, phone: str, email: str, numbers: Iterable[str]) -> set[str]:
    """The words under which a customer is kept; `numbers` are the customer's own and those of cards."""
    found = {*_name_words(name), *contact_words(phone, email), *map(number_word, numbers)}
    return {word[:LONGEST_WORD] for word in found - {""}}


def contact_words(phone: str, email: str) -> tuple[str, ...]:
    """The words of telephone number and mail address, sorted."""
    found = {*_telephone_words(phone), _joined(email)}
    return tuple(sorted(word[:LONGEST_WORD] for word in found - {""}))


def number_word(number: str) -> str:
    """A customer's number or a card's as it is looked for."""
    return _joined(number)[:LONGEST_WORD]


def offline_words(name: str, contacts: Iterable[str], numbers: Iterable[str]) -> set[str]:
    """What a till finds a customer by: every beginning of the words of the name from two letters on, and numbers,
    telephone and mail (`contact_words`) as a whole.
    """
    found = {*contacts, *map(number_word, numbers)} - {""}
    for word in _name_words(name):
        found |= {word[:length] for length in range(LEAST_LETTERS, len(word) + 1)}
    return {word[:LONGEST_WORD] for word in found}


def phone_end(phone: str) -> str:
    """The last digits of a telephone number, by which people of one name are told apart; empty for none."""
    digits = re.sub(r"\D", "", phone)
    return digits[-_SHOWN_DIGITS:] if len(digits) > _LEAST_DIGITS else ""


def asked_words(text: str) -> list[str]:
    """The beginnings that must all be there, the longest first; none if nothing was asked for.

    A text of digits and signs is one number, however it is spaced.
    """
    digits = re.sub(r"\D", "", text)
    if _TELEPHONE.fullmatch(text.strip()) and len(digits) >= _LEAST_DIGITS:
        plain = text.strip().startswith("+") or digits.startswith("00")
        return [digits.removeprefix("00") if plain else digits]
    found: set[str] = set()
    for part in text.split():
        if "@" in part or any(sign.isdigit() for sign in part):
            found.add(_joined(part))
        else:
            found |= set(_WORD.findall(_folded(part)))
    ordered = sorted(found - {""}, key=lambda word: (-len(word), word))
    return [word[:LONGEST_WORD] for word in ordered[:MOST_WORDS]]


def _name_words(name: str) -> list[str]:
    return _WORD.findall(_folded(name))


def _telephone_words(phone: str) -> list[str]:
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return []
    if not (phone.strip().startswith("+") or digits.startswith("00")):
        return [digits]
    digits = digits.removeprefix("00")
    country = next((code for code in _COUNTRIES if digits.startswith(code)), None)
    return [digits] if country is None else [digits, f"0{digits.removeprefix(country)}"]


def _joined(text: str) -> str:
    return _NOT_KEPT.sub("", _folded(text))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
