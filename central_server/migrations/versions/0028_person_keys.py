"""Keep the keys of persons whom tills took down, outside the journals that they open."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEYS = (
    "personal: read the name that a till took down; Art. 6(1)(b) GDPR: the customer programme that "
    "the person joined; the till; until the person leaves the programme"
)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "person_key",
        sa.Column("number", sa.String(length=40), nullable=False, comment=_KEYS),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False, comment=_KEYS),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_person_key")),
    )
