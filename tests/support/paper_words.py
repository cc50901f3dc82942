"""What stands on a PDF that the centre made, as far as it is plain letters, digits and signs."""

from __future__ import annotations

import base64
import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\s*endstream", re.DOTALL)
_SHOWN = re.compile(rb"\((.*?)\) Tj")
# A sign beyond ASCII: its place in the font.
_OTHER = re.compile(rb"\\\d{3}")


def paper_words(document: bytes) -> list[str]:
    """The texts of a document in the order in which they are drawn. Signs beyond ASCII come as question marks."""
    found: list[str] = []
    for stream in _STREAM.findall(document):
        # Pages are written so; fonts are not.
        if stream.endswith(b"~>"):
            drawn = zlib.decompress(base64.a85decode(b"<~" + stream, adobe=True))
            found += [_OTHER.sub(b"?", text).decode("latin-1") for text in _SHOWN.findall(drawn)]
    return found
