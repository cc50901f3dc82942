"""Photos of articles, from this till or from the centre. Everything here waits: it belongs into the lane `pictures`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from pos_client.storage.picture_cache import PictureCache
from pos_client.sync.ports import CentreRefusedError, Picturing
from shared.errors import EnvironmentProblem
from shared.identity import Clock

log = structlog.get_logger()

# A centre that did not answer is not asked for every line of a list.
PAUSE = timedelta(seconds=30)


class GoodsPictures:
    """`line` opens a connection to the centre; it is opened when the first photo is not here."""

    def __init__(self, cache: PictureCache, line: Callable[[], Picturing], clock: Clock) -> None:
        self._cache = cache
        self._open = line
        self._clock = clock
        self._line: Picturing | None = None
        self._silent_until: datetime | None = None
        self._gone: set[str] = set()

    def load(self, key: str) -> bytes:
        """The photo under a key as JPEG; nothing where there is none, or the centre cannot be asked now."""
        kept = self._cache.get(key)
        if kept is not None:
            return kept
        now = self._clock.now()
        if key in self._gone or (self._silent_until is not None and now < self._silent_until):
            return b""
        try:
            if self._line is None:
                self._line = self._open()
            content = self._line.picture(key)
        except CentreRefusedError as refusal:
            log.info("picture_refused", reason=refusal.code)
            self._gone.add(key)
            return b""
        except EnvironmentProblem as problem:
            log.info("pictures_pause", reason=problem.code)
            self._silent_until = now + PAUSE
            return b""
        self._silent_until = None
        self._cache.put(key, content)
        return content
