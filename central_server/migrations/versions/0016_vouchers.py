"""Vouchers: what they are issued as, and each of them.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    _create_voucher_type()
    _create_voucher()


def _create_voucher_type() -> None:
    op.create_table(
        "voucher_type",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("class", sa.String(length=6), nullable=False),
        sa.Column("in_parts", sa.Boolean(), nullable=False),
        sa.Column("vat_category", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_voucher_type")),
    )


def _create_voucher() -> None:
    op.create_table(
        "voucher",
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.String(length=20), nullable=True),
        sa.Column("class", sa.String(length=6), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("in_parts", sa.Boolean(), nullable=False),
        sa.Column("vat_category", sa.String(length=20), nullable=True),
        sa.Column("vat_rate_thousandths", sa.BigInteger(), nullable=True),
        sa.Column(
            "customer",
            sa.String(length=40),
            nullable=True,
            comment="personal: let only the person redeem it for whom it is; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; receipts of tills, head office; 10 "
            "years after the year of its last day ends",
        ),
        sa.Column("customer_group", sa.String(length=80), nullable=True),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.String(length=60), nullable=True),
        sa.Column("promotion_id", sa.String(length=100), nullable=True),
        sa.Column("left_amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "earned_by",
            sa.String(length=40),
            nullable=True,
            comment="personal: let only the person redeem it for whom it is; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; receipts of tills, head office; 10 "
            "years after the year of its last day ends",
        ),
        sa.Column("next_percent", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_code"], ["voucher_type.code"], name=op.f("fk_voucher_type_code_voucher_type")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_voucher")),
        sa.UniqueConstraint("instrument_id", name=op.f("uq_voucher_instrument_id")),
    )
    op.create_index(op.f("ix_voucher_customer"), "voucher", ["customer"], unique=False)
    op.create_index(op.f("ix_voucher_event_id"), "voucher", ["event_id"], unique=False)
    op.create_index(op.f("ix_voucher_receipt"), "voucher", ["receipt"], unique=False)
