"""A PostgreSQL server for the tests, and an empty database for each test that asks.

In this order: the server of ``TRESEN_TEST_DATABASE_URL``; else one started here from the machine's
own programs (Debian: postgresql) on a temporary folder, without fsync, gone at the end of the session
and with it when pytest is killed; else the test fails and says what to install. Each xdist worker
starts its own. Knows nothing of Tresen's schema.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

DRIVER = "postgresql+psycopg"
START_SECONDS = 60.0
ATTEMPTS = 5
MISSING = (
    "no PostgreSQL server: install Debian's package 'postgresql' (python3 run.py setup does it as root), "
    "or set TRESEN_TEST_DATABASE_URL=postgresql+psycopg://USER:PASSWORD@HOST/DATABASE to a server "
    "where that user may create databases"
)
CARELESS = {
    **dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "off"),
    "max_wal_size": "256MB",
}
"""Settings of a server whose data need not outlive the machine."""
DATABASE_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a server's maintenance database, in SQLAlchemy's form; databases may be created there."""
    given = os.environ.get("TRESEN_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with running_server() as url:
        yield url


@pytest.fixture
def postgres_database_url(postgres_url: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database of its own, dropped after the test."""
    with empty_database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of its own: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tresen.db'}"
    url = request.getfixturevalue("postgres_database_url")
    assert isinstance(url, str)
    return url


@contextlib.contextmanager
def empty_database(server_url: str, template: str = "template0") -> Iterator[str]:
    """Create a database on the server and drop it at the end, whoever is still connected.

    `template`: the name of a database that it is a copy of, to which nobody is connected.
    """
    name = f"tresen_test_{os.getpid()}_{next(DATABASE_NUMBERS)}"
    identifier = sql.Identifier(name)
    plain = server_url.replace(DRIVER, "postgresql", 1)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(create.format(identifier, sql.Identifier(template)))
    try:
        address, _, options = server_url.partition("?")
        base = address.rpartition("/")[0]
        yield f"{base}/{name}" + (f"?{options}" if options else "")
    finally:
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def name_of(url: str) -> str:
    """The name of the database in a URL."""
    return url.partition("?")[0].rpartition("/")[2]


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[str]:
    """Run a throw-away PostgreSQL server on a free loopback port; yield its URL.

    It writes without fsync, as tests may; a bench asks for a `durable` one, as shops have.
    """
    programs = find_programs()
    if programs is None:
        pytest.fail(MISSING, pytrace=False)
    # PostgreSQL refuses root, and its user must be able to enter the folder: not pytest's own.
    place = None if durable else os.environ.get("PYTEST_DEBUG_TEMPROOT")
    folder = Path(tempfile.mkdtemp(prefix="tresen-postgres-", dir=place))
    account = Account.fit()
    try:
        account.give(folder)
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
        account.run([str(word) for word in initdb], folder)
        settings = {} if durable else CARELESS
        with server_process(programs, data, account, folder, settings) as port:
            yield f"{DRIVER}://postgres@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path | None:
    """Folder of ``initdb`` and ``postgres``, newest version first; None if there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("initdb")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in candidates if (path / "initdb").exists()), None)


@dataclass(frozen=True)
class Account:
    """The user of the system as whom the server runs: user postgres where this is root."""

    user: str | None

    @classmethod
    def fit(cls) -> Account:
        return cls("postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None)

    def give(self, folder: Path) -> None:
        """Make the account the owner of a folder."""
        if self.user:
            shutil.chown(folder, self.user, self.user)

    def start(self, command: list[str], folder: Path, log: int) -> subprocess.Popen[bytes]:
        """Start a program in ``folder`` as the account; it ends when this process does."""
        # SIGINT: at once, in order. setpriv sees to it even when pytest itself is killed.
        watched = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        return subprocess.Popen(
            [*watched, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )

    def run(self, command: list[str], folder: Path) -> None:
        """Run a program to its end; raise ``RuntimeError`` with its output if it fails."""
        with (folder / "initdb.log").open("w+b") as log:
            status = self.start(command, folder, log.fileno()).wait(START_SECONDS)
            log.seek(0)
            if status:
                message = log.read().decode(errors="replace")
                raise RuntimeError(f"{command[0]} ended with status {status}\n{message}")


@contextlib.contextmanager
def server_process(
    programs: Path, data: Path, account: Account, folder: Path, more: dict[str, str]
) -> Iterator[int]:
    """Start the server, on another port if somebody was quicker; yield the port. `more`: its settings."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        **more,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("w+b") as log:
        for _ in range(ATTEMPTS):
            port = _free_port()
            command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *options]
            process = account.start(command, folder, log.fileno())
            if _answers(process, port):
                break
        else:
            log.seek(0)
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read().decode(errors='replace')}")
        try:
            yield port
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes connections; False if it ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return True
        time.sleep(0.05)
    return False
