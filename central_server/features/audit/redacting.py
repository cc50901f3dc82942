"""Takes out of the audit trail what it says of a person who is erased: that it happened, when, by whom and with which
amounts stays (ADR 0019).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from central_server.features.audit import repository, service
from central_server.features.audit.service import AuditChange
from central_server.features.audit.trail_chain import TRAIL_CHAIN, digest_of
from central_server.platform.unit_of_work import UnitOfWork

TAKEN_OUT = "…"
# Where people write what they want, of anybody.
_FREE = frozenset(("reason", "name", "note"))
# What customers have to do with: other entries are never looked at.
_ABOUT = frozenset(("customer", "customer_card", "write_off"))


def redact(unit: UnitOfWork, names: Collection[str], token: str, actor: str, at: datetime) -> int:
    """Let entries say `token` where they had one of `names`, the numbers and cards of a person, and nothing where
    somebody wrote in words; of how many. An entry of its own says what was left of which.
    """
    # What is not chained yet would be chained as it is left, as if it had never said more.
    TRAIL_CHAIN.chain_all(unit)
    left: dict[str, str] = {}
    for row in repository.entries_about(unit, _ABOUT, names):
        if str(row["entry_id"]) in left:
            continue
        anew = {
            "object_key": token if row["object_key"] in names else row["object_key"],
            "before": _without(row["before"], names, token),
            "after": _without(row["after"], names, token),
            "redacted_at": at,
        }
        repository.change_entry(unit, row["entry_id"], anew)
        left[str(row["entry_id"])] = digest_of({**row, **anew})
    if left:
        said = AuditChange(repository.REDACTED, "customer", token, {}, {repository.LEFT: left})
        service.record(unit, actor, at, said)
    return len(left)


def _without(text: str, names: Collection[str], token: str) -> str:
    facts: Mapping[str, Any] = json.loads(text)
    return service.text_of(
        {name: _said(name, value, names, token) for name, value in facts.items()}
    )


def _said(name: str, value: Any, names: Collection[str], token: str) -> Any:
    if isinstance(value, str) and value in names:
        return token
    return TAKEN_OUT if name in _FREE and value else value
