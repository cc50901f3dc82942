"""What people type to find a receipt, read as number, day, amount and words: whatever it can mean, it is looked for."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pos_client.ports import ReceiptQuery
from shared.errors import DomainError
from shared.money import parse_amount
from shared.quantity import read_typed

_PRINTED = re.compile(r"(?:[\w-]+-)?\d{1,12}-(\d{1,12})")
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./]?(\d{4}|\d{2})?")
_DAYS_AGO = {"heute": 0, "today": 0, "gestern": 1, "yesterday": 1}
_LONGEST_NUMBER = 9


def read_query(text: str, language: str, places: int, today: date) -> ReceiptQuery:
    """The query that a text stands for. A day without a year is the last one that was; `places` are the currency's."""
    typed = text.strip().casefold()
    if typed in _DAYS_AGO:
        return ReceiptQuery(day=today - timedelta(days=_DAYS_AGO[typed]))
    printed = _PRINTED.fullmatch(typed)
    if printed is not None and (day := _iso_day(typed)) is None:
        return ReceiptQuery(number=int(printed[1]))
    day = _iso_day(typed) or _day(typed, today)
    if day is not None:
        return ReceiptQuery(day=day)
    number = int(typed) if typed.isdecimal() and len(typed) <= _LONGEST_NUMBER else None
    return ReceiptQuery(number=number, amount=_amount(typed, language, places), words=typed[:200])


def _amount(typed: str, language: str, places: int) -> int | None:
    try:
        return abs(parse_amount(read_typed(typed.rstrip("€£ "), language, places), places))
    except DomainError:
        return None


def _iso_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if len(typed) == len("2026-11-24") else None
    except ValueError:
        return None


def _day(typed: str, today: date) -> date | None:
    match = _DAY.fullmatch(typed)
    if match is None or ("." in typed and not match[3] and not typed.endswith(".")):
        return None  # 24.11 without the second point is an amount as well: it stays one
    year = int(match[3]) if match[3] else today.year
    try:
        day = date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))
    except ValueError:
        return None
    if not match[3] and day > today:
        return _year_before(day)
    return day


def _year_before(day: date) -> date | None:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return None
