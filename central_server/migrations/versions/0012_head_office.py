"""Head office: second factors, API keys, the audit trail, releases; sessions that wait for a code.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    # Nobody stays signed in over an update: an old session does not say whether a code is still to come.
    op.execute("DELETE FROM staff_session")
    with op.batch_alter_table("staff_session") as session:
        session.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False))
    op.create_table(
        "api_key",
        sa.Column("key_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("stores", sa.Text(), nullable=False),
        sa.Column(
            "issued_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: know who let a system in; Art. 6(1)(f) GDPR; the person's own sign-in; one "
            "year after the key was revoked",
        ),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "actor",
            sa.String(length=64),
            nullable=False,
            comment="personal: show who changed something; Art. 6(1)(c) and (f) GDPR, section 146 AO; the "
            "person's own sign-in; ten years with the change it belongs to",
        ),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("object_key", sa.String(length=160), nullable=False),
        sa.Column(
            "before",
            sa.Text(),
            nullable=False,
            comment="personal: show what stood there before a change; Art. 6(1)(c) and (f) GDPR, section 146 "
            "AO; the changed record; staff names where staff were changed; ten years with the change "
            "it belongs to",
        ),
        sa.Column(
            "after",
            sa.Text(),
            nullable=False,
            comment="personal: show what a change made of it; Art. 6(1)(c) and (f) GDPR, section 146 AO; the "
            "changed record; staff names where staff were changed; ten years with the change it "
            "belongs to",
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_actor_entry_id"), "audit_entry", ["actor", "entry_id"], unique=False
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_entry_kind_object_key_entry_id"),
        "audit_entry",
        ["kind", "object_key", "entry_id"],
        unique=False,
    )
    op.create_table(
        "release_request",
        sa.Column(
            "request_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column(
            "asked_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: see to it that two persons decide; Art. 6(1)(c) and (f) GDPR, section 146 AO; "
            "the person's own sign-in; ten years with the change it belongs to",
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column(
            "decided_by",
            sa.String(length=31),
            nullable=True,
            comment="personal: see to it that two persons decide; Art. 6(1)(c) and (f) GDPR, section 146 AO; "
            "the person's own sign-in; ten years with the change it belongs to",
        ),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_release_request")),
    )
    op.create_index(
        op.f("ix_release_request_state_request_id"),
        "release_request",
        ["state", "request_id"],
        unique=False,
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "staff_id",
            sa.String(length=31),
            nullable=False,
            comment="personal: let the person in who lost the telephone; Art. 6(1)(b) GDPR, section 26 BDSG; "
            "random, shown once; deleted when used, on leaving, or with the second factor",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_recovery_code_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_recovery_code")),
    )
    op.create_index(
        op.f("ix_staff_recovery_code_staff_id"), "staff_recovery_code", ["staff_id"], unique=False
    )
    op.create_table(
        "staff_second_factor",
        sa.Column(
            "staff_id",
            sa.String(length=31),
            nullable=False,
            comment="personal: ask for a second proof at signing in; Art. 6(1)(b) GDPR, section 26 BDSG; "
            "switched on by the person; deleted on leaving, or when the person switches it off",
        ),
        sa.Column(
            "sealed_secret",
            sa.String(length=200),
            nullable=False,
            comment="personal: check the codes of the person's app; Art. 6(1)(b) GDPR, section 26 BDSG; "
            "random, sealed with a key beside the database; deleted on leaving, or when the person "
            "switches it off",
        ),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_second_factor_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_second_factor")),
    )
