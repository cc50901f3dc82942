"""The sync process as a child of the till: started, watched and started again, ended with its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from shared.identity import Clock

_QUICK_SECONDS = 10
_MOST_QUICK_ENDS = 5


class SyncChild:
    """`python -m pos_client.sync` for one data directory. Its log goes to `log`, else to this process's stderr."""

    def __init__(self, data: Path, clock: Clock, log: Path | None = None) -> None:
        self._data = data
        self._log = log
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._quick_ends = 0
        self._started_at = clock.now()

    def start(self) -> None:
        """Start the process."""
        command = [*_sync_command(), "--data", str(self._data.resolve())]
        self._started_at = self._clock.now()
        with self._log.open("ab") if self._log else nullcontext(sys.stderr) as log:
            self._process = subprocess.Popen(
                [*command, "--parent", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).resolve().parents[2],
            )

    def watch(self) -> bool:
        """Start it anew if it ended; False once it has ended five times in a row within ten seconds."""
        if self._process is None or self._process.poll() is None:
            return True
        lived = (self._clock.now() - self._started_at).total_seconds()
        self._quick_ends = self._quick_ends + 1 if lived < _QUICK_SECONDS else 0
        if self._quick_ends >= _MOST_QUICK_ENDS:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """End it; what it had not finished is done at the next start."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def _sync_command() -> list[str]:
    # A packaged till is one program: there is no Python to give a module to.
    if getattr(sys, "frozen", False):
        return [sys.executable, "sync"]
    return [sys.executable, "-m", "pos_client.sync"]


def parent_is(pid: int) -> bool:
    """Whether the process that started this one is still `pid`; on Windows always True."""
    return os.name != "posix" or os.getppid() == pid
