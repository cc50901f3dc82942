"""How changes get into the audit trail, in the transaction that makes them, and how they are found again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.audit import repository
from central_server.features.audit.repository import AuditFilter
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

Facts = Mapping[str, Any]
_NOTHING: Facts = {}


@dataclass(frozen=True, slots=True)
class AuditChange:
    """One changed thing: `action` (added, changed, removed …), its kind and key, what stood there before and after."""

    action: str
    kind: str
    key: str
    before: Facts
    after: Facts


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A recorded change; `actor` is a staff number, or `key:` and the id of an API key."""

    entry_id: int
    at: datetime
    actor: str
    action: str
    kind: str
    key: str
    before: Facts
    after: Facts

    def fields(self) -> list[tuple[str, Any, Any]]:
        """Each changed field with its value before and after; None where there was none."""
        names = sorted({*self.before, *self.after})
        return [(name, self.before.get(name), self.after.get(name)) for name in names]


def record(
    unit: UnitOfWork,
    actor: str,
    at: datetime,
    change: AuditChange,
) -> None:
    """Record one change made in this unit. A change that changes nothing leaves no entry."""
    record_many(unit, actor, at, [change])


def record_many(unit: UnitOfWork, actor: str, at: datetime, changes: Iterable[AuditChange]) -> int:
    """Record many changes of this unit; how many really changed something."""
    rows = []
    for change in changes:
        before, after = differing(change.before, change.after)
        if change.action == "changed" and not before and not after:
            continue
        rows.append(
            {
                "at": at,
                "actor": actor[:64],
                "action": change.action,
                "kind": change.kind,
                "object_key": change.key[:160],
                "before": text_of(before),
                "after": text_of(after),
            }
        )
    repository.insert_entries(unit, rows)
    return len(rows)


def differing(before: Facts, after: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of both sides that are not the same on both."""
    names = {*before, *after}
    changed = {name for name in names if before.get(name) != after.get(name)}
    return (
        {name: before[name] for name in sorted(changed & before.keys())},
        {name: after[name] for name in sorted(changed & after.keys())},
    )


def entries(
    unit: ReadUnit, asked: AuditFilter, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Entries, newest first, older than the entry `before`."""
    return [_entry(row) for row in repository.page(unit, asked, before, limit)]


def all_entries(unit: ReadUnit, asked: AuditFilter) -> Iterator[AuditEntry]:
    """Every entry asked for, newest first, one after the other."""
    return (_entry(row) for row in repository.stream(unit, asked))


def kinds(unit: ReadUnit) -> list[str]:
    """The kinds of things that were ever changed."""
    return repository.kinds(unit)


def added(kind: str, key: str, after: Facts) -> AuditChange:
    """Something that was not there before."""
    return AuditChange("added", kind, key, _NOTHING, after)


def changed(kind: str, key: str, before: Facts, after: Facts) -> AuditChange:
    """Something that is otherwise now."""
    return AuditChange("changed", kind, key, before, after)


def text_of(facts: Facts) -> str:
    """Facts as they are kept."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        entry_id=row.entry_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        kind=row.kind,
        key=row.object_key,
        before=json.loads(row.before),
        after=json.loads(row.after),
    )
