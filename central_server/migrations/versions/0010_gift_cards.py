"""Gift cards: ranges of numbers, cards, and what was asked of them.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ASKED = (
    "personal: who asked something of a gift card; GDPR art. 6(1)(f): audit trail against fraud; "
    "till, head office; 10 years after the year ends"
)


def upgrade() -> None:
    """Create the tables."""
    _create_gift_card_event()
    _create_gift_card_range()
    _create_gift_card()


def _create_gift_card_event() -> None:
    op.create_table(
        "gift_card_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=31), nullable=False, comment=_ASKED),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_event")),
    )
    op.create_index(
        op.f("ix_gift_card_event_number_id"), "gift_card_event", ["number", "id"], unique=False
    )
    op.create_index(
        "uq_gift_card_event_request_id",
        "gift_card_event",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("approved"),
        sqlite_where=sa.text("approved"),
    )


def _create_gift_card_range() -> None:
    op.create_table(
        "gift_card_range",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("serial_digits", sa.Integer(), nullable=False),
        sa.Column("secret_digits", sa.Integer(), nullable=False),
        sa.Column("next_serial", sa.BigInteger(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_gift_card_range")),
    )


def _create_gift_card() -> None:
    op.create_table(
        "gift_card",
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=True),
        sa.Column("sold_in", sa.String(length=31), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("replaced_by", sa.String(length=19), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prefix"], ["gift_card_range.prefix"], name=op.f("fk_gift_card_prefix_gift_card_range")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["gift_card.number"], name=op.f("fk_gift_card_replaced_by_gift_card")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gift_card")),
        sa.UniqueConstraint("prefix", "serial", name=op.f("uq_gift_card_prefix_serial")),
    )
    op.create_index(
        op.f("ix_gift_card_instrument_id"), "gift_card", ["instrument_id"], unique=False
    )
    op.create_index(
        op.f("ix_gift_card_state_expires_on"), "gift_card", ["state", "expires_on"], unique=False
    )
