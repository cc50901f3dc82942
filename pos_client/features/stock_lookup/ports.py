"""What looking up needs besides the till's own ports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Protocol

from pos_client.features.stock_lookup.state import LookupState
from pos_client.ports import Moment
from shared.catalogue import Item


class Catalogue(Protocol):
    """Articles, as far as the till has them."""

    def find(self, code: str) -> Item:
        """The article under a code; `DomainError('article_unknown' | 'article_ambiguous')`."""

    def variants(self, article_no: str) -> tuple[Item, ...]:
        """All variants of an article."""

    def variant_counts(self, article_numbers: Collection[str]) -> Mapping[str, int]:
        """How many variants each of these articles has."""

    def search(self, text: str, limit: int) -> tuple[Item, ...]:
        """Articles whose words begin with every word of the text, best first."""

    def categories(self) -> tuple[tuple[str, int], ...]:
        """Each category with the number of its articles, by name; the empty one for articles without."""

    def category(self, category: str, after: str, limit: int) -> tuple[Item, ...]:
        """One variant of each article of a category, by article number behind `after`."""

    def price(self, sku: str, moment: Moment) -> int | None:
        """Gross unit price in minor units."""

    def store_name(self, store_id: str) -> str:
        """What people call a store."""


class StockSight(Protocol):
    """Stock as it is now: what the centre booked, and own sales that it has not booked yet."""

    def levels(self, sku: str) -> Mapping[str, Decimal]:
        """Quantities by location."""


class Moments(Protocol):
    """When it is."""

    def moment(self) -> Moment:
        """Now, for prices."""


class SoldArticles(Protocol):
    """What this till sold."""

    def last_sold(self, limit: int) -> tuple[str, ...]:
        """The skus of the last receipts, the newest first, each once."""


class LookupView(Protocol):
    """The screen."""

    def render(self, state: LookupState) -> None:
        """Show a state."""
