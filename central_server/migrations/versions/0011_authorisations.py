"""Authorisations: what tills asked to hold of gift cards, and what became of it.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "authorisation",
        sa.Column("auth_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("part_ok", sa.Boolean(), nullable=False),
        sa.Column("basket_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("auth_id", name=op.f("pk_authorisation")),
    )
    op.create_index(
        op.f("ix_authorisation_number_asked_at"),
        "authorisation",
        ["number", "asked_at"],
        unique=False,
    )
