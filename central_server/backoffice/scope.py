"""Which stores a page is about: those the visitor may see, or the one chosen in the address."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from central_server.backoffice.visitors import Visitor
from central_server.features.stores.service import Store, get_store, list_stores
from central_server.platform.unit_of_work import ReadUnit

Param = str | int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The stores a visitor may see, and the chosen one."""

    visible: tuple[Store, ...]
    chosen: Store | None

    @property
    def stores(self) -> tuple[Store, ...]:
        """The stores that the page counts."""
        return (self.chosen,) if self.chosen is not None else self.visible

    @property
    def store_ids(self) -> list[str]:
        """Their ids."""
        return [store.store_id for store in self.stores]

    @property
    def store_id(self) -> str | None:
        """The chosen store's id."""
        return self.chosen.store_id if self.chosen is not None else None

    def name_of(self, store_id: str) -> str:
        """What a store is called."""
        return next((s.name for s in self.visible if s.store_id == store_id), store_id)

    def zone_of(self, store_id: str) -> str:
        """A store's time zone."""
        return next((s.timezone for s in self.visible if s.store_id == store_id), self.zone)

    @property
    def zone(self) -> str:
        """The time zone for moments that belong to no single store: the one most of them have."""
        counted = Counter(store.timezone for store in self.stores)
        return min(counted, key=lambda zone: (-counted[zone], zone)) if counted else "UTC"

    def hours_into_day(self, hour: int) -> int:
        """How many hours of the trading day are over, in most of these stores, when this hour of the clock begins."""
        return (hour - self._begins) % 24

    def hour_of_day(self, hours: int) -> int:
        """The hour of the clock that begins when so many hours of the trading day are over."""
        return (hours + self._begins) % 24

    @property
    def _begins(self) -> int:
        counted = Counter(store.day_starts_minutes // 60 for store in self.stores)
        return min(counted, key=lambda one: (-counted[one], one)) if counted else 0

    def today(self, now: datetime) -> date:
        """The trading day that has come furthest in these stores."""
        days = [store.business_date(now) for store in self.stores]
        return max(days) if days else now.date()


def scope_of(unit: ReadUnit, visitor: Visitor, store_id: str | None) -> Scope:
    """The scope of a page; `DomainError('store_not_allowed')`, 403, for a store that is not the visitor's,
    `('store_unknown')`, 404.
    """
    visible = tuple(list_stores(unit, visitor.identity.only_stores()))
    if not store_id:
        return Scope(visible, None)
    visitor.identity.require_store(store_id)
    chosen = next((store for store in visible if store.store_id == store_id), None)
    return Scope(visible, chosen or get_store(unit, store_id))


def link(path: str, **params: Param) -> str:
    """An address with those parameters that have a value."""
    given = {name: value for name, value in params.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
