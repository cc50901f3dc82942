"""Threads of the till's processes. A worker that fails ends its process: a half-dead one would look alive."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()
EXIT_WORKER_FAILED = 70


def start_worker(name: str, work: Callable[[], None]) -> threading.Thread:
    """Run `work` in a thread that ends with the process at the latest.

    An exception that reaches the top is a bug: it is logged and the process ends with status 70, so that whoever
    started it can start it anew.
    """

    def guarded() -> None:
        try:
            work()
        except Exception:
            log.exception("worker_failed", worker=name)
            os._exit(EXIT_WORKER_FAILED)

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread
