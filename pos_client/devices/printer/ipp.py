"""The few words of IPP (RFC 8010, RFC 8011) that a raw print queue needs: print, ask after the printer and the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
_VERSION = b"\x01\x01"
_OPERATION, _END, _JOB, _PRINTER = 0x01, 0x03, 0x02, 0x04
_INTEGER, _ENUM, _TEXT, _NAME = 0x21, 0x23, 0x41, 0x42
_KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x44, 0x45, 0x47, 0x48, 0x49
_TAGS = {
    "attributes-charset": _CHARSET,
    "attributes-natural-language": _LANGUAGE,
    "printer-uri": _URI,
    "requesting-user-name": _NAME,
    "job-name": _NAME,
    "document-format": _MIME,
    "requested-attributes": _KEYWORD,
    "printer-state-reasons": _KEYWORD,
    "printer-state": _ENUM,
    "job-state": _ENUM,
    "job-id": _INTEGER,
}
_NUMBERS = frozenset((_INTEGER, _ENUM))
_GROUPS = {"printer": _PRINTER, "job": _JOB}
SUCCESSFUL_BELOW = 0x0100
RAW = "application/vnd.cups-raw"

Values = tuple[str | int, ...]


class IppError(Exception):
    """These octets are no IPP."""


@dataclass(frozen=True, slots=True)
class IppMessage:
    """A request or an answer: `code` is the operation or the status; attributes of all groups together, each with its
    values; `data` what is to be printed.
    """

    code: int
    attributes: Mapping[str, Values] = field(default_factory=dict)
    data: bytes = b""
    number: int = 1

    def values(self, name: str) -> Values:
        """The values of an attribute; none if it is not there."""
        return self.attributes.get(name, ())

    def integer(self, name: str) -> int:
        """A number; 0 if it is not there."""
        return next((value for value in self.values(name) if isinstance(value, int)), 0)


def request(operation: int, printer: str, **more: Values) -> IppMessage:
    """A request for a printer's address; attribute names are given with underscores."""
    named = {name.replace("_", "-"): values for name, values in more.items()}
    return IppMessage(operation, {"printer-uri": (printer,), **named})


def encode(message: IppMessage, group: str = "") -> bytes:
    """The message as octets. An answer names the `group` its attributes are in (`printer`, `job`)."""
    head = _VERSION + message.code.to_bytes(2, "big") + message.number.to_bytes(4, "big")
    said: dict[str, Values] = {
        "attributes-charset": ("utf-8",),
        "attributes-natural-language": ("en",),
    }
    body = bytes((_OPERATION,))
    if group:
        body += _attributes(said) + bytes((_GROUPS[group],)) + _attributes(message.attributes)
    else:
        body += _attributes({**said, **message.attributes})
    return head + body + bytes((_END,)) + message.data


def decode(data: bytes) -> IppMessage:
    """The message in octets; `IppError` if they are none."""
    if len(data) < 9:
        raise IppError("cut off")
    code, number = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
    attributes: dict[str, Values] = {}
    at, name = 8, ""
    while True:
        tag = _octet(data, at)
        at += 1
        if tag == _END:
            return IppMessage(code, attributes, data[at:], number)
        if tag < 0x10:
            name = ""
            continue
        said, at = _counted(data, at)
        value, at = _counted(data, at)
        # An attribute without a name is a further value of the one before.
        name = said.decode("utf-8", errors="replace") or name
        attributes[name] = (*attributes.get(name, ()), _value(tag, value))


def _value(tag: int, value: bytes) -> str | int:
    if tag in _NUMBERS:
        return int.from_bytes(value, "big", signed=True)
    return value.decode("utf-8", errors="replace")


def _attributes(attributes: Mapping[str, Values]) -> bytes:
    said = b""
    for name, values in attributes.items():
        tag = _TAGS.get(name, _TEXT)
        for place, value in enumerate(values):
            octets = (
                value.to_bytes(4, "big", signed=True)
                if isinstance(value, int)
                else value.encode("utf-8")
            )
            called = name.encode("ascii") if place == 0 else b""
            said += bytes((tag,)) + _count(called) + _count(octets)
    return said


def _count(octets: bytes) -> bytes:
    return len(octets).to_bytes(2, "big") + octets


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    begin = at + 2
    if begin + length > len(data):
        raise IppError("cut off")
    return data[begin : begin + length], begin + length


def _octet(data: bytes, at: int) -> int:
    if at >= len(data):
        raise IppError("cut off")
    return data[at]
