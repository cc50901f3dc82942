"""What a release sets going, and what a refusal stops: the one place that knows both queue and subjects."""

from __future__ import annotations

from datetime import datetime

from central_server.features.audit.service import AuditChange, changed, record, record_many
from central_server.features.pricing import changes
from central_server.features.pricing.changes import PriceChange
from central_server.features.releases import service as releases
from central_server.features.releases.service import ReleaseKind, ReleaseRequest, ReleaseState
from central_server.platform.unit_of_work import UnitOfWork


def submit_price_change(
    unit: UnitOfWork, change_id: int, actor: str, now: datetime, at: datetime
) -> PriceChange:
    """Apply a change, or let it wait for a second person where the chain's rules say so.

    `now` is the business time, `at` the system's.
    """
    if not releases.rules(unit)[ReleaseKind.PRICE_CHANGE]:
        return carry_out_price_change(unit, change_id, actor, now, at)
    change = changes.wait_for_release(unit, change_id)
    releases.ask(unit, ReleaseKind.PRICE_CHANGE, str(change_id), change.plan.title, actor, at)
    return change


def carry_out_price_change(
    unit: UnitOfWork,
    change_id: int,
    actor: str,
    now: datetime,
    at: datetime,
    *,
    released: bool = False,
) -> PriceChange:
    """Apply a change and put each price into the audit trail."""
    done = changes.apply_change(unit, change_id, now, released=released)
    rows = [one for one in changes.prices_of_change(unit, change_id) if not one.problem]
    record_many(
        unit,
        actor,
        at,
        (
            changed(
                "price",
                one.sku,
                {"amount": one.before},
                {"amount": one.after, "change": change_id, "valid_from": done.plan.valid_from},
            )
            for one in rows
        ),
    )
    record(unit, actor, at, AuditChange("applied", "price_change", str(change_id), {}, {}))
    return done


def decide(
    unit: UnitOfWork,
    request_id: int,
    decision: ReleaseState,
    actor: str,
    note: str,
    now: datetime,
    at: datetime,
) -> ReleaseRequest:
    """Decide about a request and carry the decision out in the same unit."""
    request = releases.decide(unit, request_id, decision, actor, note, at)
    # Promotions are put forward by the promotion builder; until it does, only changes of prices wait here.
    if request.kind is ReleaseKind.PRICE_CHANGE:
        change_id = int(request.subject)
        if decision is ReleaseState.RELEASED:
            carry_out_price_change(unit, change_id, actor, now, at, released=True)
        else:
            changes.drop_change(unit, change_id)
    facts = {"decision": decision.value, "reason": note}
    record(unit, actor, at, AuditChange("decided", "release", str(request_id), {}, facts))
    return request
