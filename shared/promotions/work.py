"""The limit of work of one pricing, counted in steps so that every machine gets the same answer."""

from __future__ import annotations


class OutOfWork(Exception):
    """The limit is reached; whoever catches it goes on with the best found so far."""


class Work:
    """Steps that are left. A step is about what one move of the sweep costs."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps off; `OutOfWork` when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise OutOfWork


UNBOUNDED = 1 << 60
"""More than there is."""
