"""How far each till has a feed, why a promotion was stopped, and the baskets a promotion is checked with.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_AUDIT = (
    "GDPR art. 6(1)(f): audit trail; head office; as long as the promotion, ten years with receipts "
    "that name it"
)


def upgrade() -> None:
    """Create the tables and the column."""
    op.create_table(
        "till_position",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("wide", sa.BigInteger(), nullable=False),
        sa.Column("store", sa.BigInteger(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "feed", name=op.f("pk_till_position")),
    )
    op.add_column(
        "promotion_withdrawal",
        sa.Column("reason", sa.String(length=300), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "promotion_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column(
            "made_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who wrote the check; {_AUDIT}",
        ),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_promotion_case")),
    )
    op.create_index(op.f("ix_promotion_case_promotion_id"), "promotion_case", ["promotion_id"])
