"""Finding finished receipts by number, day, amount, customer, card and article: a small index beside the journal.

The index is a copy made from the journal and can be thrown away at any time: it is brought up to date before each
question, and made anew where it is damaged or of another journal. So nothing that goes wrong here can stop a sale.
"""

from __future__ import annotations

from pathlib import Path

from pos_client.ports import FiledReceipt, ReceiptQuery
from pos_client.storage.journal import Journal
from pos_client.storage.sqlite import Connection, SqliteError, connect, problem, transaction
from shared.catalogue import fold, search_words
from shared.journal import ChainedEvent, parse_body, receipt_from_body
from shared.receipt import Receipt

_FORM = "3"
_TABLES = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE receipt(
        seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, day TEXT NOT NULL, total INTEGER NOT NULL)""",
    "CREATE INDEX receipt_number ON receipt(number)",
    "CREATE INDEX receipt_day ON receipt(day)",
    "CREATE INDEX receipt_total ON receipt(total)",
    """CREATE VIRTUAL TABLE words USING fts5(
        text, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')""",
)
_MOST_WORDS = 8
_RECEIPTS = ("sale.", "return.", "training.completed", "receipt.")
_PAGE = 500
_READ_OUT = 4


class ReceiptSearch:
    """The index in `path` over the receipts of `journal`."""

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path = path
        self._journal = journal
        self._connection: Connection | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def search(
        self, query: ReceiptQuery, before: int | None, limit: int
    ) -> tuple[tuple[int, FiledReceipt], ...]:
        """Receipts that fit any part of the query, newest first, each with its sequence; older than `before`.

        `EnvironmentProblem('receipts_…')` if the disk fails twice in a row.
        """
        try:
            found = self._ask(query, before, limit)
        except SqliteError:
            # Damaged, or of another form: made anew from the journal.
            self._forget()
            try:
                found = self._ask(query, before, limit)
            except SqliteError as error:
                raise problem(error, "receipts") from error
        return tuple(
            (seq, _filed(event)) for seq in found for event in self._journal.events(seq, 1)
        )

    def _ask(self, query: ReceiptQuery, before: int | None, limit: int) -> list[int]:
        connection = self._open()
        self._catch_up(connection)
        end = before if before is not None else self._journal.head.seq + 1
        found: set[int] = set()
        for condition, value in _conditions(query):
            rows = connection.execute(
                f"SELECT seq FROM receipt WHERE {condition} AND seq < ? ORDER BY seq DESC LIMIT ?",
                (*value, end, limit),
            )
            found.update(row[0] for row in rows)
        words = search_words(query.words)[:_MOST_WORDS]
        if words:
            rows = connection.execute(
                "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ?"
                " ORDER BY rowid DESC LIMIT ?",
                (" ".join(f'"{word}"*' for word in words), end, limit),
            )
            found.update(row[0] for row in rows)
        return sorted(found, reverse=True)[:limit]

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self._path, synchronous="NORMAL")
        owner = f"{_FORM} {self._journal.file.till_id}.{self._journal.file.incarnation}"
        if _meta(self._connection, "owner") != owner or self._through() > self._journal.head.seq:
            self._forget()
            self._connection = connect(self._path, synchronous="NORMAL")
            with transaction(self._connection) as connection:
                for statement in _TABLES:
                    connection.execute(statement)
                _set_meta(connection, "owner", owner)
        return self._connection

    def _forget(self) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _through(self) -> int:
        if self._connection is None:
            return 0
        return int(_meta(self._connection, "through") or 0)

    def _catch_up(self, connection: Connection) -> None:
        through = self._through()
        while page := self._journal.events(through + 1, _PAGE):
            through = page[-1].seq
            with transaction(connection):
                for event in page:
                    if event.type.startswith(_RECEIPTS) and event.type != "receipt.reprinted":
                        _index(connection, event)
                _set_meta(connection, "through", str(through))


def _conditions(query: ReceiptQuery) -> list[tuple[str, tuple[str | int, ...]]]:
    if query.is_empty:
        return [("1", ())]
    conditions: list[tuple[str, tuple[str | int, ...]]] = []
    if query.number is not None:
        conditions.append(("number = ?", (query.number,)))
    if query.day is not None:
        conditions.append(("day = ?", (query.day.isoformat(),)))
    if query.amount is not None:
        conditions.append(("total IN (?, ?)", (query.amount, -query.amount)))
    return conditions


def _index(connection: Connection, event: ChainedEvent) -> None:
    receipt = _filed(event).receipt
    connection.execute(
        "INSERT INTO receipt(seq, number, day, total) VALUES (?,?,?,?)",
        (event.seq, receipt.receipt_id.number, receipt.business_date.isoformat(), receipt.total),
    )
    text = _words(receipt)
    if text:
        connection.execute("INSERT INTO words(rowid, text) VALUES (?,?)", (event.seq, text))


def _words(receipt: Receipt) -> str:
    words = [receipt.external_ref, receipt.note, receipt.customer]
    for tender in receipt.tenders:
        # Of a card only the digits that its owner reads out.
        card = tender.slip.card if tender.slip is not None else tender.instrument
        words.append(card[-_READ_OUT:])
    for line in receipt.lines:
        words += [line.name, line.article_no, line.sku, line.scanned]
    return fold(" ".join(dict.fromkeys(word for word in words if word)))


def _filed(event: ChainedEvent) -> FiledReceipt:
    return FiledReceipt(event.type, receipt_from_body(event.event_id, parse_body(event.body)))


def _meta(connection: Connection, name: str) -> str:
    try:
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    except SqliteError:
        return ""
    return str(row[0]) if row else ""


def _set_meta(connection: Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?,?)", (name, value))
