"""Codes that nobody can guess and of which no list is kept: the n-th code of a batch follows from the batch's keys.

Behind its prefix a code says which of its batch it is, hidden, and carries two marks. The first is made with a key that
tills have: without a network they tell a code of the batch from an invention. The second is made with a key that never
leaves the centre: whoever takes a till apart can make up codes that a till without a network takes, but none that the
centre does.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from shared.coupons.signs import check_sign, from_signs, in_signs
from shared.errors import DomainError

MOST_DRAWN = 1_000_000
"""The codes of one batch at most: their places fit into four signs."""
LEAST_SIGNS, MOST_SIGNS = 10, 20
_PLACE = 4


@dataclass(frozen=True, slots=True)
class DrawnKeys:
    """What a batch's codes follow from: `till` is known to tills, `centre` to the centre alone (empty at a till)."""

    till: bytes
    centre: bytes = b""


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """Codes of `prefix`, `signs` drawn ones (10 to 20) and a check sign. `DomainError('code_form_invalid')`, 422."""

    prefix: str
    signs: int

    def __post_init__(self) -> None:
        if not (fits_prefix(self.prefix) and LEAST_SIGNS <= self.signs <= MOST_SIGNS):
            raise DomainError("code_form_invalid", {"prefix": self.prefix[:20]}, http_status=422)

    @property
    def length(self) -> int:
        """Signs of a code in all."""
        return len(self.prefix) + self.signs + 1

    def code(self, keys: DrawnKeys, place: int) -> str:
        """The code at a place, from 0 on."""
        body = drawn_body(keys, place, self.signs)
        return self.prefix + body + check_sign(body)

    def sound(self, code: str) -> bool:
        """Whether the check sign of a code of this length and prefix fits; a sign that is none does not."""
        body = code[len(self.prefix) : -1]
        try:
            return check_sign(body) == code[-1]
        except KeyError:
            return False

    def place(self, keys: DrawnKeys, code: str) -> int | None:
        """The place of a sound code, as far as these keys can tell; None if it is of another batch, or made up."""
        return drawn_place(keys, code[len(self.prefix) : -1])


def fits_prefix(prefix: str) -> bool:
    """One to twelve digits and capital letters, none of which would be read as another sign."""
    return 1 <= len(prefix) <= 12 and all(
        sign.isascii() and sign.isalnum() and sign not in "OIL" and sign == sign.upper()
        for sign in prefix
    )


def looks_drawn(text: str) -> bool:
    """Whether a text, as it is compared, can be a drawn code of some batch: a sign of its end checks what is before it.

    Digits alone are no such: they are the numbers of articles and cards.
    """
    if not (text.isascii() and text.isalnum()) or text.isdigit():
        return False
    most = len(text) - LEAST_SIGNS - 1
    least = len(text) - MOST_SIGNS - 1
    prefixes = (text[:length] for length in range(max(1, least), most + 1))
    return any(
        fits_prefix(prefix) and DrawnForm(prefix, len(text) - len(prefix) - 1).sound(text)
        for prefix in prefixes
    )


def drawn_body(keys: DrawnKeys, place: int, signs: int) -> str:
    """The drawn signs of a code: the hidden place, the till's mark, the centre's mark."""
    if not 0 <= place < MOST_DRAWN:
        raise ValueError("a place beyond the largest batch")
    till, centre = _split(signs)
    marks = _mark(keys.till, b"till", place, till) + _mark(keys.centre, b"centre", place, centre)
    return in_signs(place ^ _hidden_by(keys.till, marks), _PLACE) + marks


def drawn_place(keys: DrawnKeys, body: str) -> int | None:
    """The place that drawn signs say; None if a mark is wrong. The centre's is looked at only with its key."""
    till, centre = _split(len(body))
    hidden, marks = body[:_PLACE], body[_PLACE:]
    place = from_signs(hidden) ^ _hidden_by(keys.till, marks)
    if place >= MOST_DRAWN or marks[:till] != _mark(keys.till, b"till", place, till):
        return None
    if keys.centre and marks[till:] != _mark(keys.centre, b"centre", place, centre):
        return None
    return place


def _split(signs: int) -> tuple[int, int]:
    till = (signs - _PLACE) // 2
    return till, signs - _PLACE - till


def _mark(key: bytes, purpose: bytes, place: int, signs: int) -> str:
    digest = blake2b(place.to_bytes(4, "big"), key=key, person=purpose, digest_size=8).digest()
    return in_signs(int.from_bytes(digest, "big") & ((1 << 5 * signs) - 1), signs)


def _hidden_by(key: bytes, marks: str) -> int:
    digest = blake2b(marks.encode("ascii"), key=key, person=b"place", digest_size=4).digest()
    return int.from_bytes(digest, "big") & ((1 << 5 * _PLACE) - 1)
