"""Chain the looks at customers by tokens, and let customers be erased."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_PURPOSE = (
    "personal: prove who looked, without naming the person; GDPR art. 5(2) and 15: accountability; "
    "made at random; three years"
)


def upgrade() -> None:
    """Create the tokens and add the columns."""
    op.create_table(
        "customer_token",
        sa.Column("number", sa.String(length=40), nullable=False, comment=_PURPOSE),
        sa.Column("token", sa.String(length=40), nullable=False, comment=_PURPOSE),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer_token")),
        sa.UniqueConstraint("token", name=op.f("uq_customer_token_token")),
    )
    with op.batch_alter_table("customer_look") as table:
        table.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("token", sa.String(length=40), nullable=True, comment=_PURPOSE))
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        table.create_unique_constraint(op.f("uq_customer_look_position"), ["position"])
    with op.batch_alter_table("customer") as table:
        table.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))
