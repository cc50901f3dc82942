"""Data fields (bitmaps, BMP): one octet says which field, a table says how long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pos_client.devices.terminal.zvt.characters import read_text
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.masking import blank, mask_packed
from pos_client.devices.terminal.zvt.numbers import from_bcd
from pos_client.devices.terminal.zvt.tlv import Tlv, encode_tlvs, read_length, read_tlvs

AMOUNT, CONTAINER, TRACE, TIME, DATE = 0x04, 0x06, 0x0B, 0x0C, 0x0D
PAYMENT_TYPE, CARD_NUMBER, RESULT, TERMINAL_ID, VU_NUMBER = 0x19, 0x22, 0x27, 0x29, 0x2A
AUTHORISATION, ADDITIONAL_TEXT, CURRENCY, TOTALS = 0x3B, 0x3C, 0x49, 0x60
RECEIPT_NUMBER, TURNOVER_NUMBER, CARD_TYPE, CARD_NAME = 0x87, 0x88, 0x8A, 0x8B

_FIXED: Mapping[int, int] = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0), 1),
    **dict.fromkeys((0xD0, 0xD2, 0xD3, 0xE0, 0xF0, 0xFA, 0xFB, 0xFC), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    0x29: 4,
    0xBA: 5,
    0x04: 6,
    0x3B: 8,
    0x2A: 15,
}
# How many `Fx` octets say the length: LLVAR and LLLVAR.
_VARIABLE: Mapping[int, int] = {
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1), 2),
    **dict.fromkeys((*range(0xE1, 0xEA), *range(0xF1, 0xFA)), 2),
    **dict.fromkeys((0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF), 3),
}
_TRACKS = frozenset((0x23, 0x24, 0x2D, 0x2E, 0x3A))
_LENGTH_NIBBLE = 0xF0


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields in their order, each its tag and octets; `unread` is what stands behind a tag that nobody knows: nobody
    knows how long such a field is, so nothing behind it can be read.
    """

    items: tuple[tuple[int, bytes], ...] = ()
    unread: bytes = b""

    def encode(self) -> bytes:
        """The fields as octets."""
        return b"".join(_encoded(tag, value) for tag, value in self.items) + self.unread

    def get(self, tag: int) -> bytes | None:
        """The octets of a field; None if it is not there."""
        return next((value for found, value in self.items if found == tag), None)

    def number(self, tag: int) -> int | None:
        """A field of packed digits; `ZvtError` if it is none."""
        value = self.get(tag)
        return None if value is None else from_bcd(value)

    def octet(self, tag: int) -> int | None:
        """A field of one octet."""
        value = self.get(tag)
        return None if value is None else value[0]

    def text(self, tag: int) -> str:
        """A text field without the blanks around it; empty if it is not there."""
        return read_text((self.get(tag) or b"").rstrip(b"\x00")).strip()

    def objects(self) -> tuple[Tlv, ...]:
        """The data objects of the container, if there is one; `ZvtError` if it is broken."""
        value = self.get(CONTAINER)
        return () if value is None else read_tlvs(value)


def fields(*items: tuple[int, bytes]) -> Fields:
    """Fields to send."""
    return Fields(items)


def read_fields(data: bytes) -> Fields:
    """The fields in octets; `ZvtError` if one is cut off. Card numbers are masked and track data blanked."""
    items: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        tag = data[at]
        if tag not in _FIXED and tag not in _VARIABLE and tag != CONTAINER:
            return Fields(tuple(items), data[at:])
        value, at = _read_value(tag, data, at + 1)
        items.append((tag, _HARMLESS.get(tag, bytes)(value)))
    return Fields(tuple(items))


def read_counted(data: bytes, at: int, octets: int) -> tuple[bytes, int]:
    """What a length of so many `Fx` octets measures, and where it ends; `ZvtError` if that is no length."""
    digits = data[at : at + octets]
    if len(digits) < octets or any(
        octet < _LENGTH_NIBBLE or octet > _LENGTH_NIBBLE + 9 for octet in digits
    ):
        raise ZvtError("a variable field has no length")
    length = int("".join(str(octet - _LENGTH_NIBBLE) for octet in digits))
    begin = at + octets
    if begin + length > len(data):
        raise ZvtError("a variable field is cut off")
    return data[begin : begin + length], begin + length


def counted(data: bytes, octets: int) -> bytes:
    """Octets with their length before them; ValueError if so many cannot be said."""
    digits = f"{len(data):0{octets}d}"
    if len(digits) > octets:
        raise ValueError("too long for its field")
    return bytes(_LENGTH_NIBBLE + int(digit) for digit in digits) + data


def _read_value(tag: int, data: bytes, at: int) -> tuple[bytes, int]:
    if tag in _VARIABLE:
        return read_counted(data, at, _VARIABLE[tag])
    if tag == CONTAINER:
        length, at = read_length(data, at)
    else:
        length = _FIXED[tag]
    if at + length > len(data):
        raise ZvtError("a field is cut off")
    return data[at : at + length], at + length


def _encoded(tag: int, value: bytes) -> bytes:
    head = bytes((tag,))
    if tag in _VARIABLE:
        return head + counted(value, _VARIABLE[tag])
    if tag == CONTAINER:
        return Tlv(CONTAINER, value).encode()
    if len(value) != _FIXED[tag]:
        raise ValueError("a fixed field of another length")
    return head + value


def _harmless_container(value: bytes) -> bytes:
    return encode_tlvs(read_tlvs(value))


_HARMLESS: Mapping[int, Callable[[bytes], bytes]] = {
    CARD_NUMBER: mask_packed,
    CONTAINER: _harmless_container,
    **dict.fromkeys(_TRACKS, blank),
}


def known_tags() -> Iterable[int]:
    """Every tag that the table knows."""
    return (*_FIXED, *_VARIABLE, CONTAINER)
