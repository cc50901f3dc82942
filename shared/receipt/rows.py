"""Texts of any length as rows that fit: what the layouts are put together from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from shared.receipt.paper import Align, Columns, Pair, Row, Style, Text, columns_of


def wrapped(
    text: str,
    width: int,
    style: Style = Style.NORMAL,
    align: Align = Align.LEFT,
    indent: str = "",
) -> Iterator[Text]:
    """A text in as many rows as it needs."""
    room = columns_of(style, width)
    for part in textwrap.wrap(
        text, room, initial_indent=indent, subsequent_indent=indent, break_long_words=True
    ):
        yield Text(part, style, align)


def pair(left: str, right: str, width: int, style: Style = Style.NORMAL) -> Iterator[Row]:
    """Two texts at the edges of a row; a long left one takes rows above, a right one that fills a row its own."""
    room = columns_of(style, width) - len(right) - 1
    if room < columns_of(style, width) // 4:
        yield from wrapped(left, width, style)
        yield from wrapped(right, width, style, Align.RIGHT)
        return
    indent = left[: len(left) - len(left.lstrip())]
    parts = textwrap.wrap(left, room, subsequent_indent=indent, break_long_words=True) or [""]
    for part in parts[:-1]:
        yield Text(part, style)
    yield Pair(parts[-1], right, style)


def big_pair(left: str, right: str, width: int) -> Iterator[Row]:
    """A label with its amount, as large as it fits."""
    half = columns_of(Style.DOUBLE, width)
    if len(left) + len(right) < half:
        yield Pair(left, right, Style.DOUBLE)
    elif len(right) <= half:
        yield from wrapped(left, width, Style.BOLD)
        yield Text(right, Style.DOUBLE, Align.RIGHT)
    else:
        yield from pair(left, right, width, Style.BOLD)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[Row]:
    """A table whose first column stands left; where amounts are too long for it, each cell gets a row with its name."""
    others = len(head) - 1
    each = (width - width // 5) // others
    widths = (width - each * others, *[each] * others)
    if all(
        len(cell) < room or (place == 0 and len(cell) <= room)
        for row in (head, *rows)
        for place, (cell, room) in enumerate(zip(row, widths, strict=True))
    ):
        yield Columns(tuple(head), widths)
        for row in rows:
            yield Columns(tuple(row), widths)
        return
    for row in rows:
        yield from wrapped(f"{head[0]} {row[0]}", width)
        for name, cell in zip(head[1:], row[1:], strict=True):
            yield from pair(f"  {name}", cell, width)
