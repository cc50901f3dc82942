"""SQL of the reference file that tills open: written here once, in the schema of `shared.wire.reference_schema`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

from central_server.platform.database import sqlite_module
from shared.catalogue import Item
from shared.wire.payloads import item_payload
from shared.wire.reference_schema import INDEXES, TABLES, search_text

# Several times as fast as the json module, and the same text: two million payloads make that minutes.
_PAYLOAD: TypeAdapter[object] = TypeAdapter(object)


def payload_text(payload: object) -> str:
    """A payload as it stands in the file."""
    return _PAYLOAD.dump_json(payload).decode()


@dataclass(slots=True)
class ItemRows:
    """Items ready to be written: rows of `item` without their id, barcodes, and the words to find each by."""

    items: list[tuple[str, str, str, str, int]]
    codes: list[tuple[str, str]]
    words: list[str]

    @classmethod
    def of(cls, items: Iterable[tuple[Item, int]]) -> ItemRows:
        """The rows of items with their seq."""
        made = cls([], [], [])
        for item, seq in items:
            text = payload_text(item_payload(item))
            made.items.append((item.sku, item.article_no, item.category, text, seq))
            made.codes.extend((code, item.sku) for code in item.barcodes)
            made.words.append(search_text(item))
        return made


@dataclass(slots=True)
class PriceRows:
    """Prices ready to be written: sku, payload, scope, seq."""

    rows: list[tuple[str, str, str, int]]


@dataclass(slots=True)
class VatRows:
    """VAT rates ready to be written: key, payload, scope, seq."""

    rows: list[tuple[str, str, str, int]]


@dataclass(slots=True)
class PromotionRows:
    """Versions of promotions ready to be written: id, version, when retired (or empty), payload, scope, seq."""

    rows: list[tuple[str, int, str, str, str, int]]


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

    def add(self, made: ItemRows | PriceRows | VatRows | PromotionRows) -> None:
        """Add rows of one kind."""
        if isinstance(made, ItemRows):
            self._add_items(made)
            return
        if isinstance(made, PriceRows):
            into = "price(sku, payload, scope, seq) VALUES (?, ?, ?, ?)"
        elif isinstance(made, VatRows):
            into = "vat(key, payload, scope, seq) VALUES (?, ?, ?, ?)"
        else:
            into = "promotion(id, version, retired, payload, scope, seq) VALUES (?, ?, ?, ?, ?, ?)"
        self._write(f"INSERT INTO {into}", made.rows)
        self.rows += len(made.rows)

    def _add_items(self, made: ItemRows) -> None:
        ids = range(self._next_id, self._next_id + len(made.items))
        rows = [(number, *row) for number, row in zip(ids, made.items, strict=True)]
        self._write(
            "INSERT INTO item(id, sku, article_no, category, payload, seq)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._write("INSERT OR IGNORE INTO barcode(code, sku) VALUES (?, ?)", made.codes)
        words = list(zip(ids, made.words, strict=True))
        self._write("INSERT INTO search(rowid, text) VALUES (?, ?)", words)
        self._next_id += len(rows)
        self.rows += len(rows)

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._connection.executemany(statement, rows)

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
