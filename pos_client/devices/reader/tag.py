"""Numbers of RFID and NFC tags, as serial readers send them: hexadecimal digits, some with a check, in many cases.

A tag's number can be copied: it names a customer, and proves nobody's identity.
"""

from __future__ import annotations

import re

from pos_client.devices.reader.port import Reading, Source

_HEX = re.compile(r"[0-9A-F]+")
# Octets of a number: ISO/IEC 14443 has 4, 7 and 10; ISO/IEC 15693 has 8; 125 kHz tags have 5.
_OCTETS = frozenset((4, 5, 7, 8, 10))
_CHECKED_OCTETS = 6


def read_tag(text: str, *, framed: bool) -> Reading:
    """The number in what a reader sent, in capital digits; `framed` is whether it came between STX and ETX: five octets
    come so with a sixth that is their exclusive or.
    """
    digits = re.sub(r"[\s:.-]", "", text).upper()
    if not _HEX.fullmatch(digits) or len(digits) % 2:
        return Reading(Source.TAG, damaged=True)
    octets = bytes.fromhex(digits)
    if framed and len(octets) == _CHECKED_OCTETS:
        check = 0
        for octet in octets:
            check ^= octet
        return Reading(Source.TAG, digits[:-2]) if check == 0 else Reading(Source.TAG, damaged=True)
    return (
        Reading(Source.TAG, digits) if len(octets) in _OCTETS else Reading(Source.TAG, damaged=True)
    )
