"""Keys of the persons whom a till took down: they go to the centre beside the journal, never in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.wire.models import WireModel

MOST_PERSON_KEYS = 50


class PersonKey(WireModel):
    """`customer` is the number that the till made (`P-`), or the name (`K-`) of a key of somebody who exists; `key` 32
    bytes in base64.
    """

    customer: Annotated[str, Field(pattern=r"^[PK]-[0-9a-f]{32}$")]
    key: Annotated[str, Field(min_length=44, max_length=44)]


class PersonKeys(WireModel):
    """Keys that the till still holds."""

    keys: Annotated[list[PersonKey], Field(min_length=1, max_length=MOST_PERSON_KEYS)]


class PersonKeysAnswer(WireModel):
    """Numbers that are somebody else's by now, or nobody's: the till deletes their keys."""

    gone: list[str]
