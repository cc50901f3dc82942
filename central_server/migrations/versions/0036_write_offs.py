"""Keep which debts of customers were written off, by whom and why."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_DEBT = (
    "personal: show whose debt was written off, by whom and why; GDPR art. 6(1)(c), AO section 147; "
    "head office; ten years"
)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "loyalty_write_off",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False, comment=_DEBT),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False, comment=_DEBT),
        sa.Column("asked_by", sa.String(length=31), nullable=False, comment=_DEBT),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=31), nullable=False, comment=_DEBT),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_loyalty_write_off_amount")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_loyalty_write_off")),
    )
    op.create_index(op.f("ix_loyalty_write_off_customer"), "loyalty_write_off", ["customer"])
    op.create_index(
        op.f("ix_loyalty_write_off_state_asked_at"), "loyalty_write_off", ["state", "asked_at"]
    )
