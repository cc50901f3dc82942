"""What can be done with stores and exchange rates. Totals of a chain exist only with a stored rate of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Row

from central_server.features.stores import repository
from central_server.platform.changes import CHAIN, Change, mark_changed, store_scope
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import StoreId, business_date, check_store_id
from shared.money import Money, currency, round_half_up
from shared.wire.models import StoreFacts
from shared.wire.payloads import STORE_NAME_KEY

CONFIG_KEY = "store"
_MEMO = "stores"
_RATE_SCALE = 8
_MARKET = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Store:
    """A store. `market` is its country (ISO 3166), `timezone` an IANA name."""

    store_id: StoreId
    name: str
    market: str
    currency: str
    timezone: str
    address: tuple[str, ...] = ()
    vat_id: str = ""
    header_lines: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("de",)
    day_starts_minutes: int = 0
    active: bool = True

    def business_date(self, at: datetime) -> date:
        """The trading day of the moment `at` in this store."""
        return business_date(
            at, ZoneInfo(self.timezone), timedelta(minutes=self.day_starts_minutes)
        )

    @property
    def city(self) -> str:
        """The town in the address: the last line with a number in it, without what carries digits."""
        numbered = [line for line in self.address[1:] if any(c.isdigit() for c in line)]
        words = (numbered or self.address[-1:] or ("",))[-1].split()
        return " ".join(word for word in words if not any(c.isdigit() for c in word))

    def facts(self) -> StoreFacts:
        """What a till is told about its store."""
        return StoreFacts(
            store_id=self.store_id,
            name=self.name,
            market=self.market,
            currency=self.currency,
            timezone=self.timezone,
            day_starts_at_minutes=self.day_starts_minutes,
            address=list(self.address),
            vat_id=self.vat_id,
            header_lines=list(self.header_lines),
            languages=list(self.languages),
        )


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `from_currency` is `rate` of `to_currency` on `day`, says `source`."""

    day: date
    from_currency: str
    to_currency: str
    rate: Decimal
    source: str

    def convert(self, money: Money) -> Money:
        """`money` in the other currency, rounded half up to its minor unit."""
        shift = currency(self.to_currency).exponent - currency(self.from_currency).exponent
        return Money(
            round_half_up((Decimal(money.minor) * self.rate).scaleb(shift)), self.to_currency
        )


def list_stores(unit: ReadUnit, only: Iterable[str] | None = None) -> list[Store]:
    """All stores by id, or those of `only` (what a role may see)."""
    return [_store(row) for row in repository.store_rows(unit, only)]


def get_store(unit: ReadUnit, store_id: str) -> Store:
    """One store; `DomainError('store_unknown')`, 404, if there is none. It is read once in a unit."""
    known: dict[str, Store] = unit.memo.setdefault(_MEMO, {})
    if store_id not in known:
        row = repository.store_row(unit, store_id)
        if row is None:
            raise DomainError("store_unknown", {"store": store_id[:31]}, http_status=404)
        known[store_id] = _store(row)
    return known[store_id]


def know_store(unit: ReadUnit, row: Row[Any], prefix: str) -> None:
    """Keep for `get_store` a store that was read with something else; its columns' names begin with `prefix`."""
    known: dict[str, Store] = unit.memo.setdefault(_MEMO, {})
    found = _store(row, prefix)
    known.setdefault(found.store_id, found)


def list_markets(unit: ReadUnit) -> list[str]:
    """The countries in which there are active stores."""
    return repository.markets(unit)


def add_store(unit: UnitOfWork, new: Store, at: datetime) -> Store:
    """Add a store; `DomainError('store_exists')`, or the code that says which fact is wrong."""
    check_store_id(new.store_id)
    _check(new)
    if repository.store_row(unit, new.store_id) is not None:
        raise DomainError("store_exists", {"store": new.store_id})
    repository.insert_store(unit, {**_values(new), "store_id": new.store_id, "created_at": at})
    _tell_tills(unit, new.store_id)
    return new


