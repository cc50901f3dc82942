"""Files that people hand in, kept for a day so that they can be looked at before anything is done with them.

A file lies under a random name below the data directory; only who handed it in opens it again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from shared.errors import DomainError, EnvironmentProblem

KEPT = timedelta(days=1)
_KEY = re.compile(r"[0-9a-f]{32}")


class Uploads:
    """The folder of handed-in files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, owner: str, suffix: str, content: bytes) -> str:
        """Keep a file of `owner`; its key. `EnvironmentProblem('upload_unwritable')` if that fails.

        `suffix` is one the caller knows, such as `.csv`: nothing of the sender's file name becomes part of a path.
        """
        key = secrets.token_hex(16)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._folder / f"{self._stem(owner, key)}{suffix}").write_bytes(content)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise EnvironmentProblem("upload_unwritable", {"reason": reason}) from problem
        return key

    def path(self, owner: str, key: str) -> Path:
        """Where a file of `owner` lies; `DomainError('upload_unknown')`, 404, for any other."""
        if _KEY.fullmatch(key):
            stem = self._stem(owner, key)
            found = [one for one in self._folder.glob(f"{stem}.*") if one.suffix != ".errors"]
            if found:
                return found[0]
        raise DomainError("upload_unknown", http_status=404)

    def beside(self, owner: str, key: str) -> Path:
        """Where what was found wrong with a file is written."""
        return self.path(owner, key).with_suffix(".errors")

    def forget_old(self, now: datetime) -> int:
        """Delete files that were handed in more than a day ago; how many."""
        oldest = (now - KEPT).timestamp()
        old = [one for one in self._folder.glob("*") if one.stat().st_mtime < oldest]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    @staticmethod
    def _stem(owner: str, key: str) -> str:
        return f"{key}-{hashlib.sha256(owner.encode()).hexdigest()[:16]}"
