"""Let an account's last checkpoint move on: an account that moves now and then needs no new one each time."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_ENOUGH = 1_000_000


def upgrade() -> None:
    """Count the moves of a checkpoint. Those that are there stay where they are: they count as full."""
    with op.batch_alter_table("ledger_checkpoint") as table:
        table.add_column(
            sa.Column("moves", sa.BigInteger(), nullable=False, server_default=str(_ENOUGH))
        )
    with op.batch_alter_table("ledger_checkpoint") as table:
        table.alter_column("moves", server_default=None)
