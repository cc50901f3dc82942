"""Authorisations that were asked for and are not settled: written before the request leaves the till.

The id is made here and reused for each repetition, so a lost answer never takes money twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pos_client.storage.journal_file import JournalFile
from shared.journal import canonical_bytes, parse_body


@dataclass(frozen=True, slots=True)
class OutstandingAuthorisation:
    """`state` is `asked` (no answer yet), `approved` or `voiding`; `body` is the request as it was sent."""

    auth_id: UUID
    kind: str
    basket_id: UUID
    body: Mapping[str, object]
    state: str
    changed_at: datetime


class OutstandingAuthorisations:
    """The authorisations of this till that still need something to happen."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def put(self, authorisation: OutstandingAuthorisation) -> None:
        """Write one, new or in its next state; the body of a known one is never replaced."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO outstanding_authorisation VALUES (?,?,?,?,?,?) ON CONFLICT(auth_id)"
                " DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
                (
                    str(authorisation.auth_id),
                    authorisation.kind,
                    str(authorisation.basket_id),
                    canonical_bytes(authorisation.body),
                    authorisation.state,
                    authorisation.changed_at.isoformat(),
                ),
            )

    def settle(self, auth_id: UUID) -> None:
        """One needs nothing any more: captured, voided or declined."""
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM outstanding_authorisation WHERE auth_id=?", (str(auth_id),)
            )

    def all(self) -> tuple[OutstandingAuthorisation, ...]:
        """All of them, the oldest change first."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT auth_id, kind, basket_id, body, state, changed_at"
                " FROM outstanding_authorisation ORDER BY changed_at, auth_id"
            ).fetchall()
        return tuple(
            OutstandingAuthorisation(
                UUID(row[0]),
                row[1],
                UUID(row[2]),
                parse_body(bytes(row[3])),
                row[4],
                datetime.fromisoformat(row[5]),
            )
            for row in rows
        )
