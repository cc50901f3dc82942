"""Let a webhook pause: what happens is noted for it and told when it goes on."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("webhook", sa.Column("paused_at", UtcDateTime(), nullable=True))
