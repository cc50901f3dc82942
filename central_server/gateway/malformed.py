"""What is kept of a till's request for value that is malformed: floats for amounts, a kind nobody knows.

Such a request is refused before anybody looks who sent it. It comes from a broken or an invented till, so head office
should read of it; whoever cannot sign leaves no trace but a line in the log.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from anyio import from_thread
from fastapi import Request

from central_server.features.audit import service as audit
from central_server.features.audit.service import AuditChange
from central_server.gateway.authentication import SignedWork, TillIdentity, signed_request
from central_server.platform.unit_of_work import UnitOfWork
from shared.errors import DomainError

_ASKS_FOR_VALUE = "/api/v1/till/authorisations"


def keep_malformed(request: Request, fields: Collection[str]) -> None:
    """Keep in the audit trail that a till asked for value in this way; `fields` are those that are wrong.

    What it sent stays out of it. As many are kept as a till may ask. Runs in a worker of the event loop.
    """
    if request.url.path != _ASKS_FOR_VALUE:
        return
    state = request.app.state
    signed = from_thread.run(signed_request, request)
    work = SignedWork(state.database, signed, state.system_clock.now())

    def keep(unit: UnitOfWork, identity: TillIdentity) -> None:
        if state.authorisation_limiter.allow(identity.till_id):
            reason = f"validation_failed: {', '.join(sorted(fields))}"
            refused = AuditChange("refused", "till", identity.till_id, {}, {"reason": reason})
            audit.record(unit, identity.till_id, state.business_clock.now(), refused)

    with suppress(DomainError):
        work.run(keep)
