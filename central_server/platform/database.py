"""Opens the database: SQLite out of the box, PostgreSQL by URL, one way to use either.

A `Database` has a write engine and a read engine. Only `unit_of_work` begins and ends transactions on them.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sqlite3
from collections.abc import Iterable
from datetime import timedelta
from math import inf
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    false,
    func,
    or_,
    select,
)
from sqlalchemy import make_url as parse_url
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError
from sqlalchemy.sql.expression import bindparam

from shared.errors import EnvironmentProblem, ErrorParam

SQLITE_BUSY_MS = 30_000
_SQLITE_CACHE_KIB = 32_000
MOST_BEHIND = timedelta(seconds=60)
"""How old what a replica shows may be."""
_POOLER, _BY_TRANSACTION = "pooler", "transaction"
_USED, _TRUSTED_SECONDS = "used", 1.0
_SCHEMA_LOCK = 0x5472_6573_656E  # "Tresen"


def sqlite_module() -> ModuleType:
    """The SQLite driver: pysqlite3 where it is installed, else the standard library's.

    Debian's SQLite 3.40 lies in the range of the WAL-reset corruption bug (fixed in 3.51.3); pysqlite3
    brings a fixed one. It exists for Linux only.
    """
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


class Database:
    """The engines of one database. Made once per process by the composition root.

    `report_engine` reads from a replica where there is one; what it shows may be seconds old.
    """

    def __init__(
        self, write_engine: Engine, read_engine: Engine, report_engine: Engine | None = None
    ) -> None:
        self.write_engine = write_engine
        self.read_engine = read_engine
        self.report_engine = report_engine

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL; otherwise it is SQLite."""
        return self.write_engine.dialect.name == "postgresql"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.write_engine.dispose()
        self.read_engine.dispose()
        if self.report_engine is not None:
            self.report_engine.dispose()


def open_database(url_text: str, replica_text: str = "") -> Database:
    """Engines for `url_text`; nothing is connected yet, and a missing SQLite directory is created.

    `replica_text` is the URL of a streaming replica of PostgreSQL for reports, or nothing. A URL of PostgreSQL
    with `pooler=transaction` is that of a pooler (PgBouncer) that gives each transaction another session: nothing
    is then left in a session, and the role must have its time zone and lock timeout itself (docs/deployment.md).
    `EnvironmentProblem('database_url_invalid')` for anything but SQLite files and PostgreSQL over psycopg;
    `directory_unwritable` if the directory cannot be made. Errors never show the parameters of a statement:
    they hold verifiers, digests and names.
    """
    url = _parsed(url_text)
    replica = _parsed(replica_text) if replica_text else None
    if replica is not None and {url.get_backend_name(), replica.get_backend_name()} != {
        "postgresql"
    }:
        raise EnvironmentProblem("database_url_invalid", {"reason": "a replica needs PostgreSQL"})
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _open_postgresql(url, replica)
    raise EnvironmentProblem("database_url_invalid", {"reason": "only sqlite and postgresql"})


def _parsed(text: str) -> URL:
    try:
        return parse_url(text)
    except ArgumentError:
        raise EnvironmentProblem("database_url_invalid", {"reason": "not a URL"}) from None


