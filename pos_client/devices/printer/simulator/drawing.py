"""A piece of paper as a picture: twelve dots a column, black on white, letters from the bundled DejaVu Sans Mono."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pos_client.devices.printer.simulator.decoder import LINE_DOTS
from pos_client.devices.printer.simulator.operations import (
    Bars,
    Fed,
    Printed,
    Qr,
    Raster,
    Side,
    Span,
)
from pos_client.devices.printer.simulator.roll import Piece

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

FONTS = Path(__file__).resolve().parents[4] / "resources" / "fonts" / "dejavu-sans-mono"
COLUMN_DOTS = 12
_MARGIN = 24
_LETTER_DOTS = 24
_FONT_SIZE = 20
# Paper is a little off white, and ink a little off black.
_PAPER, _INK, _EDGE = 253, 24, 205
_QUIET = 8


def draw(piece: Piece, columns: int = 42) -> Image:
    """The piece as a picture in grey, as wide as the paper of so many columns with its margins."""
    from PIL import Image as Pictures

    width = columns * COLUMN_DOTS
    blocks = list(_blocks(piece, width))
    height = sum(block.height if block else dots for block, dots, _ in blocks)
    paper = Pictures.new("L", (width + 2 * _MARGIN, height + 2 * _MARGIN), _PAPER)
    top = _MARGIN
    for block, dots, side in blocks:
        if block is None:
            top += dots
            continue
        room = max(width - block.width, 0)
        left = {Side.LEFT: 0, Side.CENTRE: room // 2, Side.RIGHT: room}[side]
        paper.paste(block, (_MARGIN + left, top))
        top += block.height
    _edge(paper, whole=piece.whole)
    return paper


def png(piece: Piece, columns: int = 42) -> bytes:
    """The picture as a PNG file."""
    out = io.BytesIO()
    draw(piece, columns).save(out, "PNG", optimize=True)
    return out.getvalue()


def _blocks(piece: Piece, width: int) -> Iterator[tuple[Image | None, int, Side]]:
    """Pictures from top to bottom with their side; None with the dots of empty paper."""
    for operation in piece.operations:
        if isinstance(operation, Printed):
            row = _row(operation, width)
            yield row, LINE_DOTS, operation.side
        elif isinstance(operation, Fed):
            yield None, operation.dots, Side.LEFT
        elif isinstance(operation, Raster):
            yield _picture(operation), 0, operation.side
        elif isinstance(operation, Qr):
            yield _qr(operation), 0, operation.side
        elif isinstance(operation, Bars):
            yield _bars(operation), 0, operation.side
            below = Printed((Span(operation.text),), operation.side)
            yield _row(below, width), LINE_DOTS, operation.side


def _row(row: Printed, width: int) -> Image | None:
    from PIL import Image as Pictures
    from PIL import ImageDraw

    if not row.text.strip():
        return None
    high = max(span.height for span in row.spans)
    taken = sum(len(span.text) * span.width * COLUMN_DOTS for span in row.spans)
    # Between rows a printer leaves six dots, also where letters are twice as high.
    image = Pictures.new("L", (min(taken, width), high * _LETTER_DOTS + 6), _PAPER)
    pen = ImageDraw.Draw(image)
    left = 0
    for span in row.spans:
        font = _font(span.bold, span.height)
        cell = span.width * COLUMN_DOTS
        base = high * _LETTER_DOTS - span.height * 4
        for letter in span.text:
            if letter == "─":
                pen.line((left, base - 8, left + cell, base - 8), fill=_INK, width=2)
            elif letter != " ":
                pen.text((left + cell / 2, base), letter, fill=_INK, font=font, anchor="ms")
            left += cell
    return image


@functools.cache
def _font(bold: bool, times: int) -> FreeTypeFont:
    from PIL import ImageFont

    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    engine = ImageFont.Layout.BASIC
    return ImageFont.truetype(FONTS / name, _FONT_SIZE * times, layout_engine=engine)


def _picture(raster: Raster) -> Image:
    from PIL import Image as Pictures

    bits = Pictures.frombytes("1", (raster.width, raster.height), raster.data)
    return bits.convert("L").point(lambda bit: _INK if bit else _PAPER)


def _qr(code: Qr) -> Image:
    import qrcode
    from PIL import Image as Pictures

    levels = {
        "L": qrcode.constants.ERROR_CORRECT_L,
        "M": qrcode.constants.ERROR_CORRECT_M,
        "Q": qrcode.constants.ERROR_CORRECT_Q,
        "H": qrcode.constants.ERROR_CORRECT_H,
    }
    made = qrcode.QRCode(error_correction=levels[code.level], border=0)
    made.add_data(code.text)
    made.make()
    rows: list[list[bool]] = made.get_matrix()
    bits = Pictures.new("L", (len(rows), len(rows)), _PAPER)
    bits.putdata([_INK if dark else _PAPER for row in rows for dark in row])
    side = len(rows) * code.module
    framed = Pictures.new("L", (side, side + 2 * _QUIET), _PAPER)
    framed.paste(bits.resize((side, side), Pictures.Resampling.NEAREST), (0, _QUIET))
    return framed


def _bars(code: Bars) -> Image:
    from barcode.codex import Code128
    from PIL import Image as Pictures

    modules: str = Code128(code.text).build()[0]
    bits = Pictures.new("L", (len(modules), 1), _PAPER)
    bits.putdata([_INK if module == "1" else _PAPER for module in modules])
    size = (len(modules) * code.module, code.height)
    return bits.resize(size, Pictures.Resampling.NEAREST)


def _edge(paper: Image, *, whole: bool) -> None:
    """The edge of the paper: cut straight, or torn where nothing was cut."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(paper)
    pen.rectangle((0, 0, paper.width - 1, paper.height - 1), outline=_EDGE)
    if not whole:
        foot = paper.height - 1
        points = [(x, foot - (8 if x // 8 % 2 else 0)) for x in range(0, paper.width + 8, 8)]
        pen.line(points, fill=_EDGE, width=2)
