"""What came back of receipts, at whichever till.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    """Create the table, and fill it from the receipts that are booked."""
    table = op.create_table(
        "sale_return",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin_receipt", sa.String(length=100), nullable=False),
        sa.Column("origin_line", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.BigInteger(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_sale_return")),
    )
    op.create_index(
        op.f("ix_sale_return_origin_receipt"), "sale_return", ["origin_receipt"], unique=False
    )
    _fill(table)


def _fill(table: sa.Table) -> None:
    connection = op.get_bind()
    sale = sa.table("sale", *map(sa.column, ("event_id", "till_id", "incarnation", "receipt_no")))
    line = sa.table(
        "sale_line", *map(sa.column, ("event_id", "number", "quantity_thousandths", "gross"))
    )
    event = sa.table("till_event", *map(sa.column, ("event_id", "till_id", "incarnation", "body")))
    query = (
        sa.select(sale, line.c.number, line.c.quantity_thousandths, line.c.gross, event.c.body)
        .select_from(
            sale.join(line, line.c.event_id == sale.c.event_id).join(
                event,
                sa.and_(
                    event.c.event_id == sale.c.event_id,
                    event.c.till_id == sale.c.till_id,
                    event.c.incarnation == sale.c.incarnation,
                ),
            )
        )
        .where(line.c.quantity_thousandths < 0)
    )
    for rows in connection.execute(query).partitions(_AT_ONCE):
        found = [values for row in rows if (values := _values(row)) is not None]
        if found:
            connection.execute(table.insert(), found)


def _values(row: sa.Row[tuple[object, ...]]) -> dict[str, object] | None:
    """The row of a line that says where it comes from; None for one that does not."""
    number = row.number
    lines = json.loads(bytes(row.body)).get("lines", [])
    origin = next((one.get("origin") for one in lines if one.get("number") == number), None)
    if not origin:
        return None
    return {
        "event_id": row.event_id,
        "number": number,
        "origin_receipt": str(origin["receipt"])[:100],
        "origin_line": origin["line"],
        "till_id": row.till_id,
        "incarnation": row.incarnation,
        "receipt_no": row.receipt_no,
        "quantity_thousandths": -row.quantity_thousandths,
        "gross": -row.gross,
    }
