"""Pictures that people hand in: known by their content, drawn anew in two sizes, everything else refused.

What is kept is never what was sent: drawn anew, a picture carries no place where it was taken, no second file behind
its end, and nothing that another program might read as its own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.errors import DomainError

MOST_BYTES = 12_000_000
MOST_PIXELS = 50_000_000
SIDE, SMALL_SIDE = 1600, 320
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as JPEG, at most `SIDE` pixels wide and high, and a small one; `width` and `height` are those of the
    large one.
    """

    large: bytes
    small: bytes
    width: int
    height: int


def draw_anew(content: bytes) -> Picture:
    """The picture in a file.

    `DomainError`, 422: `picture_too_large` for too many bytes or pixels, `picture_invalid` for anything that is no
    JPEG, PNG or WebP, whatever it is called.
    """
    if len(content) > MOST_BYTES:
        raise DomainError("picture_too_large", http_status=422)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            # The size stands in the head: nothing is unpacked before it was looked at.
            if opened.width * opened.height > MOST_PIXELS:
                raise DomainError("picture_too_large", http_status=422)
            opened.load()
            plain = _on_white(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError as problem:
        raise DomainError("picture_too_large", http_status=422) from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        raise DomainError("picture_invalid", http_status=422) from problem
    plain.thumbnail((SIDE, SIDE))
    small = plain.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Picture(_jpeg(plain), _jpeg(small), plain.width, plain.height)


def _on_white(picture: Image.Image) -> Image.Image:
    """In plain colours; what shows through shows white, as in a shop's list."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()
