"""The journal of tills and what is booked from it."""

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_event_exception()
    _create_figure_sales()
    _create_figure_tender()
    _create_figure_vat()
    _create_sale()
    _create_till_chain()
    _create_till_event()
    _create_till_fork()
    _create_sale_line()
    _create_sale_tender()
    _create_sale_vat()


def _create_event_exception() -> None:
    op.create_table(
        "event_exception",
        sa.Column("id", IDENTITY, autoincrement=True, nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column(
            "closed_by",
            sa.String(length=31),
            nullable=True,
            comment=(
                "personal: who closed an exception; GDPR art. 6(1)(f): audit trail; head office; as "
                "long as the exception"
            ),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_exception")),
    )
    op.create_index(
        op.f("ix_event_exception_state_raised_at"),
        "event_exception",
        ["state", "raised_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_event_exception_till_id_incarnation_seq"),
        "event_exception",
        ["till_id", "incarnation", "seq"],
        unique=False,
    )


def _create_figure_sales() -> None:
    op.create_table(
        "figure_sales",
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.Column("returns", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "business_date", "till_id", "hour", "currency", name=op.f("pk_figure_sales")
        ),
    )
    op.create_index(
        op.f("ix_figure_sales_business_date"), "figure_sales", ["business_date"], unique=False
    )


def _create_figure_tender() -> None:
    op.create_table(
        "figure_tender",
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("tender", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id",
            "business_date",
            "till_id",
            "tender",
            "currency",
            name=op.f("pk_figure_tender"),
        ),
    )
    op.create_index(
        op.f("ix_figure_tender_business_date"), "figure_tender", ["business_date"], unique=False
    )


def _create_figure_vat() -> None:
    op.create_table(
        "figure_vat",
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("rate_thousandths", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id",
            "business_date",
            "till_id",
            "category",
            "rate_thousandths",
            "currency",
            name=op.f("pk_figure_vat"),
        ),
    )
    op.create_index(
        op.f("ix_figure_vat_business_date"), "figure_vat", ["business_date"], unique=False
    )


def _create_sale() -> None:
    op.create_table(
        "sale",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.String(length=31), nullable=False),
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.BigInteger(), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column(
            "operator_id",
            sa.String(length=31),
            nullable=False,
            comment=(
                "personal: who recorded the receipt, as bookkeeping and fiscal exports ask; GDPR art. "
                "6(1)(c); AO section 147; till; 8 years after the year ends"
            ),
        ),
        sa.Column("external_ref", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_sale")),
    )
    op.create_index(op.f("ix_sale_business_date"), "sale", ["business_date"], unique=False)
    op.create_index(
        op.f("ix_sale_store_id_business_date_till_id"),
        "sale",
        ["store_id", "business_date", "till_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sale_till_id_incarnation_receipt_no"),
        "sale",
        ["till_id", "incarnation", "receipt_no"],
        unique=False,
    )


def _create_till_chain() -> None:
    op.create_table(
        "till_chain",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("projected_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_receipt_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "incarnation", name=op.f("pk_till_chain")),
    )


def _create_till_event() -> None:
    op.create_table(
        "till_event",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment=(
                "personal: journal of the recording system; GDPR art. 6(1)(c); AO section 146a, BAO "
                "section 131b; till; 10 years after the year ends"
            ),
        ),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "incarnation", "seq", name=op.f("pk_till_event")),
    )
    op.create_index(op.f("ix_till_event_event_id"), "till_event", ["event_id"], unique=False)


def _create_till_fork() -> None:
    op.create_table(
        "till_fork",
        sa.Column("till_id", sa.String(length=31), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment=(
                "personal: journal of the recording system; GDPR art. 6(1)(c); AO section 146a, BAO "
                "section 131b; till; 10 years after the year ends"
            ),
        ),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "incarnation", "seq", "hash", name=op.f("pk_till_fork")),
    )


def _create_sale_line() -> None:
    op.create_table(
        "sale_line",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("article_no", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("vat_category", sa.String(length=20), nullable=False),
        sa.Column("vat_rate_thousandths", sa.Integer(), nullable=False),
        sa.Column("price_source", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["sale.event_id"], name=op.f("fk_sale_line_event_id_sale")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_sale_line")),
    )


def _create_sale_tender() -> None:
    op.create_table(
        "sale_tender",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["sale.event_id"], name=op.f("fk_sale_tender_event_id_sale")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_sale_tender")),
    )


def _create_sale_vat() -> None:
    op.create_table(
        "sale_vat",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("rate_thousandths", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["sale.event_id"], name=op.f("fk_sale_vat_event_id_sale")
        ),
        sa.PrimaryKeyConstraint(
            "event_id", "category", "rate_thousandths", name=op.f("pk_sale_vat")
        ),
    )
