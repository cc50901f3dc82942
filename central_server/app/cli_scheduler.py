"""`tresen scheduler`: the timed jobs. Any number may run; each job is done by one of them at a time."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from central_server.app.composition import compose
from central_server.app.jobs import JOBS
from central_server.app.schema import make_ready
from central_server.platform.observability import configure_logging
from central_server.platform.scheduler import run_scheduler
from central_server.platform.settings import Settings


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `scheduler`."""
    parser.add_argument("--parent", type=int, help="end when this process is gone")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the jobs until told to stop."""
    configure_logging(settings.log_level)
    context = compose(settings)
    signal.signal(signal.SIGTERM, _leave)
    try:
        make_ready(context)
        run_scheduler(context, JOBS, arguments.parent)
    finally:
        context.database.dispose()
    return 0


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