def change_store(unit: UnitOfWork, store_id: str, **facts: Any) -> Store:
    """Change facts of a store (fields of `Store` but the id) and tell its tills.

    Market and currency stay as they are: receipts already written depend on them.
    """
    if fixed := {"store_id", "market", "currency"} & set(facts):
        raise ValueError(f"a store keeps its {', '.join(sorted(fixed))}")
    changed = replace(get_store(unit, store_id), **facts)
    _check(changed)
    repository.update_store(unit, store_id, _values(changed))
    unit.memo.pop(_MEMO, None)
    _tell_tills(unit, store_id)
    return changed


def store_rate(unit: UnitOfWork, rate: ExchangeRate, at: datetime) -> None:
    """Keep the exchange rate of a day with its source; a later one for the same day replaces it."""
    pair = (currency(rate.from_currency).code, currency(rate.to_currency).code)
    if pair[0] == pair[1]:
        raise DomainError("rate_same_currency", {"value": pair[0]}, http_status=400)
    repository.put_rate(unit, rate.day, pair, _scaled_rate(rate.rate), rate.source, at)


def rate_of_day(
    unit: ReadUnit, day: date, from_currency: str, to_currency: str
) -> ExchangeRate | None:
    """The stored rate of exactly that day, or None: then there is no total across the two currencies."""
    row = repository.rate_row(unit, day, (from_currency, to_currency))
    return _rate(row) if row is not None else None


def list_rates(unit: ReadUnit, day: date | None = None) -> list[ExchangeRate]:
    """The stored rates, of one day or of all, newest first."""
    return [_rate(row) for row in repository.rate_rows(unit, day)]


def _scaled_rate(rate: Decimal) -> int:
    try:
        if 0 < rate < 10**9 and (scaled := rate.scaleb(_RATE_SCALE)) == scaled.to_integral_value():
            return int(scaled)
    except InvalidOperation:
        pass
    raise DomainError("rate_invalid", {"value": str(rate)[:40]}, http_status=400)


def _check(facts: Store) -> None:
    if not _MARKET.fullmatch(facts.market):
        raise DomainError("market_invalid", {"value": facts.market[:10]}, http_status=400)
    currency(facts.currency)
    try:
        ZoneInfo(facts.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DomainError(
            "timezone_unknown", {"value": facts.timezone[:64]}, http_status=400
        ) from None
    if not 0 <= facts.day_starts_minutes < 720:
        minutes = facts.day_starts_minutes
        raise DomainError("day_start_invalid", {"minutes": minutes}, http_status=400)


def _tell_tills(unit: UnitOfWork, store_id: str) -> None:
    # Its own tills need all of it, those of other stores only its name.
    mark_changed(
        unit,
        [
            Change("config", store_scope(store_id), "config", CONFIG_KEY),
            Change("config", CHAIN, "config", f"{STORE_NAME_KEY}{store_id}"),
        ],
    )


def _values(facts: Store) -> dict[str, Any]:
    return {
        "name": facts.name,
        "market": facts.market,
        "currency": facts.currency,
        "timezone": facts.timezone,
        "address": "\n".join(facts.address),
        "vat_id": facts.vat_id,
        "header_lines": "\n".join(facts.header_lines),
        "languages": ",".join(facts.languages),
        "day_starts_minutes": facts.day_starts_minutes,
        "active": facts.active,
    }


def _store(row: Row[Any], prefix: str = "") -> Store:
    def read(name: str) -> Any:
        return getattr(row, prefix + name)

    return Store(
        store_id=StoreId(read("store_id")),
        name=read("name"),
        market=read("market"),
        currency=read("currency"),
        timezone=read("timezone"),
        address=tuple(read("address").splitlines()),
        vat_id=read("vat_id"),
        header_lines=tuple(read("header_lines").splitlines()),
        languages=tuple(read("languages").split(",")),
        day_starts_minutes=read("day_starts_minutes"),
        active=read("active"),
    )


def _rate(row: Row[Any]) -> ExchangeRate:
    return ExchangeRate(
        day=row.day,
        from_currency=row.from_currency,
        to_currency=row.to_currency,
        rate=Decimal(row.rate_e8).scaleb(-_RATE_SCALE).normalize(),
        source=row.source,
    )
