"""The one place that begins, commits and rolls back transactions.

A request gets one `UnitOfWork` (or a `ReadUnit`, which cannot write) as a dependency; a job takes one from
`writing`, `reading` or `run_writing`. Everything that must only happen if the transaction holds is handed to
`after_commit`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import Depends, Request
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from central_server.platform.database import Database, commit_without_waiting, keeps_up
from shared.errors import DomainError, EnvironmentProblem

T = TypeVar("T")
log = structlog.get_logger(__name__)

_RETRY_STATES = frozenset(("40001", "40P01", "55P03", "23505"))
_PAUSE = threading.Event()
_AWAY: dict[URL, float] = {}
"""Replicas that could not be reached, and when that was."""
_AWAY_SECONDS = 30.0


class ReadUnit:
    """One moment of the database to read from. The database itself refuses to write on it.

    The connection is taken at first use, so a unit that is never used costs nothing and a request that is
    refused earlier (signature, role) never holds one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._connection: Connection | None = None
        # What rooms have read in this transaction and may go on from until it ends, by room.
        self.memo: dict[str, Any] = {}

    @property
    def connection(self) -> Connection:
        """The connection of this unit, inside its transaction."""
        if self._connection is None:
            connection = self._stack.enter_context(self._engine.connect())
            connection.begin()
            self._connection = connection
        return self._connection

    def complete(self) -> None:
        """End the transaction. Called by this module only.

        By committing, though nothing was written: a rollback makes the driver forget every statement that the
        connection has prepared, and whoever asks next would have them all planned anew.
        """
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """Give the connection back; whatever was not committed is rolled back."""
        self._connection = None
        self._stack.close()


