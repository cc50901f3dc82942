"""Customers are found by name, contact and card, merge, and pay with what they have.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    _create_customer_alias()
    _create_customer_find()
    _create_customer_look()
    _create_loyalty_credit()
    _create_loyalty_worth()
    _create_purse_event()
    _create_customer_card()
    _extend_authorisation()
    _extend_customer()


def _create_customer_alias() -> None:
    op.create_table(
        "customer_alias",
        sa.Column(
            "old",
            sa.String(length=40),
            nullable=False,
            comment="personal: recognise the person at the till; Art. 6(1)(b) GDPR: the customer "
            "programme that the person joined; head office; until the person leaves the "
            "programme",
        ),
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment="personal: recognise the person at the till; Art. 6(1)(b) GDPR: the customer "
            "programme that the person joined; head office; until the person leaves the "
            "programme",
        ),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_customer_alias")),
    )
    op.create_index(op.f("ix_customer_alias_number"), "customer_alias", ["number"], unique=False)


def _create_customer_find() -> None:
    op.create_table(
        "customer_find",
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment="personal: find the person who has no card at hand; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; made from name, contact and cards; "
            "until the person leaves the programme",
        ),
        sa.Column(
            "word",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
            comment="personal: find the person who has no card at hand; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; made from name, contact and cards; "
            "until the person leaves the programme",
        ),
        sa.PrimaryKeyConstraint("number", "word", name=op.f("pk_customer_find")),
    )
    op.create_index(
        op.f("ix_customer_find_word_number"), "customer_find", ["word", "number"], unique=False
    )


def _create_customer_look() -> None:
    op.create_table(
        "customer_look",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment="personal: tell the person who looked, and why; GDPR art. 5(2) and 15: "
            "accountability; whoever looked; three years",
        ),
        sa.Column(
            "looked_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: tell the person who looked, and why; GDPR art. 5(2) and 15: "
            "accountability; whoever looked; three years",
        ),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_look")),
    )
    op.create_index(
        op.f("ix_customer_look_number_id"), "customer_look", ["number", "id"], unique=False
    )


def _create_loyalty_credit() -> None:
    op.create_table(
        "loyalty_credit",
        sa.Column(
            "customer",
            sa.String(length=40),
            nullable=False,
            comment="personal: let the person buy on invoice; Art. 6(1)(b) GDPR: contract; head "
            "office; ten years after the last invoice",
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "currency", name=op.f("pk_loyalty_credit")),
    )


def _create_loyalty_worth() -> None:
    op.create_table(
        "loyalty_worth",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_loyalty_worth")),
    )


def _create_purse_event() -> None:
    op.create_table(
        "purse_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment="personal: tell the person what was paid from a purse; Art. 6(1)(b) GDPR: what "
            "the person pays with; till; 10 years after the year ends",
        ),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "asked_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: who asked something of a customer's purse; GDPR art. 6(1)(f): audit "
            "trail against fraud; till, head office; 10 years after the year ends",
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purse_event")),
    )
    op.create_index(op.f("ix_purse_event_number_id"), "purse_event", ["number", "id"], unique=False)


def _create_customer_card() -> None:
    op.create_table(
        "customer_card",
        sa.Column(
            "card",
            sa.String(length=40),
            nullable=False,
            comment="personal: recognise the person at the till; Art. 6(1)(b) GDPR: the customer "
            "programme that the person joined; head office; until the person leaves the "
            "programme",
        ),
        sa.Column(
            "number",
            sa.String(length=40),
            nullable=False,
            comment="personal: recognise the person at the till; Art. 6(1)(b) GDPR: the customer "
            "programme that the person joined; head office; until the person leaves the "
            "programme",
        ),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column(
            "replaced_by",
            sa.String(length=40),
            nullable=True,
            comment="personal: recognise the person at the till; Art. 6(1)(b) GDPR: the customer "
            "programme that the person joined; head office; until the person leaves the "
            "programme",
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["customer.number"], name=op.f("fk_customer_card_number_customer")
        ),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_customer_card")),
    )
    op.create_index(op.f("ix_customer_card_number"), "customer_card", ["number"], unique=False)


def _extend_authorisation() -> None:
    with op.batch_alter_table("authorisation") as table:
        table.add_column(sa.Column("kind", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("units", sa.BigInteger(), nullable=True))
    # Until now everything was held on gift cards, in minor units.
    op.execute("UPDATE authorisation SET kind = 'gift_card', units = amount")
    with op.batch_alter_table("authorisation") as table:
        table.alter_column("kind", existing_type=sa.String(length=16), nullable=False)
        table.alter_column("units", existing_type=sa.BigInteger(), nullable=False)
        table.alter_column(
            "number",
            existing_type=sa.VARCHAR(length=19),
            type_=sa.String(length=40),
            comment="personal: take what was held from whom it was held; Art. 6(1)(b) GDPR: what the "
            "person pays with; till; 10 years after the year ends",
            existing_nullable=False,
        )


def _extend_customer() -> None:
    op.add_column(
        "customer",
        sa.Column(
            "phone",
            sa.String(length=40),
            nullable=True,
            comment="personal: find the person who has no card at hand; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; customer file of head office; until "
            "the person leaves the programme",
        ),
    )
    op.add_column(
        "customer",
        sa.Column(
            "email",
            sa.String(length=120),
            nullable=True,
            comment="personal: find the person who has no card at hand; Art. 6(1)(b) GDPR: the "
            "customer programme that the person joined; customer file of head office; until "
            "the person leaves the programme",
        ),
    )
