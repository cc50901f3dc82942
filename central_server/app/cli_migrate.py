"""`tresen migrate`: bring the database to this version's schema."""

from __future__ import annotations

import argparse

from central_server.app.composition import compose
from central_server.app.schema import prepare, schema_is_current
from central_server.gateway.sequencer import begin_anew
from central_server.platform.observability import configure_logging
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import run_writing


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `migrate`."""
    parser.add_argument("--check", action="store_true", help="only say whether it is; 1 if not")
    parser.add_argument(
        "--restored",
        action="store_true",
        help="the database was put back to an earlier moment: let tills begin with a new snapshot",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate, or check."""
    configure_logging("warning")
    context = compose(settings)
    try:
        if arguments.check:
            current = schema_is_current(context.database)
            print("The database is current." if current else "The database must be migrated.")
            return 0 if current else 1
        prepare(context)
        if arguments.restored:
            run_writing(context.database, lambda unit: begin_anew(unit, context.system_clock))
            print(
                "Tills fetch reference data anew; their journals say what the centre has forgotten."
            )
    finally:
        context.database.dispose()
    print("The database is at this version's schema.")
    return 0
