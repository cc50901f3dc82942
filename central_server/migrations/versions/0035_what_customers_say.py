"""Keep consents, notes and changes of customers, whose a person's key is, and the chain over the audit trail."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEYS = (
    "personal: read the name that a till took down; Art. 6(1)(b) GDPR: the customer programme that "
    "the person joined; the till; until the person leaves the programme"
)
_CONSENT = (
    "personal: prove what the person agreed to, and took back; GDPR art. 7(1): proof of consent; the "
    "person, taken down by a till or head office; three years after it was taken back"
)
_STANDS_FOR = (
    "personal: prove who looked, without naming the person; GDPR art. 5(2) and 15: accountability; "
    "made at random; three years"
)
_BASIS = "Art. 6(1)(b) GDPR: the customer programme that the person joined"
_LEAVING = "until the person leaves the programme"
_NOTE = f"personal: serve the person as they wish; {_BASIS}; whoever served the person; {_LEAVING}"
_CHANGE = (
    f"personal: put right what two people changed at once; {_BASIS}; whoever changed it; {_LEAVING}"
)


def upgrade() -> None:
    """Create the tables and add the columns."""
    op.create_table(
        "customer_consent",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False, comment=_CONSENT),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(length=31), nullable=False, comment=_CONSENT),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.String(length=40), nullable=True, comment=_STANDS_FOR),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_consent")),
        sa.UniqueConstraint("event_id", name=op.f("uq_customer_consent_event_id")),
        sa.UniqueConstraint("position", name=op.f("uq_customer_consent_position")),
    )
    op.create_index(op.f("ix_customer_consent_number"), "customer_consent", ["number"])
    op.create_table(
        "customer_note",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False, comment=_NOTE),
        sa.Column("text", sa.String(length=1000), nullable=False, comment=_NOTE),
        sa.Column("written_by", sa.String(length=31), nullable=False, comment=_NOTE),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_note")),
        sa.UniqueConstraint("event_id", name=op.f("uq_customer_note_event_id")),
    )
    op.create_index(op.f("ix_customer_note_number"), "customer_note", ["number"])
    op.create_table(
        "customer_change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False, comment=_CHANGE),
        sa.Column("field", sa.String(length=8), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False, comment=_CHANGE),
        sa.Column("before", sa.String(length=120), nullable=False, comment=_CHANGE),
        sa.Column("changed_by", sa.String(length=31), nullable=False, comment=_CHANGE),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_change")),
        sa.UniqueConstraint("event_id", name=op.f("uq_customer_change_event_id")),
    )
    op.create_index(
        op.f("ix_customer_change_number_field_rev"), "customer_change", ["number", "field", "rev"]
    )
    with op.batch_alter_table("customer") as table:
        table.add_column(sa.Column("rev", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("person_key") as table:
        table.add_column(sa.Column("customer", sa.String(length=40), nullable=True, comment=_KEYS))
        table.create_index(op.f("ix_person_key_customer"), ["customer"])
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("salt", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("content", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        table.create_unique_constraint(op.f("uq_audit_entry_position"), ["position"])
    op.create_table(
        "chain_anchor",
        sa.Column("chain", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("anchored_at", UtcDateTime(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_chain_anchor")),
    )
