"""How amounts, numbers and times are written for one reader. Everything through Babel, with its locale named."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from shared.money import currency

_REGIONS = {"de": "de_DE", "en": "en_GB"}
_MINUS = "\u2212"
DASH = "\u2013"


class Formats:
    """The forms of one locale."""

    def __init__(self, tag: str) -> None:
        self.locale = _locale(tag)

    def money(self, minor: int, code: str) -> str:
        """An amount of minor units with its currency."""
        amount = Decimal(minor).scaleb(-currency(code).exponent)
        return _true_minus(format_currency(amount, code, locale=self.locale))

    def amount(self, minor: int, code: str) -> str:
        """An amount without the currency, for columns whose head names it and for receipts."""
        exponent = currency(code).exponent
        places = "0" * exponent
        pattern = f"#,##0.{places}" if places else "#,##0"
        amount = Decimal(minor).scaleb(-exponent)
        return _true_minus(format_decimal(amount, pattern, locale=self.locale))

    def average(self, minor: int, count: int, code: str) -> str:
        """An amount divided by a count, rounded half up to the minor unit; a dash for none."""
        if count == 0:
            return DASH
        each = (Decimal(minor) / count).quantize(Decimal(1), ROUND_HALF_UP)
        return self.money(int(each), code)

    def brief(self, minor: int, step: int, code: str) -> str:
        """An amount on an axis whose gridlines are `step` apart: whole units, or thousands with a decimal."""
        unit = 10 ** currency(code).exponent
        if not in_thousands(step, code):
            return self.whole(round(Decimal(minor) / unit))
        thousands = (Decimal(minor) / (1000 * unit)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        pattern = "#,##0.#" if minor % step == 0 else "#,##0.0"
        return _true_minus(format_decimal(thousands, pattern, locale=self.locale))

    def symbol(self, code: str) -> str:
        """The sign of a currency."""
        return get_currency_symbol(code, locale=self.locale)

    def whole(self, number: int) -> str:
        """A count."""
        return _true_minus(format_decimal(number, "#,##0", locale=self.locale))

    def count(self, number: int) -> str:
        """A count in a column, where zero is a dash."""
        return self.whole(number) if number else DASH

    def decimal(self, number: Decimal, places: int = 2) -> str:
        """A number with a fixed count of decimals."""
        pattern = f"#,##0.{'0' * places}" if places else "#,##0"
        return _true_minus(format_decimal(number, pattern, locale=self.locale))

    def plain(self, number: Decimal) -> str:
        """A number with as many decimals as it needs, up to six."""
        return _true_minus(format_decimal(number, "#,##0.######", locale=self.locale))

    def quantity(self, thousandths: int) -> str:
        """A quantity with as many decimals as it needs."""
        number = Decimal(thousandths).scaleb(-3)
        return _true_minus(format_decimal(number, "#,##0.###", locale=self.locale))

    def rate(self, number: Decimal) -> str:
        """An exchange rate, with up to eight decimals."""
        return format_decimal(number, "#,##0.00######", locale=self.locale)

    def vat_rate(self, thousandths: int) -> str:
        """A VAT rate in percent."""
        return self.percent(Decimal(thousandths).scaleb(-3))

    def percent(self, number: Decimal) -> str:
        """A number of hundredths with as many decimals as it needs, up to four."""
        pattern = "#,##0.####\u00a0%" if self.locale.language == "de" else "#,##0.####%"
        return format_percent(number.scaleb(-2), pattern, locale=self.locale)

    def share(self, part: int, whole: int) -> str:
        """A part in percent with one decimal; a dash of nothing."""
        if whole == 0:
            return DASH
        pattern = "#,##0.0\u00a0%" if self.locale.language == "de" else "#,##0.0%"
        return _true_minus(format_percent(Decimal(part) / whole, pattern, locale=self.locale))

    def day(self, day: date) -> str:
        """A date in full: `Samstag, 21. November 2026`."""
        return format_date(day, "full", locale=self.locale)

    def short_day(self, day: date) -> str:
        """A date with its weekday: `Sa., 21. Nov. 2026`."""
        return format_skeleton("yMMMEd", datetime(day.year, day.month, day.day), locale=self.locale)  # noqa: DTZ001 - a day without a time

    def plain_day(self, day: date) -> str:
        """A date without its weekday: `29.11.2026`, `29 Nov 2026`."""
        return format_date(day, "medium", locale=self.locale)

    def month(self, day: date) -> str:
        """Month and year."""
        return format_skeleton("yMMM", datetime(day.year, day.month, 1), locale=self.locale)  # noqa: DTZ001 - a day without a time

    def axis_day(self, day: date) -> str:
        """Day and month, for an axis."""
        return format_skeleton("Md", datetime(day.year, day.month, day.day), locale=self.locale)  # noqa: DTZ001 - a day without a time

    def clock(self, at: datetime, zone: str) -> str:
        """The time of day where `zone` is."""
        return format_time(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=self.locale)

    def clock_seconds(self, at: datetime, zone: str) -> str:
        """The time of day with seconds where `zone` is."""
        return format_time(at, "HH:mm:ss", tzinfo=ZoneInfo(zone), locale=self.locale)

    def moment(self, at: datetime, zone: str) -> str:
        """Date and time where `zone` is, to the minute: `29.11.2026, 11:00`."""
        return f"{self.plain_day(at.astimezone(ZoneInfo(zone)).date())}, {self.clock(at, zone)}"

    def beginning(self, at: datetime, zone: str) -> str:
        """The first moment of a validity where `zone` is: the day alone where the day begins with it."""
        local = at.astimezone(ZoneInfo(zone))
        return self.moment(at, zone) if local.time() != time() else self.plain_day(local.date())

    def ending(self, at: datetime, zone: str) -> str:
        """The end of a validity, which does not hold any more at `at`: the last whole day where a day ends with it."""
        local = at.astimezone(ZoneInfo(zone))
        if local.time() != time():
            return self.moment(at, zone)
        return self.plain_day(local.date() - timedelta(days=1))

    def ago(self, at: datetime, now: datetime) -> str:
        """How long ago something was, briefly."""
        # Nothing is in the future, and what is just now is a second ago.
        gone = min(at - now, -timedelta(seconds=1))
        return format_timedelta(
            gone, add_direction=True, format="short", threshold=1.2, locale=self.locale
        )

    def hour(self, hour: int) -> str:
        """An hour of the day as the span it is: `10–11 Uhr` comes from the text around it."""
        return f"{hour}{DASH}{hour + 1}"


def in_thousands(step: int, code: str) -> bool:
    """Whether an axis with gridlines `step` minor units apart is written in thousands."""
    unit: int = 10 ** currency(code).exponent
    return step >= 1000 * unit


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(tag, tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_REGIONS.get(tag[:2], "en_GB"))


def _true_minus(text: str) -> str:
    return text.replace("-", _MINUS)
