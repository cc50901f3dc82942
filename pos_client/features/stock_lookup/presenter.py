"""Looking articles and their stock up. Changes nothing; nobody needs to be logged in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pos_client.features.stock_lookup.drawings import FALLBACK, drawing_of
from pos_client.features.stock_lookup.grouping import Hit, group_hits, in_size_order
from pos_client.features.stock_lookup.ports import (
    Catalogue,
    LookupView,
    Moments,
    SoldArticles,
    StockSight,
)
from pos_client.features.stock_lookup.state import (
    CategoriesState,
    CategoryTile,
    FoundRow,
    LookupState,
    StockLevelRow,
    StockRow,
    StockState,
    VariantCell,
    VariantState,
)
from pos_client.ports import Place, Texts
from shared.catalogue import Item
from shared.errors import DomainError

FOUND = 30
PAGE = 50
LAST_SOLD = 40
# Hits before they are put together by article.
_CANDIDATES = 200
_LOW = 2


class LookupPresenter:
    """The newest query wins; dropping older answers is the caller's business."""

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockSight,
        moments: Moments,
        place: Place,
        texts: Texts,
        view: LookupView,
        sold: SoldArticles | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._stock = stock
        self._moments = moments
        self._place = place
        self._texts = texts
        self._view = view
        self._sold = sold

    # --- finding ------------------------------------------------------------------------------

    def on_categories(self) -> CategoriesState:
        """All categories with what they hold; articles without one come last, as a category of their own."""
        found = self._catalogue.categories()
        ordered = sorted(found, key=lambda row: (not row[0], row[0].casefold()))
        tiles = tuple(
            CategoryTile(
                category=category,
                name=self._category_name(category),
                count=self._counted("lookup.articles", count),
                drawing=drawing_of(category),
            )
            for category, count in ordered
        )
        return CategoriesState(tiles, "" if tiles else self._texts.text("lookup.no_categories"))

    def on_category(self, category: str, after: str = "") -> LookupState:
        """A page of a category's articles, by number; `after` is the `more` of the page before."""
        items = self._catalogue.category(category, after, PAGE + 1)
        more = items[PAGE - 1].article_no if len(items) > PAGE else ""
        hits = [Hit(item) for item in items[:PAGE]]
        rows = self._rows(hits)
        notice = "" if rows else self._texts.text("lookup.nothing")
        return self._render(LookupState("", rows, notice, more))

    def on_search(self, text: str, limit: int = FOUND, *, grouped: bool = True) -> LookupState:
        """Articles while typing: by name, number, barcode (from its beginning), size and colour, in any order.

        One row for each article, or one for each variant if not `grouped`.
        """
        most = min(max(limit, 1), 200)
        items = self._catalogue.search(text, _CANDIDATES if grouped else most)
        alone = [Hit(item, named=True) for item in items]
        rows = self._rows(group_hits(items, text)[:most] if grouped else alone)
        notice = "" if rows or not text.strip() else self._texts.text("lookup.nothing")
        return self._render(LookupState(text, rows, notice))

    def on_last_sold(self) -> LookupState:
        """What this till sold last, as it was sold: the variants."""
        hits = []
        for sku in self._sold.last_sold(LAST_SOLD) if self._sold is not None else ():
            try:
                item = self._catalogue.find(sku)
            except DomainError:
                continue  # sold, and gone from the lists since
            hits.append(Hit(item, named=True))
        rows = self._rows(hits)
        notice = "" if rows else self._texts.text("lookup.nothing_sold")
        return self._render(LookupState("", rows, notice))

    # --- one article --------------------------------------------------------------------------

    def on_variants(self, article_no: str) -> VariantState:
        """All sizes and colours of an article with price and the own store's stock."""
        items = self._variants(article_no.strip())
        moment = self._moments.moment()
        prices = {item.sku: self._catalogue.price(item.sku, moment) for item in items}
        known = sorted({price for price in prices.values() if price is not None})
        shown = self._price(known[0]) if known else ""
        if len(known) > 1:
            shown = self._texts.text("lookup.price_from", price=shown)
        first = items[0]
        return VariantState(
            article_no=first.article_no,
            name=first.name(self._texts.language),
            detail=" · ".join(part for part in (first.brand, first.article_no) if part),
            price=shown,
            sizes=in_size_order(item.size for item in items),
            colours=_distinct(item.colour for item in items),
            cells=tuple(self._cell(item, prices[item.sku]) for item in _by_size(items)),
            drawing=drawing_of(first.category),
            image=first.picture,
        )

    def on_stock(self, code: str) -> StockState:
        """Stock of the article under a code, and of its other sizes and colours: the own store first."""
        items = _by_size(self._variants(code.strip()))
        levels = {item.sku: self._stock.levels(item.sku) for item in items}
        places = {location for found in levels.values() for location in found}
        own = self._place.store_id
        named = {place: self._catalogue.store_name(place) for place in places}
        ordered = sorted(places, key=lambda place: (place != own, named[place], place))
        many = len({item.colour for item in items}) > 1
        rows = tuple(
            StockRow(
                location=place,
                name=named[place],
                own=place == own,
                cells=tuple(self._quantity(levels[item.sku].get(place)) for item in items),
                total=self._texts.quantity(
                    sum((levels[item.sku].get(place, Decimal(0)) for item in items), Decimal(0))
                ),
            )
            for place in ordered
        )
        return StockState(
            article_no=items[0].article_no,
            name=items[0].name(self._texts.language),
            columns=tuple(self._column(item, colour=many) for item in items),
            rows=rows,
            notice="" if rows else self._texts.text("lookup.no_stock"),
            drawing=drawing_of(items[0].category),
            image=items[0].picture,
            levels=tuple(
                StockLevelRow(
                    sku=item.sku,
                    detail=_detail(item),
                    location=place,
                    quantity=self._texts.quantity(quantity),
                    own=place == own,
                )
                for item in items
                for place, quantity in sorted(levels[item.sku].items())
            ),
        )

    # --- inside -------------------------------------------------------------------------------

    def _variants(self, code: str) -> tuple[Item, ...]:
        """The variants of the article with this number, or of the one that a barcode or sku belongs to."""
        try:
            return self._catalogue.variants(self._catalogue.find(code).article_no)
        except DomainError as error:
            if error.code != "article_ambiguous":
                raise
            return self._catalogue.variants(code)

    def _rows(self, hits: Sequence[Hit]) -> tuple[FoundRow, ...]:
        asked = {hit.item.article_no for hit in hits if not hit.named}
        counts = self._catalogue.variant_counts(asked) if asked else {}
        moment = self._moments.moment()
        rows = []
        for hit in hits:
            item = hit.item
            count = 1 if hit.named else counts.get(item.article_no, 1)
            price = self._catalogue.price(item.sku, moment)
            several = count > 1
            detail = self._texts.text("lookup.variants", count=count) if several else _detail(item)
            rows.append(
                FoundRow(
                    key=item.article_no if several else item.sku,
                    sku="" if several else item.sku,
                    article_no=item.article_no,
                    name=item.name(self._texts.language),
                    detail=detail,
                    price=self._price(price) if price is not None else "",
                    drawing=drawing_of(item.category) if item.category else FALLBACK,
                    image=item.picture,
                )
            )
        return tuple(rows)

    def _cell(self, item: Item, price: int | None) -> VariantCell:
        here = self._stock.levels(item.sku).get(self._place.store_id, Decimal(0))
        return VariantCell(
            sku=item.sku,
            size=item.size,
            colour=item.colour,
            price=self._price(price) if price is not None else "",
            stock=self._texts.quantity(here),
            level="none" if here <= 0 else "low" if here <= _LOW else "ok",
        )

    def _category_name(self, category: str) -> str:
        if not category:
            return self._texts.text("lookup.no_category")
        parts = [part.strip() for part in category.split(">") if part.strip()]
        return " · ".join(dict.fromkeys((parts[-1], parts[0]))) if parts else category

    def _column(self, item: Item, *, colour: bool) -> str:
        parts = (item.size, item.colour) if colour else (item.size,)
        return " ".join(part for part in parts if part) or self._texts.text("lookup.pieces")

    def _counted(self, key: str, count: int) -> str:
        return self._texts.text(f"{key}_one" if count == 1 else f"{key}_many", count=count)

    def _quantity(self, quantity: Decimal | None) -> str:
        return self._texts.quantity(quantity) if quantity is not None else ""

    def _price(self, minor: int) -> str:
        return self._texts.money(minor, self._place.currency)

    def _render(self, state: LookupState) -> LookupState:
        self._view.render(state)
        return state


def _by_size(items: Sequence[Item]) -> list[Item]:
    sizes = in_size_order(item.size for item in items)
    return sorted(items, key=lambda item: (item.colour, sizes.index(item.size), item.sku))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _detail(item: Item) -> str:
    return " ".join(part for part in (item.size, item.colour) if part)
