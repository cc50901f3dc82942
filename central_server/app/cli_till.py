"""`tresen till-code`: let a device join as a till of a store."""

from __future__ import annotations

import argparse

from central_server.app.arguments import opened_centre
from central_server.features.tills import service
from central_server.platform.clock import new_id
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.errors import DomainError


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `till-code`."""
    parser.add_argument("--store", required=True, help="the till's store, such as DE01")
    parser.add_argument("--till", required=True, help="such as DE01-T1; made if there is none yet")
    parser.add_argument("--name", default="", help="what people call a new till")
    parser.add_argument("--training", action="store_true", help="a new till is for training only")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the code; it is shown once and holds for 24 hours."""
    with opened_centre(settings) as context:
        now = context.system_clock.now()
        code_id = new_id(context.system_clock)

        def work(unit: UnitOfWork) -> str:
            till = service.find_till(unit, arguments.till)
            if till is None:
                mode = "training" if arguments.training else "productive"
                till = service.add_till(
                    unit, arguments.till, arguments.store, now, name=arguments.name, mode=mode
                )
            elif till.store_id != arguments.store:
                params = {"till": till.till_id, "store": till.store_id}
                raise DomainError("till_elsewhere", params)
            return service.issue_code(unit, till.till_id, code_id, now)

        code = run_writing(context.database, work)
    print(code)
    return 0
