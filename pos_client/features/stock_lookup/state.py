"""What the look-up screens show, ready to show. `drawing` names the picture of a category where there is no photo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CategoryTile:
    """A category to open: `category` is what `on_category` takes, `count` says in words how many articles it has."""

    category: str
    name: str
    count: str
    drawing: str


@dataclass(frozen=True, slots=True)
class CategoriesState:
    """All categories; `notice` says why there are none."""

    tiles: tuple[CategoryTile, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One article. With several variants `sku` is empty and `detail` counts them; `price` is empty where the lists
    have none. `key` is unique in the list, `image` the key of a photo or empty.
    """

    key: str
    sku: str
    article_no: str
    name: str
    detail: str
    price: str
    drawing: str
    image: str = ""


@dataclass(frozen=True, slots=True)
class LookupState:
    """What was found; `more` is what to hand in as `after` for the next page, empty on the last."""

    query: str = ""
    found: tuple[FoundRow, ...] = ()
    notice: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class VariantCell:
    """One size and colour; `stock` is what this store has, `level` is `none`, `low` or `ok`."""

    sku: str
    size: str
    colour: str
    price: str
    stock: str
    level: str


@dataclass(frozen=True, slots=True)
class VariantState:
    """All variants of an article; `price` is the span where variants cost different amounts."""

    article_no: str = ""
    name: str = ""
    detail: str = ""
    price: str = ""
    sizes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    cells: tuple[VariantCell, ...] = ()
    drawing: str = "box"
    image: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """What one location has: a cell for each column, empty where it never had any; the own store comes first."""

    location: str
    name: str
    own: bool
    cells: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class StockLevelRow:
    """What is there of one variant, at one location."""

    sku: str
    detail: str
    location: str
    quantity: str
    own: bool


@dataclass(frozen=True, slots=True)
class StockState:
    """The stock of an article's variants as a table, and as the plain list `levels` for those who cannot see."""

    article_no: str = ""
    name: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[StockRow, ...] = ()
    notice: str = ""
    levels: tuple[StockLevelRow, ...] = ()
    drawing: str = "box"
    image: str = ""
