"""Which receipt the journals of its payments belong to.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    _create_payment_journal()


def _create_payment_journal() -> None:
    op.create_table(
        "payment_journal",
        sa.Column("journal_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["ledger_journal.id"],
            name=op.f("fk_payment_journal_journal_id_ledger_journal"),
        ),
        sa.PrimaryKeyConstraint("journal_id", name=op.f("pk_payment_journal")),
    )
