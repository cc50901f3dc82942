"""Paper as ESC/POS bytes, made with python-escpos' own printer that keeps bytes instead of sending them.

Traps that are dealt with here: `ESC @` first, or a printer goes on as the job before left it; one code page for the
whole job (the profile's, which has the euro), because switching pages within a row prints nonsense on clones; what
the page has not becomes the nearest letter, one for one, so that rows keep their width; bytes of a picture that would
read as a question in real time are changed by a dot.
"""

from __future__ import annotations

import functools
import io
import os
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

from pos_client.devices.letters import printable
from pos_client.devices.printer.profiles import STANDARD, PrinterProfile
from shared.receipt.paper import (
    Align,
    Barcode,
    Columns,
    Cut,
    DrawerPulse,
    Feed,
    Image,
    Pair,
    Paper,
    QrCode,
    Row,
    Rule,
    Style,
    Text,
    columns_of,
    row_text,
)

if TYPE_CHECKING:
    from escpos.printer import Dummy
    from PIL.Image import Image as Picture

log = structlog.get_logger()
DOTS_PER_COLUMN = 12
# Rows from the head to where paper is torn off.
_TEAR_ROWS = 4
_BAR_HEIGHT = 64
_HALF_GREY = 127
_ALIGN = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
# DLE EOT, DLE ENQ and DLE DC4 are obeyed wherever they stand, in pictures too.
_REAL_TIME = ((b"\x10\x04", b"\x10\x0c"), (b"\x10\x05", b"\x10\x0d"), (b"\x10\x14", b"\x10\x1c"))


def encode(
    paper: Paper,
    images: Mapping[str, bytes] | None = None,
    profile: PrinterProfile = STANDARD,
) -> bytes:
    """The bytes of a job for a model of printer. `images` holds picture files by name; one that is missing or
    unreadable is left out.
    """
    return _Encoder(paper.width, images or {}, profile).encode(paper)


def drawer_job(profile: PrinterProfile = STANDARD) -> bytes:
    """A job that opens the drawer and prints nothing."""
    return encode(Paper(32, (DrawerPulse(),)), profile=profile)


@functools.cache
def _library() -> type[Dummy]:
    """python-escpos' printer that keeps its bytes. Loading it leaves a folder in the system's temporary one, a new one
    in each process: it is taken away again.
    """
    from escpos import capabilities
    from escpos.printer import Dummy

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    found: type[Dummy] = Dummy
    return found


class _Encoder:
    def __init__(self, width: int, images: Mapping[str, bytes], profile: PrinterProfile) -> None:
        self._width = width
        self._profile = profile
        self._images = images
        # The library only hands on what is encoded here; it has no word for the Windows page that it would accept.
        self._printer = _library()(magic_encode_args={"encoding": "CP858", "disabled": True})
        self._style: Style | None = None
        self._align: Align | None = None

    def encode(self, paper: Paper) -> bytes:
        self._printer.hw("INIT")
        self._raw(b"\x1bt" + bytes((self._profile.select,)))
        for row in paper.rows:
            self._row(row)
        return bytes(self._printer.output)

    def _row(self, row: Row) -> None:
        match row:
            case Text(text=text, style=style, align=align):
                self._look(style, align)
                self._text(text)
            case Pair(style=style) | Columns(style=style):
                self._look(style, Align.LEFT)
                self._text(row_text(row, columns_of(style, self._width)))
            case Rule():
                self._look(Style.NORMAL, Align.LEFT)
                self._text(_rule_sign(self._profile.page) * self._width)
            case Feed(rows=rows):
                self._printer.print_and_feed(rows)
            case Image(name=name):
                self._image(name)
            case QrCode(text=text):
                self._look(Style.NORMAL, Align.CENTRE)
                self._qr(text)
            case Barcode(text=text):
                self._barcode(text)
            case DrawerPulse():
                self._printer.cashdraw(2)
            case Cut():
                self._cut()

    def _text(self, text: str) -> None:
        page = self._profile.page
        self._raw(printable(text, page).encode(page) + b"\n")

    def _cut(self) -> None:
        if self._profile.cuts:
            self._printer.cut()
        else:
            self._printer.print_and_feed(_TEAR_ROWS)

    def _qr(self, text: str) -> None:
        module = self._module(text)
        if self._profile.draws_qr:
            self._printer.qr(text, native=True, size=module, ec=1)
            return
        self._raster(qr_picture(text, module))

    def _look(self, style: Style, align: Align) -> None:
        if style is not self._style:
            size = 2 if style is Style.DOUBLE else 1
            self._printer.set(
                custom_size=True, width=size, height=size, bold=style is not Style.NORMAL
            )
            self._style = style
        if align is not self._align:
            self._printer.set(align=_ALIGN[align])
            self._align = align

    def _module(self, text: str) -> int:
        """Dots a module: large where there is room. 400 bytes of text make about 81 modules at level M."""
        return 4 if len(text) > 80 or self._width < 42 else 6

    def _barcode(self, text: str) -> None:
        self._look(Style.NORMAL, Align.CENTRE)
        data = b"{B" + text.encode("ascii", errors="replace")
        # Not the library's barcode(): that one writes to stdout, which belongs to the answers of commands.
        self._raw(b"\x1dh%c\x1dw\x02\x1df\x00\x1dH\x02\x1dkI%c" % (_BAR_HEIGHT, len(data)) + data)

    def _image(self, name: str) -> None:
        data = self._images.get(name)
        if data is None:
            return
        from PIL import Image as Pictures
        from PIL import UnidentifiedImageError

        try:
            with Pictures.open(io.BytesIO(data)) as opened:
                picture = opened.convert("RGBA")
        except (UnidentifiedImageError, OSError) as error:
            log.warning("picture_unreadable", name=name, detail=str(error)[:120])
            return
        white = Pictures.new("RGBA", picture.size, "white")
        flat = Pictures.alpha_composite(white, picture).convert("L")
        room = self._width * DOTS_PER_COLUMN
        if flat.width > room:
            flat = flat.resize((room, max(1, flat.height * room // flat.width)))
        self._look(Style.NORMAL, Align.CENTRE)
        # A set bit is a black dot. Not the library's image() either, for its words on stdout.
        self._raster(flat.point(lambda grey: 0 if grey > _HALF_GREY else 255).convert("1"))

    def _raster(self, bits: Picture) -> None:
        across = (bits.width + 7) // 8
        raster = bits.tobytes()
        for asks, harmless in _REAL_TIME:
            raster = raster.replace(asks, harmless)
        self._raw(b"\x1dv0\x00" + across.to_bytes(2, "little") + bits.height.to_bytes(2, "little"))
        self._raw(raster)

    def _raw(self, data: bytes) -> None:
        self._printer._raw(data)  # noqa: SLF001 - python-escpos' own way to add bytes


def _rule_sign(page: str) -> str:
    """What a line across the paper is made of; the Windows page has no signs for lines."""
    return "─" if page == "cp858" else "-"


def qr_picture(text: str, module: int) -> Picture:
    """A QR code as dots with its quiet zone, a set bit for a black one; error correction M."""
    import qrcode
    from PIL import Image as Pictures

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make()
    rows: list[list[bool]] = code.get_matrix()
    bits = Pictures.new("L", (len(rows), len(rows)))
    bits.putdata([255 if dark else 0 for row in rows for dark in row])
    side = len(rows) * module
    return bits.resize((side, side), Pictures.Resampling.NEAREST).convert("1")
