"""What a running import has read so far, on disk: so that memory stays bounded however long the file is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from central_server.platform.database import sqlite_module

_TABLES = ("article", "sku", "code")


class SeenRows:
    """Remembers in which line an article, a sku (or another number) or a barcode stood first.

    A context; its file goes with it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tresen-import-")
        path = Path(self._folder.name) / "seen.db"
        self._connection: Any = sqlite_module().connect(str(path), isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        for table in _TABLES:
            self._connection.execute(
                f"CREATE TABLE {table}(key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def articles(self, keys: Iterable[str]) -> dict[str, int]:
        """The lines of those article numbers that stood in the file before."""
        return self._lines("article", keys)

    def skus(self, keys: Iterable[str]) -> dict[str, int]:
        """The lines of those skus that stood in the file before."""
        return self._lines("sku", keys)

    def codes(self, keys: Iterable[str]) -> dict[str, int]:
        """The lines of those barcodes that stood in the file before."""
        return self._lines("code", keys)

    def remember(
        self, articles: Mapping[str, int], skus: Mapping[str, int], codes: Mapping[str, int]
    ) -> None:
        """Keep the lines of a batch."""
        self._connection.execute("BEGIN")
        for table, lines in zip(_TABLES, (articles, skus, codes), strict=True):
            self._connection.executemany(
                f"INSERT OR IGNORE INTO {table}(key, line) VALUES (?, ?)", sorted(lines.items())
            )
        self._connection.execute("COMMIT")

    def _lines(self, table: str, keys: Iterable[str]) -> dict[str, int]:
        rows = self._connection.execute(
            f"SELECT key, line FROM {table} WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return dict(rows.fetchall())
