"""Jobs of the ledger: holds and lots whose time is over, blocks, and every night checkpoints and the check of all."""

from __future__ import annotations

import structlog

from central_server.features.exceptions import service as exceptions
from central_server.features.ledger import sealing, service
from central_server.features.ledger.verification import Finding, verify
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing

CHECK = "ledger.verify"
# More than these are not put into the queue one by one: whoever looks runs the command.
_MOST_EXCEPTIONS = 20

log = structlog.get_logger(__name__)


def expire_holds(context: JobContext) -> None:
    """Give back what was held too long. Most runs find nothing; they must not cost a write transaction."""
    now = context.business_clock.now()
    with reading(context.database) as unit:
        if not service.holds_are_due(unit, now):
            return
    while run_writing(context.database, lambda unit: service.expire_holds(unit, now, now.date())):
        pass


def expire_lots(context: JobContext) -> None:
    """Write off what nobody spent in time."""
    now = context.business_clock.now()
    while run_writing(context.database, lambda unit: service.expire_lots(unit, now.date(), now)):
        pass


def seal(context: JobContext) -> None:
    """Seal what was posted, if nobody is posting just now; the night waits until nobody is. Where much was posted, sum
    it up, so that past balances stay quick.
    """
    now = context.business_clock.now()
    sealing.seal(context.database, now)
    sealing.sum_up(context.database, least=sealing.SUM_UP_AFTER)


def nightly(context: JobContext) -> None:
    """Seal, sum up, and check everything; what does not hold is put into the exceptions queue, once."""
    now = context.business_clock.now()
    sealing.seal(context.database, now, wait=True)
    sealing.sum_up(context.database, wait=True)
    findings = verify(context.database)
    report(context, findings)
    log.info("ledger_checked", findings=len(findings))


def report(context: JobContext, findings: list[Finding]) -> None:
    """Put findings into the exceptions queue, as far as they do not wait there already."""
    now = context.business_clock.now()
    shown = list(findings[:_MOST_EXCEPTIONS])
    if left := len(findings) - len(shown):
        shown.append(Finding("ledger_more_differs", {"count": left}))

    def work(unit: UnitOfWork) -> None:
        for finding in shown:
            exceptions.raise_check(unit, CHECK, finding.code, finding.params, now)

    if shown:
        run_writing(context.database, work)


JOBS = (
    Job("ledger_holds", expire_holds, every_milliseconds=30_000),
    Job("ledger_seal", seal, every_milliseconds=60_000),
    Job("ledger_lots", expire_lots, daily_at=(0, 15)),
    Job("ledger_nightly", nightly, daily_at=(2, 45)),
)
