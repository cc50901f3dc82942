"""The chains over looks at customers and over what they agreed to, by tokens that stand for the customers."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from central_server.features.audit.chain import Facts, RowChain
from central_server.features.audit.chain_repository import ChainedRow, ChainTable
from central_server.features.customers import look_repository
from central_server.features.customers.tables import customer_consent, customer_look
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.customers import Consent, ConsentPurpose, consent_hash, look_hash

_TOKEN_BYTES = 16


def token_of(unit: UnitOfWork, number: str) -> str:
    """What stands for a customer where the number must not: made at random, once."""
    return _tokens(unit, [number])[number]


def chain_all(unit: UnitOfWork) -> None:
    """Put every look and every consent behind its chain."""
    for chain in (LOOK_CHAIN, CONSENT_CHAIN):
        chain.chain_all(unit)


def _with_tokens(unit: UnitOfWork, rows: Sequence[ChainedRow]) -> list[Facts]:
    tokens = _tokens(unit, {row["number"] for row in rows})
    return [{"token": tokens[row["number"]]} for row in rows]


def _tokens(unit: UnitOfWork, numbers: Iterable[str]) -> dict[str, str]:
    wanted = set(numbers)
    found = look_repository.tokens(unit.connection, wanted)
    new = {number: secrets.token_hex(_TOKEN_BYTES) for number in sorted(wanted - found.keys())}
    look_repository.add_tokens(unit.connection, new)
    return found | new


def _look(previous: str, position: int, row: Facts) -> str:
    return look_hash(previous, position, row["token"], row["looked_by"], row["purpose"], row["at"])


def _consent(previous: str, position: int, row: Facts) -> str:
    said = Consent(
        row["number"], ConsentPurpose(row["purpose"]), row["given"], row["said_at"], row["taken_by"]
    )
    return consent_hash(previous, position, row["token"], said, row["source"])


LOOK_CHAIN = RowChain("looks", ChainTable(customer_look, customer_look.c.id), _with_tokens, _look)
CONSENT_CHAIN = RowChain(
    "consents", ChainTable(customer_consent, customer_consent.c.id), _with_tokens, _consent
)


def _chain(context: JobContext) -> None:
    for chain in (LOOK_CHAIN, CONSENT_CHAIN):
        while run_writing(context.database, chain.chain_some):
            pass


JOBS = (Job("customer_looks", _chain, every_milliseconds=60_000),)
