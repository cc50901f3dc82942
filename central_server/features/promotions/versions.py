"""Published versions made ready to price with. They never change, so what was read of a text stays good."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from central_server.features.promotions import repository
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.money import currency as currency_of
from shared.promotions import Promotion, read_promotion

_KEPT = 5_000
VersionKey = tuple[str, int]


def read_versions(
    unit: ReadUnit, keys: Iterable[VersionKey], currency: str
) -> dict[VersionKey, Promotion]:
    """Those of these versions that were published in a currency and that this release can read."""
    wanted = set(keys)
    found: dict[VersionKey, Promotion] = {}
    rows = repository.bodies(unit, {promotion_id for promotion_id, _ in wanted})
    for key in sorted(wanted & rows.keys()):
        promotion = read_body(rows[key].body, currency)
        if rows[key].currency == currency and promotion is not None:
            found[key] = promotion
    return found


def counting_between(
    unit: ReadUnit, first: datetime, last: datetime | None, currency: str, most: int
) -> list[Promotion]:
    """At most `most` promotions that count at some time of a span and that this release can read, by id."""
    rows = repository.counting_between(unit, first, last, currency, most)
    return [found for row in rows if (found := read_body(row.body, currency)) is not None]


def read_body(body: str, currency: str) -> Promotion | None:
    """A stored promotion; None if this release cannot read it."""
    try:
        return _promotion(body, currency_of(currency).exponent)
    except DomainError:
        return None


@lru_cache(maxsize=_KEPT)
def _promotion(body: str, exponent: int) -> Promotion:
    # Reading one takes as long as pricing a small receipt.
    return read_promotion(json.loads(body), "", exponent)
