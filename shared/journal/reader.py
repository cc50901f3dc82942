"""Reading event bodies strictly: a wrong or missing field is a `DomainError` that names it, never a KeyError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.errors import DomainError
from shared.quantity import parse_quantity


@dataclass(frozen=True, slots=True)
class BodyReader:
    """A JSON object of an event body; `path` says where in the body it stands, for the error."""

    values: Mapping[str, object]
    path: str = ""

    def text(self, name: str, default: str | None = None) -> str:
        """A text field."""
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name)
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """An integer field."""
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name)
        return value

    def optional_integer(self, name: str) -> int | None:
        """An integer field that may be null or missing."""
        return None if self.values.get(name) is None else self.integer(name)

    def uuid(self, name: str) -> UUID:
        """A UUID in text form."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise self._wrong(name) from None

    def time(self, name: str) -> datetime:
        """An RFC 3339 time with offset."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._wrong(name) from None
        if value.utcoffset() is None:
            raise self._wrong(name)
        return value

    def day(self, name: str) -> date:
        """A calendar date."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self._wrong(name) from None

    def quantity(self, name: str) -> Decimal:
        """A quantity in decimal text."""
        try:
            return parse_quantity(self.text(name))
        except DomainError:
            raise self._wrong(name) from None

    def objects(self, name: str) -> tuple[BodyReader, ...]:
        """A list of objects."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self._wrong(name)
        return tuple(BodyReader(v, f"{self.path}{name}[{i}].") for i, v in enumerate(value))

    def object(self, name: str) -> BodyReader:
        """A nested object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name)
        return BodyReader(value, f"{self.path}{name}.")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self._wrong(name)
        return tuple(value)

    def _wrong(self, name: str) -> DomainError:
        return DomainError("event_field_wrong", {"field": f"{self.path}{name}"})
