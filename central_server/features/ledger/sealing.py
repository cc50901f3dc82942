"""Seals what is posted into blocks, each chained to the one before, some time after it was posted.

A block takes every transfer behind the one before. So that no transfer with a lower number can still be on its way, the
end of a block is read while nobody is posting.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from central_server.features.ledger import (
    account_repository,
    balance_repository,
    block_repository,
)
from central_server.features.ledger.block_repository import Block
from central_server.platform.database import Database
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing, writing
from shared.ledger.digest import FIRST_PREVIOUS, block_hash

MOST_TRANSFERS = 10_000
SUM_UP_AFTER = 1_000
"""So many transfers are worth summing up."""
ENOUGH_MOVES = 1_000
"""A checkpoint of an account stands for no more moves than these, unless one look at the ledger brings more."""


def quiet_end(database: Database, *, wait: bool) -> int | None:
    """The newest transfer at a moment at which nobody is posting; None if somebody is, unless `wait`."""
    with writing(database) as unit:
        if not account_repository.stand_alone(unit.connection, wait=wait):
            return None
        return balance_repository.last_transfer(unit.connection)


def sum_up(database: Database, *, least: int = 1, again: bool = False, wait: bool = False) -> int:
    """Bring checkpoints up to a moment at which nobody is posting; of how many accounts. Nothing while somebody is,
    unless `wait`, nor for fewer than `least` transfers. `again`: drop all, and sum up from the beginning.
    """
    end = quiet_end(database, wait=wait)
    if end is None:
        return 0
    if again:
        run_writing(database, _forget)
    with reading(database) as unit:
        reached = balance_repository.last_checkpoint(unit.connection)
    moved: set[int] = set()
    # What is up to there is there to stay: whoever posts need not wait for the sums.
    while reached < end and (moved or end - reached >= least):
        step = partial(_sum_span, reached=reached, end=end)
        reached, accounts = run_writing(database, step)
        moved.update(accounts)
    return len(moved)


def _forget(unit: UnitOfWork) -> None:
    balance_repository.sum_alone(unit.connection)
    balance_repository.forget_checkpoints(unit.connection)


def _sum_span(unit: UnitOfWork, reached: int, end: int) -> tuple[int, list[int]]:
    connection = unit.connection
    balance_repository.sum_alone(connection)
    # Always on from what there is, whatever was reached: somebody may have dropped all checkpoints since.
    after = balance_repository.last_checkpoint(connection)
    reached = max(reached, after)
    through = min(reached + MOST_TRANSFERS, end)
    if reached >= end:
        return reached, []
    return through, balance_repository.add_checkpoints(connection, after, through, ENOUGH_MOVES)


def seal(database: Database, at: datetime, *, wait: bool = False) -> int:
    """Seal what is not sealed yet; how many blocks. Nothing while somebody is posting, unless `wait`."""
    end = quiet_end(database, wait=wait)
    count = 0
    while end is not None and run_writing(database, lambda unit: _seal_one(unit, end, at)):
        count += 1
    return count


def _seal_one(unit: UnitOfWork, end: int, at: datetime) -> bool:
    before = block_repository.last_block(unit.connection)
    after = before.last_transfer if before is not None else 0
    leaves = block_repository.leaves(unit.connection, after, end, MOST_TRANSFERS)
    if not leaves:
        return False
    number = before.n + 1 if before is not None else 1
    previous = before.hash if before is not None else FIRST_PREVIOUS
    block = Block(
        n=number,
        first_transfer=leaves[0][0],
        last_transfer=leaves[-1][0],
        transfers=len(leaves),
        prev_hash=previous,
        hash=block_hash(previous, number, leaves),
    )
    block_repository.add_block(unit.connection, block, at)
    return True
