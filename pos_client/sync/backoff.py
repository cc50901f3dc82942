"""How long to wait after failures: from one second doubled to a minute, with jitter so that tills spread."""

from __future__ import annotations

from collections.abc import Callable

FIRST_SECONDS = 1.0
MOST_SECONDS = 60.0


class Backoff:
    """`jitter` gives numbers from 0 to below 1."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._failures = 0

    def failed(self) -> float:
        """Seconds to wait after one more failure in a row."""
        full = min(MOST_SECONDS, FIRST_SECONDS * (1 << min(self._failures, 10)))
        self._failures += 1
        return full * (0.5 + self._jitter() / 2)

    def succeeded(self) -> None:
        """The next failure is the first again."""
        self._failures = 0
