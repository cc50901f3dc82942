"""A reader that is none: it sends what a scanner, a stripe or a tag would, over a real line."""

from __future__ import annotations

import queue
import re

from pos_client.devices.lines import Line, LineBrokenError
from pos_client.devices.reader.port import Source
from pos_client.devices.reader.stripe import check_character, is_stripe
from pos_client.devices.simulated import Ended, Place, Served
from shared.errors import DomainError

_LOOK_SECONDS = 0.02
# What fits on track 2 before its separator; and digits of a tag, with what readers put between them.
_NUMBER = re.compile(r"[0-9]{1,32}")
_TAG = re.compile(r"[0-9A-Fa-f]{2}(?:[ :.-]?[0-9A-Fa-f]{2})*")


class ReaderSimulator:
    """A reader at a place, served by a thread of its own."""

    def __init__(self, place: Place) -> None:
        self.address = place.address
        self._sent: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._served = Served("reader-simulator", place, self._talk)

    def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self._sent.put(data)

    def scan(self, code: str, symbology: str = "]E0") -> None:
        """Scan a code, with what a scanner says about its bars."""
        self.send(f"{symbology}{code}\r".encode())

    def swipe(self, number: str, further: str = "", *, checked: bool = False) -> None:
        """Draw a card through, with a track 2."""
        track = f";{number}={further}?"
        self.send(
            f"{track}{check_character(track, 0x30, 4) if checked else ''}\r".encode("latin-1")
        )

    def present(self, number: bytes) -> None:
        """Hold a tag to the reader: five octets, sent with their check."""
        check = 0
        for octet in number:
            check ^= octet
        self.send(b"\x02" + (number + bytes((check,))).hex().upper().encode("ascii") + b"\r\n\x03")

    def close(self) -> None:
        """Unplug it."""
        self._served.close()

    def _talk(self, line: Line, ended: Ended) -> None:
        while not ended():
            try:
                line.send(self._sent.get(timeout=_LOOK_SECONDS))
            except queue.Empty:
                continue
            except LineBrokenError:
                return


def send_words(simulator: ReaderSimulator, source: Source, words: str) -> None:
    """Send what a person typed, as the reader of a source would: any code, the number of a card or whole tracks with
    their sentinels, hexadecimal digits of a tag. `DomainError('script_unknown')` for what its carrier cannot hold.
    """
    if source is Source.SCANNER:
        simulator.scan(words, "")
    elif source is Source.STRIPE and is_stripe(words) and words.isascii():
        simulator.send(words.encode("ascii") + b"\r")
    elif source is Source.STRIPE and _NUMBER.fullmatch(words):
        simulator.swipe(words)
    elif source is Source.TAG and _TAG.fullmatch(words):
        simulator.send(words.encode("ascii") + b"\r")
    else:
        raise DomainError("script_unknown", {"words": words[:60]})
