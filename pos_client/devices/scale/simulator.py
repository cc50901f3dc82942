"""Scales that are none: Toledo 8217 and Dialog 06 over a real line, with whatever lies on them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pos_client.devices.lines import Line, LineBrokenError
from pos_client.devices.scale import dialog06, toledo
from pos_client.devices.simulated import Ended, Place, Served
from shared.errors import DomainError
from shared.quantity import parse_quantity

_LOOK_SECONDS = 0.02
Trouble = Literal["", "moving", "overloaded", "below_zero", "unmoved", "below_minimum"]
_TOLEDO_BITS = {
    "moving": toledo.MOVING,
    "overloaded": toledo.OVERLOADED,
    "below_zero": toledo.BELOW_ZERO,
}
_DIALOG_CODES = {
    "moving": b"20",
    "unmoved": b"21",
    "below_minimum": b"30",
    "below_zero": b"31",
    "overloaded": b"32",
}


# Words that a person types: what the scale says from then on, until something is put on it.
TROUBLES: dict[str, Trouble] = {
    "moving": "moving",
    "overloaded": "overloaded",
    "below zero": "below_zero",
    "unmoved": "unmoved",
    "below minimum": "below_minimum",
}
_MOST = Decimal(100)


class ScaleSimulator:
    """A scale at a place. `load` kilograms lie on it; `trouble` is what it says instead; `silent` says nothing,
    `garbage` nonsense; `demands` asks for a proof before it weighs (Dialog 06). `priced` counts the prices that it was
    told.
    """

    def __init__(self, place: Place, protocol: Literal["toledo", "dialog06"]) -> None:
        self.address = place.address
        self.load = Decimal(0)
        self.trouble: Trouble = ""
        self.silent = self.garbage = self.demands = False
        self.proofs: list[bytes] = []
        self._tare = Decimal(0)
        self.priced = self._price = 0
        self._proven = False
        self._waiting = b""
        self._answer = self._toledo if protocol == "toledo" else self._dialog
        self._served = Served("scale-simulator", place, self._talk)

    def close(self) -> None:
        """Switch it off."""
        self._served.close()

    def _talk(self, line: Line, ended: Ended) -> None:
        while not ended():
            try:
                data = line.receive(_LOOK_SECONDS)
                answer = self._answer(data) if data else b""
                if answer and not self.silent:
                    line.send(b"\x02~~\r\x03" if self.garbage else answer)
            except LineBrokenError:
                return

    def _toledo(self, data: bytes) -> bytes:
        said = b""
        for command in data:
            status = 0x40 | _TOLEDO_BITS.get(self.trouble, 0)
            if command == toledo.ASK[0] and not self.trouble:
                said += b"\x02%06.3f\r" % (self.load - self._tare)
                continue
            if command in toledo.ZERO + toledo.TARE and not self.trouble:
                self._tare = self.load
            elif command == toledo.CLEAR[0]:
                self._tare = Decimal(0)
            said += b"\x02?%c\r" % status
        return said

    def _dialog(self, data: bytes) -> bytes:
        self._waiting += data
        said = b""
        while self._waiting:
            head = self._waiting[:2]
            if head == bytes((dialog06.EOT, dialog06.ENQ)):
                said += self._result()
                self._waiting = self._waiting[2:]
            elif head == bytes((dialog06.EOT, dialog06.STX)) and dialog06.ETX in self._waiting:
                record, _, self._waiting = self._waiting[2:].partition(bytes((dialog06.ETX,)))
                said += self._take(record)
            else:
                break
        return said

    def _take(self, record: bytes) -> bytes:
        if record[:2] == dialog06.ASK_STATUS:
            self._price = -1
            return b""
        if record[:2] == dialog06.PRICE:
            self._price = int(record.split(dialog06.ESC)[1])
            self.priced += 1
        else:
            self.proofs.append(record)
            self._proven = True
        return bytes((dialog06.ACK,))

    def _result(self) -> bytes:
        if self._price == -1:
            code = _DIALOG_CODES.get(self.trouble, b"00")
            return _framed(dialog06.STATUS + dialog06.ESC + code)
        if self.demands and not self._proven:
            return _framed(dialog06.PROOF + dialog06.ESC + b"1234")
        if self.trouble:
            return bytes((dialog06.NAK,))
        amount = (self.load * self._price).quantize(Decimal(1), ROUND_HALF_UP)
        grams = int(self.load.scaleb(3))
        parts = (b"02", b"3", b"%05d" % grams, b"%06d" % self._price, b"%06d" % int(amount))
        return _framed(dialog06.ESC.join(parts))


def obey_words(scale: ScaleSimulator, words: str) -> str:
    """Do what a person typed, and say what holds now: kilograms that lie still on the scale, one of `TROUBLES`,
    `silent`, `nonsense`, `answers`. `DomainError('script_unknown')` for other words, and for a weight that the
    protocol has no digits for.
    """
    if words in {"silent", "nonsense", "answers"}:
        scale.silent, scale.garbage = words == "silent", words == "nonsense"
        return f"now: {words}"
    if words in TROUBLES:
        scale.trouble = TROUBLES[words]
        return f"now: {words}"
    load = _load(words)
    if load is None:
        raise DomainError("script_unknown", {"words": words[:60]})
    scale.load, scale.trouble = load, ""
    return f"on the scale: {load} kg"


def _load(words: str) -> Decimal | None:
    try:
        load: Decimal = parse_quantity(words)
    except DomainError:
        return None
    return load if 0 <= load < _MOST else None


def _framed(record: bytes) -> bytes:
    return bytes((dialog06.STX,)) + record + bytes((dialog06.ETX,))
