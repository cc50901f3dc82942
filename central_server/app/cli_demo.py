"""`tresen demo load`: load the demo chain. The demo itself, with its tills, is the till's command."""

from __future__ import annotations

import argparse
import sys

from central_server.app.arguments import opened_centre
from central_server.app.demo.load import load
from central_server.platform.settings import Settings

_DEFAULT_DAYS = 90
_MOST_DAYS = 3_650


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `demo load`."""
    parser.add_argument("what", choices=("load",), help="load: stores, staff, goods, past receipts")
    parser.add_argument(
        "--days", type=_days, default=_DEFAULT_DAYS, help="days of past receipts (90; try 730)"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Load what is missing, with progress on stderr."""
    if "mode" not in settings.model_fields_set:
        settings = settings.model_copy(update={"mode": "demo"})
    with opened_centre(settings) as context:
        loaded = load(context, arguments.days, _progress)
    said = "loaded" if loaded.fresh else "was loaded before"
    print(f"demo chain {said}: {loaded.receipts} receipts from {loaded.first} to {loaded.last}")
    return 0


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"days are 1 to {_MOST_DAYS}")
    return days


def _progress(step: str, done: int, of: int) -> None:
    print(
        f"\rdemo: {step} {done}/{of}", end="\n" if done == of else "", file=sys.stderr, flush=True
    )
