"""Loyalty: terms of purses, what receipts earned, what came back of them, and announced ends.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "loyalty_award",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("receipt", sa.String(length=60), nullable=False),
        sa.Column(
            "customer",
            sa.String(length=40),
            nullable=False,
            comment="personal: take back what was given for goods that come back; Art. 6(1)(b) GDPR: "
            "the customer programme that the person joined; receipts of tills; with the "
            "receipt, ten years",
        ),
        sa.Column("purse", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("left_amount", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "promotion_id", name=op.f("pk_loyalty_award")),
    )
    op.create_index(op.f("ix_loyalty_award_customer"), "loyalty_award", ["customer"], unique=False)
    op.create_index(op.f("ix_loyalty_award_receipt"), "loyalty_award", ["receipt"], unique=False)
    op.create_table(
        "loyalty_return",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.String(length=60), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thousandths", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "receipt", "line", name=op.f("pk_loyalty_return")),
    )
    op.create_index(op.f("ix_loyalty_return_receipt"), "loyalty_return", ["receipt"], unique=False)
    op.create_table(
        "loyalty_terms",
        sa.Column("purse", sa.String(length=16), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("year_end", sa.Boolean(), nullable=False),
        sa.Column("announce_days", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("purse", name=op.f("pk_loyalty_terms")),
    )
    op.create_table(
        "loyalty_notice",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.id"],
            name=op.f("fk_loyalty_notice_account_id_ledger_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "expires_on", name=op.f("pk_loyalty_notice")),
    )
