"""Packed decimal numbers, two digits an octet."""

from __future__ import annotations

from pos_client.devices.terminal.zvt.errors import ZvtError


def to_bcd(number: int, octets: int) -> bytes:
    """A number of 0 or more in so many octets; ValueError if it does not fit."""
    text = f"{number:0{octets * 2}d}"
    if number < 0 or len(text) > octets * 2:
        raise ValueError("the number does not fit into its field")
    return bytes.fromhex(text)


def from_bcd(data: bytes) -> int:
    """The number in packed digits; `ZvtError` for what is no digit."""
    text = data.hex()
    if not text.isdecimal():
        raise ZvtError("a decimal field holds no decimal digits")
    return int(text)
