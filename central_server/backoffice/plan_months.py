"""Which month the head of a column names: as the centre writes it out, and as spreadsheets write that anew."""

from __future__ import annotations

import re
from datetime import date, datetime

_ISO = re.compile(r"(20[0-9]{2}|2100)-(0[1-9]|1[0-2])(?:-01(?: 00:00:00)?)?")
_DOTTED = re.compile(r"01\.(0[1-9]|1[0-2])\.(20[0-9]{2}|2100)")
# A spreadsheet shows 2026-03 as Mrz 26 or Mar-26, and writes into a text file what it shows.
_NAMED = re.compile(r"([a-zä]{3,9})\.?[ -](?:20)?([0-9]{2})")
_NAMES: tuple[tuple[str, ...], ...] = (
    ("jan", "januar", "january"),
    ("feb", "februar", "february"),
    ("mar", "mrz", "mär", "märz", "march"),
    ("apr", "april"),
    ("mai", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dez", "dec", "dezember", "december"),
)
_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}


def month_of(title: str, value: object = None) -> date | None:
    """The first day of the month that a head names, from 2000 to 2100; None for anything else. `value` is the cell of
    a workbook, which may be a date; only the first of a month stands for it.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if value.day == 1 and 2000 <= value.year <= 2100 else None
    text = title.strip().lower()
    if match := _ISO.fullmatch(text):
        return date(int(match[1]), int(match[2]), 1)
    if match := _DOTTED.fullmatch(text):
        return date(int(match[2]), int(match[1]), 1)
    match = _NAMED.fullmatch(text)
    number = _NUMBERS.get(match[1]) if match is not None else None
    return date(2000 + int(match[2]), number, 1) if match is not None and number else None
