"""SQL of prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from central_server.features.catalogue.tables import variant
from central_server.features.pricing.tables import price
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.pricing import PriceEntry


class PriceKey(NamedTuple):
    """Within one key validities never overlap; `sku` comes on top."""

    offer: str
    scope: str
    channel: str
    currency: str


def lock_skus(unit: UnitOfWork, skus: Iterable[str]) -> set[str]:
    """Let nobody else change prices of these skus until the unit ends; those that exist."""
    query = (
        select(variant.c.sku)
        .where(among(unit.connection, variant.c.sku, skus))
        .order_by(variant.c.sku)
        .with_for_update()
    )
    return set(unit.connection.execute(query).scalars())


def entries(
    unit: ReadUnit,
    skus: Iterable[str],
    *,
    key: PriceKey | None = None,
    scopes: Iterable[str] | None = None,
) -> dict[str, list[PriceEntry]]:
    """All prices of each sku in order of validity, of one key or in some scopes if given."""
    query = select(
        price.c.sku,
        price.c.scope,
        price.c.amount,
        price.c.currency,
        price.c.valid_from,
        price.c.valid_to,
        price.c.offer_code,
        price.c.channel,
    ).where(among(unit.connection, price.c.sku, skus))
    if key is not None:
        query = query.where(
            price.c.offer_code == key.offer,
            price.c.scope == key.scope,
            price.c.channel == key.channel,
            price.c.currency == key.currency,
        )
    if scopes is not None:
        query = query.where(price.c.scope.in_(sorted(scopes)))
    query = query.order_by(
        price.c.sku, price.c.offer_code, price.c.channel, price.c.currency, price.c.valid_from
    )
    found: dict[str, list[PriceEntry]] = defaultdict(list)
    for row in unit.connection.execute(query).all():
        found[row[0]].append(PriceEntry(*row))
    return found


def insert_entries(unit: UnitOfWork, new: Iterable[PriceEntry], at: datetime) -> None:
    """Add prices."""
    rows = [
        {
            **_key_of(entry),
            "valid_to": entry.valid_to,
            "amount": entry.amount,
            "created_at": at,
        }
        for entry in new
    ]
    bulk_insert(unit.connection, price, rows)


def update_entries(unit: UnitOfWork, changed: Iterable[PriceEntry]) -> None:
    """Write end and amount of prices that exist."""
    rows: list[dict[str, Any]] = []
    for entry in changed:
        values: dict[str, Any] = {f"k_{name}": value for name, value in _key_of(entry).items()}
        rows.append({**values, "valid_to": entry.valid_to, "amount": entry.amount})
    if not rows:
        return
    statement = price.update().where(
        *(
            price.c[name] == bindparam(f"k_{name}")
            for name in ("sku", "offer_code", "scope", "channel", "currency", "valid_from")
        )
    )
    values = {"valid_to": bindparam("valid_to"), "amount": bindparam("amount")}
    unit.connection.execute(statement.values(values), rows)


def delete_entries(unit: UnitOfWork, entries: Iterable[PriceEntry]) -> None:
    """Take prices away that have not begun."""
    names = ("sku", "offer_code", "scope", "channel", "currency", "valid_from")
    rows = [{f"k_{name}": value for name, value in _key_of(entry).items()} for entry in entries]
    if rows:
        statement = price.delete().where(
            *(price.c[name] == bindparam(f"k_{name}") for name in names)
        )
        unit.connection.execute(statement, rows)


def _key_of(entry: PriceEntry) -> dict[str, Any]:
    return {
        "sku": entry.sku,
        "offer_code": entry.offer,
        "scope": entry.scope,
        "channel": entry.channel,
        "currency": entry.currency,
        "valid_from": entry.valid_from,
    }
