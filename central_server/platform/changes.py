"""Notes, inside the transaction of a change, that tills have something new to fetch.

A feature calls `mark_changed` after it has written (and so locked) the row; the gateway numbers the notes
once they are committed. This room knows nothing of what the keys mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from central_server.platform.database import bulk_insert
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import UnitOfWork

FeedName = Literal["reference", "staff", "config", "stock", "customer", "usage"]
Operation = Literal["put", "remove"]

CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a feed that tills in `scope` must fetch again (`put`) or drop (`remove`)."""

    feed: FeedName
    scope: str
    kind: str
    key: str
    op: Operation = "put"


def market_scope(market: str) -> str:
    """The scope of every till in a market: `market:DE`."""
    return f"market:{market}"


def store_scope(store_id: str) -> str:
    """The scope of every till in a store: `store:DE01`."""
    return f"store:{store_id}"


def till_scope(till_id: str) -> str:
    """The scope of one till, which the feed `config` alone has: `till:DE01-T1`."""
    return f"till:{till_id}"


def mark_changed(unit: UnitOfWork, changes: Iterable[Change]) -> None:
    """Note `changes`. Write or lock the changed row first, in the same unit."""
    rows = [
        {"feed": c.feed, "scope": c.scope, "kind": c.kind, "key": c.key, "op": c.op}
        for c in changes
    ]
    bulk_insert(unit.connection, feed_dirty, rows)
