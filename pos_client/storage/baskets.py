"""The open and the parked receipts in `journal.db`: a header row and one row per line, so that a change writes one row.

After `kill -9` the open receipt is there again with exactly its lines, tenders and what was voided.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pos_client.ports import ParkedSale
from pos_client.storage.sqlite import Connection
from shared.basket import Basket, Line
from shared.coupons import coupon_from_body, coupon_to_body
from shared.journal import canonical_bytes, parse_body
from shared.journal.reader import BodyReader
from shared.journal.receipt_body import line_from_body, line_to_body
from shared.journal.tender_body import tender_from_body, tender_to_body
from shared.tender import Tender, TenderKind

_HEADER = (
    "basket_id, currency, started_at, operator_id, training, external_ref, note, next_number,"
    " reference_version, customer, codes, coupons"
)


@dataclass(frozen=True, slots=True)
class StoredBasket:
    """A receipt that is not finished: `voided` lines in the order in which they were voided, `reference_version` the
    state of the reference data it was priced with.
    """

    basket: Basket
    reference_version: str = ""
    voided: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()


def insert_basket(connection: Connection, stored: StoredBasket, state: str = "open") -> None:
    """Write a receipt with all it has: at its first line, or in one go."""
    basket = stored.basket
    connection.execute(
        f"INSERT INTO basket({_HEADER}, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            str(basket.basket_id),
            basket.currency,
            basket.started_at.isoformat(),
            basket.operator_id,
            int(basket.training),
            basket.external_ref,
            basket.note,
            basket.next_number,
            stored.reference_version,
            basket.customer,
            _codes_text(basket),
            _coupons_text(basket),
            state,
        ),
    )
    for line in basket.lines.values():
        put_line(connection, basket.basket_id, line)


def put_line(connection: Connection, basket_id: UUID, line: Line) -> None:
    """Write one line, new or changed."""
    connection.execute(
        "INSERT INTO basket_line(basket_id, number, body) VALUES (?,?,?)"
        " ON CONFLICT(basket_id, number) DO UPDATE SET body = excluded.body",
        (str(basket_id), line.number, _line_text(line)),
    )


def _line_text(line: Line) -> bytes:
    # Not hashed, so it need not be canonical; it is read back by the same strict reader as a receipt's line.
    return json.dumps(line_to_body(line), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _codes_text(basket: Basket) -> str:
    return json.dumps(basket.codes, ensure_ascii=False)


def _coupons_text(basket: Basket) -> str:
    return json.dumps([coupon_to_body(one) for one in basket.coupons], ensure_ascii=False)


def put_header(connection: Connection, basket: Basket) -> None:
    """Write what changes in the header: note, foreign number, customer and codes."""
    connection.execute(
        "UPDATE basket SET external_ref=?, note=?, customer=?, codes=?, coupons=? WHERE basket_id=?",
        (
            basket.external_ref,
            basket.note,
            basket.customer,
            _codes_text(basket),
            _coupons_text(basket),
            str(basket.basket_id),
        ),
    )


def mark_voided(connection: Connection, basket_id: UUID, number: int, order: int) -> None:
    """Mark a line as the `order`-th voided one, or with 0 as not voided."""
    connection.execute(
        "UPDATE basket_line SET voided=? WHERE basket_id=? AND number=?",
        (order, str(basket_id), number),
    )


def put_tenders(connection: Connection, basket_id: UUID, tenders: tuple[Tender, ...]) -> None:
    """Write the tenders given so far."""
    connection.execute("DELETE FROM basket_tender WHERE basket_id=?", (str(basket_id),))
    connection.executemany(
        "INSERT INTO basket_tender"
        "(basket_id, position, kind, amount, authorisation, instrument, body)"
        " VALUES (?,?,?,?,?,?,?)",
        [
            (
                str(basket_id),
                place,
                str(t.kind),
                t.amount,
                str(t.authorisation) if t.authorisation else "",
                t.instrument,
                canonical_bytes(tender_to_body(t)),
            )
            for place, t in enumerate(tenders)
        ],
    )


def park(connection: Connection, basket_id: UUID, label: str, at: datetime) -> None:
    """Lay the open receipt aside."""
    connection.execute(
        "UPDATE basket SET state='parked', label=?, parked_at=? WHERE basket_id=?",
        (label, at.isoformat(), str(basket_id)),
    )


def recall(connection: Connection, basket_id: UUID) -> None:
    """Make a parked receipt the open one."""
    connection.execute(
        "UPDATE basket SET state='open', label='', parked_at='' WHERE basket_id=?",
        (str(basket_id),),
    )


def remove(connection: Connection, basket_id: UUID) -> None:
    """Forget a receipt that became an event."""
    for table in ("basket_line", "basket_tender", "basket"):
        connection.execute(f"DELETE FROM {table} WHERE basket_id=?", (str(basket_id),))


def remove_open(connection: Connection) -> None:
    """Forget the open receipt, if there is one."""
    for row in connection.execute("SELECT basket_id FROM basket WHERE state='open'").fetchall():
        remove(connection, UUID(row[0]))


def load_open(connection: Connection) -> StoredBasket | None:
    """The open receipt, if there is one."""
    row = connection.execute(f"SELECT {_HEADER} FROM basket WHERE state='open'").fetchone()
    return _load(connection, row) if row else None


def load(connection: Connection, basket_id: UUID) -> StoredBasket | None:
    """The receipt with this id, open or parked."""
    row = connection.execute(
        f"SELECT {_HEADER} FROM basket WHERE basket_id=?", (str(basket_id),)
    ).fetchone()
    return _load(connection, row) if row else None


def parked(connection: Connection) -> tuple[ParkedSale, ...]:
    """All parked receipts, the longest waiting first."""
    rows = connection.execute(
        "SELECT basket_id, label, parked_at, operator_id FROM basket"
        " WHERE state='parked' ORDER BY parked_at, basket_id"
    ).fetchall()
    return tuple(_parked(connection, row) for row in rows)


def _parked(connection: Connection, row: tuple[Any, ...]) -> ParkedSale:
    lines = [
        line_from_body(BodyReader(parse_body(bytes(body))))
        for (body,) in connection.execute(
            "SELECT body FROM basket_line WHERE basket_id=? AND voided=0", (row[0],)
        )
    ]
    return ParkedSale(
        basket_id=UUID(row[0]),
        label=row[1],
        parked_at=datetime.fromisoformat(row[2]),
        operator_id=row[3],
        lines=len(lines),
        total=sum(line.gross for line in lines),
        pieces=sum((abs(line.quantity) for line in lines), Decimal(0)),
    )


def _load(connection: Connection, row: tuple[Any, ...]) -> StoredBasket:
    lines: dict[int, Line] = {}
    voided: dict[int, Line] = {}
    next_number = int(
        row[7]
    )  # as of the first line; a line is never deleted, so the last one says the rest
    for body, order in connection.execute(
        "SELECT body, voided FROM basket_line WHERE basket_id=? ORDER BY number", (row[0],)
    ):
        line = line_from_body(BodyReader(parse_body(bytes(body))))
        next_number = max(next_number, line.number + 1)
        if order:
            voided[order] = line
        else:
            lines[line.number] = line
    tenders = tuple(
        tender_from_body(BodyReader(parse_body(bytes(body))))
        if body
        else Tender(TenderKind(kind), amount, UUID(asked) if asked else None, instrument)
        for kind, amount, asked, instrument, body in connection.execute(
            "SELECT kind, amount, authorisation, instrument, body FROM basket_tender"
            " WHERE basket_id=? ORDER BY position",
            (row[0],),
        )
    )
    basket = Basket(
        basket_id=UUID(row[0]),
        currency=row[1],
        started_at=datetime.fromisoformat(row[2]),
        operator_id=row[3],
        training=bool(row[4]),
        lines=lines,
        next_number=next_number,
        voided=len(voided),
        external_ref=row[5],
        note=row[6],
        customer=row[9],
        codes=tuple(json.loads(row[10])),
        coupons=tuple(coupon_from_body(each) for each in json.loads(row[11])),
    )
    return StoredBasket(basket, row[8], tuple(voided[n] for n in sorted(voided)), tenders)
