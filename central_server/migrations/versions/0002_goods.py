"""Offers, catalogue, prices and stock."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_offer()
    _create_category()
    _create_category_text()
    _create_article()
    _create_article_text()
    _create_variant()
    _create_barcode()
    _create_article_image()
    _create_article_attribute()
    _create_vat_rate()
    _create_price()
    _create_location()
    _create_stock_movement()
    _create_stock_level()


def _create_offer() -> None:
    op.create_table(
        "offer",
        sa.Column("code", sa.String(length=31), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offer")),
    )


def _create_category() -> None:
    op.create_table(
        "category",
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("parent_code", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["category.code"], name=op.f("fk_category_parent_code_category")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )


def _create_category_text() -> None:
    op.create_table(
        "category_text",
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["category.code"], name=op.f("fk_category_text_code_category")
        ),
        sa.PrimaryKeyConstraint("code", "language", name=op.f("pk_category_text")),
    )


def _create_article() -> None:
    op.create_table(
        "article",
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("category_code", sa.String(length=120), nullable=True),
        sa.Column("vat_category", sa.String(length=24), nullable=False),
        sa.Column("age_class", sa.SmallInteger(), nullable=False),
        sa.Column("uom", sa.String(length=3), nullable=False),
        sa.Column("discountable", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_article_category_code_category")
        ),
        sa.PrimaryKeyConstraint("article_no", name=op.f("pk_article")),
    )


def _create_article_text() -> None:
    op.create_table(
        "article_text",
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"], ["article.article_no"], name=op.f("fk_article_text_article_no_article")
        ),
        sa.PrimaryKeyConstraint("article_no", "language", name=op.f("pk_article_text")),
    )


def _create_variant() -> None:
    op.create_table(
        "variant",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("size", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"], ["article.article_no"], name=op.f("fk_variant_article_no_article")
        ),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_variant")),
    )
    op.create_index(op.f("ix_variant_article_no"), "variant", ["article_no"], unique=False)


def _create_barcode() -> None:
    op.create_table(
        "barcode",
        sa.Column("code", sa.String(length=90), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_barcode_sku_variant")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_barcode")),
    )
    op.create_index(op.f("ix_barcode_sku"), "barcode", ["sku"], unique=False)


def _create_article_image() -> None:
    op.create_table(
        "article_image",
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"], ["article.article_no"], name=op.f("fk_article_image_article_no_article")
        ),
        sa.PrimaryKeyConstraint("article_no", "position", name=op.f("pk_article_image")),
    )


def _create_article_attribute() -> None:
    op.create_table(
        "article_attribute",
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"],
            ["article.article_no"],
            name=op.f("fk_article_attribute_article_no_article"),
        ),
        sa.PrimaryKeyConstraint(
            "article_no", "name", "language", name=op.f("pk_article_attribute")
        ),
    )


def _create_vat_rate() -> None:
    op.create_table(
        "vat_rate",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("country", "category", "valid_from", name=op.f("pk_vat_rate")),
    )


def _create_price() -> None:
    op.create_table(
        "price",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("offer_code", sa.String(length=31), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_not_negative")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_price_not_empty")
        ),
        sa.ForeignKeyConstraint(
            ["offer_code"], ["offer.code"], name=op.f("fk_price_offer_code_offer")
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("fk_price_sku_variant")),
        sa.PrimaryKeyConstraint(
            "sku", "offer_code", "scope", "channel", "currency", "valid_from", name=op.f("pk_price")
        ),
    )


def _create_location() -> None:
    op.create_table(
        "location",
        sa.Column("location_id", sa.String(length=31), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.String(length=31), nullable=True),
        sa.Column("store_id", sa.String(length=31), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["location.location_id"], name=op.f("fk_location_parent_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.store_id"], name=op.f("fk_location_store_id_store")
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_location")),
    )
    op.create_index(op.f("ix_location_store_id"), "location", ["store_id"], unique=False)


def _create_stock_movement() -> None:
    op.create_table(
        "stock_movement",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.String(length=31), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.location_id"],
            name=op.f("fk_stock_movement_location_id_location"),
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_stock_movement")),
    )
    op.create_index(
        op.f("ix_stock_movement_location_id_sku"),
        "stock_movement",
        ["location_id", "sku"],
        unique=False,
    )


def _create_stock_level() -> None:
    op.create_table(
        "stock_level",
        sa.Column("location_id", sa.String(length=31), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.location_id"],
            name=op.f("fk_stock_level_location_id_location"),
        ),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_stock_level")),
    )
    op.create_index(op.f("ix_stock_level_sku"), "stock_level", ["sku"], unique=False)
