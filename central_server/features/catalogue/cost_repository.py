"""SQL of purchase prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from central_server.features.catalogue.tables import article_cost, variant
from central_server.platform.database import among, bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def costs_of(unit: ReadUnit, article_nos: Iterable[str]) -> dict[str, dict[str, int]]:
    """The purchase prices of articles in minor units, by article and currency."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    query = select(article_cost.c.article_no, article_cost.c.currency, article_cost.c.amount).where(
        among(unit.connection, article_cost.c.article_no, article_nos)
    )
    for article_no, currency, amount in unit.connection.execute(query):
        found[article_no][currency] = amount
    return found


def costs_by_sku(unit: ReadUnit, skus: Iterable[str], currency: str) -> dict[str, int]:
    """What a piece of each of these skus was bought for, where it is known in this currency."""
    query = (
        select(variant.c.sku, article_cost.c.amount)
        .join(article_cost, article_cost.c.article_no == variant.c.article_no)
        .where(among(unit.connection, variant.c.sku, skus), article_cost.c.currency == currency)
    )
    return {row.sku: row.amount for row in unit.connection.execute(query)}


def replace_costs(unit: UnitOfWork, costs: dict[tuple[str, str], int | None], at: datetime) -> None:
    """Write purchase prices by article and currency; None takes one away."""
    table = article_cost
    for currency in {code for _, code in costs}:
        numbers = [article_no for article_no, code in costs if code == currency]
        here = among(unit.connection, table.c.article_no, numbers)
        unit.connection.execute(table.delete().where(table.c.currency == currency, here))
    rows = [
        {"article_no": article_no, "currency": currency, "amount": amount, "changed_at": at}
        for (article_no, currency), amount in sorted(costs.items())
        if amount is not None
    ]
    bulk_insert(unit.connection, table, rows)
