"""Figures of a day as people read them: by store, till, hour, VAT rate and tender, never mixing currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from central_server.features.reporting import repository
from central_server.features.stores.service import ExchangeRate, list_stores, rate_of_day
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.money import Money

Row = Mapping[str, Any]
_STORE_DAY = ("store_id", "business_date")
MOST_DAYS = 732
_NO_STORES = "EUR"


@dataclass(frozen=True, slots=True)
class ChainTotal:
    """The turnover of all stores in one currency, with the rates that it was worked out with."""

    total: Money
    rates: tuple[ExchangeRate, ...]


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Everything the day page shows. Rows are mappings of the columns they are grouped by and the sums.

    `totals` has a row per currency. `missing_rates` names currencies that kept the chain total from being worked out.
    """

    day: date
    totals: list[dict[str, Any]]
    stores: list[dict[str, Any]]
    tills: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    vat: list[dict[str, Any]]
    tenders: list[dict[str, Any]]
    chain: ChainTotal | None
    missing_rates: tuple[str, ...]


def day_figures(
    unit: ReadUnit, day: date, store_ids: Sequence[str], chain_currency: str
) -> DayFigures:
    """The figures of `day` in these stores; a chain total only if every currency has a stored rate of that day."""
    connection = unit.connection
    totals = repository.sales_by(connection, day, day, store_ids, ())
    chain, missing = chain_total(unit, totals, day, chain_currency)
    return DayFigures(
        day=day,
        totals=totals,
        stores=repository.sales_by(connection, day, day, store_ids, ("store_id",)),
        tills=repository.sales_by(connection, day, day, store_ids, ("store_id", "till_id")),
        hours=repository.sales_by(connection, day, day, store_ids, ("hour",)),
        vat=repository.vat_by(connection, day, day, store_ids, ("category", "rate_thousandths")),
        tenders=repository.tender_by(connection, day, day, store_ids, ("tender",)),
        chain=chain,
        missing_rates=missing,
    )


def chain_total(
    unit: ReadUnit, totals: Sequence[dict[str, Any]], day: date, target: str
) -> tuple[ChainTotal | None, tuple[str, ...]]:
    """Turnover of all currencies in `target`, or None with the currencies that have no stored rate of the day."""
    rates: list[ExchangeRate] = []
    missing: list[str] = []
    whole = Money(0, target)
    for row in totals:
        own = Money(row["gross"], row["currency"])
        if own.code == target:
            whole += own
        elif rate := rate_of_day(unit, day, own.code, target):
            rates.append(rate)
            whole += rate.convert(own)
        else:
            missing.append(own.code)
    if missing or not totals:
        return None, tuple(missing)
    return ChainTotal(whole, tuple(rates)), ()


def turnover_by_day(
    unit: ReadUnit,
    first: date,
    last: date,
    store_ids: Sequence[str],
    *,
    till_id: str | None = None,
) -> list[dict[str, Any]]:
    """Sums per store and business date, of all tills or of one, for exports and for comparing with another account
    of the same receipts.
    """
    if till_id is None:
        return repository.sales_by(unit.connection, first, last, store_ids, _STORE_DAY)
    group = (*_STORE_DAY, "till_id")
    rows = repository.sales_by(unit.connection, first, last, store_ids, group)
    return [row for row in rows if row["till_id"] == till_id]


def gross_by_till(
    unit: ReadUnit, day: date, store_ids: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Gross sales of a day by till, in minor units of its currency."""
    rows = repository.sales_by(unit.connection, day, day, store_ids, ("till_id",))
    return {row["till_id"]: (row["gross"], row["currency"]) for row in rows}


def vat_by_day(
    unit: ReadUnit, first: date, last: date, store_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """VAT per store, business date, category and rate."""
    group = (*_STORE_DAY, "category", "rate_thousandths")
    return repository.vat_by(unit.connection, first, last, store_ids, group)


def tenders_by_day(
    unit: ReadUnit, first: date, last: date, store_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Tenders per store and business date."""
    return repository.tender_by(unit.connection, first, last, store_ids, (*_STORE_DAY, "tender"))


def span(unit: ReadUnit, store_ids: Sequence[str]) -> tuple[date, date] | None:
    """First and last business date with figures in these stores; None if there are none at all."""
    return repository.days_with_figures(unit.connection, store_ids)


def chain_currency(unit: ReadUnit) -> str:
    """The currency of the chain total: the one most stores have, the first by name if several have as many."""
    counted = Counter(store.currency for store in list_stores(unit) if store.active)
    if not counted:
        return _NO_STORES
    return min(counted, key=lambda code: (-counted[code], code))


def check_range(first: date, last: date) -> None:
    """`DomainError('range_invalid')`, 400, unless `first` is not after `last` and they are two years apart at most."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise DomainError("range_invalid", {"most": MOST_DAYS}, http_status=400)
