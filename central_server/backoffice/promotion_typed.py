"""What somebody typed into the fields of a promotion, written as readers of their language write it.

What cannot be read yet comes back as it was typed: the sentence is there from the first key on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime
from decimal import Decimal

from central_server.backoffice.promotion_form import PERCENT_PLACES, POINTS_PLACES
from central_server.backoffice.shell import Reader
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import read_typed

NOTHING = "\u2026"
_NO_NUMBER = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields' words for one reader, amounts in one currency."""

    reader: Reader
    currency: str

    def amount(self, text: str) -> str:
        """`8000`: `8.000,00 €`, `€8,000.00`."""
        formats, exponent = self.reader.formats, currency(self.currency).exponent
        sign = formats.symbol(self.currency)
        plain = text.replace(sign, "").strip()
        try:
            minor = parse_amount(read_typed(plain, self.reader.language, exponent), exponent)
        except DomainError:
            return f"{text.strip() or NOTHING}\u00a0{sign}"
        return formats.money(minor, self.currency)

    def percent(self, text: str) -> str:
        """`12.5`: `12,5 %`, `12.5%`."""
        plain = text.replace("%", "").strip()
        number = self._number(plain, PERCENT_PLACES)
        if number is None:
            return f"{plain or NOTHING}\u00a0%"
        return self.reader.formats.percent(number)

    def factor(self, text: str) -> str:
        """`2.5`: `2,5`, `2.5`."""
        number = self._number(text.strip(), POINTS_PLACES)
        if number is None:
            return text.strip() or NOTHING
        return self.reader.formats.plain(number)

    def whole(self, text: str) -> str:
        """`1200`: `1.200`, `1,200`."""
        number = self._number(text.strip(), 0)
        if number is None or number != int(number):
            return text.strip() or NOTHING
        return self.reader.formats.whole(int(number))

    def begin(self, text: str) -> str:
        """The first moment, as a `datetime-local` field has it; a day alone where it begins with it."""
        at = _local(text)
        return self.reader.formats.beginning(at, "UTC") if at is not None else text

    def end(self, text: str) -> str:
        """The end; the last whole day where it ends with one."""
        at = _local(text)
        return self.reader.formats.ending(at, "UTC") if at is not None else text

    def _number(self, text: str, places: int) -> Decimal | None:
        try:
            number = Decimal(read_typed(text, self.reader.language, places))
        except (DomainError, ArithmeticError):
            return None
        return number if number.is_finite() and abs(number) < _NO_NUMBER else None


def _local(text: str) -> datetime | None:
    """A time of the clock on the wall. It is never shifted, whatever zone it is told in."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    # The calendar has no day before its first one, which an end may ask for.
    return at if at.year > MINYEAR else None
