"""Articles are found by words, and many prices change at once.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INDEX_NEW = "INSERT INTO article_words (rowid, words) VALUES (new.entry_id, new.words);"
_FORGET_OLD = (
    "INSERT INTO article_words (article_words, rowid, words)"
    " VALUES ('delete', old.entry_id, old.words);"
)


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "price_change",
        sa.Column(
            "change_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("offer_code", sa.String(length=31), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("step_value", sa.BigInteger(), nullable=False),
        sa.Column("ending", sa.Integer(), nullable=True),
        sa.Column("advertised", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column(
            "made_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: know who changed prices; Art. 6(1)(c) and (f) GDPR, section 146 AO; the "
            "person's own sign-in; ten years with the change",
        ),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["offer_code"], ["offer.code"], name=op.f("fk_price_change_offer_code_offer")
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_price_change")),
    )
    op.create_table(
        "article_search",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_no"],
            ["article.article_no"],
            name=op.f("fk_article_search_article_no_article"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_article_search")),
        sa.UniqueConstraint("article_no", name=op.f("uq_article_search_article_no")),
    )
    op.create_table(
        "price_change_row",
        sa.Column(
            "change_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("lowest", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["price_change.change_id"],
            name=op.f("fk_price_change_row_change_id_price_change"),
        ),
        sa.ForeignKeyConstraint(
            ["sku"], ["variant.sku"], name=op.f("fk_price_change_row_sku_variant")
        ),
        sa.PrimaryKeyConstraint("change_id", "sku", name=op.f("pk_price_change_row")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Stored, so that a question that many articles answer reads the words instead of taking them apart again.
        op.execute(
            "ALTER TABLE article_search ADD COLUMN lexemes tsvector"
            " GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED"
        )
        op.execute("CREATE INDEX article_words_gin ON article_search USING gin (lexemes)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE article_words USING fts5(words, content='article_search',"
        " content_rowid='entry_id', detail=none, columnsize=0, prefix='2 3', tokenize='ascii')"
    )
    for when, statements in (
        ("AFTER INSERT", (_INDEX_NEW,)),
        ("AFTER DELETE", (_FORGET_OLD,)),
        ("AFTER UPDATE", (_FORGET_OLD, _INDEX_NEW)),
    ):
        name = f"article_words_{when.split()[1].lower()}"
        body = " ".join(statements)
        op.execute(f"CREATE TRIGGER {name} {when} ON article_search BEGIN {body} END")
