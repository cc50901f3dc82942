"""Strict readers of JSON values: each says what, where and what would be right; none guesses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from shared.promotions.errors import RequestError
from shared.promotions.terms import MILLION

T = TypeVar("T")

_DECIMAL = re.compile(r"\d+(\.\d+)?")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_MAX_DIGITS = 15
_MAX_TEXT = 500
_SHOWN = 40
_HUNDRED = 100


class Keys(dict[str, Any]):
    """A JSON object that remembers a key which was written twice."""

    twice: str | None = None


def parse_json(text: str | bytes) -> Any:
    """The document as Python values; `RequestError('json')` if it is none, or has NaN or Infinity."""
    try:
        return json.loads(text, object_pairs_hook=_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RequestError("json", "", f"not readable as JSON: {_why_unreadable(error)}") from error


def _why_unreadable(error: ValueError | RecursionError) -> str:
    if isinstance(error, _NotANumber):
        return f'{error} is no number of JSON; write a decimal text such as "9.99", or leave the key out'
    return str(error) if isinstance(error, json.JSONDecodeError) else "not a JSON document"


class _NotANumber(ValueError):
    """NaN or Infinity, which Python would read and JSON does not know."""


def _keys(pairs: list[tuple[str, Any]]) -> Keys:
    found = Keys(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        found.twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return found


def _no_constant(name: str) -> NoReturn:
    raise _NotANumber(name)


def at(path: str, key: str) -> str:
    """The path of a key below a path."""
    return f"{path}.{key}" if path else key


def refuse(path: str, message: str, kind: str = "value") -> NoReturn:
    """Stop with the error of the contract."""
    raise RequestError(kind, path, message)


def shown(value: Any) -> str:
    """A value as short text for a message."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        text = "what is nested too deeply to be shown"
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def keys(value: Any, path: str, allowed: Collection[str], needed: Collection[str] = ()) -> Keys:
    """An object with no key but the allowed ones, and with all that are needed."""
    if not isinstance(value, dict):
        refuse(path, f"an object is expected, not {shown(value)}", "type")
    twice = getattr(value, "twice", None)
    if twice is not None:
        refuse(at(path, twice), "the key is written twice", "duplicate")
    for key in value:
        if key not in allowed:
            refuse(at(path, key), f"unknown key; known here: {', '.join(allowed)}", "unknown_key")
    for key in needed:
        if key not in value:
            refuse(at(path, key), "this key is needed", "missing")
    return value  # type: ignore[return-value]


def entries(value: Any, path: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
    """A list, each entry read with its path."""
    if not isinstance(value, list):
        refuse(path, f"a list is expected, not {shown(value)}", "type")
    return tuple(read(entry, f"{path}[{place}]") for place, entry in enumerate(value))


def text(value: Any, path: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str):
        refuse(path, f"a text is expected, not {shown(value)}", "type")
    if not value or len(value) > _MAX_TEXT:
        refuse(path, f"a text of 1 to {_MAX_TEXT} characters is expected")
    if any(0xD800 <= ord(each) <= 0xDFFF for each in value):
        refuse(path, "the text holds half a character, which cannot be stored or sent")
    return value


def texts(value: Any, path: str) -> tuple[str, ...]:
    """A list of texts."""
    return entries(value, path, text)


def one_of(value: Any, path: str, allowed: Collection[str]) -> str:
    """One of a few words."""
    if not isinstance(value, str):
        refuse(path, f"a text is expected, not {shown(value)}", "type")
    if value not in allowed:
        refuse(path, f"{shown(value)} is not one of {', '.join(allowed)}")
    return value


def flag(value: Any, path: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        refuse(path, f"true or false is expected, not {shown(value)}", "type")
    return value


def whole(value: Any, path: str, least: int | None = 1) -> int:
    """A whole number written as a JSON number."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(path, f"a whole number is expected, not {shown(value)}", "type")
    if abs(value) >= 10**_MAX_DIGITS:
        refuse(path, f"at most {_MAX_DIGITS} digits are possible", "limit")
    if least is not None and value < least:
        refuse(path, f"{value} is below {least}")
    return value


def decimal(value: Any, path: str, places: int) -> int:
    """A decimal text (`"12.50"`) as a whole number of its smallest places; never negative."""
    if not isinstance(value, str):
        refuse(path, f'a decimal text such as "9.99" is expected, not {shown(value)}', "type")
    if not value.isascii() or not _DECIMAL.fullmatch(value):
        refuse(path, f"{shown(value)} is not a plain decimal number from 0 up")
    before, _, after = value.partition(".")
    if len(before.lstrip("0")) > _MAX_DIGITS or len(value) > _MAX_TEXT:
        refuse(path, f"at most {_MAX_DIGITS} digits are possible", "limit")
    if len(after) > places:
        refuse(path, f"{shown(value)} has more than {places} decimals")
    return int(before + after.ljust(places, "0"))


def percent(value: Any, path: str) -> int:
    """A percentage above 0 and at most 100, in millionths of the whole; at most four decimals."""
    millionths = decimal(value, path, 4)
    if not 0 < millionths <= MILLION:
        refuse(path, f"{shown(value)} is not above 0 and at most {_HUNDRED}")
    return millionths


def moment(value: Any, path: str) -> datetime:
    """A point in time with its offset."""
    found: datetime | None = None
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
    else:
        refuse(path, f"a time as text is expected, not {shown(value)}", "type")
    if found is None or "T" not in value or found.tzinfo is None:
        refuse(path, f"{shown(value)} is not a time with offset such as 2026-11-21T10:15:00+01:00")
    return found


def day(value: Any, path: str) -> date:
    """A calendar date."""
    if not isinstance(value, str):
        refuse(path, f"a date as text is expected, not {shown(value)}", "type")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        refuse(path, f"{shown(value)} is not a date such as 2026-11-21")
    try:
        return date.fromisoformat(value)
    except ValueError:
        refuse(path, f"{shown(value)} is not a date of the calendar")


def clock_minutes(value: Any, path: str) -> int:
    """A time of the day (`"17:00"`) in minutes; `"24:00"` is the end of the day."""
    if not isinstance(value, str):
        refuse(path, f"a time of the day as text is expected, not {shown(value)}", "type")
    if not _HOUR.fullmatch(value):
        refuse(path, f"{shown(value)} is not a time of the day such as 17:00")
    return int(value[:2]) * 60 + int(value[3:])


def amount_text(minor: int, exponent: int) -> str:
    """Minor units as the contract writes them (`1998` is `"19.98"`)."""
    if not exponent:
        return str(minor)
    whole_part, rest = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole_part}.{rest:0{exponent}d}"


def rate_text(value: Any, path: str) -> str:
    """A tax rate without trailing zeros."""
    ten_thousandths = decimal(value, path, 4)
    if ten_thousandths > _HUNDRED * 10_000:
        refuse(path, f"{shown(value)} is above {_HUNDRED}")
    return f"{(Decimal(ten_thousandths) / 10_000).normalize():f}"
