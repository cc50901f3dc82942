"""Figures of every period, plans, and teams.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and columns; the cells are filled at the next start."""
    op.create_table(
        "figure_period",
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("business_date", "grain", name=op.f("pk_figure_period")),
    )
    op.create_table(
        "figure_cell",
        sa.Column("dimension", sa.String(length=10), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "dimension",
            "grain",
            "period",
            "store_id",
            "currency",
            "key",
            name=op.f("pk_figure_cell"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_plan",
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column(
            "changed_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: who set the plan; GDPR art. 6(1)(f): audit trail; head office; "
            "as long as the plan, until it is set again",
        ),
        sa.PrimaryKeyConstraint("store_id", "month", name=op.f("pk_figure_plan")),
    )
    op.add_column(
        "sale",
        sa.Column("team", sa.String(length=40), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "sale_line",
        sa.Column("category", sa.String(length=120), server_default=sa.text("''"), nullable=False),
    )
    # What was sold before belongs to the category that its article has now: the best that is known.
    op.execute(
        "UPDATE sale_line SET category = COALESCE((SELECT article.category_code FROM article"
        " WHERE article.article_no = sale_line.article_no), '')"
    )
    op.add_column(
        "staff",
        sa.Column(
            "team",
            sa.String(length=40),
            server_default=sa.text("''"),
            nullable=False,
            comment="personal: add the sales of a whole team up, never of one person; Art. 6(1)(b) GDPR, section "
            "26 BDSG; entered by head office at hiring; blanked two years after leaving, the number itself "
            "kept with receipts for ten years",
        ),
    )
