"""Texts of terminals. Most send code page 437, some Latin-1, and none says which."""

from __future__ import annotations

from pos_client.devices.terminal.zvt.masking import mask_text

# Ä Ö Ü ä ö ü ß of Latin-1, which German receipts cannot do without; in code page 437 these are lines and Greek letters.
_LATIN = frozenset(b"\xc4\xd6\xdc\xe4\xf6\xfc\xdf")


def read_text(data: bytes) -> str:
    """The text, with card numbers masked and control characters as blanks.

    Octets 80 to 9F are letters in code page 437 and nothing in Latin-1, so one of them decides; else an umlaut of
    Latin-1 does; a text with neither reads the same in both but for rare letters.
    """
    latin = not any(0x80 <= octet < 0xA0 for octet in data) and bool(_LATIN & set(data))
    text = data.decode("latin-1" if latin else "cp437")
    return mask_text("".join(c if c.isprintable() else " " for c in text))


def write_text(text: str) -> bytes:
    """The text in code page 437; what it has not becomes a question mark."""
    return text.encode("cp437", errors="replace")
