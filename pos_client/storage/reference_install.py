"""Taking a downloaded reference file into use: checked, completed with the small feeds, pointed to."""

from __future__ import annotations

from pathlib import Path

from pos_client.storage.feed_applier import CUSTOMERS_SEALED_WITH
from pos_client.storage.paths import sync_folder
from pos_client.storage.promotion_shelf import has_table
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.sqlite import (
    Connection,
    SqliteError,
    connect,
    problem,
    quick_check,
    transaction,
)
from shared.errors import EnvironmentProblem
from shared.wire.models import SnapshotManifest
from shared.wire.reference_schema import SCHEMA_VERSION

# Feeds that no snapshot carries, with their tables.
_SMALL = {
    "staff": ("staff",),
    "config": ("config",),
    "stock": ("stock_level",),
    "customer": ("customer", "customer_mark"),
    "usage": ("promotion_use",),
}


def install_snapshot(files: ReferenceFiles, downloaded: Path, manifest: SnapshotManifest) -> Path:
    """Move `downloaded` (hash already verified) into the folder and switch to it.

    What no snapshot carries (staff, settings, stock levels, customers, used promotions) is taken along from the file
    before with its positions, so that nobody is locked out while those feeds come again.
    `EnvironmentProblem('snapshot_unusable')` with the `reason` if the file is of another schema or unsound; the file in
    use stays.
    """
    if manifest.schema_version != SCHEMA_VERSION:
        raise _unusable("schema", downloaded)
    target = files.folder / f"reference-{_plain(manifest.snapshot_id)}.db"
    try:
        connection = connect(downloaded, synchronous="NORMAL")
        try:
            if not quick_check(connection):
                raise _unusable("check", downloaded)
            rows = connection.execute("SELECT count(*) FROM item").fetchone()[0]
            with transaction(connection):
                connection.execute(
                    "INSERT OR IGNORE INTO feed_cursor VALUES ('reference', ?)",
                    (f"{manifest.epoch}.{manifest.seq}.0",),
                )
                connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('reference_version', (SELECT cursor FROM"
                    " feed_cursor WHERE feed = 'reference'))"
                )
                connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)",
                    (str(manifest.schema_version),),
                )
                connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('snapshot_items', ?)", (str(rows),)
                )
            _take_along(files.current(), connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except SqliteError as error:
        if problem(error, "reference").code == "reference_disk_full":
            raise problem(error, "reference") from error
        raise _unusable(str(error)[:60], downloaded) from error
    if files.current() == target:
        target = files.folder / f"reference-{_plain(manifest.snapshot_id)}-again.db"
    for suffix in ("-wal", "-shm"):
        downloaded.with_name(downloaded.name + suffix).unlink(missing_ok=True)
    downloaded.replace(target)
    sync_folder(files.folder)
    files.point_to(target)
    files.sweep()
    return target


def _take_along(old: Path | None, connection: Connection) -> None:
    """Copy the small feeds from the file before; a file that cannot be read is left alone."""
    if old is None:
        return
    try:
        source = connect(old, synchronous="NORMAL", read_only=True)
    except SqliteError:
        return
    try:
        with transaction(connection):
            for feed, tables in _SMALL.items():
                cursor = source.execute(
                    "SELECT cursor FROM feed_cursor WHERE feed = ?", (feed,)
                ).fetchone()
                # A file of an older release may lack one of them: then the feed comes again from its start.
                if cursor is None or not all(has_table(source, table) for table in tables):
                    continue
                for table in tables:
                    _copy(source, connection, table)
                meta = source.execute(
                    "SELECT name, value FROM meta WHERE name IN (?, ?)",
                    (f"processed_through:{feed}", CUSTOMERS_SEALED_WITH),
                ).fetchall()
                connection.executemany("INSERT OR REPLACE INTO meta VALUES (?,?)", meta)
                connection.execute(
                    "INSERT OR REPLACE INTO feed_cursor VALUES (?,?)", (feed, cursor[0])
                )
    except SqliteError:
        return
    finally:
        source.close()


def _copy(source: Connection, connection: Connection, table: str) -> None:
    rows = source.execute(f"SELECT * FROM {table}").fetchall()
    if rows:
        marks = ",".join("?" * len(rows[0]))
        connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c == "-")[:60] or "snapshot"


def _unusable(reason: str, downloaded: Path) -> EnvironmentProblem:
    downloaded.unlink(missing_ok=True)
    return EnvironmentProblem("snapshot_unusable", {"reason": reason})
