"""What articles cost here and now, and how much of them is there, for the features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from pos_client.ports import Moment
from pos_client.storage.identity import TillIdentity
from pos_client.storage.overlays import StockOverlay
from pos_client.storage.reference import Reference
from shared.catalogue import Item
from shared.pricing import PriceQuestion, lowest_asked
from shared.tax import vat_rate


class PriceBook:
    """Asks the reference data with this till's store, market and currency."""

    def __init__(self, reference: Reference, identity: TillIdentity) -> None:
        self._reference = reference
        self._store = identity.store

    def find(self, code: str) -> Item:
        """The article under a code."""
        return self._reference.find(code)

    def variants(self, article_no: str) -> tuple[Item, ...]:
        """All variants of an article."""
        return self._reference.variants(article_no)

    def search(self, text: str, limit: int) -> tuple[Item, ...]:
        """Articles while typing."""
        return self._reference.search(text, limit)

    def categories(self) -> tuple[tuple[str, int], ...]:
        """Each category with the number of its articles."""
        return self._reference.categories()

    def category(self, category: str, after: str, limit: int) -> tuple[Item, ...]:
        """One variant of each article of a category, by article number behind `after`."""
        return self._reference.category(category, after, limit)

    def variant_counts(self, article_numbers: Collection[str]) -> Mapping[str, int]:
        """How many variants each of these articles has."""
        return self._reference.variant_counts(article_numbers)

    def store_name(self, store_id: str) -> str:
        """What people call a store; its id where no name has come yet."""
        store = self._reference.store_names().get(store_id)
        if store is None:
            return self._store.name if store_id == self._store.store_id else store_id
        return f"{store.name}, {store.city}" if store.city else store.name

    def price(self, sku: str, moment: Moment) -> int | None:
        """Gross unit price in minor units; None if the lists have none."""
        entry = self._reference.price(sku, self._question(moment))
        return entry.amount if entry is not None else None

    def lowest(self, sku: str, moment: Moment) -> int | None:
        """The lowest gross unit price of the last 30 days, in minor units; None if the lists have none."""
        entry = lowest_asked(self._reference.price_entries(sku), self._question(moment))
        return entry.amount if entry is not None else None

    def _question(self, moment: Moment) -> PriceQuestion:
        return PriceQuestion(
            store_id=self._store.store_id,
            market=self._store.market,
            currency=self._store.currency,
            at=moment.at,
        )

    def vat_rate(self, category: str, moment: Moment) -> Decimal:
        """Percent in force on the trading day."""
        rows = self._reference.vat_rows()
        return vat_rate(self._store.market, category, moment.business_date, rows).rate


class StockSight:
    """Stock as the centre booked it, plus own events that it has not booked yet."""

    def __init__(self, reference: Reference, overlay: StockOverlay, store_id: str) -> None:
        self._reference = reference
        self._overlay = overlay
        self._store_id = store_id

    def levels(self, sku: str) -> Mapping[str, Decimal]:
        """Quantities by location; the own location is there as soon as anything moved."""
        levels = dict(self._reference.stock(sku))
        own = self._overlay.delta(sku, self._reference.stock_processed_through())
        if own or self._store_id in levels:
            levels[self._store_id] = levels.get(self._store_id, Decimal(0)) + own
        return levels
