"""Authorisations that were asked for and are not settled: written before the request leaves the till.

The id is made here and reused for each repetition, so a lost answer never takes money twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pos_client.storage.journal_file import JournalFile
from pos_client.storage.sqlite import Connection
from shared.journal import canonical_bytes, parse_body
from shared.tender import AUTHORISED

VALUE_KINDS = frozenset(str(kind) for kind in AUTHORISED)
"""Value that is asked of the centre."""
CODE_KIND = "code"
CENTRE_KINDS = VALUE_KINDS | {CODE_KIND}
"""What the centre keeps for a receipt; everything else is at a card terminal."""
_AT_CENTRE = "kind IN (" + ",".join(f"'{kind}'" for kind in sorted(CENTRE_KINDS)) + ")"


@dataclass(frozen=True, slots=True)
class OutstandingAuthorisation:
    """`state` is `asked` (no answer yet), `approved`, `stood_in` (taken without an answer) or `voiding` (to be given
    back), at a card terminal also `unknown`; `body` is the request as it was sent, `answer` what came back.
    """

    auth_id: UUID
    kind: str
    basket_id: UUID
    body: Mapping[str, object]
    state: str
    changed_at: datetime
    answer: Mapping[str, object] = field(default_factory=dict)


class OutstandingAuthorisations:
    """The authorisations of this till that still need something to happen."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def put(self, authorisation: OutstandingAuthorisation) -> None:
        """Write one, new or in its next state with the answer to it; the body of a known one is never replaced."""
        with self._file.writing() as connection:
            put(connection, authorisation)

    def settle(self, auth_id: UUID) -> None:
        """One needs nothing any more: captured, voided or declined."""
        with self._file.writing() as connection:
            settle(connection, auth_id)

    def all(self) -> tuple[OutstandingAuthorisation, ...]:
        """All of them, the oldest change first."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT auth_id, kind, basket_id, body, state, changed_at, answer"
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
                _answer(row[6]),
            )
            for row in rows
        )


def put(connection: Connection, authorisation: OutstandingAuthorisation) -> None:
    """As `OutstandingAuthorisations.put`, within a transaction that does more."""
    connection.execute(
        "INSERT INTO outstanding_authorisation"
        "(auth_id, kind, basket_id, body, state, changed_at, answer) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT(auth_id) DO UPDATE SET state = excluded.state,"
        " changed_at = excluded.changed_at, answer = excluded.answer",
        (
            str(authorisation.auth_id),
            authorisation.kind,
            str(authorisation.basket_id),
            canonical_bytes(authorisation.body),
            authorisation.state,
            authorisation.changed_at.isoformat(),
            canonical_bytes(authorisation.answer),
        ),
    )


def settle(connection: Connection, auth_id: UUID) -> None:
    """As `OutstandingAuthorisations.settle`, within a transaction that does more."""
    connection.execute("DELETE FROM outstanding_authorisation WHERE auth_id=?", (str(auth_id),))


def void(connection: Connection, auth_id: UUID) -> None:
    """What the centre holds is to be given back, within a transaction that does more."""
    connection.execute(
        f"UPDATE outstanding_authorisation SET state='voiding' WHERE auth_id=? AND {_AT_CENTRE}",
        (str(auth_id),),
    )


def end_basket(connection: Connection, basket_id: UUID, captured: Iterable[UUID]) -> None:
    """A receipt ended: what it `captured` needs nothing any more, what else the centre holds for it is given back."""
    for auth_id in captured:
        settle(connection, auth_id)
    connection.execute(
        f"UPDATE outstanding_authorisation SET state='voiding' WHERE basket_id=? AND {_AT_CENTRE}",
        (str(basket_id),),
    )


def _answer(stored: bytes | str) -> Mapping[str, object]:
    # A row of before the column holds its default, which SQLite gives as text.
    return parse_body(stored.encode("utf-8") if isinstance(stored, str) else bytes(stored))
