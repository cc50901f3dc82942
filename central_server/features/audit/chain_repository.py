"""SQL of tables whose rows stand in a chain: they have columns `position` and `hash`, empty until they are chained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, select, update

ChainedRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainTable:
    """A table with its key by which rows are numbered as they come."""

    table: Table
    key: Column[Any]

    def unchained(self, connection: Connection, limit: int) -> Sequence[ChainedRow]:
        """Rows that are not chained yet, oldest first."""
        query = select(self.table).where(self.table.c.position.is_(None))
        rows = connection.execute(query.order_by(self.key).limit(limit)).mappings()
        return [dict(row) for row in rows]

    def last(self, connection: Connection) -> ChainedRow | None:
        """The end of the chain."""
        query = select(self.table).where(self.table.c.position.is_not(None))
        ordered = query.order_by(self.table.c.position.desc())
        row = connection.execute(ordered.limit(1)).mappings().first()
        return dict(row) if row is not None else None

    def chained(self, connection: Connection, after: int, limit: int) -> Sequence[ChainedRow]:
        """Rows of the chain behind a position, in order."""
        query = select(self.table).where(self.table.c.position > after)
        rows = connection.execute(query.order_by(self.table.c.position).limit(limit)).mappings()
        return [dict(row) for row in rows]

    def hashes(self, connection: Connection, positions: Sequence[int]) -> dict[int, str]:
        """The hashes at these positions."""
        columns = (self.table.c.position, self.table.c.hash)
        rows = connection.execute(select(*columns).where(self.table.c.position.in_(positions)))
        return {row.position: row.hash for row in rows}

    def put(self, connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
        """Write columns of rows; each change names its row by `k_row`."""
        if changes:
            names = [name for name in changes[0] if name != "k_row"]
            statement = update(self.table).where(self.key == bindparam("k_row"))
            named: dict[str, Any] = {name: bindparam(name) for name in names}
            connection.execute(statement.values(**named), list(changes))
