"""Work that a page asks for and does not wait for: one thread, one job after another, gone with the process.

What is lost with the process must be asked for again: whoever asks keeps nothing of value here.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

T = TypeVar("T")
R = TypeVar("R")
log = structlog.get_logger()
_END: Any = object()


class BackgroundWork:
    """Jobs in the order they were asked for. The thread starts with the first of them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, job: Callable[[], None]) -> None:
        """Do it when its turn comes. A job that raises is logged, and the next one follows."""
        self._jobs.put(job)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception:
                log.exception("background_job_failed", worker=self._name)


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made in a thread of its own while the one before is worked on. Whatever making one raises is
    raised here; nobody else may use what it is made with meanwhile.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = pool.submit(next, items, _END)
            yield item


def side_by_side(work: Callable[[T], R], items: Iterable[T], at_once: int) -> Iterator[R]:
    """What `work` makes of each item, in the order of the items, of so many at a time. Whatever one raises is raised
    here, when its turn comes.
    """
    with ThreadPoolExecutor(at_once, thread_name_prefix="beside") as pool:
        yield from pool.map(work, items)
