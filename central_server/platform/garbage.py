"""Python's cycle collector: out of the way of bulk work, and of what a server has anyway."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 100


def set_aside_what_stays() -> None:
    """Take all objects that are there out of the collector's sight; called once, when a server is ready.

    Modules, routes and compiled statements stay until the end. A full collection that looks through them all holds
    every thread for a sixth of a second, and so does each request of those who ask just then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do the block without looking for cycles of objects.

    Bulk work makes millions of tuples and no cycles; the collector would look through all of them again and
    again, a third of the time measured. What is no longer referred to is freed at once all the same. Nested
    use, or use by several threads, ends the pause with whoever ends first: slower, never wrong.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
