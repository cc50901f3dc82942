"""One till process and one sync process per data directory: locks that end with their process, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from shared.errors import EnvironmentProblem


class ProcessLock:
    """Held from construction to `release`; `EnvironmentProblem('already_running')` if another process holds it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise EnvironmentProblem("already_running", {"lock": path.name}) from None

    def release(self) -> None:
        """Let another process in."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
