"""Gift cards and vouchers on receipts: what of a receipt is value, and what single-purpose vouchers had taxed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ZERO, _NONE = sa.text("0"), sa.text("''")
_COLUMNS = (
    ("sale", "value_gross", sa.BigInteger(), _ZERO),
    ("sale", "value_net", sa.BigInteger(), _ZERO),
    ("sale_line", "value_kind", sa.String(10), _NONE),
    ("sale_tender", "vat_category", sa.String(20), _NONE),
    ("sale_tender", "vat_rate_thousandths", sa.Integer(), _ZERO),
    ("sale_tender", "vat", sa.BigInteger(), _ZERO),
)


def upgrade() -> None:
    """Apply this revision."""
    for table, name, kind, default in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))


def downgrade() -> None:
    """Take this revision back."""
    for table, name, _kind, _default in reversed(_COLUMNS):
        op.drop_column(table, name)
