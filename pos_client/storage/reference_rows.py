"""How each kind of feed row is put into and taken out of the reference file.

A row that this release cannot read (`RowRefusedError`) goes to quarantine; it is never a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pos_client.storage.customer_vault import marks_of, sealed_payload
from pos_client.storage.sqlite import Connection
from shared.errors import DomainError
from shared.quantity import to_thousandths
from shared.wire.models import FeedRow
from shared.wire.payloads import (
    FEEDS,
    item_from_payload,
    prices_from_payload,
    staff_from_payload,
    stock_level_from_payload,
    stock_level_key,
    vat_from_payload,
)
from shared.wire.promotion_payloads import (
    promotion_from_payload,
    promotion_key,
    promotion_of_key,
    usage_from_payload,
)
from shared.wire.reference_schema import search_text

KNOWN_VERSION = 1


class RowRefusedError(Exception):
    """A row cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What to do with rows of one kind: `entries` yields `(key, scope, seq)` of all that are there."""

    put: Callable[[Connection, FeedRow], None]
    remove: Callable[[Connection, FeedRow], None]
    entries: str
    tables: tuple[str, ...]


def put_row(connection: Connection, feed: str, row: FeedRow) -> None:
    """Put a row; `RowRefusedError` leaves what was there before."""
    if row.kind not in FEEDS[feed]:
        raise RowRefusedError(f"kind {row.kind[:40]} unknown")
    if row.v != KNOWN_VERSION:
        raise RowRefusedError(f"version {row.v} unknown")
    try:
        KINDS[row.kind].put(connection, row)
    except (DomainError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise RowRefusedError(str(error)[:200]) from error


def remove_row(connection: Connection, feed: str, row: FeedRow) -> None:
    """Take a row out; nothing happens if it is not there, or there in another scope."""
    if row.kind in FEEDS[feed]:
        KINDS[row.kind].remove(connection, row)


def clear_feed(connection: Connection, feed: str) -> None:
    """Take out all rows of a feed."""
    for kind in FEEDS[feed]:
        for table in KINDS[kind].tables:
            connection.execute(f"DELETE FROM {table}")
    if feed == "reference":
        connection.execute("INSERT INTO search(search) VALUES ('delete-all')")


def entries(connection: Connection, feed: str) -> Iterator[tuple[str, str, str, int]]:
    """`(kind, key, scope, seq)` of every row that is there."""
    for kind in FEEDS[feed]:
        for key, scope, seq in connection.execute(KINDS[kind].entries):
            yield kind, key, scope, seq


def _object(row: FeedRow) -> dict[str, object]:
    if not isinstance(row.d, dict):
        raise RowRefusedError("payload is no object")
    return dict(row.d)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _put_item(connection: Connection, row: FeedRow) -> None:
    values = _object(row)
    item = item_from_payload(values)
    if item.sku != row.key:
        raise RowRefusedError("sku is not the key")
    old = connection.execute("SELECT id, payload FROM item WHERE sku = ?", (item.sku,)).fetchone()
    fields = (item.article_no, item.category, _text(values), row.scope, row.seq)
    if old is None:
        number = connection.execute(
            "INSERT INTO item(article_no, category, payload, scope, seq, sku) VALUES (?,?,?,?,?,?)",
            (*fields, item.sku),
        ).lastrowid
    else:
        number = old[0]
        _unindex(connection, number, old[1])
        connection.execute(
            "UPDATE item SET article_no=?, category=?, payload=?, scope=?, seq=? WHERE id=?",
            (*fields, number),
        )
        connection.execute("DELETE FROM barcode WHERE sku = ?", (item.sku,))
    connection.executemany(
        "INSERT OR REPLACE INTO barcode(code, sku) VALUES (?,?)",
        [(code, item.sku) for code in item.barcodes],
    )
    connection.execute("INSERT INTO search(rowid, text) VALUES (?,?)", (number, search_text(item)))


def _remove_item(connection: Connection, row: FeedRow) -> None:
    old = connection.execute(
        "SELECT id, payload FROM item WHERE sku = ? AND scope = ?", (row.key, row.scope)
    ).fetchone()
    if old is not None:
        _unindex(connection, old[0], old[1])
        connection.execute("DELETE FROM item WHERE id = ?", (old[0],))
        connection.execute("DELETE FROM barcode WHERE sku = ?", (row.key,))


def _unindex(connection: Connection, number: int, payload: str) -> None:
    text = search_text(item_from_payload(json.loads(payload)))
    connection.execute(
        "INSERT INTO search(search, rowid, text) VALUES ('delete', ?, ?)", (number, text)
    )


def _put_price(connection: Connection, row: FeedRow) -> None:
    if not isinstance(row.d, list):
        raise RowRefusedError("payload is no list")
    rows = [value for value in row.d if isinstance(value, dict)]
    if len(rows) != len(row.d):
        raise RowRefusedError("a price is no object")
    prices_from_payload(row.key, row.scope, [dict(value) for value in rows])
    connection.execute(
        "INSERT OR REPLACE INTO price(sku, scope, payload, seq) VALUES (?,?,?,?)",
        (row.key, row.scope, _text(row.d), row.seq),
    )


def _remove_price(connection: Connection, row: FeedRow) -> None:
    connection.execute("DELETE FROM price WHERE sku = ? AND scope = ?", (row.key, row.scope))


def _put_vat(connection: Connection, row: FeedRow) -> None:
    values = _object(row)
    vat_from_payload(values)
    connection.execute(
        "INSERT OR REPLACE INTO vat(key, payload, scope, seq) VALUES (?,?,?,?)",
        (row.key, _text(values), row.scope, row.seq),
    )


def _remove_vat(connection: Connection, row: FeedRow) -> None:
    connection.execute("DELETE FROM vat WHERE key = ? AND scope = ?", (row.key, row.scope))


def _put_staff(connection: Connection, row: FeedRow) -> None:
    values = _object(row)
    if staff_from_payload(values).staff_id != row.key:
        raise RowRefusedError("staff number is not the key")
    connection.execute(
        "INSERT OR REPLACE INTO staff(staff_id, payload, scope, seq) VALUES (?,?,?,?)",
        (row.key, _text(values), row.scope, row.seq),
    )


def _remove_staff(connection: Connection, row: FeedRow) -> None:
    connection.execute("DELETE FROM staff WHERE staff_id = ? AND scope = ?", (row.key, row.scope))


def _put_config(connection: Connection, row: FeedRow) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO config(key, scope, payload, seq) VALUES (?,?,?,?)",
        (row.key, row.scope, _text(_object(row)), row.seq),
    )


def _remove_config(connection: Connection, row: FeedRow) -> None:
    connection.execute("DELETE FROM config WHERE key = ? AND scope = ?", (row.key, row.scope))


def _put_stock(connection: Connection, row: FeedRow) -> None:
    level = stock_level_from_payload(_object(row))
    if stock_level_key(level.sku, level.location) != row.key:
        raise RowRefusedError("location and sku are not the key")
    connection.execute(
        "INSERT OR REPLACE INTO stock_level(sku, location, quantity_thousandths, scope, seq)"
        " VALUES (?,?,?,?,?)",
        (level.sku, level.location, to_thousandths(level.quantity), row.scope, row.seq),
    )


def _remove_stock(connection: Connection, row: FeedRow) -> None:
    location, _, sku = row.key.partition("|")
    connection.execute(
        "DELETE FROM stock_level WHERE sku = ? AND location = ? AND scope = ?",
        (sku, location, row.scope),
    )


def _put_promotion(connection: Connection, row: FeedRow) -> None:
    values = _object(row)
    version = promotion_from_payload(values)
    version.promotion()  # one that this release cannot price with must not be priced with
    if promotion_key(version.promotion_id, version.version) != row.key:
        raise RowRefusedError("promotion and version are not the key")
    retired = version.retired_at.isoformat() if version.retired_at is not None else ""
    connection.execute(
        "INSERT OR REPLACE INTO promotion(id, version, retired, payload, scope, seq)"
        " VALUES (?,?,?,?,?,?)",
        (version.promotion_id, version.version, retired, _text(values), row.scope, row.seq),
    )


def _remove_promotion(connection: Connection, row: FeedRow) -> None:
    try:
        promotion_id, version = promotion_of_key(row.key)
    except ValueError:
        return  # no such key was ever put
    connection.execute(
        "DELETE FROM promotion WHERE id = ? AND version = ? AND scope = ?",
        (promotion_id, version, row.scope),
    )


def _put_promotion_use(connection: Connection, row: FeedRow) -> None:
    usage = usage_from_payload(_object(row))
    if usage.promotion_id != row.key:
        raise RowRefusedError("promotion is not the key")
    connection.execute(
        "INSERT OR REPLACE INTO promotion_use(promotion_id, uses, amount, scope, seq)"
        " VALUES (?,?,?,?,?)",
        (usage.promotion_id, usage.uses, usage.amount, row.scope, row.seq),
    )


def _remove_promotion_use(connection: Connection, row: FeedRow) -> None:
    connection.execute(
        "DELETE FROM promotion_use WHERE promotion_id = ? AND scope = ?", (row.key, row.scope)
    )


def _put_customer(connection: Connection, row: FeedRow) -> None:
    """Only what was sealed is written, see `CustomerVault`."""
    values = _object(row)
    sealed, marks = sealed_payload(values), marks_of(values)
    connection.execute("DELETE FROM customer_mark WHERE number = ?", (row.key,))
    connection.execute(
        "INSERT OR REPLACE INTO customer(number, payload, scope, seq) VALUES (?,?,?,?)",
        (row.key, sealed, row.scope, row.seq),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO customer_mark VALUES (?,?)", [(mark, row.key) for mark in marks]
    )


def _remove_customer(connection: Connection, row: FeedRow) -> None:
    gone = connection.execute(
        "DELETE FROM customer WHERE number = ? AND scope = ?", (row.key, row.scope)
    )
    if gone.rowcount:
        connection.execute("DELETE FROM customer_mark WHERE number = ?", (row.key,))


KINDS: dict[str, Kind] = {
    "item": Kind(_put_item, _remove_item, "SELECT sku, scope, seq FROM item", ("item", "barcode")),
    "price": Kind(_put_price, _remove_price, "SELECT sku, scope, seq FROM price", ("price",)),
    "vat": Kind(_put_vat, _remove_vat, "SELECT key, scope, seq FROM vat", ("vat",)),
    "staff": Kind(_put_staff, _remove_staff, "SELECT staff_id, scope, seq FROM staff", ("staff",)),
    "config": Kind(_put_config, _remove_config, "SELECT key, scope, seq FROM config", ("config",)),
    "stock_level": Kind(
        _put_stock,
        _remove_stock,
        "SELECT location || '|' || sku, scope, seq FROM stock_level",
        ("stock_level",),
    ),
    "promotion": Kind(
        _put_promotion,
        _remove_promotion,
        "SELECT id || '|' || version, scope, seq FROM promotion",
        ("promotion",),
    ),
    "promotion_use": Kind(
        _put_promotion_use,
        _remove_promotion_use,
        "SELECT promotion_id, scope, seq FROM promotion_use",
        ("promotion_use",),
    ),
    "customer": Kind(
        _put_customer,
        _remove_customer,
        "SELECT number, scope, seq FROM customer",
        ("customer", "customer_mark"),
    ),
}
