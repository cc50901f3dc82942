"""Feed pages into the reference file: staged as they come, applied in one transaction at a checkpoint.

A till that is killed between two pages goes on with the next; no reader ever sees half a checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.reference_rows import (
    RowRefusedError,
    clear_feed,
    entries,
    put_row,
    remove_row,
)
from pos_client.storage.sqlite import (
    Connection,
    SqliteError,
    connect,
    problem,
    quick_check,
    transaction,
)
from shared.wire.digest import DigestSum, digest_of
from shared.wire.models import FeedPage, FeedRow
from shared.wire.reference_schema import SCHEMA_VERSION

# Which key the customers of a file are sealed with; empty or missing for none.
CUSTOMERS_SEALED_WITH = "customers_sealed_with"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a checkpoint brought: rows applied, and how many went to quarantine."""

    rows: int
    quarantined: int


class FeedApplier:
    """The only writer of the reference file at `path`. `EnvironmentProblem('reference_…')` for what the disk does.

    Customers are sealed by the `vault`; without one they are refused.
    """

    def __init__(self, path: Path, vault: CustomerVault | None = None) -> None:
        self.path = path
        self._vault = vault
        try:
            self._connection = connect(path, synchronous="NORMAL")
        except SqliteError as error:
            raise problem(error, "reference") from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def is_sound(self) -> bool:
        """Whether SQLite's own check finds the file sound."""
        return quick_check(self._connection)

    def is_outdated(self) -> bool:
        """Whether the file is of an older release: it may be read, but rows no longer fit into it."""
        try:
            return self._meta("schema_version") != str(SCHEMA_VERSION)
        except SqliteError as error:
            raise problem(error, "reference") from error

    def cursor(self, feed: str) -> str | None:
        """Where to ask on: behind what is staged, else behind what is applied; None for the feed's start."""
        try:
            staged = self._meta(f"staged:{feed}")
            if staged:
                return staged
            if self._meta(f"replacing:{feed}"):
                return None
            return self.applied_cursor(feed)
        except SqliteError as error:
            raise problem(error, "reference") from error

    def applied_cursor(self, feed: str) -> str | None:
        """The position of what readers see."""
        try:
            row = self._connection.execute(
                "SELECT cursor FROM feed_cursor WHERE feed = ?", (feed,)
            ).fetchone()
        except SqliteError as error:
            raise problem(error, "reference") from error
        return str(row[0]) if row else None

    def take(self, feed: str, page: FeedPage) -> Applied | None:
        """Stage a page; when it completes a checkpoint apply all that is staged and say what came of it."""
        if feed == "customer" and self._vault is not None:
            page = page.model_copy(update={"rows": [self._vault.seal(row) for row in page.rows]})
        try:
            with transaction(self._connection) as connection:
                staged = bool(self._meta(f"staged:{feed}"))
                if page.complete and not staged:
                    return self._apply(connection, feed, page, page.rows)
                connection.executemany(
                    "INSERT INTO feed_staging(feed, row) VALUES (?,?)",
                    [(feed, row.model_dump_json()) for row in page.rows],
                )
                if not page.complete:
                    self._set_meta(connection, f"staged:{feed}", page.cursor)
                    return None
                rows = connection.execute(
                    "SELECT row FROM feed_staging WHERE feed = ?"
                    " ORDER BY CAST(json_extract(row, '$.seq') AS INTEGER), id",
                    (feed,),
                )
                applied = self._apply(
                    connection, feed, page, (FeedRow.model_validate_json(r[0]) for r in rows)
                )
                connection.execute("DELETE FROM feed_staging WHERE feed = ?", (feed,))
                return applied
        except SqliteError as error:
            raise problem(error, "reference") from error

    def restart(self, feed: str) -> None:
        """Follow a feed from its start; what is there stays readable until the new rows replace it at once."""
        try:
            with transaction(self._connection) as connection:
                connection.execute("DELETE FROM feed_staging WHERE feed = ?", (feed,))
                self._set_meta(connection, f"staged:{feed}", "")
                self._set_meta(connection, f"replacing:{feed}", "1")
        except SqliteError as error:
            raise problem(error, "reference") from error

    def follow_key(self, key_id: str) -> None:
        """Customers that were sealed with another key than this one are of no use any more: their feed starts over.
        Without a key they go at once.
        """
        if self._meta(CUSTOMERS_SEALED_WITH) == key_id:
            return
        self.restart("customer")
        try:
            with transaction(self._connection) as connection:
                clear_feed(connection, "customer")
                connection.execute("DELETE FROM row_quarantine WHERE feed = 'customer'")
                connection.execute("DELETE FROM feed_cursor WHERE feed = 'customer'")
                self._set_meta(connection, CUSTOMERS_SEALED_WITH, key_id)
            # What the log of the file still holds must go as well.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except SqliteError as error:
            raise problem(error, "reference") from error

    def has_customer(self, number: str) -> bool:
        """Whether there is a customer with this number."""
        try:
            found = self._connection.execute(
                "SELECT 1 FROM customer WHERE number = ?", (number,)
            ).fetchone()
        except SqliteError as error:
            raise problem(error, "reference") from error
        return found is not None

    def digest(self, feed: str) -> DigestSum:
        """Count and sum over the rows of a feed; rows in quarantine count with the sequence they came with."""
        try:
            held = {
                (row[0], row[1], row[2]): int(row[3])
                for row in self._connection.execute(
                    "SELECT kind, key, scope, seq FROM row_quarantine WHERE feed = ?", (feed,)
                )
            }
            there = (e for e in entries(self._connection, feed) if e[:3] not in held)
            return digest_of(chain(there, ((*key, seq) for key, seq in held.items())))
        except SqliteError as error:
            raise problem(error, "reference") from error

    def quarantined(self) -> tuple[tuple[str, str, str], ...]:
        """`(kind, key, reason)` of the rows that this release could not read."""
        rows = self._connection.execute(
            "SELECT kind, key, reason FROM row_quarantine ORDER BY feed, seq"
        ).fetchall()
        return tuple((row[0], row[1], row[2]) for row in rows)

    def _apply(
        self, connection: Connection, feed: str, page: FeedPage, rows: Iterable[FeedRow]
    ) -> Applied:
        if self._meta(f"replacing:{feed}"):
            clear_feed(connection, feed)
            connection.execute("DELETE FROM row_quarantine WHERE feed = ?", (feed,))
        done = refused = 0
        for row in rows if not isinstance(rows, list) else sorted(rows, key=lambda r: r.seq):
            done += 1
            connection.execute(
                "DELETE FROM row_quarantine WHERE feed=? AND kind=? AND key=? AND scope=?",
                (feed, row.kind, row.key, row.scope),
            )
            if row.op == "remove":
                remove_row(connection, feed, row)
                continue
            try:
                put_row(connection, feed, row)
            except RowRefusedError as error:
                refused += 1
                self._quarantine(connection, feed, row, str(error))
        connection.execute("INSERT OR REPLACE INTO feed_cursor VALUES (?,?)", (feed, page.cursor))
        self._set_meta(connection, f"processed_through:{feed}", str(page.processed_through))
        self._set_meta(connection, f"staged:{feed}", "")
        self._set_meta(connection, f"replacing:{feed}", "")
        if feed == "reference":
            self._set_meta(connection, "reference_version", page.cursor)
        return Applied(done, refused)

    def _quarantine(self, connection: Connection, feed: str, row: FeedRow, reason: str) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO row_quarantine(feed, kind, key, scope, seq, row, reason)"
            " VALUES (?,?,?,?,?,?,?)",
            (feed, row.kind, row.key, row.scope, row.seq, row.model_dump_json(), reason),
        )

    def _meta(self, name: str) -> str:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set_meta(self, connection: Connection, name: str, value: str) -> None:
        connection.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?,?)", (name, value))
