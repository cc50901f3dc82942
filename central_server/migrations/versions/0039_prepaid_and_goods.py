"""What vouchers paid that was taxed before, as the centre works it out; and which receipts have goods or services.

A receipt that sells only gift cards or vouchers is no longer counted among the receipts of its day. The cells of
periods are made again when the centre starts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None

_ZERO = sa.text("0")


def upgrade() -> None:
    """Apply this revision."""
    op.add_column(
        "sale", sa.Column("goods_lines", sa.Integer(), nullable=False, server_default=_ZERO)
    )
    op.add_column(
        "sale_tender", sa.Column("prepaid", sa.BigInteger(), nullable=False, server_default=_ZERO)
    )
    op.execute("UPDATE sale_tender SET prepaid = amount WHERE vat_category <> ''")
    op.execute("UPDATE sale SET goods_lines = lines")
    op.execute(
        "UPDATE sale SET goods_lines = (SELECT count(*) FROM sale_line WHERE sale_line.event_id = sale.event_id"
        " AND sale_line.value_kind = '') WHERE event_id IN"
        " (SELECT event_id FROM sale_line WHERE value_kind <> '')"
    )
    for name, more in (("receipts", ""), ("returns", " AND sale.is_return")):
        op.execute(
            f"UPDATE figure_sales SET {name} = {name} - (SELECT count(*) FROM sale"
            " WHERE sale.goods_lines = 0 AND sale.store_id = figure_sales.store_id"
            " AND sale.business_date = figure_sales.business_date"
            " AND sale.till_id = figure_sales.till_id AND sale.local_hour = figure_sales.hour"
            f" AND sale.currency = figure_sales.currency{more})"
            " WHERE business_date IN (SELECT business_date FROM sale WHERE goods_lines = 0)"
        )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("sale_tender", "prepaid")
    op.drop_column("sale", "goods_lines")
