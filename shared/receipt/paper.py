"""What stands on paper, row by row, for whatever puts it there: a printer, a preview, a picture.

Widths count columns of single-width letters. A row of `Style.DOUBLE` has letters twice as wide and high, so that only
half as many fit. Rows hold what fits: whoever makes a paper wraps its texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How letters look."""

    NORMAL = "normal"
    BOLD = "bold"
    DOUBLE = "double"


class Align(StrEnum):
    """Where a text stands in its row."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One row of text."""

    text: str
    style: Style = Style.NORMAL
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Pair:
    """A text on the left and one on the right of the same row."""

    left: str
    right: str
    style: Style = Style.NORMAL


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of a table: the first stands left in its width, the others right."""

    cells: tuple[str, ...]
    widths: tuple[int, ...]
    style: Style = Style.NORMAL


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the middle; whoever prints knows it by `name`, and leaves the row out if there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of a text, in the middle."""

    text: str


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 of printable ASCII, in the middle."""

    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty rows."""

    rows: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a piece of paper."""


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """Opens the cash drawer that hangs on the printer."""


Row = Text | Pair | Columns | Rule | Image | QrCode | Barcode | Feed | Cut | DrawerPulse


@dataclass(frozen=True, slots=True)
class Paper:
    """Rows for a paper of `width` columns."""

    width: int
    rows: tuple[Row, ...]


def columns_of(style: Style, width: int) -> int:
    """How many letters of a style fit into a row."""
    return width // 2 if style is Style.DOUBLE else width


def row_text(row: Text | Pair | Columns | Rule, width: int) -> str:
    """A row as text of at most `width` letters."""
    match row:
        case Text(text=text, align=align):
            if align is Align.LEFT:
                return text
            return text.center(width).rstrip() if align is Align.CENTRE else text.rjust(width)
        case Pair(left=left, right=right):
            return f"{left.ljust(width - len(right))}{right}"
        case Columns(cells=cells, widths=widths):
            first = cells[0].ljust(widths[0])
            rest = zip(cells[1:], widths[1:], strict=True)
            return first + "".join(cell.rjust(room) for cell, room in rest)
        case _:
            return "-" * width


def plain_text(paper: Paper) -> str:
    """The paper as text: what can be read on it, one line a row. A code shows what it says."""
    lines: list[str] = []
    for row in paper.rows:
        match row:
            case Text() | Pair() | Columns() | Rule():
                lines.append(row_text(row, paper.width).rstrip())
            case QrCode(text=text):
                lines += [
                    text[start : start + paper.width] for start in range(0, len(text), paper.width)
                ]
            case Barcode(text=text):
                lines.append(f"|| {text} ||".center(paper.width).rstrip())
            case Feed(rows=rows):
                lines += [""] * rows
            case _:
                pass  # pictures, cut and pulse say nothing
    return "\n".join(lines).rstrip("\n") + "\n"
