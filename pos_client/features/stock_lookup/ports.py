"""What looking up needs besides the till's own ports."""

from __future__ import annotations

from collections.abc import Mapping
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

    def search(self, text: str, limit: int) -> tuple[Item, ...]:
        """Articles whose words begin with every word of the text, best first."""

    def price(self, sku: str, moment: Moment) -> int | None:
        """Gross unit price in minor units."""


class StockSight(Protocol):
    """Stock as it is now: what the centre booked, and own sales that it has not booked yet."""

    def levels(self, sku: str) -> Mapping[str, Decimal]:
        """Quantities by location."""


class LookupView(Protocol):
    """The screen."""

    def render(self, state: LookupState) -> None:
        """Show a state."""
