"""Which drawing stands for a category where there is no photo: by words of the trade, German and English."""

from __future__ import annotations

import re

FALLBACK = "box"
# The first row with a word that the category contains decides: what is more particular stands further up.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gift", ("geschenk", "gutschein", "gift", "voucher")),
    ("needle", ("änderung", "schneider", "alteration", "tailor", "repair", "reparatur", "service")),
    (
        "socks",
        (
            "socke",
            "strumpf",
            "strümpf",
            "wäsche",
            "sock",
            "hosiery",
            "tights",
            "underwear",
            "lingerie",
        ),
    ),
    (
        "shoe",
        (
            "schuh",
            "stiefel",
            "sneaker",
            "sandale",
            "pumps",
            "loafer",
            "shoe",
            "boot",
            "sandal",
            "footwear",
        ),
    ),
    ("tshirt", ("t-shirt", "tshirt", "shirts kurz", "polo", "top", "tops")),
    ("shirt", ("hemd", "bluse", "shirt", "blouse")),
    (
        "knitwear",
        ("strick", "pullover", "pulli", "cardigan", "sweat", "knit", "jumper", "sweater", "hoodie"),
    ),
    (
        "coat",
        (
            "jacke",
            "mantel",
            "mäntel",
            "sakko",
            "blazer",
            "weste",
            "jacket",
            "coat",
            "parka",
            "vest",
            "suit",
            "anzug",
        ),
    ),
    ("dress", ("kleid", "rock", "röcke", "dress", "skirt")),
    ("trousers", ("hose", "jeans", "leggings", "trouser", "pants", "shorts", "chino")),
    (
        "bag",
        (
            "tasche",
            "accessoire",
            "gürtel",
            "schal",
            "mütze",
            "schmuck",
            "bag",
            "accessor",
            "belt",
            "scarf",
            "hat",
            "jewel",
        ),
    ),
    ("kids", ("kinder", "baby", "mädchen", "junge", "kids", "child", "girl", "boy")),
)
# Found at the beginning of a word, or (from five letters on) at the end of a German compound: Damenhosen, Wollmantel.
_SPLIT = re.compile(r"[^\w-]+")
_COMPOUND = 4


def drawing_of(category: str) -> str:
    """The name of the drawing. Of a path such as `Women>Shoes` the last part counts, then the ones before it."""
    for part in reversed(re.split(r"[>/|]", category.casefold())):
        words = [word for word in _SPLIT.split(part) if word]
        for drawing, keys in _WORDS:
            if any(_names(word, key) for word in words for key in keys):
                return drawing
    return FALLBACK


def _names(word: str, key: str) -> bool:
    if len(key) < _COMPOUND:
        return word.removesuffix("s") == key.removesuffix("s")
    return word.startswith(key) or (key in word and not word.startswith("bekleid"))
