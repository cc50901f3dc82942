"""Keep batches of promotion codes, whose they are, and what became of single ones."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_MADE_BY = "personal: who made the batch; GDPR art. 6(1)(f): audit trail; head office; as long as the batch"
_OWNER = (
    "personal: whose code it is; Art. 6(1)(b) GDPR: the customer programme that the person joined; "
    "head office; as long as the batch"
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "code_batch",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("signs", sa.Integer(), nullable=True),
        sa.Column("till_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("centre_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("digits", sa.Integer(), nullable=True),
        sa.Column("first_number", sa.BigInteger(), nullable=True),
        sa.Column("check_kind", sa.String(length=8), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("customer_group", sa.String(length=80), nullable=False),
        sa.Column("one_each", sa.Boolean(), nullable=False),
        sa.Column("back_on_return", sa.Boolean(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.Column("made_by", sa.String(length=31), nullable=False, comment=_MADE_BY),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_code_batch")),
    )
    op.create_index(op.f("ix_code_batch_length_prefix"), "code_batch", ["length", "prefix"])
    op.create_index(op.f("ix_code_batch_promotion_id"), "code_batch", ["promotion_id"])
    op.create_table(
        "code_hold",
        sa.Column("auth_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("basket_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("receipt", sa.String(length=60), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("auth_id", name=op.f("pk_code_hold")),
    )
    op.create_index(op.f("ix_code_hold_batch_id_place"), "code_hold", ["batch_id", "place"])
    op.create_index(op.f("ix_code_hold_receipt"), "code_hold", ["receipt"])
    op.create_table(
        "code_owner",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False, comment=_OWNER),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["code_batch.batch_id"], name=op.f("fk_code_owner_batch_id_code_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_code_owner")),
    )
    op.create_index(op.f("ix_code_owner_customer"), "code_owner", ["customer"])
    op.create_table(
        "code_state",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["code_batch.batch_id"], name=op.f("fk_code_state_batch_id_code_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_code_state")),
    )
