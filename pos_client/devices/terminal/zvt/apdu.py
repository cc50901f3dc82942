"""Messages (APDU): two octets say which, one or three how long, and data. On TCP they come one behind the other."""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.devices.terminal.zvt.errors import ZvtError

_LONG = 0xFF
_HEAD, _LONG_HEAD = 3, 5
MOST_DATA = 0xFFFF


@dataclass(frozen=True, slots=True)
class Apdu:
    """`control` is class and instruction (0x0601); for a refusal its second octet says why."""

    control: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The message as octets; ValueError if its data is longer than a message can say."""
        length = len(self.data)
        if length > MOST_DATA:
            raise ValueError("longer than a message can be")
        said = (
            bytes((length,)) if length < _LONG else bytes((_LONG,)) + length.to_bytes(2, "little")
        )
        return self.control.to_bytes(2, "big") + said + self.data


def read_apdu(data: bytes) -> Apdu:
    """The one message in octets; `ZvtError` if it is cut off or something stands behind it."""
    found, rest = _split(data)
    if found is None or rest:
        raise ZvtError("the message is longer or shorter than it says")
    return found


class ApduStream:
    """Takes octets as they come, in pieces or glued together, and gives whole messages."""

    def __init__(self) -> None:
        self._waiting = b""

    def feed(self, data: bytes) -> list[Apdu]:
        """The messages that are whole with these octets."""
        self._waiting += data
        found: list[Apdu] = []
        while True:
            one, self._waiting = _split(self._waiting)
            if one is None:
                return found
            found.append(one)

    @property
    def pending(self) -> int:
        """How many octets of a message wait for the rest of it."""
        return len(self._waiting)


def _split(data: bytes) -> tuple[Apdu | None, bytes]:
    """The first message, None if it is not whole yet; and what stands behind it."""
    if len(data) < _HEAD:
        return None, data
    begin, length = _HEAD, data[2]
    if length == _LONG:
        if len(data) < _LONG_HEAD:
            return None, data
        begin, length = _LONG_HEAD, int.from_bytes(data[3:5], "little")
    if len(data) < begin + length:
        return None, data
    control = int.from_bytes(data[:2], "big")
    return Apdu(control, data[begin : begin + length]), data[begin + length :]