def _open_sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise EnvironmentProblem("database_url_invalid", {"reason": "SQLite needs a file"})
    _make_directory(Path(url.database).parent)
    options: dict[str, Any] = {
        "module": sqlite_module(),
        "hide_parameters": True,
        "connect_args": {
            "isolation_level": None,
            "timeout": SQLITE_BUSY_MS / 1000,
            "check_same_thread": False,
        },
    }
    # One writing connection per process: writers of this process queue fairly for it in the pool instead
    # of polling SQLite's lock; other processes meet in busy_timeout.
    write_engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, **options)
    read_engine = create_engine(url, pool_size=10, max_overflow=40, pool_timeout=30, **options)

    @event.listens_for(write_engine, "connect")
    def _prepare_writer(connection: Any, _record: object) -> None:
        _sqlite_pragmas(connection)

    @event.listens_for(read_engine, "connect")
    def _prepare_reader(connection: Any, _record: object) -> None:
        _sqlite_pragmas(connection)
        connection.execute("PRAGMA query_only = ON")

    # IMMEDIATE takes the write lock at once: a transaction that reads first can then never fail half-way
    # because somebody else wrote in between.
    @event.listens_for(write_engine, "begin")
    def _begin_writing(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(read_engine, "begin")
    def _begin_reading(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return Database(write_engine, read_engine)


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        params: dict[str, ErrorParam] = {"path": str(path)[-200:], "reason": reason}
        raise EnvironmentProblem("directory_unwritable", params) from problem


def _sqlite_pragmas(connection: Any) -> None:
    for pragma in (
        f"busy_timeout = {SQLITE_BUSY_MS}",
        "journal_mode = WAL",
        # FULL: an accepted sale is acknowledged to the till, so it must survive a power cut.
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        f"cache_size = -{_SQLITE_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _open_postgresql(url: URL, replica: URL | None) -> Database:
    write_engine = _postgresql_engine(url, 10)
    # A reader sees one moment of the database for its whole unit, as a reader of SQLite does in WAL mode.
    one_moment: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    report_engine = None
    if replica is not None:
        # Whoever waits for a report gets it from the primary sooner than a silent replica is given up.
        report_engine = _postgresql_engine(replica, 3).execution_options(**one_moment)
    return Database(write_engine, write_engine.execution_options(**one_moment), report_engine)


def _postgresql_engine(url: URL, patience: int) -> Engine:
    """`patience`: seconds in which a connection must stand."""
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        raise EnvironmentProblem("database_url_invalid", {"reason": "use postgresql+psycopg"})
    pooler = url.query.get(_POOLER)
    if pooler not in (None, _BY_TRANSACTION):
        raise EnvironmentProblem(
            "database_url_invalid", {"reason": "pooler is transaction or none"}
        )
    own: dict[str, Any] = {"options": "-c timezone=UTC -c lock_timeout=30s"}
    if pooler is not None:
        # A prepared statement would be looked for in a session that never saw it.
        url, own = url.difference_update_query([_POOLER]), {"prepare_threshold": None}
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_timeout=30,
        # The connection used last comes first: what it has prepared is warm, and it needs no question whether it lives.
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={**own, "connect_timeout": patience},
    )
    _ask_after_a_pause(engine)
    return engine


def _ask_after_a_pause(engine: Engine) -> None:
    """Ask a connection that has rested whether it still stands, and replace all if it does not.

    One that was in use a moment ago is taken as it is: the question would be a tenth of what a customer waits for.
    If it broke within that moment, the request fails as it would if it broke a moment later.
    """

    @event.listens_for(engine, "connect")
    @event.listens_for(engine, "checkin")
    def _remember(_connection: Any, record: Any) -> None:
        record.info[_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: object) -> None:
        if monotonic() - record.info.get(_USED, -inf) < _TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as problem:
            raise InvalidatePoolError from problem


def keeps_up(connection: Connection) -> bool:
    """Whether what this server shows is younger than `MOST_BEHIND`; always so of one that takes writes.

    A scheduler writes its sign of life every few seconds, so a replica that has replayed nothing for longer
    is behind, or nobody works at all.
    """
    if not is_postgresql(connection):
        return True
    replayed = func.transaction_timestamp() - func.pg_last_xact_replay_timestamp()
    fresh = func.coalesce(replayed < MOST_BEHIND, false())
    return bool(connection.scalar(select(or_(~func.pg_is_in_recovery(), fresh))))


def commit_without_waiting(connection: Connection) -> None:
    """Let this transaction's commit not wait for the disk. SQLite always waits: its commits are the process's own."""
    if is_postgresql(connection):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")


def for_a_long_look(connection: Connection) -> None:
    """Let this transaction read through much at once: room to sort in, and no compiling of each statement, which takes
    longer than it saves where a statement is asked once for each of many pages.
    """
    if is_postgresql(connection):
        connection.exec_driver_sql("SET LOCAL work_mem TO '64MB'")
        connection.exec_driver_sql("SET LOCAL jit TO OFF")


def is_postgresql(connection: Connection) -> bool:
    """Whether this connection speaks to PostgreSQL; otherwise to SQLite."""
    return connection.dialect.name == "postgresql"


def among(connection: Connection, column: Column[Any], keys: Iterable[str]) -> ColumnElement[bool]:
    """A condition `column is one of keys` that stays one parameter however many text keys there are."""
    wanted = list(keys)
    if is_postgresql(connection):
        return column == func.any(bindparam(None, wanted, type_=_text_array()))
    values = func.json_each(json.dumps(wanted)).table_valued("value")
    return column.in_(select(values.c.value))


def _text_array() -> Any:
    return array([""]).type


def bulk_insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert many rows that all have the same keys, the fastest way each database has.

    PostgreSQL takes them by COPY, so values must be plain (text, numbers, times, UUIDs, bytes) and
    column defaults of Python are not applied; SQLite by one prepared statement.
    """
    if not rows:
        return
    names = list(rows[0])
    if not is_postgresql(connection):
        _insert_prepared(connection, table, names, rows)
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    command = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
    cursor: Any = connection.connection.cursor()
    driver = connection.dialect.loaded_dbapi
    try:
        with cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except driver.Error as error:
        # The driver was spoken to directly: callers expect SQLAlchemy's errors, as from any statement.
        raise DBAPIError.instance(command, None, error, driver.Error) from error


def _insert_prepared(
    connection: Connection, table: Table, names: list[str], rows: list[dict[str, Any]]
) -> None:
    """One prepared statement for all rows; SQLAlchemy's own way costs several times as much per row."""
    quote = connection.dialect.identifier_preparer.quote
    values = list(
        zip(*(_bound_column(connection, table.c[n], n, rows) for n in names), strict=True)
    )
    columns = ", ".join(quote(name) for name in names)
    marks = ", ".join("?" for _ in names)
    command = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"
    connection.exec_driver_sql(command, values)


def _bound_column(
    connection: Connection, column: Column[Any], name: str, rows: list[dict[str, Any]]
) -> list[Any]:
    """A column's values in the form the driver takes."""
    dialect = connection.dialect
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return [row[name] for row in rows]
    converted: list[Any] = []
    value, bound = None, None
    for row in rows:
        # Times are mostly the same object in every row of a batch.
        if row[name] is not value or value is None:
            value = row[name]
            bound = convert(value)
        converted.append(bound)
    return converted


def hold_schema_lock(connection: Connection) -> None:
    """Let nobody else migrate until the transaction ends."""
    _hold(connection, _SCHEMA_LOCK)


def hold_lock(connection: Connection, name: str) -> None:
    """Wait until nobody else holds the lock of this name, and hold it until the transaction ends."""
    digest = hashlib.sha256(f"tresen lock {name}".encode()).digest()
    _hold(connection, int.from_bytes(digest[:8], "big", signed=True))


def _hold(connection: Connection, number: int) -> None:
    # On SQLite the write transaction lets nobody else in already.
    if is_postgresql(connection):
        connection.execute(select(func.pg_advisory_xact_lock(number)))
