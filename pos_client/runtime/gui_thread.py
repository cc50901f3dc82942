"""Which thread draws. Disk, network and devices refuse to work in it: a till that waits looks broken."""

from __future__ import annotations

import threading

_gui: list[int] = []


def mark_gui_thread() -> None:
    """The calling thread draws from now on: the application calls this once, before the window."""
    _gui[:] = [threading.get_ident()]


def forget_gui_thread() -> None:
    """There is no window any more."""
    _gui.clear()


def assert_not_gui_thread(what: str) -> None:
    """Raise `RuntimeError` where disk, network or a device would be touched by the thread that draws.

    It is a bug, so it is no `EnvironmentProblem`; a process without a window passes always.
    """
    if _gui and _gui[0] == threading.get_ident():
        raise RuntimeError(f"{what} in the GUI thread")
