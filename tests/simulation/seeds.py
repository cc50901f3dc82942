"""One seed of the simulation, played and checked."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from dataclasses import dataclass

import structlog

from tests.simulation.play import STEPS, Play
from tests.simulation.quiescence import check


@dataclass(frozen=True)
class Result:
    """How a seed ended: `problem` is empty where all held, else the traceback with what had happened before."""

    seed: int
    happened: Counter[str]
    problem: str = ""


def play(seed: int, steps: int = STEPS) -> Result:
    """One seed, and everything that must hold afterwards."""
    played = Play(seed, steps)
    try:
        played.run()
        check(played)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - a death that nobody survives is a result, too
        before = "\n".join(played.trace[-40:])
        problem = f"{traceback.format_exc()}\nthe last steps were:\n{before}"
        return Result(seed, played.all_that_happened(), problem)
    finally:
        played.close()
    return Result(seed, played.all_that_happened())


def be_quiet() -> None:
    """The simulated processes log nothing: what counts is what they leave behind."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
