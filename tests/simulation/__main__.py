"""`python3 run.py simulation`: plays simulated chains, one a seed, until one does what it must not.

Progress goes to stderr; a seed that fails is printed with how to play it alone. Status 1 if any failed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.play import STEPS
from tests.simulation.seeds import Result, be_quiet, play

_TELL_EVERY = 10.0
_MOST_FAILURES = 20


def _results(seeds: range, steps: int, jobs: int) -> Iterator[Result]:
    if jobs == 1:
        yield from (play(seed, steps) for seed in seeds)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, be_quiet) as pool:
        yield from pool.map(partial(play, steps=steps), seeds, chunksize=4)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> int:
    """Play the seeds that were asked for."""
    parser = argparse.ArgumentParser(prog="run.py simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many (200)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes beside each other (2)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of each day ({STEPS})")
    options = parser.parse_args()
    if min(options.seeds, options.jobs, options.steps) < 1:
        parser.error("seeds, jobs and steps begin at 1")
    be_quiet()
    seeds = range(options.first, options.first + options.seeds)
    jobs = min(options.jobs, options.seeds)
    began = told = time.monotonic()
    happened: Counter[str] = Counter()
    failed: list[int] = []
    for count, result in enumerate(_results(seeds, options.steps, jobs), 1):
        happened += result.happened
        if result.problem:
            failed.append(result.seed)
            alone = f"--seeds 1 --first {result.seed} --steps {options.steps}"
            _say(f"seed {result.seed} failed; alone: python3 run.py simulation {alone}")
            _say(result.problem)
        if time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            _tell(f"{count} of {options.seeds} seeds, {len(failed)} failed, {told - began:.0f} s")
        if len(failed) >= _MOST_FAILURES:
            break
    seconds = time.monotonic() - began
    _tell(", ".join(f"{name} {times}" for name, times in happened.most_common()))
    _say(f"{options.seeds} seeds in {seconds:.0f} s, {len(failed)} failed {failed or ''}".strip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
