"""SQL of the reference file that tills open: written here once, in the schema of `shared.wire.reference_schema`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

from central_server.platform.database import sqlite_module
from shared.catalogue import Item
from shared.wire.payloads import item_payload
from shared.wire.reference_schema import INDEXES, TABLES, search_text

Payload = object


# Several times as fast as the json module, and the same text: two million payloads make that minutes.
_PAYLOAD: TypeAdapter[object] = TypeAdapter(object)


def _json(payload: Payload) -> str:
    return _PAYLOAD.dump_json(payload).decode()


class ReferenceFile:
    """A reference file while it is written. Use as a context; `finish` makes the file others may have."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next_id = 1
        self.rows = 0
        self._connection: Any = sqlite_module().connect(str(path), isolation_level=None)
        # Nobody else sees this file, and after a crash it is thrown away: no journal, no waiting for the disk.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        self._connection.execute("PRAGMA cache_size = -64000").close()
        self._connection.execute("BEGIN")
        for statement in TABLES:
            self._connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def add_items(self, items: Iterable[tuple[Item, int]]) -> None:
        """Add items with their seq, their barcodes and the words they are found under."""
        rows: list[tuple[object, ...]] = []
        codes: list[tuple[str, str]] = []
        words: list[tuple[int, str]] = []
        for number, (item, seq) in enumerate(items, self._next_id):
            rows.append((number, item.sku, item.article_no, _json(item_payload(item)), seq))
            codes.extend((code, item.sku) for code in item.barcodes)
            words.append((number, search_text(item)))
        self._next_id += len(rows)
        self.rows += len(rows)
        self._connection.executemany(
            "INSERT INTO item(id, sku, article_no, payload, seq) VALUES (?, ?, ?, ?, ?)", rows
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO barcode(code, sku) VALUES (?, ?)", codes
        )
        self._connection.executemany("INSERT INTO search(rowid, text) VALUES (?, ?)", words)

    def add_prices(self, scope: str, prices: Iterable[tuple[str, Payload, int]]) -> None:
        """Add prices of a scope: sku, payload, seq."""
        rows = [(sku, scope, _json(payload), seq) for sku, payload, seq in prices]
        self.rows += len(rows)
        self._connection.executemany(
            "INSERT INTO price(sku, scope, payload, seq) VALUES (?, ?, ?, ?)", rows
        )

    def add_vat(self, scope: str, rates: Iterable[tuple[str, Payload, int]]) -> None:
        """Add VAT rates of a scope: key, payload, seq."""
        rows = [(key, _json(payload), scope, seq) for key, payload, seq in rates]
        self.rows += len(rows)
        self._connection.executemany(
            "INSERT INTO vat(key, payload, scope, seq) VALUES (?, ?, ?, ?)", rows
        )

    def finish(self, target: Path, meta: Mapping[str, str], cursor: str) -> None:
        """Add indexes and what the file says of itself; write it compactly to `target`."""
        for statement in INDEXES:
            self._connection.execute(statement)
        self._connection.executemany("INSERT INTO meta(name, value) VALUES (?, ?)", meta.items())
        self._connection.execute("INSERT INTO feed_cursor VALUES ('reference', ?)", (cursor,))
        self._connection.execute("COMMIT")
        target.unlink(missing_ok=True)
        self._connection.execute("VACUUM INTO ?", (str(target),))


def count_items(path: Path) -> int:
    """How many items a finished reference file has; for checks."""
    with closing(sqlite_module().connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found: int = connection.execute("SELECT count(*) FROM item").fetchone()[0]
        return found
