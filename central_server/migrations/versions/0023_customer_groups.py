"""An index to count the customers of a group with.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        op.f("ix_customer_word_kind_word_number"), "customer_word", ["kind", "word", "number"]
    )
