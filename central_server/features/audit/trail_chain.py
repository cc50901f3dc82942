"""The chain over the audit trail. What an entry says goes into it by a salted digest: the chain names nobody, and still
holds where what an entry said has to be taken out for a person's sake.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC

from central_server.features.audit.chain import Facts, RowChain
from central_server.features.audit.chain_repository import ChainedRow, ChainTable
from central_server.features.audit.tables import audit_entry
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import UnitOfWork, run_writing

_SALT_BYTES = 16


def _prepare(_unit: UnitOfWork, rows: Sequence[ChainedRow]) -> list[Facts]:
    salts = [secrets.token_hex(_SALT_BYTES) for _ in rows]
    return [
        {"salt": salt, "content": _content({**row, "salt": salt})}
        for row, salt in zip(rows, salts, strict=True)
    ]


def _content(row: Facts) -> str:
    parts = (row["salt"], row["object_key"], row["before"], row["after"])
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _link(previous: str, position: int, row: Facts) -> str:
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    parts = (previous, str(position), moment, row["actor"], row["action"], row["kind"])
    return hashlib.sha256("\n".join((*parts, row["content"])).encode("utf-8")).hexdigest()


def _sound(row: Facts) -> bool:
    return bool(row["content"] == _content(row))


TRAIL_CHAIN = RowChain(
    "audit", ChainTable(audit_entry, audit_entry.c.entry_id), _prepare, _link, _sound
)


def _chain(context: JobContext) -> None:
    while run_writing(context.database, TRAIL_CHAIN.chain_some):
        pass


JOBS = (Job("audit_chain", _chain, every_milliseconds=60_000),)
