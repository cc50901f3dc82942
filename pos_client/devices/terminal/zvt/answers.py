"""What a terminal says: status, progress, receipts, its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_client.devices.terminal.zvt import fields as bmp
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.characters import read_text
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.fields import Fields, read_counted, read_fields
from pos_client.devices.terminal.zvt.numbers import from_bcd
from pos_client.devices.terminal.zvt.tlv import Tlv, find, read_length, read_tlvs

RECEIPT_KIND, TEXT_LINE, TEXT_LINES, LINE_END = 0x1F07, 0x07, 0x25, 0x09
EXTENDED_TEXT = 0x1F17
MERCHANT, CUSTOMER, ADMINISTRATION = 1, 2, 3
_FEED = 0x80
# BMP 60: count (one octet) and amount (six) for each of these, behind the first and the last receipt number.
_CARD_KINDS = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "other")
_KIND_OCTETS, _NUMBERS_OCTETS = 7, 4


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Payments with one kind of card: how many, and their sum in minor units."""

    name: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of an end of day, with the receipt numbers that they are made of."""

    first_receipt: int
    last_receipt: int
    kinds: tuple[KindTotal, ...]


@dataclass(slots=True)
class Receipts:
    """Receipts as they come, row by row; which one a row belongs to is said by the terminal, or by their order."""

    rows: dict[int, list[str]] = field(default_factory=dict)
    _unnamed: int = MERCHANT

    def take(self, message: Apdu) -> None:
        """Add what a print message holds; `ZvtError` if it cannot be read."""
        if not message.data:
            return
        if message.data[0] == bmp.CONTAINER and message.control & 0xFF == 0xD3:
            length, at = read_length(message.data, 1)
            if at + length != len(message.data):
                raise ZvtError("a text block is longer or shorter than it says")
            self._take_block(read_tlvs(message.data[at:]))
        else:
            self._take_line(message.data)

    def kind(self, kind: int) -> tuple[str, ...]:
        """The rows of a receipt, without empty ones at its ends."""
        rows = list(self.rows.get(kind, ()))
        while rows and not rows[-1]:
            rows.pop()
        while rows and not rows[0]:
            rows.pop(0)
        return tuple(rows)

    def _take_block(self, objects: tuple[Tlv, ...]) -> None:
        kind = _kind(objects) or self._unnamed
        for lines in find(objects, TEXT_LINES):
            for each in lines.value if isinstance(lines.value, tuple) else ():
                if each.tag == TEXT_LINE and isinstance(each.value, bytes):
                    self._add(kind, each.value)

    def _take_line(self, data: bytes) -> None:
        attribute, text, objects = split_line(data)
        kind = _kind(objects)
        if attribute & _FEED:
            if kind is None and self.rows.get(self._unnamed):
                self._unnamed = CUSTOMER
            return
        self._add(kind or self._unnamed, text)

    def _add(self, kind: int, text: bytes) -> None:
        self.rows.setdefault(kind, []).append(read_text(text).rstrip())


def split_line(data: bytes) -> tuple[int, bytes, tuple[Tlv, ...]]:
    """A row to print: its attribute, its text, and the container that may stand behind the text."""
    for at in range(1, len(data)):
        if data[at] != bmp.CONTAINER:
            continue
        try:
            length, begin = read_length(data, at + 1)
            if begin + length == len(data):
                return data[0], data[1:at], read_tlvs(data[begin:])
        except ZvtError:
            continue
    return data[0], data[1:], ()


def read_progress(message: Apdu) -> tuple[int, str]:
    """Code and words of an intermediate status; `ZvtError` if it has none."""
    if not message.data:
        raise ZvtError("an intermediate status without a status")
    at = 1 if message.data[1:2] == bytes((bmp.CONTAINER,)) else 2
    objects = read_fields(message.data[at:]).objects()
    return message.data[0], _words(objects, TEXT_LINE)


def read_abort(message: Apdu) -> tuple[int, str]:
    """Why the terminal gave up, and its words for it; `ZvtError` if it does not say."""
    if not message.data:
        return -1, ""
    return message.data[0], _words(read_fields(message.data[1:]).objects(), EXTENDED_TEXT)


def read_status(message: Apdu) -> Fields:
    """The fields of a status information; `ZvtError` if they cannot be read."""
    return read_fields(message.data)


def card_number(said: Fields) -> str:
    """The card number as people read it: digits and `*`."""
    value = said.get(bmp.CARD_NUMBER)
    return "" if value is None else value.hex().rstrip("f").replace("e", "*")


def read_totals(said: Fields) -> Totals | None:
    """The sums of an end of day; None if there are none; `ZvtError` if they are cut off."""
    data = said.get(bmp.TOTALS)
    if data is None:
        return None
    if len(data) < _NUMBERS_OCTETS or (len(data) - _NUMBERS_OCTETS) % _KIND_OCTETS:
        raise ZvtError("the totals are cut off")
    kinds = []
    parts = range(_NUMBERS_OCTETS, len(data), _KIND_OCTETS)
    for name, at in zip(_CARD_KINDS, parts, strict=False):
        amount = from_bcd(data[at + 1 : at + _KIND_OCTETS])
        kinds.append(KindTotal(name, data[at], amount))
    return Totals(from_bcd(data[:2]), from_bcd(data[2:4]), tuple(kinds))


def read_state(message: Apdu) -> tuple[int, str]:
    """Status code and program version in the completion of a status enquiry."""
    data = message.data
    version = b""
    at = 0
    if data[:1] >= b"\xf0":
        version, at = read_counted(data, 0, 3)
    code = data[at] if at < len(data) else 0
    return code, read_text(version)


def _kind(objects: tuple[Tlv, ...]) -> int | None:
    for each in find(objects, RECEIPT_KIND):
        if isinstance(each.value, bytes) and each.value:
            return each.value[0]
    return None


def _words(objects: tuple[Tlv, ...], tag: int) -> str:
    found = (each.value for each in find(objects, tag) if isinstance(each.value, bytes))
    return " ".join(read_text(value).strip() for value in found).strip()
