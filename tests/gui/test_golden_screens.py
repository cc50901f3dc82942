"""Every screen in every state looks as it was accepted. `TRESEN_UPDATE_GOLDEN=1` accepts what is drawn now.

What differs is left in `screens-diff/`, as drawn, as accepted, and where.
"""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from pos_client.app.screens.gallery import draw, shots

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "screens"
DIFF = Path(__file__).resolve().parents[2] / "screens-diff"
UPDATE = os.environ.get("TRESEN_UPDATE_GOLDEN") == "1"
# Glyphs are drawn a shade differently from one build of the rasteriser to the next; a moved edge is more than that.
_SHADE = 40
_MOST_PIXELS = 0.0005
SHOTS = tuple(shots())


def drawn(look, shot, path):
    draw(look, shot).save(str(path))
    with Image.open(path) as image:
        return image.convert("RGB")


def differing(one, other):
    mask = (
        ImageChops.difference(one, other).convert("L").point(lambda shade: 255 * (shade > _SHADE))
    )
    return mask, sum(mask.histogram()[1:])


def few_colours(image):
    """The picture in as few colours as leave it the same picture: small words on a dark ground may need more."""
    for colours in (64, 256):
        small = image.quantize(colours, dither=Image.Dither.NONE)
        lost = differing(image, small.convert("RGB"))[1]
        if lost < _MOST_PIXELS * image.width * image.height / 2:
            break
    return small


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_looks_as_accepted(look, tmp_path, shot):
    image = drawn(look, shot, tmp_path / "drawn.png")
    golden = GOLDEN / f"{shot.name}.png"
    if UPDATE:
        golden.parent.mkdir(parents=True, exist_ok=True)
        few_colours(image).save(golden, optimize=True)
        return
    with Image.open(golden) as file:
        accepted = file.convert("RGB")
    assert image.size == accepted.size
    mask, count = differing(image, accepted)
    if count > _MOST_PIXELS * image.width * image.height:
        folder = DIFF / shot.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in (("drawn", image), ("accepted", accepted), ("where", mask)):
            picture.save(folder / f"{name}.png")
        pytest.fail(f"{count} pixels differ: see {folder}")


def test_no_picture_is_left_over():
    names = {f"{shot.name}.png" for shot in SHOTS}
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.glob("**/*.png")} == names


def test_a_moved_part_is_seen(look, tmp_path):
    image = drawn(look, SHOTS[0], tmp_path / "drawn.png")
    moved = ImageChops.offset(image, 1, 0)
    assert differing(image, moved)[1] > _MOST_PIXELS * image.width * image.height
