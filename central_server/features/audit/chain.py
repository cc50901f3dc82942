"""Chains over rows that are added and never changed: whoever changes one or takes one out is found out.

A row is chained some time after it was written, because whoever writes must not wait for whoever wrote before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from central_server.features.audit.chain_repository import ChainedRow, ChainTable
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork

BATCH = 1_000
FIRST = ""
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowChain:
    """One chain. `prepare` gives what is written into rows before they are hashed, one for each; `link` the hash of a
    row by that of the one before, its position (1, 2 …) and its columns; `sound` tells in a unit whether a row is what
    was hashed.
    """

    name: str
    rows: ChainTable
    prepare: Callable[[UnitOfWork, Sequence[ChainedRow]], Sequence[Facts]]
    link: Callable[[str, int, Facts], str]
    sound: Callable[[ReadUnit], Callable[[Facts], bool]] = lambda _unit: lambda _row: True

    def chain_some(self, unit: UnitOfWork, limit: int = BATCH) -> int:
        """Put the next rows behind the chain; how many. Two that do so at once meet, and one of them tries again."""
        found = self.rows.unchained(unit.connection, limit)
        position, previous = self.head(unit)
        changes = []
        for row, more in zip(found, self.prepare(unit, found), strict=True):
            position += 1
            facts = {**row, **more}
            previous = self.link(previous, position, facts)
            changes.append({"k_row": facts[self.rows.key.name], **more})
            changes[-1] |= {"position": position, "hash": previous}
        self.rows.put(unit.connection, changes)
        return len(found)

    def chain_all(self, unit: UnitOfWork) -> None:
        """Put every row behind the chain."""
        while self.chain_some(unit):
            pass

    def head(self, unit: ReadUnit) -> tuple[int, str]:
        """The last position and its hash; 0 and nothing for an empty chain."""
        last = self.rows.last(unit.connection)
        return (last["position"], last["hash"]) if last is not None else (0, FIRST)

    def first_broken(self, unit: ReadUnit) -> int | None:
        """The position of the first row that is not what was chained, or is missing; None if all is well."""
        position, previous, sound = 0, FIRST, self.sound(unit)
        while found := self.rows.chained(unit.connection, position, BATCH):
            for row in found:
                position += 1
                expected = self.link(previous, position, row)
                if (row["position"], row["hash"]) != (position, expected) or not sound(row):
                    return position
                previous = expected
        return None
