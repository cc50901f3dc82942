"""Promotions in the making.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_AUDIT = (
    "GDPR art. 6(1)(f): audit trail; head office; as long as the promotion, ten years with receipts "
    "that name it"
)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "promotion_draft",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=True),
        sa.Column("became", sa.Integer(), nullable=True),
        sa.Column(
            "made_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who made the draft; {_AUDIT}",
        ),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column(
            "changed_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who changed the draft last; {_AUDIT}",
        ),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_promotion_draft")),
    )
