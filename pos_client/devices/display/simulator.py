"""A customer display that is none: it understands both languages and remembers what would be seen."""

from __future__ import annotations

import threading

from pos_client.devices.display.commands import LETTERS, Mode
from pos_client.devices.display.port import COLUMNS
from pos_client.devices.lines import Line, LineBrokenError
from pos_client.devices.simulated import Ended, Place, Served

_LOOK_SECONDS = 0.02
_ESC, _US, _CLR, _CR = 0x1B, 0x1F, 0x0C, 0x0D
_BLANK = b" " * COLUMNS


class DisplaySimulator:
    """A display at a place, in the language of a mode."""

    def __init__(self, place: Place, mode: Mode) -> None:
        self.address = place.address
        self._page = LETTERS[mode].page
        self._lock = threading.Lock()
        self._rows = [bytearray(_BLANK), bytearray(_BLANK)]
        self._row = self._column = 0
        self._mine = True
        self.unknown = 0
        self._waiting = b""
        self._served = Served("display-simulator", place, self._talk)

    def rows(self) -> tuple[str, str]:
        """What is seen, without blanks at the ends of rows."""
        with self._lock:
            upper, lower = (bytes(row).decode(self._page).rstrip() for row in self._rows)
        return upper, lower

    def close(self) -> None:
        """Switch it off."""
        self._served.close()

    def _talk(self, line: Line, ended: Ended) -> None:
        while not ended():
            try:
                data = line.receive(_LOOK_SECONDS)
            except LineBrokenError:
                return
            with self._lock:
                self._waiting += data
                while self._waiting and (taken := self._take(self._waiting)):
                    self._waiting = self._waiting[taken:]

    def _take(self, data: bytes) -> int:
        """Do the first thing in the octets; how many they were, 0 if it is not whole yet."""
        first = data[0]
        if first == _ESC:
            return self._escape(data)
        if first == _US:
            if len(data) < 4:
                return 0
            self._column, self._row = data[2] - 1, data[3] - 1
            return 4
        if not self._mine:
            return 1
        if first == _CLR:
            self._blank()
        elif first >= 0x20:
            if self._column < COLUMNS and self._row < 2:
                self._rows[self._row][self._column] = first
            self._column += 1
        else:
            self.unknown += 1
        return 1

    def _escape(self, data: bytes) -> int:
        second = data[1:2]
        if second == b"@":
            self._blank()
            return 2
        if second in {b"=", b"t", b"*"}:
            if len(data) < 3:
                return 0
            if second == b"=":
                self._mine = bool(data[2] & 2)
            return 3
        if second == b"Q":
            end = data.find(_CR)
            if end < 0:
                return 0
            row = self._rows[0 if data[2:3] == b"A" else 1]
            row[:] = data[3:end][:COLUMNS].ljust(COLUMNS)
            return end + 1
        if not second:
            return 0
        self.unknown += 1
        return 2

    def _blank(self) -> None:
        self._rows = [bytearray(_BLANK), bytearray(_BLANK)]
        self._row = self._column = 0
