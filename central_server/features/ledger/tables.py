"""Tables of the ledger. Journals, transfers, uses of lots, blocks and units are append-only: triggers refuse to change
or delete them on both databases, and on PostgreSQL the right to do so is taken from the product's own user as well
(migration 0009).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from central_server.platform.columns import (
    IdentityNumber,
    StoreKey,
    UtcDateTime,
    personal,
    plain,
)
from central_server.platform.schema import metadata

_UNIT = String(16)
_WORD = String(40)
_HELD = text("phase = 'pending'")
_ENDS = text("pending_id IS NOT NULL")
_UNDOES = text("reversal_of IS NOT NULL")

ledger_unit = Table(
    "ledger_unit",
    metadata,
    plain("code", _UNIT, primary_key=True),
    plain("kind", String(10)),
    plain("scale", Integer),
)

ledger_account = Table(
    "ledger_account",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("unit", _UNIT, ForeignKey("ledger_unit.code")),
    plain("kind", _WORD),
    plain("owner_type", String(16)),
    personal(
        "owner_id",
        String(80),
        purpose="whose value it is: a customer's number, where the owner is a customer",
        basis="GDPR art. 6(1)(b) and (c): what the person has or owes; AO section 147",
        source="till, head office",
        retention="10 years after the year of its last transfer ends",
    ),
    # Never null: `chain` where no store is meant, so that the key below tells every account apart.
    plain("store_id", StoreKey),
    plain("floor", String(6)),
    plain("opened_at", UtcDateTime),
    plain("closed_at", UtcDateTime, nullable=True),
    # Kept for accounts with a floor only. Those of the house take many transfers at once and are summed up instead.
    plain("debits_posted", BigInteger),
    plain("credits_posted", BigInteger),
    plain("debits_pending", BigInteger),
    plain("credits_pending", BigInteger),
    UniqueConstraint("owner_type", "owner_id", "kind", "unit", "store_id"),
    CheckConstraint(
        "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0"
        " AND credits_pending >= 0",
        name="not_negative",
    ),
    CheckConstraint(
        "floor <> 'credit' OR debits_posted + debits_pending <= credits_posted", name="credit_floor"
    ),
    CheckConstraint(
        "floor <> 'debit' OR credits_posted + credits_pending <= debits_posted", name="debit_floor"
    ),
    CheckConstraint(
        "floor <> 'none' OR debits_posted + credits_posted + debits_pending + credits_pending = 0",
        name="none_uncounted",
    ),
    Index(None, "store_id", "kind"),
)

ledger_journal = Table(
    "ledger_journal",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("rule", _WORD),
    plain("rule_version", Integer),
    plain("source_event_id", Uuid, nullable=True),
    plain("reversal_of", Uuid, ForeignKey("ledger_journal.id"), nullable=True),
    plain("business_date", Date),
    plain("recorded_at", UtcDateTime),
    plain("lines", Integer),
    plain("digest", LargeBinary(32)),
    UniqueConstraint("source_event_id", "rule"),
    Index(
        "ix_ledger_journal_reversal_of",
        "reversal_of",
        postgresql_where=_UNDOES,
        sqlite_where=_UNDOES,
    ),
)

ledger_transfer = Table(
    "ledger_transfer",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("journal_id", Uuid, ForeignKey("ledger_journal.id")),
    plain("line", Integer),
    plain("debit_id", BigInteger, ForeignKey("ledger_account.id")),
    plain("credit_id", BigInteger, ForeignKey("ledger_account.id")),
    plain("unit", _UNIT),
    plain("amount", BigInteger),
    plain("code", _WORD),
    plain("phase", String(7)),
    plain("pending_id", BigInteger, ForeignKey("ledger_transfer.id"), nullable=True),
    plain("expires_at", UtcDateTime, nullable=True),
    plain("effective_date", Date),
    plain("recorded_at", UtcDateTime),
    UniqueConstraint("journal_id", "line"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("debit_id <> credit_id", name="accounts"),
    CheckConstraint("phase IN ('single', 'pending', 'post', 'void')", name="phase"),
    CheckConstraint("(phase IN ('post', 'void')) = (pending_id IS NOT NULL)", name="ends"),
    CheckConstraint("(phase = 'pending') = (expires_at IS NOT NULL)", name="held"),
    Index(None, "debit_id", "id"),
    Index(None, "credit_id", "id"),
    # A hold ends once: the database itself sees to it.
    Index(
        "uq_ledger_transfer_pending_id",
        "pending_id",
        unique=True,
        postgresql_where=_ENDS,
        sqlite_where=_ENDS,
    ),
    Index("ix_ledger_transfer_held_debit", "debit_id", postgresql_where=_HELD, sqlite_where=_HELD),
    Index(
        "ix_ledger_transfer_held_credit", "credit_id", postgresql_where=_HELD, sqlite_where=_HELD
    ),
)

ledger_lot = Table(
    "ledger_lot",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("account_id", BigInteger, ForeignKey("ledger_account.id")),
    plain("source_transfer_id", BigInteger, ForeignKey("ledger_transfer.id"), unique=True),
    plain("amount", BigInteger),
    plain("remaining", BigInteger),
    plain("vests_on", Date, nullable=True),
    plain("expires_on", Date, nullable=True),
    CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining"),
    Index(None, "account_id", "expires_on"),
    Index(None, "expires_on"),
)

ledger_lot_use = Table(
    "ledger_lot_use",
    metadata,
    plain("transfer_id", BigInteger, ForeignKey("ledger_transfer.id"), primary_key=True),
    plain("lot_id", BigInteger, ForeignKey("ledger_lot.id"), primary_key=True),
    plain("amount", BigInteger),
    CheckConstraint("amount > 0", name="amount"),
    Index(None, "lot_id"),
)

# Sums of an account over all transfers up to `through_id`, `moves` of which are behind the checkpoint before, the first
# of them recorded when it `began`. The last one of an account moves on until it has enough; all can be made again.
ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    plain("account_id", BigInteger, ForeignKey("ledger_account.id"), primary_key=True),
    plain("through_id", BigInteger, primary_key=True, autoincrement=False),
    plain("as_of", UtcDateTime),
    plain("debits", BigInteger),
    plain("credits", BigInteger),
    plain("moves", BigInteger),
    plain("began", UtcDateTime),
    Index(None, "through_id"),
    # Which checkpoints a moment is between is told by the index alone.
    Index("ix_ledger_checkpoint_moments", "account_id", "through_id", "as_of", "began"),
)

ledger_block = Table(
    "ledger_block",
    metadata,
    plain("n", BigInteger, primary_key=True, autoincrement=False),
    plain("first_transfer", BigInteger),
    plain("last_transfer", BigInteger),
    plain("transfers", Integer),
    plain("prev_hash", LargeBinary(32)),
    plain("hash", LargeBinary(32)),
    plain("sealed_at", UtcDateTime),
)
