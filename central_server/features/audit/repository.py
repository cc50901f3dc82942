"""SQL of the audit trail."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select

from central_server.features.audit.tables import audit_entry
from central_server.platform.database import bulk_insert
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

_STREAMED = 500
REDACTED = "redacted"
"""The action of an entry that says what was taken out of others: `LEFT` has the digests of what is left, by entry."""
LEFT = "entries"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; empty fields ask for all. `words` is looked for in keys, before and after."""

    actor: str = ""
    kind: str = ""
    object_key: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


def insert_entries(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add entries."""
    bulk_insert(unit.connection, audit_entry, rows)


def page(unit: ReadUnit, asked: AuditFilter, before: int | None, limit: int) -> list[Row[Any]]:
    """Entries, newest first, that are older than the entry `before`."""
    return list(unit.connection.execute(_query(asked, before).limit(limit)))


def stream(unit: ReadUnit, asked: AuditFilter) -> Iterator[Row[Any]]:
    """All entries asked for, newest first, without holding them in memory."""
    last: int | None = None
    while rows := page(unit, asked, last, _STREAMED):
        yield from rows
        last = rows[-1].entry_id


def redactions(unit: ReadUnit) -> list[Row[Any]]:
    """The entries that say what was taken out of others."""
    return list(
        unit.connection.execute(select(audit_entry).where(audit_entry.c.action == REDACTED))
    )


def entries_about(
    unit: ReadUnit, about: Collection[str], words: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Entries of these kinds whose key is one of these words, or that have one as a value."""
    table = audit_entry.c
    for start in sorted(words):
        # A value stands in quotes in JSON.
        quoted = json.dumps(start, ensure_ascii=False)
        said = or_(
            table.object_key == start,
            table.before.contains(quoted, autoescape=True),
            table.after.contains(quoted, autoescape=True),
        )
        query = select(audit_entry).where(table.kind.in_(sorted(about)), said)
        for row in unit.connection.execute(query.order_by(table.entry_id)).mappings():
            yield dict(row)


def change_entry(unit: UnitOfWork, entry_id: int, values: dict[str, Any]) -> None:
    """Write columns of an entry anew."""
    mine = audit_entry.c.entry_id == entry_id
    unit.connection.execute(audit_entry.update().where(mine).values(values))


def kinds(unit: ReadUnit) -> list[str]:
    """The kinds of things that were ever changed."""
    found: list[str] = []
    # Walks the index from one kind to the next instead of over every entry.
    last = ""
    while True:
        query = (
            select(audit_entry.c.kind)
            .where(audit_entry.c.kind > last)
            .order_by(audit_entry.c.kind)
            .limit(1)
        )
        following = unit.connection.execute(query).scalar_one_or_none()
        if following is None:
            return found
        found.append(following)
        last = following


def _query(asked: AuditFilter, before: int | None) -> Select[Any]:
    table = audit_entry.c
    query = select(audit_entry).order_by(table.entry_id.desc())
    if before is not None:
        query = query.where(table.entry_id < before)
    for column, value in ((table.actor, asked.actor), (table.kind, asked.kind)):
        if value:
            query = query.where(column == value)
    if asked.object_key:
        query = query.where(table.object_key == asked.object_key)
    if asked.since is not None:
        query = query.where(table.at >= asked.since)
    if asked.until is not None:
        query = query.where(table.at < asked.until)
    if asked.words:
        query = query.where(
            or_(
                *(
                    column.icontains(asked.words, autoescape=True)
                    for column in (table.object_key, table.before, table.after)
                )
            )
        )
    return query
