"""The till without a window: recorded intents as JSON lines in, one structured JSON line per outcome out.

The same presenters, storage and sync as with a window. A bad line is answered with an error line; the end of the
input is a clean end, and an open receipt stays for the next start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from pos_client.app.arguments import Arguments
from pos_client.app.composition import Till
from pos_client.app.intents import Intents, Outcome
from pos_client.runtime.child import SyncChild
from pos_client.runtime.clock import sleep
from shared.errors import DomainError, EnvironmentProblem

LONGEST_LINE = 1_000_000


def run_headless(till: Till, source: TextIO, sink: TextIO, sync: SyncChild | None) -> None:
    """Answer every line of `source` on `sink` until `quit` or the end of the input."""
    intents = Intents(till, sleep)
    answers = Answers(till, sink)
    answers.write(
        {"event": "ready", **_without_event(intents.perform(Arguments({"do": "status"})))}
    )
    for line in _lines(source):
        if sync is not None and not sync.watch():
            answers.problem(EnvironmentProblem("sync_process_fails"))
        try:
            if line is None:
                raise DomainError("intent_too_long", {"most": LONGEST_LINE})
            arguments = Arguments.parse(line)
            if arguments.values.get("do") == "quit":
                break
            answers.write(intents.perform(arguments))
        except (DomainError, EnvironmentProblem) as problem:
            answers.problem(problem)
    answers.write({"event": "ended"})


class Answers:
    """Writes outcomes, each with the business time, each at once."""

    def __init__(self, till: Till, sink: TextIO) -> None:
        self._till = till
        self._sink = sink

    def write(self, outcome: Outcome) -> None:
        """One outcome."""
        answer = {"at": self._till.clock.now().isoformat(), **outcome}
        self._sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
        self._sink.flush()

    def problem(self, problem: DomainError | EnvironmentProblem) -> None:
        """Something was refused or failed."""
        text, what_next = self._till.texts.error(problem)
        kind = "refused" if isinstance(problem, DomainError) else "environment"
        self.write(
            {
                "event": "error",
                "kind": kind,
                "code": problem.code,
                "text": text,
                "what_next": what_next,
                "params": problem.params,
            }
        )


def _without_event(outcome: Outcome) -> Outcome:
    return {name: value for name, value in outcome.items() if name != "event"}


def _lines(source: TextIO) -> Iterator[str | None]:
    """The lines that say something; None for one that is too long, of which nothing is kept."""
    while line := source.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            while line and not line.endswith("\n"):
                line = source.readline(LONGEST_LINE + 1)
            yield None
        elif line.strip():
            yield line
