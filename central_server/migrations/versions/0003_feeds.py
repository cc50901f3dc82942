"""Numbered feeds, spent nonces and snapshots."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_feed_entry()
    _create_feed_head()
    _create_feed_batch()
    _create_feed_digest()
    _create_till_nonce()
    _create_snapshot()


def _create_feed_entry() -> None:
    op.create_table(
        "feed_entry",
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "scope", "kind", "key", name=op.f("pk_feed_entry")),
        sa.UniqueConstraint("feed", "seq", name=op.f("uq_feed_entry_feed_seq")),
    )
    op.create_index(
        op.f("ix_feed_entry_feed_scope_seq"), "feed_entry", ["feed", "scope", "seq"], unique=False
    )


def _create_feed_head() -> None:
    op.create_table(
        "feed_head",
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.BigInteger(), nullable=False),
        sa.Column("pruned_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_head")),
    )


def _create_feed_batch() -> None:
    op.create_table(
        "feed_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_batch")),
    )


def _create_feed_digest() -> None:
    op.create_table(
        "feed_digest",
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("scopes", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("sum64", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("feed", "scopes", "epoch", "seq", name=op.f("pk_feed_digest")),
    )


def _create_till_nonce() -> None:
    op.create_table(
        "till_nonce",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "nonce", name=op.f("pk_till_nonce")),
    )
    op.create_index(op.f("ix_till_nonce_created_at"), "till_nonce", ["created_at"], unique=False)


def _create_snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("snapshot_id", sa.String(length=36), nullable=False),
        sa.Column("market", sa.String(length=2), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("built_at", UtcDateTime(), nullable=False),
        sa.Column("build_milliseconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_market"), "snapshot", ["market"], unique=False)
