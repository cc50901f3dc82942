"""Sentences by key, from `resources/locale/<language>/LC_MESSAGES`; amounts and times in the shop's form.

The catalogues are read at start: a translator's change needs no build step. Every error code has two entries, what
happened and why (`error.<code>`) and what to do next (`error.<code>.next`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po
from babel.numbers import (
    format_currency,
    format_decimal,
    get_decimal_symbol,
    get_group_symbol,
)

from shared.errors import DomainError, EnvironmentProblem
from shared.money import currency as currency_of
from shared.quantity import decimal_sign

LOCALES = Path(__file__).resolve().parents[2] / "resources" / "locale"
LANGUAGES = ("de", "en")
# What the till says, the words on its window, what is said of devices, and of paying with cards.
CATALOGUES = ("till.po", "window.po", "devices.po", "payment.po", "value.po")
# The real sign: a hyphen is shorter than the digits and breaks off at the end of a line.
_MINUS = "\u2212"
# The language as it is written all over Europe.
_EUROPE = {"en": "en_150"}
# Error parameters that are amounts in minor units.
_AMOUNTS = frozenset(("due", "paid", "stand_in_most"))
# An aside: its brackets go where its value is not known, as where only an error's code was kept.
_ASIDE = re.compile(r" \([^()]*{(\w+)}[^()]*\)")


@functools.cache
def catalogue(language: str, folder: Path = LOCALES) -> Mapping[str, str]:
    """All sentences of a language."""
    sentences: dict[str, str] = {}
    for name in CATALOGUES:
        with (folder / language / "LC_MESSAGES" / name).open("rb") as source:
            entries = read_po(source, locale=language)
        sentences |= {str(e.id): str(e.string) for e in entries if e.id and e.string}
    return sentences


class TillTexts:
    """Implements `pos_client.ports.Texts` for one till; `speak` changes the language."""

    def __init__(self, language: str, market: str, currency: str) -> None:
        self._market = market
        self._currency = currency
        self._templates: dict[tuple[bool, str], str] = {}
        self._quantity: dict[Decimal, str] = {}
        self.speak(language)

    @property
    def language(self) -> str:
        """The language tag in use."""
        return self._language

    def speak(self, language: str) -> None:
        """Use this language from now on; one that there is no catalogue for becomes English."""
        base = language.partition("-")[0]
        self._language = base if base in LANGUAGES else "en"
        self._locale = _locale(self._language, self._market)
        self._group = get_group_symbol(self._locale)
        self._point = get_decimal_symbol(self._locale)
        self._templates.clear()
        self._quantity.clear()

    def text(self, key: str, **values: str | int) -> str:
        """The sentence of a key with its values; the key itself if there is none."""
        sentence = catalogue(self._language).get(key, key)
        if "(" in sentence:
            sentence = _ASIDE.sub(lambda part: part[0] if part[1] in values else "", sentence)
        return sentence.format_map(_Shown(values))

    def error(self, problem: DomainError | EnvironmentProblem) -> tuple[str, str]:
        """What happened and why, and what to do next."""
        values = {
            name: self.money(value, self._currency)
            if name in _AMOUNTS and isinstance(value, int)
            else value
            for name, value in problem.params.items()
        }
        key = f"error.{problem.code}"
        if key not in catalogue(self._language):
            # A centre of a later version says something that this till has no words for.
            key, values = "error.centre_refused", {"code": problem.code}
        return self.text(key, **values), self.text(f"{key}.next", **values)

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency sign."""
        template = self._templates.get((minor < 0, currency))
        if template is None:
            one = -1 if minor < 0 else 1
            sample = format_currency(_major(one, currency), currency, locale=self._locale)
            template = _with_minus(sample).replace(self.amount(1, currency), "{}")
            self._templates[minor < 0, currency] = template
        return template.format(self.amount(abs(minor), currency))

    def amount(self, minor: int, currency: str) -> str:
        """An amount without sign, for columns."""
        exponent = currency_of(currency).exponent
        whole, part = divmod(abs(minor), 10**exponent)
        text = f"{whole:,}".replace(",", self._group)
        if exponent:
            text = f"{text}{self._point}{part:0{exponent}}"
        return f"{_MINUS}{text}" if minor < 0 else text

    def coin(self, minor: int, currency: str) -> str:
        """What people call a note or coin of this value."""
        unit = 10 ** currency_of(currency).exponent
        if minor % unit:
            return self.text(f"cash.{currency}.minor", count=minor)
        return self.text(f"cash.{currency}", count=minor // unit)

    def quantity(self, value: Decimal) -> str:
        """A quantity or a rate."""
        return _cached(
            self._quantity,
            value,
            lambda: _with_minus(format_decimal(value, format="#,##0.###", locale=self._locale)),
        )

    def day(self, day: date) -> str:
        """Weekday, day and month."""
        return format_skeleton("MMMEd", day, locale=self._locale)

    def date(self, day: date) -> str:
        """Day, month and year."""
        return format_date(day, "medium", locale=self._locale)

    def time(self, at: datetime) -> str:
        """Hour and minute."""
        return f"{at:%H:%M}"

    def moment(self, at: datetime) -> str:
        """Day and time, to the minute."""
        return f"{format_date(at.date(), 'medium', locale=self._locale)} {at:%H:%M}"


class _Shown(dict[str, str | int]):
    """Values for a sentence; one that is missing shows its name instead of hiding the sentence."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


_MOST_CACHED = 20_000
Key = TypeVar("Key")


def _cached(cache: dict[Key, str], key: Key, make: Callable[[], str]) -> str:
    # Formatting by locale takes a hundred times as long as looking up, and shops repeat their prices.
    found = cache.get(key)
    if found is None:
        if len(cache) >= _MOST_CACHED:
            cache.clear()
        found = cache[key] = make()
    return found


def _locale(language: str, market: str) -> Locale:
    try:
        locale = Locale.parse(f"{language}_{market}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)
    # Some countries' English takes the signs of their own language; then an amount reads otherwise than it is typed.
    same = get_decimal_symbol(locale) == decimal_sign(language)
    return locale if same else Locale.parse(_EUROPE[language])


def _with_minus(text: str) -> str:
    return text.replace("-", _MINUS)


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-currency_of(currency).exponent)
