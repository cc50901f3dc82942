"""Memory of the server process with a big catalogue and a till that follows, beside an empty FastAPI application."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.bench.big_chain import big_chain, following
from tests.bench.figures import Figure
from tests.support.processes import free_port, pids_of

_EMPTY = "import fastapi, uvicorn, sys; uvicorn.run(fastapi.FastAPI(), port=int(sys.argv[1]), log_level='error')"


def run(articles: int) -> list[Figure]:
    """Resident memory after a till has fetched all it wants."""
    chain = big_chain(articles)
    with following(chain):
        time.sleep(5)
    marker = str(chain.home.resolve())
    web = pids_of(marker, "central_server.app.cli server")
    jobs = pids_of(marker, "central_server.app.cli scheduler")
    empty = _empty_application()
    return [
        Figure(
            "server process, resident",
            sum(map(_resident, web)),
            "MB",
            "empty FastAPI",
            empty,
            "300 MB",
        ),
        Figure(
            "scheduler process, resident", sum(map(_resident, jobs)), "MB", "empty FastAPI", empty
        ),
    ]


def _empty_application() -> float:
    process = subprocess.Popen([sys.executable, "-c", _EMPTY, str(free_port())])
    try:
        time.sleep(4)
        return _resident(process.pid)
    finally:
        process.kill()
        process.wait()


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
