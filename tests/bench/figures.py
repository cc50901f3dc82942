"""Figures of a bench run and how they are printed: each beside what it is compared to. Nothing is asserted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value; `against` is the same work done the plain way in the same run."""

    name: str
    value: float
    unit: str
    against_name: str = ""
    against: float | None = None
    aim: str = ""

    def row(self) -> tuple[str, str, str, str, str]:
        """The cells of the printed table."""
        ratio = f"{self.value / self.against:.2f}" if self.against else ""
        compared = (
            f"{self.against_name}: {shown(self.against)} {self.unit}"
            if self.against is not None
            else ""
        )
        return self.name, f"{shown(self.value)} {self.unit}", compared, ratio, self.aim


def shown(value: float | None) -> str:
    """A number with three significant digits."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    head = ("figure", "measured", "compared to", "ratio", "aim of the issue")
    rows = [head, tuple("---" for _ in head), *(figure.row() for figure in figures)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def percentile(samples: list[float], share: float) -> float:
    """The value that `share` of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """A list that holds the seconds of the block once it is over."""
    seconds: list[float] = []
    started = time.perf_counter()
    yield seconds
    seconds.append(time.perf_counter() - started)
