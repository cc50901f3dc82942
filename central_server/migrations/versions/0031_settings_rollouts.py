"""Keep settings in versions, and which tills have one before all others."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "settings_rollout",
        sa.Column("rollout_id", number, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("all_after_hours", sa.Integer(), nullable=True),
        sa.Column("stopped_why", sa.String(length=40), nullable=False),
        sa.Column(
            "asked_by",
            sa.String(length=31),
            nullable=False,
            comment="personal: know who changed what tills go by; Art. 6(1)(c) and (f) GDPR, section 146 AO; "
            "the person's own sign-in; ten years with the setting",
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("rollout_id", name=op.f("pk_settings_rollout")),
    )
    op.create_index(op.f("ix_settings_rollout_key_state"), "settings_rollout", ["key", "state"])
    op.create_table(
        "settings_rollout_till",
        sa.Column("rollout_id", number, nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.ForeignKeyConstraint(
            ["rollout_id"],
            ["settings_rollout.rollout_id"],
            name=op.f("fk_settings_rollout_till_rollout_id_settings_rollout"),
        ),
        sa.ForeignKeyConstraint(
            ["till_id"], ["till.till_id"], name=op.f("fk_settings_rollout_till_till_id_till")
        ),
        sa.PrimaryKeyConstraint("rollout_id", "till_id", name=op.f("pk_settings_rollout_till")),
    )
    op.create_index(op.f("ix_settings_rollout_till_till_id"), "settings_rollout_till", ["till_id"])
