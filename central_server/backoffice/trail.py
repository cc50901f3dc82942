"""Notes of changes made on pages, for the audit trail: by the visitor, at the system's time, in the page's own unit."""

from __future__ import annotations

from fastapi import Request

from central_server.backoffice.visitors import Visitor
from central_server.features.audit.service import AuditChange, record
from central_server.platform.unit_of_work import UnitOfWork


def note(request: Request, visitor: Visitor, unit: UnitOfWork, change: AuditChange) -> None:
    """Record what the visitor changed."""
    record(unit, visitor.identity.staff_id, request.app.state.system_clock.now(), change)
