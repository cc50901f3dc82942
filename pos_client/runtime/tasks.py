"""Work for the window that the GUI thread must not do: each lane is one thread, answers come back to the GUI thread.

`command` changes something: all commands of the till run one after another in the lane `till`, which owns the
journal. `query` only looks: in the lane `look`, or where something is waited for in `devices`, `centre` or `pictures`;
the newest question of a kind wins: an older one that has not begun is dropped, the answer to one that has is thrown
away. An answer for a widget that is gone is thrown away.

One object owns the threads; it is closed before the application ends, so that nothing is answered into a window that
is being taken down.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import structlog
from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from pos_client.runtime.workers import start_worker
from shared.errors import DomainError, EnvironmentProblem

log = structlog.get_logger()
Answer = TypeVar("Answer")
Problem = DomainError | EnvironmentProblem
Lane = Literal["till", "look", "devices", "centre", "pictures"]
_JOIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class _Job:
    op: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[Problem], None] | None
    owner: QObject
    kind: str
    generation: int


class Tasks(QObject):
    """Runs operations outside the GUI thread. Construct, use and close it in the GUI thread.

    `failed` is where problems go that a caller brings no handler for; `settled` is emitted after each command, whether
    it took place or not, so that status lines can look again.
    """

    failed = Signal(object)
    settled = Signal()
    _answered = Signal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._lanes: dict[Lane, queue.SimpleQueue[_Job | None]] = {
            "till": queue.SimpleQueue(),
            "look": queue.SimpleQueue(),
            "devices": queue.SimpleQueue(),
            "centre": queue.SimpleQueue(),
            "pictures": queue.SimpleQueue(),
        }
        self._newest: dict[str, int] = {}
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._threads: list[threading.Thread] = [
            start_worker(name, lambda jobs=jobs: self._work(jobs))  # type: ignore[misc]
            for name, jobs in self._lanes.items()
        ]

    def command(
        self,
        op: Callable[[], Answer],
        done: Callable[[Answer], None] | None = None,
        *,
        owner: QObject,
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Change something in the lane `till`; commands take place in the order in which they are given."""
        self._put("till", _Job(op, done, failed, owner, "", 0))

    def query(
        self,
        op: Callable[[], Answer],
        done: Callable[[Answer], None],
        *,
        owner: QObject,
        kind: str,
        failed: Callable[[Problem], None] | None = None,
        lane: Lane = "look",
    ) -> None:
        """Look something up; of several questions of one `kind` only the newest is answered."""
        generation = self._newest.get(kind, 0) + 1
        self._newest[kind] = generation
        self._put(lane, _Job(op, done, failed, owner, kind, generation))

    def forget(self, kind: str) -> None:
        """Throw the pending answer of a kind away."""
        self._newest[kind] = self._newest.get(kind, 0) + 1

    def close(self) -> None:
        """Finish what was given, and end the threads. Answers that are still under way are thrown away."""
        if self._closed:
            return
        self._closed = True
        for jobs in self._lanes.values():
            jobs.put(None)
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)

    # --- inside -------------------------------------------------------------------------------

    def _put(self, lane: Lane, job: _Job) -> None:
        if not self._closed:
            self._lanes[lane].put(job)

    def _stale(self, job: _Job) -> bool:
        return bool(job.kind) and self._newest.get(job.kind) != job.generation

    def _work(self, jobs: queue.SimpleQueue[_Job | None]) -> None:
        while (job := jobs.get()) is not None:
            if self._stale(job):
                continue
            answer: object = None
            problem: Problem | None = None
            try:
                answer = job.op()
            except (DomainError, EnvironmentProblem) as error:
                problem = error
            except Exception:
                # A bug in one operation: what is on disk is whole, so the till says so and goes on.
                log.exception("operation_failed")
                problem = EnvironmentProblem("unexpected")
            if not self._closed:
                self._answered.emit(job, answer, problem)

    def _deliver(self, job: _Job, answer: object, problem: Problem | None) -> None:
        if self._closed:
            return
        if not self._stale(job) and isValid(job.owner):
            if problem is None:
                if job.done is not None:
                    job.done(answer)
            elif job.failed is not None:
                job.failed(problem)
            else:
                self.failed.emit(problem)
        if not job.kind:
            self.settled.emit()
