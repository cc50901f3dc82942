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
    (SELECT min(moved.recorded_at) FROM ledger_transfer AS moved
     WHERE (moved.debit_id = ledger_checkpoint.account_id OR moved.credit_id = ledger_checkpoint.account_id)
       AND moved.phase IN ('single', 'post') AND moved.id <= ledger_checkpoint.through_id
       AND moved.id > COALESCE(
         (SELECT max(before.through_id) FROM ledger_checkpoint AS before
          WHERE before.account_id = ledger_checkpoint.account_id AND before.through_id < ledger_checkpoint.through_id),
         0)),
    as_of)
"""


def upgrade() -> None:
    """Count the moves of a checkpoint, and say when they began. Those that are there count as full: they stay."""
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
