"""Containers of tags, lengths and values (BMP 06): ISO/IEC 8825-1 tags and lengths, as ZVT uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.masking import blank, mask_packed

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MORE = 0x80
_MOST_TAG_OCTETS = 4
_MOST_LENGTH_OCTETS = 3
_DEEPEST = 8
# EMV's tags of the card number and of track data (EMV Book 3, annex A).
_CARD_NUMBERS = frozenset((0x5A,))
_TRACKS = frozenset((0x56, 0x57, 0x9F1F, 0x9F20, 0x9F6B))


@dataclass(frozen=True, slots=True)
class Tlv:
    """A data object: `tag` as the papers write it (0x1F07); `value` octets, or objects where the tag says so."""

    tag: int
    value: bytes | tuple[Tlv, ...]

    def encode(self) -> bytes:
        """The object as octets."""
        value = self.value if isinstance(self.value, bytes) else encode_tlvs(self.value)
        width = (self.tag.bit_length() + 7) // 8 or 1
        return self.tag.to_bytes(width, "big") + _length(len(value)) + value


def encode_tlvs(objects: tuple[Tlv, ...]) -> bytes:
    """Objects one behind the other."""
    return b"".join(each.encode() for each in objects)


def container(*objects: Tlv) -> bytes:
    """The value of a BMP 06: length and objects."""
    inside = encode_tlvs(objects)
    return _length(len(inside)) + inside


def read_tlvs(data: bytes, depth: int = 0) -> tuple[Tlv, ...]:
    """The objects in octets; `ZvtError` if they are none, or nested deeper than anybody nests them."""
    if depth > _DEEPEST:
        raise ZvtError("data objects are nested too deep")
    found = []
    at = 0
    while at < len(data):
        tag, at = _read_tag(data, at)
        length, at = read_length(data, at)
        if at + length > len(data):
            raise ZvtError("a data object ends beyond its container")
        found.append(_object(tag, data[at : at + length], depth))
        at += length
    return tuple(found)


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """A length, and where what it measures begins; `ZvtError` for one that is cut off or of no known form."""
    first = _octet(data, at)
    at += 1
    if first < _MORE:
        return first, at
    octets = first - _MORE
    if not 0 < octets <= _MOST_LENGTH_OCTETS or at + octets > len(data):
        raise ZvtError("a length is of no known form")
    return int.from_bytes(data[at : at + octets], "big"), at + octets


def find(objects: tuple[Tlv, ...], tag: int) -> Iterator[Tlv]:
    """All objects with a tag, at whatever depth, in their order."""
    for each in objects:
        if each.tag == tag:
            yield each
        if isinstance(each.value, tuple):
            yield from find(each.value, tag)


def _object(tag: int, value: bytes, depth: int) -> Tlv:
    first = tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")[0]
    if first & _CONSTRUCTED:
        return Tlv(tag, read_tlvs(value, depth + 1))
    if tag in _CARD_NUMBERS:
        value = mask_packed(value)
    elif tag in _TRACKS:
        value = blank(value)
    return Tlv(tag, value)


def _read_tag(data: bytes, at: int) -> tuple[int, int]:
    tag = _octet(data, at)
    if tag == 0:
        raise ZvtError("a data object has no tag")
    at += 1
    if tag & _LONG_TAG == _LONG_TAG:
        for _ in range(_MOST_TAG_OCTETS - 1):
            octet = _octet(data, at)
            tag = tag << 8 | octet
            at += 1
            if octet < _MORE:
                break
        else:
            raise ZvtError("a tag does not end")
    return tag, at


def _octet(data: bytes, at: int) -> int:
    if at >= len(data):
        raise ZvtError("a data object is cut off")
    return data[at]


def _length(length: int) -> bytes:
    if length < _MORE:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((_MORE + len(octets),)) + octets
