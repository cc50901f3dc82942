"""The one MetaData every feature's tables belong to, and the platform's own tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, MetaData, String, Table, Text

from central_server.platform.columns import IdentityNumber, StaffKey, UtcDateTime, personal, plain

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

installation_setting = Table(
    "installation_setting",
    metadata,
    plain("name", String(64), primary_key=True),
    plain("value", Text),
)

scheduler_heartbeat = Table(
    "scheduler_heartbeat",
    metadata,
    plain("job", String(64), primary_key=True),
    plain("beat_at", UtcDateTime),
)

# Every job that a scheduler knows, with its last run. Of jobs that run all the time some runs are passed over.
job_state = Table(
    "job_state",
    metadata,
    plain("job", String(64), primary_key=True),
    plain("every_milliseconds", BigInteger),
    # Hour and minute in UTC as `02:30`; empty for jobs that run again after a while.
    plain("daily_at", String(5)),
    plain("started_at", UtcDateTime, nullable=True),
    plain("milliseconds", BigInteger, nullable=True),
    # ok, environment or failed; empty before the first run.
    plain("outcome", String(12)),
    plain("message", String(200)),
    plain("next_at", UtcDateTime, nullable=True),
)

# Runs that somebody asked for and that are not done yet.
job_request = Table(
    "job_request",
    metadata,
    plain("job", String(64), primary_key=True),
    plain("asked_at", UtcDateTime),
    personal(
        "asked_by",
        StaffKey,
        purpose="who asked for a run of a job",
        basis="GDPR art. 6(1)(f): audit trail",
        source="head office",
        retention="until the run is done",
    ),
)

# What changed for tills and is not numbered yet. Written in the transaction that makes the change, read and
# emptied by the gateway's sequencer. No key: the same row may change many times before it is numbered.
feed_dirty = Table(
    "feed_dirty",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("feed", String(16)),
    plain("scope", String(40)),
    plain("kind", String(16)),
    plain("key", String(128)),
    plain("op", String(6)),
)
