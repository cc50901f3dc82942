"""How jobs ran, runs that were asked for, and reports that go out by mail.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import IdentityNumber, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MAIL = (
    "GDPR art. 6(1)(f): the report that the person asked for; head office; "
    "until the report is deleted"
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "job_state",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("every_milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("daily_at", sa.String(length=5), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_state")),
    )
    op.create_table(
        "job_request",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column(
            "asked_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: who asked for a run of a job; GDPR art. 6(1)(f): audit trail; head office; "
            "until the run is done",
        ),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_request")),
    )
    op.create_table(
        "report_mail",
        sa.Column("id", IdentityNumber, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column(
            "receivers",
            sa.Text(),
            nullable=False,
            comment=f"personal: send the report to whom it is for; {_MAIL}",
        ),
        sa.Column(
            "made_by",
            sa.String(length=31),
            nullable=False,
            comment=f"personal: whose stores the report is about; {_MAIL}",
        ),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sent_for", sa.Date(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mail")),
    )
