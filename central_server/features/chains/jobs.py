"""Every night what all chains are is signed, and what does not hold is put into the exceptions queue, once."""

from __future__ import annotations

from central_server.features.chains import service
from central_server.features.ledger.jobs import report
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import reading, run_writing


def nightly(context: JobContext) -> None:
    """Chain what is not chained yet, check everything, and sign where each chain ends."""
    while run_writing(context.database, service.chain_rows):
        pass
    with reading(context.database) as unit:
        findings = service.verify_chains(unit, context.signing_key.public_bytes)
    report(context, findings)
    now = context.system_clock.now()
    run_writing(context.database, lambda unit: service.anchor(unit, context.signing_key, now))


JOBS = (Job("chains_nightly", nightly, daily_at=(3, 15)),)
