"""Pictures that people hand in: drawn anew or refused, whatever they call themselves."""

import io
import struct
from zlib import crc32

import pytest
from PIL import Image

from central_server.platform import pictures
from central_server.platform.pictures import SIDE, SMALL_SIDE, draw_anew
from shared.errors import DomainError


def drawn(kind="PNG", size=(40, 30), mode="RGB", colour="red", **more):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **more)
    return file.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_a_picture_becomes_a_jpeg_in_two_sizes(kind):
    found = draw_anew(drawn(kind, (3000, 1500)))
    large, small = opened(found.large), opened(found.small)
    assert (large.format, large.size) == ("JPEG", (SIDE, SIDE // 2))
    assert (small.format, small.size) == ("JPEG", (SMALL_SIDE, SMALL_SIDE // 2))
    assert (found.width, found.height) == large.size


def test_a_small_picture_is_not_blown_up():
    assert opened(draw_anew(drawn(size=(40, 30))).large).size == (40, 30)


def test_what_shows_through_is_white_and_colours_stay():
    seen = opened(draw_anew(drawn(mode="RGBA", colour=(255, 0, 0, 0))).large)
    assert min(seen.getpixel((5, 5))) > 250
    assert (
        opened(draw_anew(drawn("JPEG", mode="CMYK", colour=(0, 255, 255, 0))).large).mode == "RGB"
    )


def test_where_and_when_it_was_taken_and_what_hangs_on_it_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "Hinterhof der Beispielstraße"
    exif[0x0112] = 6
    sent = drawn("JPEG", (40, 30), exif=exif) + b"PK\x03\x04 another file"
    found = draw_anew(sent)
    assert b"Beispiel" in sent
    for content in (found.large, found.small):
        assert b"Beispiel" not in content
        assert b"another file" not in content
    # It lay on its side, and stands now.
    assert opened(found.large).size == (30, 40)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.4",
        drawn("GIF"),
        drawn("TIFF"),
        drawn()[:40],
        drawn("JPEG", (400, 300))[:300],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    ],
)
def test_what_is_none_is_refused(content):
    with pytest.raises(DomainError, match="picture_invalid"):
        draw_anew(content)


def test_what_is_too_large_is_refused_before_it_is_unpacked(monkeypatch):
    with pytest.raises(DomainError, match="picture_too_large"):
        draw_anew(b"\xff\xd8" + bytes(pictures.MOST_BYTES))
    sent = drawn(size=(40, 30))
    # A head that claims 60,000 by 60,000 pixels, with the check sum that belongs to it.
    head = b"IHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\0\0\0"
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", crc32(head))
    with pytest.raises(DomainError, match="picture_too_large"):
        draw_anew(bomb + sent[33:])
    monkeypatch.setattr(pictures, "MOST_PIXELS", 999)
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("unpacked"))
    with pytest.raises(DomainError, match="picture_too_large"):
        draw_anew(sent)
