"""A reader on a serial line, or one that looks like it (USB-CDC)."""

from __future__ import annotations

from collections import deque
from time import monotonic

from pos_client.devices.lines import Line
from pos_client.devices.reader.port import Reading, Source
from pos_client.devices.reader.stripe import LONGEST, read_stripe
from pos_client.devices.reader.tag import read_tag
from pos_client.runtime.gui_thread import assert_not_gui_thread

STX, ETX = 0x02, 0x03
_ENDS = frozenset(b"\r\n")
# Longer than any code: who sends more is no reader, and what it sent is forgotten.
_LONGEST = 4_096
_PAUSE_SECONDS = 0.2


class SerialReader:
    """Implements `Reader`. A reading ends with CR, LF or ETX, or with a pause: some scanners send no end."""

    def __init__(self, line: Line, source: Source, pause: float = _PAUSE_SECONDS) -> None:
        self._line = line
        self._source = source
        self._pause = pause
        self._came = bytearray()
        self._framed = False
        self._flood = False
        self._ready: deque[Reading] = deque()

    def read(self, seconds: float) -> Reading | None:
        """What is read next."""
        assert_not_gui_thread("a reader")
        deadline = monotonic() + seconds
        while not self._ready:
            left = deadline - monotonic()
            if left <= 0 and not self._came:
                return None
            data = self._line.receive(self._pause if self._came else left)
            if data:
                self._feed(data)
            else:
                self._end()
        return self._ready.popleft()

    def _feed(self, data: bytes) -> None:
        for octet in data:
            if octet == STX:
                self._came.clear()
                self._framed = True
            elif octet == ETX or (octet in _ENDS and not self._framed):
                self._end()
            elif len(self._came) < _LONGEST:
                self._came.append(octet)
            else:
                self._flood = True

    def _end(self) -> None:
        data, framed, flood = bytes(self._came), self._framed, self._flood
        self._came.clear()
        self._framed = self._flood = False
        if flood:
            self._ready.append(Reading(self._source, damaged=True))
        elif data.strip():
            self._ready.append(_reading(self._source, data, framed=framed))


def _reading(source: Source, data: bytes, *, framed: bool) -> Reading:
    if source is Source.STRIPE:
        text = data.decode("latin-1")
        return read_stripe(text) if len(text) <= LONGEST else Reading(source, damaged=True)
    if source is Source.TAG:
        return read_tag(data.decode("latin-1"), framed=framed)
    try:
        return Reading(source, data.decode("utf-8"))
    except UnicodeDecodeError:
        return Reading(source, data.decode("latin-1"))
