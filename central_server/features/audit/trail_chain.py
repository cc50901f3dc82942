"""The chain over the audit trail. What an entry says goes into it by a salted digest: the chain names nobody, and still
holds where what an entry said was taken out for a person's sake (`redacting`). That it was, an entry of the trail
has to say, with the digest of what is left.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC

from central_server.features.audit import repository
from central_server.features.audit.chain import Facts, RowChain
from central_server.features.audit.chain_repository import ChainedRow, ChainTable
from central_server.features.audit.repository import LEFT
from central_server.features.audit.tables import audit_entry
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, run_writing

_SALT_BYTES = 16


def _prepare(_unit: UnitOfWork, rows: Sequence[ChainedRow]) -> list[Facts]:
    salts = [secrets.token_hex(_SALT_BYTES) for _ in rows]
    return [
        {"salt": salt, "content": digest_of({**row, "salt": salt})}
        for row, salt in zip(rows, salts, strict=True)
    ]


def digest_of(row: Facts) -> str:
    """What an entry says, as a digest that nobody can find by trying: its salt is in it."""
    parts = (row["salt"], row["object_key"], row["before"], row["after"])
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _link(previous: str, position: int, row: Facts) -> str:
    moment = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    parts = (previous, str(position), moment, row["actor"], row["action"], row["kind"])
    return hashlib.sha256("\n".join((*parts, row["content"])).encode("utf-8")).hexdigest()


def _sound(unit: ReadUnit) -> Callable[[Facts], bool]:
    # An entry may name two people who are erased one after the other.
    left: dict[str, set[str]] = {}
    for row in repository.redactions(unit):
        for entry, digest in json.loads(row.after)[LEFT].items():
            left.setdefault(entry, set()).add(digest)

    def sound(row: Facts) -> bool:
        if row["redacted_at"] is None:
            return bool(row["content"] == digest_of(row))
        return digest_of(row) in left.get(str(row["entry_id"]), ())

    return sound


TRAIL_CHAIN = RowChain(
    "audit", ChainTable(audit_entry, audit_entry.c.entry_id), _prepare, _link, _sound
)


def _chain(context: JobContext) -> None:
    while run_writing(context.database, TRAIL_CHAIN.chain_some):
        pass


JOBS = (Job("audit_chain", _chain, every_milliseconds=60_000),)