class ReportUnit(ReadUnit):
    """One moment to read a report from: of the replica where there is one, else of the primary.

    A replica that is away costs one report its patience; then none is asked for a while. One that is far behind
    is not asked either: figures of an hour ago would look like those of now.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database.read_engine)
        self._replica = database.report_engine

    @property
    def connection(self) -> Connection:
        """The connection of this unit, inside its transaction."""
        if self._connection is None and self._replica is not None:
            known = _AWAY.get(self._replica.url)
            if known is None or monotonic() - known > _AWAY_SECONDS:
                self._connection = self._to_replica(self._replica)
        return super().connection

    def _to_replica(self, replica: Engine) -> Connection | None:
        try:
            connection = self._stack.enter_context(replica.connect())
            connection.begin()
            behind = not keeps_up(connection)
        except (OperationalError, PoolTimeoutError):
            _AWAY[replica.url] = monotonic()
            log.warning("replica_away")
            return None
        if behind:
            _AWAY[replica.url] = monotonic()
            log.warning("replica_behind")
            connection.close()
            return None
        _AWAY.pop(replica.url, None)
        return connection


class UnitOfWork(ReadUnit):
    """One transaction that commits once, when its work has ended without an error."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._hooks: list[Callable[[], None]] = []

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` once the transaction holds; never if it fails."""
        self._hooks.append(hook)

    def complete(self) -> None:
        """Commit and run the hooks. Called by this module only."""
        super().complete()
        hooks, self._hooks = self._hooks, []
        for hook in hooks:
            try:
                hook()
            except Exception:  # the data holds already; a failed hook must not claim otherwise
                log.exception("after_commit_hook_failed")


@contextmanager
def writing(database: Database) -> Iterator[UnitOfWork]:
    """A unit that commits at the end of the block, and rolls back and drops its hooks on an error."""
    unit = UnitOfWork(database.write_engine)
    try:
        with _database_problems():
            yield unit
            unit.complete()
    finally:
        unit.close()


@contextmanager
def reading(database: Database) -> Iterator[ReadUnit]:
    """A read-only unit for the block."""
    with _looking(ReadUnit(database.read_engine)) as unit:
        yield unit


@contextmanager
def reporting(database: Database) -> Iterator[ReadUnit]:
    """A read-only unit for a report, which may be seconds old."""
    with _looking(ReportUnit(database)) as unit:
        yield unit


@contextmanager
def _looking(unit: ReadUnit) -> Iterator[ReadUnit]:
    try:
        with _database_problems():
            try:
                yield unit
            except DomainError:
                # "Not there" is an answer like any other: nothing is wrong with the connection.
                _let_go(unit)
                raise
            _let_go(unit)
    finally:
        unit.close()


def _let_go(unit: ReadUnit) -> None:
    """End what only read. If its connection broke after that, everything was read and nothing is lost."""
    try:
        unit.complete()
    except OperationalError:
        log.warning("reader_cut_off")


def run_writing(
    database: Database,
    work: Callable[[UnitOfWork], T],
    attempts: int = 5,
    *,
    may_be_lost: bool = False,
) -> T:
    """`work` in a unit of its own, repeated whole when it collided with another transaction.

    For jobs and commands: `work` must have no effect outside the unit. After `attempts` collisions the
    last error is raised. `may_be_lost`: nobody waits until what is written is on disk or at a standby; a
    database that dies within the second may forget it, and nothing that depends on it.
    """
    for attempt in range(1, attempts + 1):
        try:
            with writing(database) as unit:
                if may_be_lost:
                    commit_without_waiting(unit.connection)
                return work(unit)
        except (DBAPIError, EnvironmentProblem) as problem:
            if attempt == attempts or not _worth_repeating(problem):
                raise
            _PAUSE.wait(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - no secret
    raise AssertionError("unreachable: the last attempt returns or raises")


def _worth_repeating(problem: BaseException) -> bool:
    if isinstance(problem, EnvironmentProblem):
        return problem.code == "database_busy"
    state = getattr(getattr(problem, "orig", None), "sqlstate", None)
    return state in _RETRY_STATES or (state is None and isinstance(problem, IntegrityError))


@contextmanager
def _database_problems() -> Iterator[None]:
    """Turn what is wrong with the database itself into `EnvironmentProblem`s; leave our own faults as bugs."""
    try:
        yield
    except PoolTimeoutError as problem:
        raise EnvironmentProblem("database_busy") from problem
    except OperationalError as problem:
        code = _problem_code(problem)
        if code is None:
            raise
        raise EnvironmentProblem(code) from problem


def _problem_code(problem: OperationalError) -> str | None:
    """What is wrong with the surroundings; None if it is our own statement that is wrong."""
    state = getattr(problem.orig, "sqlstate", None)
    text = str(problem.orig).lower()
    if state in ("40001", "40P01", "55P03") or "is locked" in text:
        return "database_busy"
    if state == "53100" or "is full" in text:
        return "database_disk_full"
    if problem.statement is None:
        # Nothing was asked yet: an unknown host, nobody listening, a wrong password, a closed connection.
        return "database_unavailable"
    if state is not None:
        # Classes of PostgreSQL: connection, resources, operator intervention, system.
        return "database_unavailable" if state[:2] in ("08", "53", "57", "58") else None
    # SQLite says it in words; psycopg gives no state when there is no server to give one.
    gone = ("unable to open", "disk i/o", "malformed", "not a database", "connect", "server closed")
    return "database_unavailable" if any(word in text for word in gone) else None


def request_writing(request: Request) -> Iterator[UnitOfWork]:
    """The dependency behind `WriteUnit`."""
    with writing(request.app.state.database) as unit:
        yield unit


def request_reading(request: Request) -> Iterator[ReadUnit]:
    """The dependency behind `ReadOnlyUnit`."""
    with reading(request.app.state.database) as unit:
        yield unit


def request_report(request: Request) -> Iterator[ReadUnit]:
    """The dependency behind `ReportOnlyUnit`."""
    with reporting(request.app.state.database) as unit:
        yield unit


# "function": the commit happens before the answer is sent, so nobody is told of what did not hold.
WriteUnit = Annotated[UnitOfWork, Depends(request_writing, scope="function")]
ReadOnlyUnit = Annotated[ReadUnit, Depends(request_reading, scope="function")]
ReportOnlyUnit = Annotated[ReadUnit, Depends(request_report, scope="function")]
