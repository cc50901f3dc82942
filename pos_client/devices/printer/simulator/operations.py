"""What a printer does, one operation each: the meaning of the bytes that came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Where things stand on the paper."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of one look; `width` and `height` are how many times as large."""

    text: str
    bold: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Printed:
    """A row of text."""

    spans: tuple[Span, ...]
    side: Side = Side.LEFT

    @property
    def text(self) -> str:
        """The letters of the row."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture of `width` x `height` dots, eight to a byte, rows filled up; a set bit is black."""

    width: int
    height: int
    data: bytes
    side: Side = Side.LEFT


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code; `module` dots to a module, `level` L, M, Q or H."""

    text: str
    module: int
    level: str
    side: Side = Side.LEFT


@dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128."""

    text: str
    height: int
    module: int
    side: Side = Side.LEFT


@dataclass(frozen=True, slots=True)
class Fed:
    """Paper moved on by dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """The paper was cut."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The drawer's connector `pin` (2 or 5) got a pulse."""

    pin: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the number of `DLE EOT`, or 0 for `GS r 1`, which is answered in its turn."""

    number: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes that this printer does not know."""

    data: bytes


Operation = Printed | Raster | Qr | Bars | Fed | CutOff | Pulse | Asked | Unknown
