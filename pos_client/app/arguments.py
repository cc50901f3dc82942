"""Recorded intents come from outside: their fields are read strictly, and a wrong one is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import DomainError

_LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Arguments:
    """One intent: a JSON object. `DomainError('intent_field_wrong')` names a field of the wrong kind."""

    values: Mapping[str, object]

    @classmethod
    def parse(cls, line: str) -> Arguments:
        """The intent in a line; `DomainError('intent_malformed')` for what is no JSON object. Decimals stay text."""
        try:
            value = json.loads(line, parse_float=str, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise DomainError("intent_malformed") from None
        if not isinstance(value, dict):
            raise DomainError("intent_malformed")
        return cls(value)

    def text(self, name: str, default: str | None = None) -> str:
        """A text or a number as text."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise DomainError("intent_field_wrong", {"field": name})
        text = str(value)
        if len(text) > _LONGEST_TEXT:
            raise DomainError("intent_field_wrong", {"field": name})
        return text

    def optional(self, name: str) -> str | None:
        """A text, or None if the field is missing or null."""
        return None if self.values.get(name) is None else self.text(name)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise DomainError("intent_field_wrong", {"field": name})
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise DomainError("intent_field_wrong", {"field": name})
        return value


def _refuse_constant(text: str) -> object:
    raise ValueError(text)
