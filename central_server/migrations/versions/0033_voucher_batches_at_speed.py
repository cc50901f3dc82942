"""Number batches of vouchers from a seed of their own, and bind them to single customers."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("voucher_batch", sa.Column("seed", sa.Uuid(), nullable=True))
    op.add_column(
        "voucher_batch",
        sa.Column("one_each", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "voucher_batch_customer",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "customer",
            sa.String(length=40),
            nullable=False,
            comment="personal: whom a voucher is for; GDPR art. 6(1)(b): the voucher; "
            "head office; until the batch is issued",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["voucher_batch.batch_id"],
            name=op.f("fk_voucher_batch_customer_batch_id_voucher_batch"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_voucher_batch_customer")),
    )
