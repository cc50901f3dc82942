"""What the till needs of a reader."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Source(StrEnum):
    """What was read: bars or a matrix, a magnetic stripe, a tag without contact."""

    SCANNER = "scanner"
    STRIPE = "stripe"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the code, the card's number or the tag's. A payment card is `dropped`: nothing of it is left. `damaged`
    is what was read and makes no sense.
    """

    source: Source
    text: str = ""
    dropped: bool = False
    damaged: bool = False


class Reader(Protocol):
    """A reader on an open line."""

    def read(self, seconds: float) -> Reading | None:
        """What is read next, None if nothing is in time; `LineBrokenError` when the line breaks."""
