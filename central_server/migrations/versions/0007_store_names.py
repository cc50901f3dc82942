"""Tills learn the names of the chain's other stores: every store that is there already is told of once.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note the names as changed."""
    op.execute(
        "INSERT INTO feed_dirty (feed, scope, kind, key, op)"
        " SELECT 'config', 'chain', 'config', 'store:' || store_id, 'put' FROM store"
    )
