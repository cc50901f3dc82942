"""Messages on a serial line: DLE STX … DLE ETX and a CRC, answered by ACK or NAK.

A DLE within the message is sent twice. The CRC (CRC-16/KERMIT, low octet first) is worked out over the message as it
was before that, and ETX; its own octets are never doubled, so that a frame is split by counting, not by looking for
what its end looks like.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

DLE, STX, ETX, ACK, NAK = 0x10, 0x02, 0x03, 0x06, 0x15
MOST_OCTETS = 0x1_0000 + 5


def _table() -> tuple[int, ...]:
    found = []
    for octet in range(256):
        value = octet
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
        found.append(value)
    return tuple(found)


_CRC = _table()


def crc(message: bytes) -> bytes:
    """The two octets behind DLE ETX."""
    value = 0
    for octet in (*message, ETX):
        value = value >> 8 ^ _CRC[(value ^ octet) & 0xFF]
    return value.to_bytes(2, "little")


def frame(message: bytes) -> bytes:
    """A message in its frame."""
    doubled = message.replace(bytes((DLE,)), bytes((DLE, DLE)))
    return bytes((DLE, STX)) + doubled + bytes((DLE, ETX)) + crc(message)


class Sign(Enum):
    """What comes besides messages: `BROKEN` is a frame whose CRC is wrong or that breaks the rules."""

    ACK = auto()
    NAK = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came whole."""

    data: bytes


class _In(Enum):
    IDLE = auto()
    BEGIN = auto()
    INSIDE = auto()
    ESCAPE = auto()
    CRC_LOW = auto()
    CRC_HIGH = auto()


class FrameReader:
    """Takes octets as they come and says what they were. What stands between frames and is no sign is noise."""

    def __init__(self) -> None:
        self._state = _In.IDLE
        self._message = bytearray()
        self._low = 0

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._state is not _In.IDLE

    def reset(self) -> None:
        """Forget a frame that has begun: too long a pause within it."""
        self._state = _In.IDLE
        self._message.clear()

    def feed(self, data: bytes) -> list[Message | Sign]:
        """What is complete with these octets."""
        found: list[Message | Sign] = []
        for octet in data:
            event = self._take(octet)
            if event is not None:
                found.append(event)
        return found

    def _take(self, octet: int) -> Message | Sign | None:
        match self._state:
            case _In.IDLE:
                return self._idle(octet)
            case _In.BEGIN:
                self._message.clear()
                self._state = _In.INSIDE if octet == STX else _In.IDLE
            case _In.INSIDE:
                if octet == DLE:
                    self._state = _In.ESCAPE
                    return None
                return self._add(octet)
            case _In.ESCAPE:
                return self._escaped(octet)
            case _In.CRC_LOW:
                self._low, self._state = octet, _In.CRC_HIGH
            case _In.CRC_HIGH:
                self._state = _In.IDLE
                message = bytes(self._message)
                whole = crc(message) == bytes((self._low, octet))
                return Message(message) if whole else Sign.BROKEN
        return None

    def _idle(self, octet: int) -> Sign | None:
        if octet == DLE:
            self._state = _In.BEGIN
        return {ACK: Sign.ACK, NAK: Sign.NAK}.get(octet)

    def _escaped(self, octet: int) -> Sign | None:
        if octet == DLE:
            self._state = _In.INSIDE
            return self._add(octet)
        if octet == ETX:
            self._state = _In.CRC_LOW
            return None
        if octet == STX:
            # The sender began anew: what came before is lost, and it will see that nobody acknowledged it.
            self._message.clear()
            self._state = _In.INSIDE
            return None
        self.reset()
        return Sign.BROKEN

    def _add(self, octet: int) -> Sign | None:
        self._message.append(octet)
        if len(self._message) > MOST_OCTETS:
            self.reset()
            return Sign.BROKEN
        return None
