"""Chains the looks at customers by their tokens, some time after they were kept, and checks the chain."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from central_server.features.customers import look_repository
from central_server.features.customers.look_repository import LookRow
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, run_writing
from shared.customers import FIRST_LOOK, look_hash

_BATCH = 1_000
_TOKEN_BYTES = 16


def token_of(unit: UnitOfWork, number: str) -> str:
    """What stands for a customer where the number must not: made at random, once."""
    return _tokens(unit, [number])[number]


def chain_looks(unit: UnitOfWork, limit: int = _BATCH) -> int:
    """Put the next looks behind the chain; how many. Two that do so at once meet, and one of them tries again."""
    rows = look_repository.unchained(unit.connection, limit)
    last = look_repository.last_chained(unit.connection)
    position, previous = (last.position, last.hash) if last is not None else (0, FIRST_LOOK)
    tokens = _tokens(unit, {row.number for row in rows})
    changes = []
    for row in rows:
        position, token = position + 1, tokens[row.number]
        previous = _hash(previous, position, token, row)
        changes.append({"k_id": row.id, "position": position, "token": token, "hash": previous})
    look_repository.put_chained(unit.connection, changes)
    return len(rows)


def chain_all(unit: UnitOfWork) -> None:
    """Put every look behind the chain."""
    while chain_looks(unit):
        pass


def first_broken(unit: ReadUnit) -> int | None:
    """The position of the first look that is not what was chained, or is missing; None if all is well."""
    position, previous = 0, FIRST_LOOK
    while rows := look_repository.chained(unit.connection, position, _BATCH):
        for row in rows:
            position += 1
            expected = _hash(previous, position, row.token, row)
            if (row.position, row.hash) != (position, expected):
                return position
            previous = expected
    return None


def _hash(previous: str, position: int, token: str, row: LookRow) -> str:
    return look_hash(previous, position, token, row.looked_by, row.purpose, row.at)


def _tokens(unit: UnitOfWork, numbers: Iterable[str]) -> dict[str, str]:
    wanted = set(numbers)
    found = look_repository.tokens(unit.connection, wanted)
    new = {number: secrets.token_hex(_TOKEN_BYTES) for number in sorted(wanted - found.keys())}
    look_repository.add_tokens(unit.connection, new)
    return found | new


def _chain(context: JobContext) -> None:
    while run_writing(context.database, chain_looks):
        pass


JOBS = (Job("customer_looks", _chain, every_milliseconds=60_000),)
