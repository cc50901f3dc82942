"""When what an entry of the audit trail said of a person was taken out; its key may be the number of a card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central_server.platform.columns import UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_BASIS = "Art. 6(1)(c) and (f) GDPR, section 146 AO"
_TEN_YEARS = "ten years with the change it belongs to"
_WAS, _IS = "staff names where staff were changed", "names of staff, numbers of customers"
_KEY = "the changed record; the number of a customer's card"
# Column, what was said of it as personal data (None: nothing), and what is said now.
_COMMENTS = (
    (
        sa.Column("object_key", sa.String(160)),
        None,
        f"personal: show what was changed; {_BASIS}; {_KEY}; ten years; a card's until its customer is erased",
    ),
    *(
        (
            sa.Column(name, sa.Text()),
            f"personal: {purpose}; {_BASIS}; the changed record; {_WAS}; {_TEN_YEARS}",
            f"personal: {purpose}; {_BASIS}; the changed record; {_IS}; {_TEN_YEARS}; a customer's until erased",
        )
        for name, purpose in (
            ("before", "show what stood there before a change"),
            ("after", "show what a change made of it"),
        )
    ),
)


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("audit_entry", sa.Column("redacted_at", UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for column, was, said in _COMMENTS:
            _say(column, was, said)


def downgrade() -> None:
    """Take this revision back."""
    if op.get_bind().dialect.name == "postgresql":
        for column, was, said in _COMMENTS:
            _say(column, said, was)
    op.drop_column("audit_entry", "redacted_at")


def _say(column: sa.Column[str], was: str | None, said: str | None) -> None:
    op.alter_column(
        "audit_entry", column.name, existing_type=column.type, existing_comment=was, comment=said
    )
