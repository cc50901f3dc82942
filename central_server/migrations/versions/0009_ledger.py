"""The ledger: units, accounts, journals, transfers, lots, checkpoints and blocks, append-only where they must be.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OWNER = (
    "personal: whose value it is: a customer's number, where the owner is a customer; "
    "GDPR art. 6(1)(b) and (c): what the person has or owes; AO section 147; till, head office; "
    "10 years after the year of its last transfer ends"
)
_APPEND_ONLY = (
    "ledger_unit",
    "ledger_journal",
    "ledger_transfer",
    "ledger_lot_use",
    "ledger_block",
)
# Columns that say what a row is, of tables whose other columns count. Not whose account it is: that may have to be
# forgotten.
_FIXED = {
    "ledger_account": (
        "id",
        "unit",
        "kind",
        "owner_type",
        "store_id",
        "floor",
        "opened_at",
    ),
    "ledger_lot": ("id", "account_id", "source_transfer_id", "amount", "vests_on", "expires_on"),
}
# Other tables refer to these: PostgreSQL locks the row that is referred to, and asks for the right to update one of its
# columns for that. The trigger refuses the update itself.
_REFERRED = {"ledger_unit": "code", "ledger_journal": "id", "ledger_transfer": "id"}


def upgrade() -> None:
    """Create the tables, and refuse to change what was booked."""
    _create_ledger_block()
    _create_ledger_journal()
    _create_ledger_unit()
    _create_ledger_account()
    _create_ledger_checkpoint()
    _create_ledger_transfer()
    _create_ledger_lot()
    _create_ledger_lot_use()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in (*_APPEND_ONLY, *_FIXED):
        columns = f" OF {', '.join(_FIXED[table])}" if table in _FIXED else ""
        op.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE UPDATE{columns} OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        )
        op.execute(f"REVOKE DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    for table in _APPEND_ONLY:
        op.execute(f"REVOKE UPDATE ON {table} FROM PUBLIC, CURRENT_USER")
    for table, column in _REFERRED.items():
        op.execute(f"GRANT UPDATE ({column}) ON {table} TO CURRENT_USER")


def _guard_sqlite() -> None:
    for table in (*_APPEND_ONLY, *_FIXED):
        columns = f" OF {', '.join(_FIXED[table])}" if table in _FIXED else ""
        for name, action in (("refuse", f"UPDATE{columns}"), ("keep", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {action} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'refused: {table} only grows'); END"
            )


def _create_ledger_block() -> None:
    op.create_table(
        "ledger_block",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_transfer", sa.BigInteger(), nullable=False),
        sa.Column("last_transfer", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_ledger_block")),
    )


def _create_ledger_journal() -> None:
    op.create_table(
        "ledger_journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("source_event_id", sa.Uuid(), nullable=True),
        sa.Column("reversal_of", sa.Uuid(), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["reversal_of"],
            ["ledger_journal.id"],
            name=op.f("fk_ledger_journal_reversal_of_ledger_journal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_journal")),
        sa.UniqueConstraint(
            "source_event_id", "rule", name=op.f("uq_ledger_journal_source_event_id_rule")
        ),
    )


def _create_ledger_unit() -> None:
    op.create_table(
        "ledger_unit",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_unit")),
    )


def _create_ledger_account() -> None:
    op.create_table(
        "ledger_account",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("owner_type", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=80), nullable=False, comment=_OWNER),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("floor", sa.String(length=6), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("debits_posted", sa.BigInteger(), nullable=False),
        sa.Column("credits_posted", sa.BigInteger(), nullable=False),
        sa.Column("debits_pending", sa.BigInteger(), nullable=False),
        sa.Column("credits_pending", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "floor <> 'credit' OR debits_posted + debits_pending <= credits_posted",
            name=op.f("ck_ledger_account_credit_floor"),
        ),
        sa.CheckConstraint(
            "floor <> 'debit' OR credits_posted + credits_pending <= debits_posted",
            name=op.f("ck_ledger_account_debit_floor"),
        ),
        sa.CheckConstraint(
            "floor <> 'none' OR debits_posted + credits_posted + debits_pending + credits_pending = 0",
            name=op.f("ck_ledger_account_none_uncounted"),
        ),
        sa.CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0",
            name=op.f("ck_ledger_account_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["unit"], ["ledger_unit.code"], name=op.f("fk_ledger_account_unit_ledger_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "owner_type",
            "owner_id",
            "kind",
            "unit",
            "store_id",
            name=op.f("uq_ledger_account_owner_type_owner_id_kind_unit_store_id"),
        ),
    )
    op.create_index(
        op.f("ix_ledger_account_store_id_kind"),
        "ledger_account",
        ["store_id", "kind"],
        unique=False,
    )


def _create_ledger_checkpoint() -> None:
    op.create_table(
        "ledger_checkpoint",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("through_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("debits", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.id"],
            name=op.f("fk_ledger_checkpoint_account_id_ledger_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "through_id", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_index(
        op.f("ix_ledger_checkpoint_through_id"), "ledger_checkpoint", ["through_id"], unique=False
    )


def _create_ledger_transfer() -> None:
    op.create_table(
        "ledger_transfer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("journal_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("debit_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.String(length=7), nullable=False),
        sa.Column("pending_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(phase = 'pending') = (expires_at IS NOT NULL)", name=op.f("ck_ledger_transfer_held")
        ),
        sa.CheckConstraint(
            "(phase IN ('post', 'void')) = (pending_id IS NOT NULL)",
            name=op.f("ck_ledger_transfer_ends"),
        ),
        sa.CheckConstraint(
            "phase IN ('single', 'pending', 'post', 'void')", name=op.f("ck_ledger_transfer_phase")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_ledger_transfer_amount")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_transfer_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_id"],
            ["ledger_account.id"],
            name=op.f("fk_ledger_transfer_credit_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["debit_id"],
            ["ledger_account.id"],
            name=op.f("fk_ledger_transfer_debit_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["ledger_journal.id"],
            name=op.f("fk_ledger_transfer_journal_id_ledger_journal"),
        ),
        sa.ForeignKeyConstraint(
            ["pending_id"],
            ["ledger_transfer.id"],
            name=op.f("fk_ledger_transfer_pending_id_ledger_transfer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("journal_id", "line", name=op.f("uq_ledger_transfer_journal_id_line")),
    )
    op.create_index(
        op.f("ix_ledger_transfer_credit_id_id"),
        "ledger_transfer",
        ["credit_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_transfer_debit_id_id"), "ledger_transfer", ["debit_id", "id"], unique=False
    )
    op.create_index(
        "ix_ledger_transfer_held_credit",
        "ledger_transfer",
        ["credit_id"],
        unique=False,
        postgresql_where=sa.text("phase = 'pending'"),
        sqlite_where=sa.text("phase = 'pending'"),
    )
    op.create_index(
        "ix_ledger_transfer_held_debit",
        "ledger_transfer",
        ["debit_id"],
        unique=False,
        postgresql_where=sa.text("phase = 'pending'"),
        sqlite_where=sa.text("phase = 'pending'"),
    )
    op.create_index(
        "uq_ledger_transfer_pending_id",
        "ledger_transfer",
        ["pending_id"],
        unique=True,
        postgresql_where=sa.text("pending_id IS NOT NULL"),
        sqlite_where=sa.text("pending_id IS NOT NULL"),
    )


def _create_ledger_lot() -> None:
    op.create_table(
        "ledger_lot",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("source_transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("vests_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "remaining >= 0 AND remaining <= amount", name=op.f("ck_ledger_lot_remaining")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.id"],
            name=op.f("fk_ledger_lot_account_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["source_transfer_id"],
            ["ledger_transfer.id"],
            name=op.f("fk_ledger_lot_source_transfer_id_ledger_transfer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot")),
        sa.UniqueConstraint("source_transfer_id", name=op.f("uq_ledger_lot_source_transfer_id")),
    )
    op.create_index(
        op.f("ix_ledger_lot_account_id_expires_on"),
        "ledger_lot",
        ["account_id", "expires_on"],
        unique=False,
    )
    op.create_index(op.f("ix_ledger_lot_expires_on"), "ledger_lot", ["expires_on"], unique=False)


def _create_ledger_lot_use() -> None:
    op.create_table(
        "ledger_lot_use",
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_lot_use_amount")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["ledger_lot.id"], name=op.f("fk_ledger_lot_use_lot_id_ledger_lot")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["ledger_transfer.id"],
            name=op.f("fk_ledger_lot_use_transfer_id_ledger_transfer"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "lot_id", name=op.f("pk_ledger_lot_use")),
    )
    op.create_index(op.f("ix_ledger_lot_use_lot_id"), "ledger_lot_use", ["lot_id"], unique=False)
