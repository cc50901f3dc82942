"""SQL of anchors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from central_server.features.chains.tables import chain_anchor


def last_position(connection: Connection, chain: str) -> int:
    """Up to where a chain is anchored; 0 if it is not."""
    query = select(func.max(chain_anchor.c.position)).where(chain_anchor.c.chain == chain)
    return int(connection.execute(query).scalar() or 0)


def add(
    connection: Connection, chain: str, position: int, digest: str, at: datetime, signature: bytes
) -> None:
    """Add an anchor."""
    row = {
        "chain": chain,
        "position": position,
        "hash": digest,
        "anchored_at": at,
        "signature": signature,
    }
    connection.execute(insert(chain_anchor).values(row))


def anchors(connection: Connection, chain: str, after: int, limit: int) -> Sequence[Row[Any]]:
    """Anchors of a chain behind a position, in order."""
    query = select(chain_anchor).where(
        chain_anchor.c.chain == chain, chain_anchor.c.position > after
    )
    return connection.execute(query.order_by(chain_anchor.c.position).limit(limit)).all()
