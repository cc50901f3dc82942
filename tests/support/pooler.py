"""PgBouncer in transaction mode in front of a test's PostgreSQL, where the program is installed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.support.postgres import Account
from tests.support.processes import free_port

SECONDS = 20.0


@contextlib.contextmanager
def pooled(url: str, sessions: int) -> Iterator[str]:
    """The URL of a pooler that shares `sessions` sessions of the database at `url` among all who come."""
    program = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    server = make_url(url)
    account, port = Account.fit(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="tresen-pooler-", dir="/tmp"))
    place = f"host={server.host} port={server.port} user={server.username}"
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = {place}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"query_wait_timeout = 20\nauth_type = any\npool_mode = transaction\n"
        f"default_pool_size = {sessions}\nunix_socket_dir =\n",
        encoding="utf-8",
    )
    try:
        account.give(folder)
        account.give(folder / "pgbouncer.ini")
        with (folder / "log").open("w+b") as log:
            process = account.start([program, str(folder / "pgbouncer.ini")], folder, log.fileno())
            try:
                pool = server.set(host="127.0.0.1", port=port)
                _wait(pool.set(drivername="postgresql").render_as_string(False), process, folder)
                yield pool.update_query_dict({"pooler": "transaction"}).render_as_string(False)
            finally:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(place: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(place, prepare_threshold=None).close()
            return
        log = (folder / "log").read_text(encoding="utf-8")
        assert process.poll() is None, log
        assert time.monotonic() < deadline, log
        time.sleep(0.05)
