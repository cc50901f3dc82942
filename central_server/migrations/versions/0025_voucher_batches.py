"""Vouchers that are issued in batches beside everything else.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BATCH = "GDPR art. 6(1)(f): audit trail; head office; as long as the vouchers of the batch"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "voucher_batch",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.String(length=20), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("customer_group", sa.String(length=80), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column(
            "asked_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who asked for the batch; {_BATCH}",
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_voucher_batch")),
    )
