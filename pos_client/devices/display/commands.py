"""The two languages of displays: CD5220, which most pole displays know, and Epson's ESC/POS for DM-D."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_client.devices.display.port import COLUMNS
from pos_client.devices.letters import printable

Mode = Literal["cd5220", "epson"]
INIT, CLEAR = b"\x1b@", b"\x0c"
UPPER, LOWER, ROW_END = b"\x1bQA", b"\x1bQB", b"\r"
CURSOR = b"\x1f$"
# A display between till and printer: what follows is for it, and what follows then for the printer again.
TO_DISPLAY, TO_PRINTER = b"\x1b=\x02", b"\x1b=\x01"
_PAGE_858 = b"\x1bt\x13"


@dataclass(frozen=True, slots=True)
class Letters:
    """The code page of a mode: CD5220 displays start in 437, which has no euro sign; DM-D is told to take 858."""

    page: str
    select: bytes


LETTERS: dict[Mode, Letters] = {
    "cd5220": Letters("cp437", b""),
    "epson": Letters("cp858", _PAGE_858),
}


def show(mode: Mode, upper: str, lower: str) -> bytes:
    """The octets that show two rows."""
    letters = LETTERS[mode]
    first, second = (_row(text, letters.page) for text in (upper, lower))
    if mode == "cd5220":
        return UPPER + first + ROW_END + LOWER + second + ROW_END
    return CURSOR + b"\x01\x01" + first + CURSOR + b"\x01\x02" + second


def begin(mode: Mode) -> bytes:
    """What a display is told when the line was opened."""
    return INIT + LETTERS[mode].select


def _row(text: str, page: str) -> bytes:
    plain = printable(text.replace("€", "EUR") if page == "cp437" else text, page)
    return plain[:COLUMNS].ljust(COLUMNS).encode(page)
