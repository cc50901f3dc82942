"""Columns that say what they hold, and the column types both databases share.

Every column of every table is made with `plain` or `personal`. `personal` names purpose, legal basis,
source and retention; on PostgreSQL they stand in the database as the column's comment. A test fails for
any column made otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

from shared.identity import require_aware

PRIVACY = "privacy"


def plain(name: str, kind: Any, *extra: Any, **options: Any) -> Column[Any]:
    """A column without personal data."""
    return Column(
        name, kind, *extra, info={PRIVACY: None}, nullable=options.pop("nullable", False), **options
    )


def personal(
    name: str,
    kind: Any,
    *extra: Any,
    purpose: str,
    basis: str,
    source: str,
    retention: str,
    **options: Any,
) -> Column[Any]:
    """A column with personal data: why it is kept, on which legal basis, from where, for how long."""
    privacy = {"purpose": purpose, "basis": basis, "source": source, "retention": retention}
    if not all(part.strip() for part in privacy.values()):
        raise ValueError(f"column {name}: purpose, basis, source and retention are all needed")
    return Column(
        name,
        kind,
        *extra,
        info={PRIVACY: privacy},
        comment=f"personal: {purpose}; {basis}; {source}; {retention}",
        nullable=options.pop("nullable", False),
        **options,
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: `timestamptz` on PostgreSQL, sortable text of fixed width on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type the database itself uses."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times; turn the rest into UTC."""
        if value is None:
            return None
        at = require_aware(value).astimezone(UTC)
        return at.isoformat(timespec="microseconds") if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """The moment, aware, in UTC."""
        if value is None:
            return None
        at = datetime.fromisoformat(value) if type(value) is str else value
        return at if at.tzinfo is UTC else at.astimezone(UTC)


# A number the database gives by itself. SQLite only does so for INTEGER primary keys.
IdentityNumber = BigInteger().with_variant(Integer(), "sqlite")
StoreKey = String(31)
TillKey = String(31)
StaffKey = String(31)
SkuKey = String(64)
ArticleKey = String(64)
CustomerKey = String(40)
CurrencyCode = String(3)
