"""Whom a batch of vouchers or codes is for, as a form says it: anybody, a group, one each of a group or of a list."""

from __future__ import annotations

from central_server.features.customers import cards
from central_server.features.customers.group_repository import members
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError


def one_each(unit: ReadUnit, bound: str, group: str, typed: str) -> list[str]:
    """The customers who get one each, in order; none where it is for nobody in particular.

    `DomainError('voucher_batch_nobody')` where a group is asked for that nobody is in, and as `cards.named_by`.
    """
    if bound == "named":
        names = typed.replace(",", " ").replace(";", " ").split()
        found = list(dict.fromkeys(cards.named_by(unit, name) for name in names))
        if not found:
            raise DomainError("customer_unknown", http_status=404)
        return found
    if bound in ("each", "group"):
        everybody = members(unit, group)
        if not everybody:
            raise DomainError("voucher_batch_nobody", http_status=422)
        return everybody if bound == "each" else []
    return []
