"""The table of everything the scheduler does."""

from __future__ import annotations

from central_server.backoffice.import_pages import JOBS as UPLOAD_JOBS
from central_server.backoffice.report_mails import JOBS as REPORT_JOBS
from central_server.backoffice.sessions import JOBS as SESSION_JOBS
from central_server.features.audit.trail_chain import JOBS as AUDIT_JOBS
from central_server.features.chains.jobs import JOBS as CHAIN_JOBS
from central_server.features.customers.look_chain import JOBS as CUSTOMER_JOBS
from central_server.features.instruments.jobs import JOBS as INSTRUMENT_JOBS
from central_server.features.ledger.jobs import JOBS as LEDGER_JOBS
from central_server.features.loyalty.jobs import JOBS as LOYALTY_JOBS
from central_server.features.promotions.jobs import JOBS as PROMOTION_JOBS
from central_server.features.webhooks.jobs import JOBS as WEBHOOK_JOBS
from central_server.gateway.authentication import forget_nonces
from central_server.gateway.ended_batches import JOBS as ENDED_BATCH_JOBS
from central_server.gateway.journal.jobs import JOBS as JOURNAL_JOBS
from central_server.gateway.rollouts import JOBS as ROLLOUT_JOBS
from central_server.gateway.sequencer import prune, sequence
from central_server.gateway.snapshots import JOB as SNAPSHOT_JOB
from central_server.gateway.snapshots import build_where_due
from central_server.platform.scheduler import Job

JOBS: tuple[Job, ...] = (
    Job("sequencer", sequence, every_milliseconds=200),
    Job(SNAPSHOT_JOB, build_where_due, every_milliseconds=10_000),
    Job("forget_nonces", forget_nonces, every_milliseconds=60_000),
    Job("prune_feeds", prune, daily_at=(2, 0)),
    *ENDED_BATCH_JOBS,
    *PROMOTION_JOBS,
    *JOURNAL_JOBS,
    *AUDIT_JOBS,
    *CUSTOMER_JOBS,
    *LOYALTY_JOBS,
    *LEDGER_JOBS,
    *CHAIN_JOBS,
    *INSTRUMENT_JOBS,
    *SESSION_JOBS,
    *UPLOAD_JOBS,
    *REPORT_JOBS,
    *WEBHOOK_JOBS,
    *ROLLOUT_JOBS,
)
