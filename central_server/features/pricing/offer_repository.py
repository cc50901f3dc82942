"""SQL of the prices that offers have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select

from central_server.features.pricing.tables import price
from central_server.platform.unit_of_work import ReadUnit
from shared.pricing import PriceEntry


def count_skus(unit: ReadUnit, offers: Iterable[str]) -> dict[str, int]:
    """How many variants have a price of each of these offers, past ones too."""
    query = (
        select(price.c.offer_code, func.count(price.c.sku.distinct()))
        .where(price.c.offer_code.in_(sorted(offers)))
        .group_by(price.c.offer_code)
    )
    return {code: count for code, count in unit.connection.execute(query)}  # noqa: C416 - rows are no pairs for mypy


def entries_of(
    unit: ReadUnit, offer: str, now: datetime, after: str, limit: int
) -> list[PriceEntry]:
    """The prices of an offer that hold or are to come, by sku behind `after`; all of one sku, so a few may be more."""
    lasting = or_(price.c.valid_to.is_(None), price.c.valid_to > now)
    skus = (
        select(price.c.sku)
        .where(price.c.offer_code == offer, price.c.sku > after, lasting)
        .distinct()
        .order_by(price.c.sku)
        .limit(limit)
    )
    columns = (
        price.c.sku,
        price.c.scope,
        price.c.amount,
        price.c.currency,
        price.c.valid_from,
        price.c.valid_to,
        price.c.offer_code,
        price.c.channel,
    )
    query = (
        select(*columns)
        .where(price.c.offer_code == offer, price.c.sku.in_(skus), lasting)
        .order_by(price.c.sku, price.c.scope, price.c.channel, price.c.currency, price.c.valid_from)
    )
    return [PriceEntry(*row) for row in unit.connection.execute(query)]
