"""ESC/POS bytes into operations. Commands may come in pieces: what is not whole waits for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pos_client.devices.printer.simulator.operations import (
    Asked,
    Bars,
    CutOff,
    Fed,
    Operation,
    Printed,
    Pulse,
    Qr,
    Raster,
    Side,
    Span,
    Unknown,
)

LINE_DOTS = 30
_ESC, _GS, _DLE = 0x1B, 0x1D, 0x10
# Code pages by the number that ESC t selects, as Epson's printers have them.
PAGES: Mapping[int, str] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    5: "cp865",
    16: "cp1252",
    18: "cp852",
    19: "cp858",
}
_SIDES = {
    0: Side.LEFT,
    1: Side.CENTRE,
    2: Side.RIGHT,
    48: Side.LEFT,
    49: Side.CENTRE,
    50: Side.RIGHT,
}
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
# Commands without a meaning on paper here: letters behind ESC or GS, and how many bytes follow.
_SILENT_ESC = {
    "2": 0,
    "3": 1,
    "-": 1,
    "M": 1,
    "R": 1,
    "{": 1,
    "G": 1,
    "S": 0,
    "c": 2,
    "=": 1,
    " ": 1,
}
_SILENT_GS = {"f": 1, "H": 1, "a": 1, "B": 1, "L": 2, "W": 2, "b": 1, "P": 2}


_STATUS = b"\x10\x04n"
_QUESTIONS = 4


class _MoreError(Exception):
    """The command is not whole yet."""


class Decoder:
    """Keeps the printer's state between pieces; `feed` gives what they mean. `pages` are the code pages that it has."""

    def __init__(self, pages: Mapping[int, str] = PAGES) -> None:
        self._pages = pages
        self._bytes = bytearray()
        self._at = 0
        self._reset()
        self._esc: dict[str, Callable[[], Iterator[Operation]]] = {
            "@": self._initialise,
            "t": self._page_select,
            "a": self._justify,
            "E": self._embolden,
            "!": self._mode,
            "d": self._feed_lines,
            "J": self._feed_dots,
            "p": self._pulse,
        }
        self._gs: dict[str, Callable[[], Iterator[Operation]]] = {
            "!": self._size,
            "V": self._cut,
            "v": self._raster,
            "(": self._function,
            "k": self._bars,
            "h": self._bar_height,
            "w": self._bar_module,
            "r": self._ask_complete,
        }

    def _reset(self) -> None:
        self._page = "cp437"
        self._side = Side.LEFT
        self._bold = False
        self._width = self._height = 1
        self._spans: list[Span] = []
        self._letters = ""
        self._height_of_bars, self._module_of_bars = 162, 3
        self._qr_text, self._qr_module, self._qr_level = "", 3, "L"

    def feed(self, data: bytes) -> list[Operation]:
        """Take more bytes."""
        done: list[Operation] = []
        if self._bytes:
            # A question is answered in real time, also within a command that is not whole.
            while (
                len(data) >= len(_STATUS) and data[:2] == _STATUS[:2] and 0 < data[2] <= _QUESTIONS
            ):
                done.append(Asked(data[2]))
                data = data[len(_STATUS) :]
        self._bytes += data
        while self._bytes:
            self._at = 0
            try:
                operations = list(self._next())
            except _MoreError:
                break
            done += operations
            del self._bytes[: self._at]
        return done

    @property
    def rest(self) -> bytes:
        """What waits for more: nothing, if the bytes ended with a whole command."""
        return bytes(self._bytes)

    def row_begun(self) -> bool:
        """Whether letters wait for the end of their row."""
        return bool(self._spans or self._letters)

    # --- reading ------------------------------------------------------------------------------

    def _take(self, count: int = 1) -> bytes:
        end = self._at + count
        if end > len(self._bytes):
            raise _MoreError
        taken = bytes(self._bytes[self._at : end])
        self._at = end
        return taken

    def _byte(self) -> int:
        return self._take()[0]

    def _next(self) -> Iterator[Operation]:
        byte = self._byte()
        if byte == _ESC:
            yield from self._command(self._esc, _SILENT_ESC)
        elif byte == _GS:
            yield from self._command(self._gs, _SILENT_GS)
        elif byte == _DLE:
            yield from self._real_time()
        elif byte == 0x0A:
            yield from self._end_row()
        elif byte in {0x00, 0x0D}:
            return
        elif byte < 0x20:
            yield Unknown(bytes((byte,)))
        else:
            self._letters += bytes((byte,)).decode(self._page, errors="replace")

    def _command(
        self, known: dict[str, Callable[[], Iterator[Operation]]], silent: dict[str, int]
    ) -> Iterator[Operation]:
        letter = chr(self._byte())
        if letter in known:
            # The whole command must be there before it changes anything.
            yield from known[letter]()
        elif letter in silent:
            self._take(silent[letter])
        else:
            yield Unknown(bytes(self._bytes[: self._at]))

    def _real_time(self) -> Iterator[Operation]:
        kind = self._byte()
        if kind == 0x04:
            yield Asked(self._byte())
        elif kind == 0x14:
            self._take(3)
        else:
            yield Unknown(bytes((_DLE, kind)))

    # --- text ---------------------------------------------------------------------------------

    def _close_span(self) -> None:
        if self._letters:
            self._spans.append(Span(self._letters, self._bold, self._width, self._height))
            self._letters = ""

    def _end_row(self) -> Iterator[Operation]:
        self._close_span()
        row = Printed(tuple(self._spans), self._side)
        self._spans = []
        yield row

    def _flush(self) -> Iterator[Operation]:
        if self.row_begun():
            yield from self._end_row()

    def _initialise(self) -> Iterator[Operation]:
        # What was begun and not printed is forgotten, as printers do.
        self._reset()
        yield from ()

    def _page_select(self) -> Iterator[Operation]:
        number = self._byte()
        self._page = self._pages.get(number, "cp437")
        if number not in self._pages:
            yield Unknown(b"\x1bt" + bytes((number,)))

    def _justify(self) -> Iterator[Operation]:
        self._side = _SIDES.get(self._byte(), Side.LEFT)
        yield from ()

    def _embolden(self) -> Iterator[Operation]:
        on = bool(self._byte() & 1)
        self._close_span()
        self._bold = on
        yield from ()

    def _mode(self) -> Iterator[Operation]:
        bits = self._byte()
        self._close_span()
        self._bold = bool(bits & 0x08)
        self._height, self._width = (2 if bits & 0x10 else 1), (2 if bits & 0x20 else 1)
        yield from ()

    def _size(self) -> Iterator[Operation]:
        bits = self._byte()
        self._close_span()
        self._width, self._height = (bits >> 4 & 7) + 1, (bits & 7) + 1
        yield from ()

    # --- paper --------------------------------------------------------------------------------

    def _feed_lines(self) -> Iterator[Operation]:
        count = self._byte()
        yield from self._flush()
        yield Fed(count * LINE_DOTS)

    def _feed_dots(self) -> Iterator[Operation]:
        count = self._byte()
        yield from self._flush()
        yield Fed(count)

    def _cut(self) -> Iterator[Operation]:
        kind = self._byte()
        fed = self._byte() if kind in {65, 66} else 0
        yield from self._flush()
        if fed:
            yield Fed(fed)
        yield CutOff()

    def _pulse(self) -> Iterator[Operation]:
        pin = self._take(3)[0]
        yield Pulse(5 if pin in {1, 49} else 2)

    # --- pictures and codes ---------------------------------------------------------------------

    def _raster(self) -> Iterator[Operation]:
        head = self._take(6)
        across, down = head[2] | head[3] << 8, head[4] | head[5] << 8
        data = self._take(across * down)
        yield from self._flush()
        yield Raster(across * 8, down, data, self._side)

    def _function(self) -> Iterator[Operation]:
        letter = chr(self._byte())
        low, high = self._take(2)
        data = self._take(low | high << 8)
        if letter != "k" or len(data) < 2 or data[0] != 0x31:
            yield Unknown(bytes(self._bytes[: self._at]))
            return
        number, rest = data[1], data[2:]
        if number == 67 and rest:
            self._qr_module = rest[0]
        elif number == 69 and rest:
            self._qr_level = _LEVELS.get(rest[0], "L")
        elif number == 80:
            self._qr_text = rest[1:].decode("utf-8", errors="replace")
        elif number == 81:
            yield from self._flush()
            yield Qr(self._qr_text, self._qr_module, self._qr_level, self._side)

    def _bars(self) -> Iterator[Operation]:
        kind = self._byte()
        if kind < 65:
            data = bytearray()
            while (byte := self._byte()) != 0:
                data.append(byte)
        else:
            data = bytearray(self._take(self._byte()))
        yield from self._flush()
        text = data.removeprefix(b"{B").decode("ascii", errors="replace")
        yield Bars(text, self._height_of_bars, self._module_of_bars, self._side)

    def _bar_height(self) -> Iterator[Operation]:
        self._height_of_bars = self._byte()
        yield from ()

    def _bar_module(self) -> Iterator[Operation]:
        self._module_of_bars = self._byte()
        yield from ()

    def _ask_complete(self) -> Iterator[Operation]:
        self._byte()
        yield Asked(0)
