"""Small photos of articles as files under their keys, so that they are there without a network.

Worth nothing to the journal: the folder may be deleted at any time. What was not looked at for longest goes first.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from pos_client.runtime.gui_thread import assert_not_gui_thread

MOST_BYTES = 64 * 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{64}")
_KEEP = 0.9


class PictureCache:
    """The photos below a folder, at most `most` bytes of them. A disk that refuses is as one without photos."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._held: int | None = None

    def get(self, key: str) -> bytes | None:
        """The photo under a key; None if it is not here."""
        assert_not_gui_thread("pictures")
        path = self._path(key)
        if path is None:
            return None
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep a photo. Others go where it would become too much."""
        assert_not_gui_thread("pictures")
        path = self._path(key)
        if path is None or not content or len(content) > self._most:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(content)
            temporary.replace(path)
            self._held = self._bytes() if self._held is None else self._held + len(content)
            if self._held > self._most:
                self._make_room()

    def _path(self, key: str) -> Path | None:
        return self._folder / f"{key}.jpg" if _KEY.fullmatch(key) else None

    def _bytes(self) -> int:
        return sum(entry.stat().st_size for entry in os.scandir(self._folder))

    def _make_room(self) -> None:
        found = sorted(
            (entry.stat().st_mtime_ns, entry.stat().st_size, entry.path)
            for entry in os.scandir(self._folder)
        )
        left = sum(size for _, size, _ in found)
        for _, size, path in found:
            if left <= self._most * _KEEP:
                break
            Path(path).unlink(missing_ok=True)
            left -= size
        self._held = left
