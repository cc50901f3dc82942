"""What the demo chain sells: a fashion catalogue with sizes and colours, built around `resources/demo/styles.csv`.

GTINs lie in the range that GS1 keeps for use inside a company (prefix 20), so that they collide with no real one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.quantity import with_check_digit

STYLES_FILE = Path(__file__).resolve().parents[3] / "resources" / "demo" / "styles.csv"

_NAMES = ("Falkau", "Brocken", "Wiesent", "Lenne", "Murg", "Aare", "Eider", "Tauber")
_COLOURS = ("schwarz", "weiß", "marine", "grau", "rot", "grün", "senf", "creme")
_BRANDS = ("Kranich", "Kater", "Moorhof", "Nordlicht")
# The parts of the source's categories in the language of the chain.
_CATEGORIES = {
    "Women": "Damen",
    "Men": "Herren",
    "Clothing": "Bekleidung",
    "Shoes": "Schuhe",
    "Trousers": "Hosen",
    "Jackets": "Jacken",
    "Shirts": "Hemden",
    "Jeans": "Jeans",
    "Skirts": "Röcke",
    "Lace-up shoes": "Schnürschuhe",
    "Pumps": "Pumps",
    "Loafers": "Slipper",
    "Sneakers": "Sneaker",
}
_MODELS_PER_STYLE = 4
_COLOURS_PER_MODEL = 3


@dataclass(frozen=True, slots=True)
class DemoVariant:
    """One sellable variant with its prices in both currencies, gross minor units."""

    article_no: str
    sku: str
    barcode: str
    name_de: str
    name_en: str
    brand: str
    category: str
    size: str
    colour_de: str
    price_eur: int
    price_gbp: int


def variants() -> Iterator[DemoVariant]:
    """The catalogue, always the same and in the same order."""
    running = 0
    for style_no, style in enumerate(_styles(), 1):
        for model in range(_MODELS_PER_STYLE):
            article_no = f"{style_no:02d}{model + 1}00"
            price = _rounded_price(int(style["price_eur"]) * (80 + 15 * model) // 100)
            for colour_de in _colours(style, style_no + model):
                for size in style["sizes"].split("|"):
                    running += 1
                    yield DemoVariant(
                        article_no=article_no,
                        sku=f"{article_no}-{running:05d}",
                        barcode=with_check_digit(f"20{running:010d}"),
                        name_de=f"{style['kind_de']} {_NAMES[(style_no + 3 * model) % 8]}",
                        name_en=f"{style['kind_en']} {_NAMES[(style_no + 3 * model) % 8]}",
                        brand=_BRANDS[(style_no + model) % 4],
                        category=">".join(
                            _CATEGORIES[part] for part in style["category"].split(">")
                        ),
                        size=size,
                        colour_de=colour_de,
                        price_eur=price,
                        price_gbp=_rounded_price(price * 86 // 100),
                    )


def _styles() -> list[dict[str, str]]:
    with STYLES_FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _colours(style: dict[str, str], start: int) -> list[str]:
    own = style["colour_de"]
    others = [
        _COLOURS[(start + step) % 8] for step in range(8) if _COLOURS[(start + step) % 8] != own
    ]
    return [own, *others[: _COLOURS_PER_MODEL - 1]]


def _rounded_price(minor: int) -> int:
    """A price as shops write it: the next lower ten less five cents, at least 9.95."""
    return max(minor // 1000 * 1000 - 5, 995)
