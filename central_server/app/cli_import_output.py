"""What an import says while it runs: faults of rows into a file and on standard error, and how far it is."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol

from central_server.app.arguments import refuse
from central_server.features.imports.rows import RowFault
from central_server.features.imports.service import FaultSink
from shared.errors import EnvironmentProblem

_SHOWN_FAULTS = 10


class Counted(Protocol):
    """A result so far."""

    @property
    def rows(self) -> int:
        """Rows read."""

    @property
    def refused_rows(self) -> int:
        """Rows left out."""


def mapping(entries: list[str]) -> dict[str, str]:
    """`--map COLUMN=FIELD` by column; `DomainError('argument_invalid')`."""
    found = {}
    for entry in entries:
        column, separator, name = entry.rpartition("=")
        if not separator or not column or not name:
            raise refuse(entry, "of the form COLUMN=FIELD")
        found[column] = name
    return found


def delimiter(text: str) -> str:
    """`--delimiter`, which may be spelt `tab`; `DomainError('argument_invalid')`."""
    found = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(found) > 1:
        raise refuse(text, "one character")
    return found


@contextmanager
def fault_file(path: Path | None) -> Iterator[FaultSink]:
    """Where faults go: into a CSV file, and the first few onto standard error."""
    shown = 0

    def show(fault: RowFault) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN_FAULTS:
            value = f" '{fault.value}'" if fault.value else ""
            print(
                f"\nrow {fault.line} {fault.column}{value} {fault.reason}", file=sys.stderr, end=""
            )
        elif shown == _SHOWN_FAULTS + 1:
            print("\n(more rows with faults are not shown)", file=sys.stderr)

    if path is None:
        yield show
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as problem:
        params = {"path": str(path)[-200:], "reason": str(problem.strerror)}
        raise EnvironmentProblem("file_unwritable", params) from problem
    with file:
        writer = csv.writer(file)
        writer.writerow(("row", "column", "value", "reason"))

        def keep(fault: RowFault) -> None:
            writer.writerow((fault.line, fault.column, fault.value, fault.reason))
            show(fault)

        yield keep


class ProgressLine:
    """One line on standard error that says how far the import is."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._terminal = sys.stderr.isatty()
        self._next = 0.0

    def __call__(self, result: Counted, line: int, lines: int) -> None:
        """Show the state, at most twice a second, in a file every ten seconds."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + (0.5 if self._terminal else 10)
        seconds = max(now - self._started, 0.001)
        part = f" of {lines}" if lines else ""
        text = (
            f"line {line}{part}, {result.rows / seconds:.0f} rows/s, {result.refused_rows} refused"
        )
        print(
            f"\r{text}   " if self._terminal else text,
            file=sys.stderr,
            end="" if self._terminal else "\n",
        )


def summarise(
    result: Counted, counts: tuple[tuple[str, int], ...], errors: Path | None, *, dry_run: bool
) -> int:
    """Say what came of it. 0 even if some rows were refused: the summary says how many; 2 if all were."""
    nothing = result.rows > 0 and result.refused_rows == result.rows
    print(file=sys.stderr)
    if nothing:
        print("Nothing was imported: every row was refused.")
    else:
        print("Dry run, nothing was changed." if dry_run else "Imported.")
    for text, count in (("rows", result.rows), ("rows refused", result.refused_rows), *counts):
        print(f"{count:>10}  {text}")
    if result.refused_rows and errors is not None:
        print(f"The refused rows and why stand in {errors}.")
    return 2 if nothing else 0
