"""Stores, rates, tills, staff and what the platform keeps."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_installation_setting()
    _create_scheduler_heartbeat()
    _create_feed_dirty()
    _create_store()
    _create_exchange_rate()
    _create_till()
    _create_till_code()
    _create_staff()
    _create_staff_store()


def _create_installation_setting() -> None:
    op.create_table(
        "installation_setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_setting")),
    )


def _create_scheduler_heartbeat() -> None:
    op.create_table(
        "scheduler_heartbeat",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_scheduler_heartbeat")),
    )


def _create_feed_dirty() -> None:
    op.create_table(
        "feed_dirty",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_dirty")),
    )


def _create_store() -> None:
    op.create_table(
        "store",
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("market", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("vat_id", sa.String(length=32), nullable=False),
        sa.Column("header_lines", sa.Text(), nullable=False),
        sa.Column("languages", sa.String(length=64), nullable=False),
        sa.Column("day_starts_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store")),
    )


def _create_exchange_rate() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_currency", sa.String(length=3), nullable=False),
        sa.Column("to_currency", sa.String(length=3), nullable=False),
        sa.Column("rate_e8", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "from_currency", "to_currency", name=op.f("pk_exchange_rate")
        ),
    )


def _create_till() -> None:
    op.create_table(
        "till",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_reason", sa.String(length=200), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("last_contact_at", UtcDateTime(), nullable=True),
        sa.Column("unsent_events", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.Integer(), nullable=True),
        sa.Column("build", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.store_id"], name=op.f("fk_till_store_id_store")
        ),
        sa.PrimaryKeyConstraint("till_id", name=op.f("pk_till")),
    )
    op.create_index(op.f("ix_till_store_id"), "till", ["store_id"], unique=False)


def _create_till_code() -> None:
    op.create_table(
        "till_code",
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column(
            "created_by",
            sa.String(length=31),
            nullable=True,
            comment=(
                "personal: who let a till in, for audits of till identities; Art. 6(1)(c) GDPR, "
                "section 146 AO; the person signed in who issued the code; with the till's "
                "documentation, ten years"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["till_id"], ["till.till_id"], name=op.f("fk_till_code_till_id_till")
        ),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_till_code")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_till_code_code_digest")),
    )
    op.create_index(op.f("ix_till_code_till_id"), "till_code", ["till_id"], unique=False)


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column(
            "staff_id",
            sa.String(length=31),
            nullable=False,
            comment=(
                "personal: identify who operates a till or signs in; Art. 6(1)(b) GDPR, section 26 "
                "BDSG; entered by head office at hiring; blanked two years after leaving, the number "
                "itself kept with receipts for ten years"
            ),
        ),
        sa.Column(
            "name",
            sa.String(length=120),
            nullable=False,
            comment=(
                "personal: show who operates a till; Art. 6(1)(b) GDPR, section 26 BDSG; entered by "
                "head office at hiring; blanked two years after leaving, the number itself kept with "
                "receipts for ten years"
            ),
        ),
        sa.Column(
            "role",
            sa.String(length=24),
            nullable=False,
            comment=(
                "personal: decide what somebody may see and do; Art. 6(1)(b) GDPR, section 26 BDSG; "
                "entered by head office at hiring; blanked two years after leaving, the number itself "
                "kept with receipts for ten years"
            ),
        ),
        sa.Column(
            "language",
            sa.String(length=16),
            nullable=False,
            comment=(
                "personal: show screens in the person's language; Art. 6(1)(b) GDPR, section 26 BDSG; "
                "chosen by the person; blanked on leaving"
            ),
        ),
        sa.Column(
            "pin_verifier",
            sa.String(length=200),
            nullable=True,
            comment=(
                "personal: let the person in at tills, also without a network; Art. 6(1)(b) GDPR, "
                "section 26 BDSG; hash of the PIN the person chose; deleted on leaving"
            ),
        ),
        sa.Column(
            "password_verifier",
            sa.String(length=200),
            nullable=True,
            comment=(
                "personal: let the person in at head office; Art. 6(1)(b) GDPR, section 26 BDSG; hash "
                "of the password the person chose; deleted on leaving"
            ),
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
    )


def _create_staff_store() -> None:
    op.create_table(
        "staff_store",
        sa.Column(
            "staff_id",
            sa.String(length=31),
            nullable=False,
            comment=(
                "personal: know which tills let the person in; Art. 6(1)(b) GDPR, section 26 BDSG; "
                "entered by head office at hiring; deleted on leaving the store"
            ),
        ),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_store_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.store_id"], name=op.f("fk_staff_store_store_id_store")
        ),
        sa.PrimaryKeyConstraint("staff_id", "store_id", name=op.f("pk_staff_store")),
    )
    op.create_index(op.f("ix_staff_store_store_id"), "staff_store", ["store_id"], unique=False)
