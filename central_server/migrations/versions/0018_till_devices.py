"""Tills say how their devices are.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "till_device",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("condition", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["till_id"], ["till.till_id"], name=op.f("fk_till_device_till_id_till")
        ),
        sa.PrimaryKeyConstraint("till_id", "kind", name=op.f("pk_till_device")),
    )


def downgrade() -> None:
    """Expand only: what a newer release added stays."""
