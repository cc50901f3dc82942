"""Find what undoes a journal: what came back of a spend is asked for before more of it comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None

_UNDOES = sa.text("reversal_of IS NOT NULL")


def upgrade() -> None:
    """Add the index, of those alone that undo another."""
    op.create_index(
        op.f("ix_ledger_journal_reversal_of"),
        "ledger_journal",
        ["reversal_of"],
        postgresql_where=_UNDOES,
        sqlite_where=_UNDOES,
    )
