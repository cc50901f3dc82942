"""Customers, promotions with their versions, and the uses of promotions by booked receipts.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PROGRAMME = "Art. 6(1)(b) GDPR: the customer programme that the person joined"
_IMPORTED = f"{_PROGRAMME}; customer file of head office; until the person leaves the programme"
_GROUPS = f"personal: promotions for groups of customers; {_IMPORTED}"
_AUDIT = (
    "GDPR art. 6(1)(f): audit trail; head office; as long as the promotion, ten years with receipts "
    "that name it"
)


def upgrade() -> None:
    """Create the tables."""
    _create_customer()
    _create_customer_word()
    _create_customer_attribute()
    _create_promotion()
    _create_promotion_version()
    _create_promotion_withdrawal()
    _create_promotion_on_tills()
    _create_promotion_use()


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment=f"personal: recognise the person at the till; {_IMPORTED}; with receipts for ten years",
        ),
        sa.Column(
            "name",
            sa.String(length=120),
            nullable=False,
            comment=(
                "personal: greet the person, and see that the number was typed rightly; "
                f"{_IMPORTED}"
            ),
        ),
        sa.Column(
            "store_id",
            sa.String(length=31),
            nullable=True,
            comment=f"personal: tell only the tills that need to know; {_IMPORTED}",
        ),
        sa.Column(
            "birthday",
            sa.Date(),
            nullable=True,
            comment=f"personal: birthday promotions; {_IMPORTED}",
        ),
        sa.Column(
            "since",
            sa.Date(),
            nullable=True,
            comment=f"personal: promotions for those who have been there for a while; {_IMPORTED}",
        ),
        sa.Column(
            "purchases_before",
            sa.Integer(),
            nullable=False,
            comment=(
                "personal: promotions by number of purchases: those made before or elsewhere; "
                f"{_IMPORTED}"
            ),
        ),
        sa.Column(
            "purchases_booked",
            sa.Integer(),
            nullable=False,
            comment=(
                "personal: promotions by number of purchases: those booked here; "
                f"{_PROGRAMME}; receipts of tills; until the person leaves the programme"
            ),
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.store_id"], name=op.f("fk_customer_store_id_store")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer")),
    )


def _create_customer_word() -> None:
    op.create_table(
        "customer_word",
        sa.Column("number", sa.String(length=40), nullable=False, comment=_GROUPS),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(length=80), nullable=False, comment=_GROUPS),
        sa.ForeignKeyConstraint(
            ["number"], ["customer.number"], name=op.f("fk_customer_word_number_customer")
        ),
        sa.PrimaryKeyConstraint("number", "kind", "word", name=op.f("pk_customer_word")),
    )


def _create_customer_attribute() -> None:
    op.create_table(
        "customer_attribute",
        sa.Column("number", sa.String(length=40), nullable=False, comment=_GROUPS),
        sa.Column("name", sa.String(length=60), nullable=False, comment=_GROUPS),
        sa.Column("value", sa.String(length=200), nullable=False, comment=_GROUPS),
        sa.ForeignKeyConstraint(
            ["number"], ["customer.number"], name=op.f("fk_customer_attribute_number_customer")
        ),
        sa.PrimaryKeyConstraint("number", "name", name=op.f("pk_customer_attribute")),
    )


def _create_promotion() -> None:
    op.create_table(
        "promotion",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("promotion_id", name=op.f("pk_promotion")),
    )


def _create_promotion_version() -> None:
    op.create_table(
        "promotion_version",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("total_limit", sa.BigInteger(), nullable=True),
        sa.Column("customer_limit", sa.BigInteger(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column(
            "published_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who published a promotion; {_AUDIT}",
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.promotion_id"],
            name=op.f("fk_promotion_version_promotion_id_promotion"),
        ),
        sa.PrimaryKeyConstraint("promotion_id", "version", name=op.f("pk_promotion_version")),
    )


def _create_promotion_withdrawal() -> None:
    op.create_table(
        "promotion_withdrawal",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
        sa.Column(
            "withdrawn_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: who withdrew a promotion; {_AUDIT}",
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id", "version"],
            ["promotion_version.promotion_id", "promotion_version.version"],
            name=op.f("fk_promotion_withdrawal_promotion_id_version_promotion_version"),
        ),
        sa.PrimaryKeyConstraint("promotion_id", "version", name=op.f("pk_promotion_withdrawal")),
    )


def _create_promotion_on_tills() -> None:
    op.create_table(
        "promotion_on_tills",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id", "version"],
            ["promotion_version.promotion_id", "promotion_version.version"],
            name=op.f("fk_promotion_on_tills_promotion_id_version_promotion_version"),
        ),
        sa.PrimaryKeyConstraint("promotion_id", "version", name=op.f("pk_promotion_on_tills")),
    )


def _create_promotion_use() -> None:
    op.create_table(
        "promotion_use",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("applications", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "customer",
            sa.String(length=40),
            nullable=True,
            comment=(
                "personal: promotions that each customer may use only so often; "
                f"{_PROGRAMME}; receipts of tills; with the receipt, ten years"
            ),
        ),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.promotion_id"],
            name=op.f("fk_promotion_use_promotion_id_promotion"),
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_promotion_use")),
    )
    op.create_index(
        op.f("ix_promotion_use_customer_promotion_id"),
        "promotion_use",
        ["customer", "promotion_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_promotion_use_promotion_id"), "promotion_use", ["promotion_id"], unique=False
    )
