"""SQL of how many customers the groups have that promotions ask for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from central_server.features.customers.tables import customer, customer_word
from central_server.platform.unit_of_work import ReadUnit

_GROUPS = "groups"


def count_customers(unit: ReadUnit) -> int:
    """How many customers there are."""
    return int(unit.connection.execute(select(func.count()).select_from(customer)).scalar_one())


def count_members(unit: ReadUnit, groups: Sequence[str]) -> int:
    """How many customers are in at least one of these groups."""
    word = customer_word.c
    query = select(func.count(word.number.distinct())).where(
        word.kind == _GROUPS, word.word.in_(list(groups))
    )
    return int(unit.connection.execute(query).scalar_one())


def group_names(unit: ReadUnit, limit: int) -> list[str]:
    """The groups that there are, by name."""
    word = customer_word.c
    # Each is sought behind the one before it, so that the members of large groups are not walked.
    found: list[str] = []
    last = ""
    while len(found) < limit:
        query = select(func.min(word.word)).where(word.kind == _GROUPS, word.word > last)
        following: str | None = unit.connection.execute(query).scalar_one()
        if following is None:
            break
        found.append(following)
        last = following
    return found


def members(unit: ReadUnit, group: str) -> list[str]:
    """The numbers of everybody in a group who has not left, in order."""
    word = customer_word.c
    query = (
        select(word.number)
        .join(customer, customer.c.number == word.number)
        .where(word.kind == _GROUPS, word.word == group, customer.c.erased_at.is_(None))
        .order_by(word.number)
    )
    return list(unit.connection.execute(query).scalars())
