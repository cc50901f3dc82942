"""How stores and rates look in the head-office interface."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from central_server.features.stores.service import ExchangeRate, Store


class StoreView(BaseModel):
    """A store as head office sees it."""

    store_id: str
    name: str
    market: str
    currency: str
    timezone: str
    address: list[str]
    vat_id: str
    header_lines: list[str]
    languages: list[str]
    day_starts_minutes: int
    active: bool

    @classmethod
    def of(cls, store: Store) -> StoreView:
        """The view of a store."""
        return cls(
            store_id=store.store_id,
            name=store.name,
            market=store.market,
            currency=store.currency,
            timezone=store.timezone,
            address=list(store.address),
            vat_id=store.vat_id,
            header_lines=list(store.header_lines),
            languages=list(store.languages),
            day_starts_minutes=store.day_starts_minutes,
            active=store.active,
        )


class RateView(BaseModel):
    """An exchange rate; `rate` as decimal text."""

    day: date
    from_currency: str
    to_currency: str
    rate: str
    source: str

    @classmethod
    def of(cls, rate: ExchangeRate) -> RateView:
        """The view of a rate."""
        return cls(
            day=rate.day,
            from_currency=rate.from_currency,
            to_currency=rate.to_currency,
            rate=f"{rate.rate:f}",
            source=rate.source,
        )
