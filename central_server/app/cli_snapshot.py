"""`tresen snapshot build`: number what changed, then build the snapshots of all markets now."""

from __future__ import annotations

import argparse

from central_server.app.arguments import opened_centre
from central_server.gateway.sequencer import drain
from central_server.gateway.snapshots import build_all
from central_server.platform.settings import Settings


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `snapshot`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="build")
    build = actions.add_parser("build", help="build the snapshots now")
    build.add_argument("--market", action="append", help="only this country; may be repeated")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build, and say what was built."""
    with opened_centre(settings) as context:
        drain(context.database, context.system_clock)
        for manifest in build_all(context, arguments.market):
            size = f"{manifest.size:,} bytes, {manifest.compressed_size:,} compressed"
            print(f"{manifest.market}: {manifest.rows:,} rows at {manifest.seq}, {size}")
    return 0
