"""Withdraw promotions by themselves when they have given an amount, and keep costs and pictures of articles."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "promotion_budget_stop",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "set_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: who set a budget stop; GDPR art. 6(1)(f): audit trail; head office; "
            "as long as the promotion, ten years with receipts that name it",
        ),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.promotion_id"],
            name=op.f("fk_promotion_budget_stop_promotion_id_promotion"),
        ),
        sa.PrimaryKeyConstraint("promotion_id", name=op.f("pk_promotion_budget_stop")),
    )
    op.create_index(op.f("ix_price_offer_code_sku"), "price", ["offer_code", "sku"])
    op.create_table(
        "article_cost",
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"], ["article.article_no"], name=op.f("fk_article_cost_article_no_article")
        ),
        sa.PrimaryKeyConstraint("article_no", "currency", name=op.f("pk_article_cost")),
    )
    op.create_table(
        "article_media",
        sa.Column(
            "media_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"], ["article.article_no"], name=op.f("fk_article_media_article_no_article")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_article_media")),
    )
    op.create_index(
        op.f("ix_article_media_article_no_place"), "article_media", ["article_no", "place"]
    )
