"""`tresen clock`: show or move the business clock. The system clock is never touched."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

from central_server.app.arguments import opened_centre, refuse
from central_server.platform.clock import move_business_clock, stored_offset
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing

_STEP = re.compile(r"([+-])(\d{1,6})([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `clock`."""
    parser.add_argument(
        "step",
        nargs="?",
        default="show",
        help="+14d, +6h, -- -3d, reset (to the system's time) or show",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked, and say what time it is for the trade now."""
    with opened_centre(settings) as context:
        if arguments.step != "show":
            step = _step(arguments.step)

            def work(unit: UnitOfWork) -> None:
                offset = stored_offset(unit) + step if step is not None else timedelta(0)
                move_business_clock(unit, context.settings.mode, offset)

            run_writing(context.database, work)
        with reading(context.database) as unit:
            offset = stored_offset(unit) if context.settings.mode != "productive" else timedelta(0)
        now = context.system_clock.now() + offset
    print(f"business clock {now.isoformat(timespec='seconds')} (moved by {offset})")
    return 0


def _step(text: str) -> timedelta | None:
    """The step to move by; None for back to the system's time."""
    if text == "reset":
        return None
    match = _STEP.fullmatch(text)
    if match is None:
        raise refuse(text, "a step such as +14d or +6h, 'reset' or 'show'")
    amount = int(match[1] + match[2])
    return timedelta(**{_UNITS[match[3]]: amount})
