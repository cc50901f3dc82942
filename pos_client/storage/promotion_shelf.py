"""The promotions of the reference file, read once a version: parsing ten thousand of them takes longer than a scan may.

Versions never change, so what was read stays good for as long as its text is the same; only what came or went since is
looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from pos_client.storage.sqlite import Connection
from shared.errors import DomainError
from shared.promotions import Promotion
from shared.wire.promotion_payloads import promotion_from_payload

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PublishedPromotion:
    """A promotion with the number of its version: what a receipt freezes. `currency` is that of its amounts."""

    version: int
    currency: str
    promotion: Promotion


class PromotionShelf:
    """What was read of the promotions. One shelf belongs to one reader, in one thread.

    `between` is called after each one that had to be read: a reader beside the till lets it go first there.
    """

    def __init__(self, between: Callable[[], object] = lambda: None) -> None:
        self._between = between
        self._read: dict[tuple[str, int], tuple[str, PublishedPromotion | None]] = {}
        self._counting: dict[str, tuple[PublishedPromotion, ...]] = {}
        self._mark: tuple[object, ...] | None = None
        self._doubted = True

    def doubt(self) -> None:
        """The file has changed, or is another one: look at the next question whether the promotions did."""
        self._doubted = True

    def counting(self, connection: Connection, currency: str) -> tuple[PublishedPromotion, ...]:
        """The versions that count, in one currency, by id: open ones, those to come, and some that have ended.

        The same tuple as long as none of them changed, so that nothing must be worked out again from it.
        """
        if self._doubted:
            mark = _mark(connection)
            if mark != self._mark:
                self._mark = mark
                self._counting.clear()
            self._doubted = False
        found = self._counting.get(currency)
        if found is None:
            found = tuple(each for each in self._all(connection) if each.currency == currency)
            self._counting[currency] = found
        return found

    def version(
        self, connection: Connection, promotion_id: str, number: int
    ) -> PublishedPromotion | None:
        """One version, also one that counts no more; None if the file does not have it."""
        if not has_table(connection, "promotion"):
            return None
        row = connection.execute(
            "SELECT payload FROM promotion WHERE id = ? AND version = ?", (promotion_id, number)
        ).fetchone()
        return self._published(promotion_id, number, row[0]) if row is not None else None

    def _all(self, connection: Connection) -> list[PublishedPromotion]:
        if not has_table(connection, "promotion"):
            return []
        rows = connection.execute(
            "SELECT id, version, payload FROM promotion WHERE retired = '' ORDER BY id, version"
        ).fetchall()
        present = {(row[0], row[1]) for row in rows}
        self._read = {key: read for key, read in self._read.items() if key in present}
        published = (self._published(*row) for row in rows)
        return [each for each in published if each is not None]

    def _published(
        self, promotion_id: str, version: int, payload: str
    ) -> PublishedPromotion | None:
        known = self._read.get((promotion_id, version))
        if known is not None and known[0] == payload:
            return known[1]
        made: PublishedPromotion | None = None
        try:
            row = promotion_from_payload(json.loads(payload))
            made = PublishedPromotion(row.version, row.currency, row.promotion())
        except DomainError as error:
            # Rows of a feed were read before they were put; one of a ready file may be of a newer centre.
            log.warning("promotion_unreadable", promotion=promotion_id, reason=str(error))
        self._read[promotion_id, version] = (payload, made)
        self._between()
        return made


def has_table(connection: Connection, name: str) -> bool:
    """Whether the file has a table: one of an older release may not."""
    row = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return row is not None


def _mark(connection: Connection) -> tuple[object, ...] | None:
    """What differs whenever a promotion came, changed or went. A new number is above all others of its epoch."""
    if not has_table(connection, "promotion"):
        return None
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    cursor = connection.execute(
        "SELECT cursor FROM feed_cursor WHERE feed = 'reference'"
    ).fetchone()
    epoch = str(cursor[0]).partition(".")[0] if cursor is not None else ""
    count, last = connection.execute("SELECT count(*), max(seq) FROM promotion").fetchone()
    return file, epoch, count, last
