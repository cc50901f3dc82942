"""Let an account's last checkpoint move on: an account that moves now and then needs no new one each time."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_ENOUGH = 1_000_000
_BEGAN = """
UPDATE ledger_checkpoint SET began = COALESCE(
    (SELECT max(before.as_of) FROM ledger_checkpoint AS before
     WHERE before.account_id = ledger_checkpoint.account_id AND before.through_id < ledger_checkpoint.through_id),
    (SELECT opened_at FROM ledger_account WHERE ledger_account.id = ledger_checkpoint.account_id))
"""


def upgrade() -> None:
    """Count the moves of a checkpoint, and say when they began. Those that are there stay where they are, as full ones
    that began when the one before ended.
    """
    with op.batch_alter_table("ledger_checkpoint") as table:
        table.add_column(
            sa.Column("moves", sa.BigInteger(), nullable=False, server_default=str(_ENOUGH))
        )
        table.add_column(sa.Column("began", UtcDateTime(), nullable=True))
    op.execute(_BEGAN)
    with op.batch_alter_table("ledger_checkpoint") as table:
        table.alter_column("moves", server_default=None)
        table.alter_column("began", nullable=False)
    op.create_index(
        op.f("ix_ledger_checkpoint_moments"),
        "ledger_checkpoint",
        ["account_id", "through_id", "as_of", "began"],
    )
