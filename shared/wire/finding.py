"""Customers whom a till's own lists do not have, looked for at the centre by words."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.wire.models import WireModel


class FindRequest(WireModel):
    """Beginnings of words of a name, a telephone number, mail address, card or number. `by` is who is logged in."""

    text: Annotated[str, Field(min_length=2, max_length=120)]
    by: Annotated[str, Field(max_length=31)] = ""


class FoundCustomer(WireModel):
    """Enough to tell which of two people of one name stands at the till: `phone_end` are the last digits."""

    number: str
    name: str
    phone_end: str


class FindAnswer(WireModel):
    """Customers by name; `more` says that there are others."""

    customers: tuple[FoundCustomer, ...]
    more: bool
