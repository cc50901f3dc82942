"""Sessions of people signed in at head office.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "staff_session",
        sa.Column("session_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "staff_id",
            sa.String(length=31),
            nullable=False,
            comment="personal: know who is signed in at head office; Art. 6(1)(b) GDPR, section 26 BDSG; the person's "
            "own sign-in; deleted at signing out, or by the next cleaning after twelve hours",
        ),
        sa.Column("password_mark", sa.String(length=64), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_session_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("session_digest", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
