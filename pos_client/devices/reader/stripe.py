"""Magnetic stripes as readers send them: tracks 1 and 2 (ISO/IEC 7811-2 and 7813) with their sentinels.

`%B1234^NAME^2512...?` is track 1, `;1234=2512...?` track 2. The longitudinal check (LRC) may stand behind the end
sentinel; most readers check it themselves and leave it out. A payment card is recognised here, before anybody sees it.
"""

from __future__ import annotations

import re

from pos_client.devices.reader.port import Reading, Source
from shared.identity.payment_cards import is_payment_card

LONGEST = 79 + 40 + 107 + 6
_TRACK_1 = re.compile(
    r"%([A-Z])([0-9A-Z ./-]{1,30})\^([^?^]{0,40})\^?([^?]{0,60})\?(.?)", re.DOTALL
)
_TRACK_2 = re.compile(r";([0-9]{1,32})(?:=([0-9=:<>]{0,36}))?\?(.?)", re.DOTALL)
_SENTINELS = "%;"


def read_stripe(text: str) -> Reading:
    """The number on a card; track 2 counts before track 1, because it holds nothing else."""
    second, first = _TRACK_2.search(text), _TRACK_1.search(text)
    if second is None and first is None:
        return Reading(Source.STRIPE, damaged=True)
    numbers = [match[group].strip() for match, group in ((second, 1), (first, 2)) if match]
    if any(is_payment_card(number) for number in numbers):
        return Reading(Source.STRIPE, dropped=True)
    checked = (second is None or _sound(second, 3, 0x30, 4)) and (
        first is None or _sound(first, 5, 0x20, 6)
    )
    agree = len({number for number in numbers if number.isdigit()}) <= 1
    return Reading(Source.STRIPE, numbers[0]) if checked and agree else _damaged()


def is_stripe(text: str) -> bool:
    """Whether a text begins as a stripe does: for readers that type like a keyboard."""
    return text[:1] in _SENTINELS and "?" in text and len(text) <= LONGEST


def check_character(track: str, base: int, bits: int) -> str:
    """The LRC behind a track with its sentinels: each column of bits even, its own parity left out. Characters count
    from `base` and have so many bits.
    """
    total = 0
    for letter in track:
        total ^= ord(letter) - base
    return chr(base + (total & (1 << bits) - 1))


def _sound(match: re.Match[str], group: int, base: int, bits: int) -> bool:
    """Whether the character behind a track, if there is one, is its check."""
    said = match[group]
    if not said or said in f"{_SENTINELS}\r\n":
        return True
    track = match[0][: -len(said)]
    return said == check_character(track, base, bits)


def _damaged() -> Reading:
    return Reading(Source.STRIPE, damaged=True)
