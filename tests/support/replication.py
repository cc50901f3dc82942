"""A PostgreSQL primary with a streaming standby of the tests' own, and what befalls them: one dies, one takes over."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import CARELESS, DRIVER, MISSING, Account, find_programs, server_process

STANDBY = "standby"
SECONDS = 60.0


@dataclass
class Pair:
    """Two servers; the ports under which they can be found, and the folder of the primary's data."""

    primary: int
    standby: int
    data: Path

    @property
    def url(self) -> str:
        """Both hosts, whichever of them takes writes: what the centre is given."""
        hosts = f"host=127.0.0.1:{self.primary}&host=127.0.0.1:{self.standby}"
        return f"{DRIVER}://postgres@/postgres?{hosts}&target_session_attrs=read-write"

    @property
    def replica_url(self) -> str:
        """The standby alone, for reports."""
        return f"{DRIVER}://postgres@127.0.0.1:{self.standby}/postgres"

    def ask(self, port: int, statement: str) -> object:
        """One value from one of the two."""
        place = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(place, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(statement.encode()).fetchone()
            return row[0] if row else None

    def cut(self) -> None:
        """The standby gets nothing any more, as if the line between them were cut."""
        place = f"postgresql://postgres@127.0.0.1:{self.standby}/postgres"
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
            connection.execute("SELECT pg_reload_conf()")
        self._until(self.primary, "SELECT count(*) = 0 FROM pg_stat_replication")

    def kill_primary(self) -> None:
        """`kill -9` for the primary and all that it has started; nothing is written any more."""
        pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        for child in _children(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)

    def promote(self) -> None:
        """The standby takes over."""
        assert self.ask(self.standby, "SELECT pg_promote(true, 60)")

    def caught_up(self) -> None:
        """Wait until the standby has all that the primary has."""
        done = "SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication"
        self._until(self.primary, done)

    def _until(self, port: int, statement: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.ask(port, statement):
            assert time.monotonic() < deadline, f"never true: {statement}"
            time.sleep(0.05)


@contextlib.contextmanager
def replicated(*, synchronous: bool) -> Iterator[Pair]:
    """A primary and its standby; `synchronous`: a commit is told only when the standby has it."""
    programs = find_programs()
    if programs is None:
        pytest.fail(MISSING, pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="tresen-replicated-", dir="/tmp"))
    account = Account.fit()
    # A commit of the primary must wait for its standby, so it cannot be as careless as other tests' servers.
    settings = {
        **CARELESS,
        "synchronous_commit": "remote_apply" if synchronous else "local",
        "wal_level": "replica",
        "max_wal_senders": "4",
        "hot_standby": "on",
    }
    try:
        account.give(folder)
        first, second = folder / "first", folder / "second"
        initdb = [programs / "initdb", "-D", first, "-U", "postgres", "--auth=trust", "--no-sync"]
        account.run([*map(str, initdb), "--encoding=UTF8", "--locale=C.UTF-8"], folder)
        with server_process(programs, first, account, folder, settings) as primary:
            copy = [programs / "pg_basebackup", "-h", "127.0.0.1", "-p", str(primary)]
            copy += ["-U", "postgres", "-D", str(second), "-R", "-X", "stream", "--no-sync"]
            copy += ["-d", f"application_name={STANDBY}", "-c", "fast"]
            account.run([str(word) for word in copy], folder)
            with server_process(programs, second, account, folder, settings) as standby:
                pair = Pair(primary, standby, first)
                if synchronous:
                    _wait_for_standby(pair)
                yield pair
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_standby(pair: Pair) -> None:
    """From now on every commit waits for the standby."""
    place = f"postgresql://postgres@127.0.0.1:{pair.primary}/postgres"
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'".encode())
        connection.execute("SELECT pg_reload_conf()")
    pair._until(pair.primary, "SELECT bool_or(sync_state = 'sync') FROM pg_stat_replication")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in listed.split()]
