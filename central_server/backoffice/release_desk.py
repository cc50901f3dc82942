"""What a release sets going, and what a refusal stops: the one place that knows both queue and subjects."""

from __future__ import annotations

from datetime import datetime, timedelta

from central_server.features.audit.service import AuditChange, changed, record, record_many
from central_server.features.pricing import changes
from central_server.features.pricing.changes import PriceChange
from central_server.features.promotions import drafts
from central_server.features.promotions.cases import check_release
from central_server.features.promotions.catalogue import find_promotion
from central_server.features.promotions.drafts import DraftState
from central_server.features.promotions.service import Publication
from central_server.features.releases import service as releases
from central_server.features.releases.service import ReleaseKind, ReleaseRequest, ReleaseState
from central_server.features.rollouts import service as rollouts
from central_server.features.rollouts.service import Rollout, Wish
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


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


def submit_promotion(
    unit: UnitOfWork, draft_id: int, publication: Publication, at: datetime
) -> bool:
    """Publish a draft, or let it wait for a second person where the chain's rules say so; whether it is published.

    `DomainError('promotion_check_failed')`, 409, before anything is written.
    """
    check_promotion(unit, draft_id)
    if not releases.rules(unit)[ReleaseKind.PROMOTION]:
        carry_out_promotion(unit, draft_id, publication, at)
        return True
    draft = drafts.move(unit, draft_id, DraftState.WAITING)
    releases.ask(unit, ReleaseKind.PROMOTION, str(draft_id), draft.name, publication.by, at)
    return False


def check_promotion(unit: ReadUnit, draft_id: int) -> None:
    """`DomainError('promotion_check_failed')`, 409, if a basket of its checks does not cost what it must."""
    draft = drafts.get_draft(unit, draft_id)
    entries = drafts.read_draft(draft.body, draft.currency).drafts
    check_release(
        unit, [(one.promotion, draft.currency) for one in entries if one.promotion is not None]
    )


def carry_out_promotion(
    unit: UnitOfWork, draft_id: int, publication: Publication, at: datetime
) -> None:
    """Publish a draft and put it into the audit trail with what it replaces."""
    draft = drafts.get_draft(unit, draft_id)
    before = find_promotion(unit, draft.promotion_id)
    drafts.publish_draft(unit, draft_id, publication)
    record(
        unit,
        publication.by,
        at,
        changed(
            "promotion",
            draft.promotion_id,
            {"body": before.newest.body} if before is not None else {},
            {"body": draft.body},
        ),
    )


def submit_setting(unit: UnitOfWork, wish: Wish, actor: str, at: datetime) -> Rollout:
    """Begin with a new version of a setting, or let it wait for a second person where the chain's rules say so.

    `DomainError` as `rollouts.ask`.
    """
    asked = rollouts.ask(unit, wish, actor, at)
    if releases.rules(unit)[ReleaseKind.SETTING]:
        releases.ask(unit, ReleaseKind.SETTING, str(asked.rollout_id), asked.key, actor, at)
        return asked
    return carry_out_setting(unit, asked.rollout_id, actor, at)


def carry_out_setting(unit: UnitOfWork, rollout_id: int, actor: str, at: datetime) -> Rollout:
    """Give a version to its first tills, or to all, and put it into the audit trail."""
    begun = rollouts.begin(unit, rollout_id, at)
    facts = ({"value": begun.before}, {"value": begun.value, "tills": list(begun.till_ids)})
    record(unit, actor, at, AuditChange("began", "rollout", str(rollout_id), *facts))
    return begun


def decide(
    unit: UnitOfWork,
    request_id: int,
    decision: ReleaseState,
    actor: str,
    note: str,
    now: datetime,
    at: datetime,
    ahead: timedelta,
) -> ReleaseRequest:
    """Decide about a request and carry the decision out in the same unit.

    `DomainError('promotion_check_failed')`, 409, before anything is written.
    """
    waiting = releases.get_request(unit, request_id)
    if waiting.kind is ReleaseKind.PROMOTION and decision is ReleaseState.RELEASED:
        check_promotion(unit, int(waiting.subject))
    request = releases.decide(unit, request_id, decision, actor, note, at)
    if request.kind is ReleaseKind.PROMOTION:
        draft_id = int(request.subject)
        if decision is ReleaseState.RELEASED:
            carry_out_promotion(unit, draft_id, Publication(now, actor, ahead), at)
        else:
            drafts.move(unit, draft_id, DraftState.DRAFT)
    if request.kind is ReleaseKind.PRICE_CHANGE:
        change_id = int(request.subject)
        if decision is ReleaseState.RELEASED:
            carry_out_price_change(unit, change_id, actor, now, at, released=True)
        else:
            changes.drop_change(unit, change_id)
    if request.kind is ReleaseKind.SETTING:
        rollout_id = int(request.subject)
        if decision is ReleaseState.RELEASED:
            carry_out_setting(unit, rollout_id, actor, at)
        else:
            rollouts.refuse(unit, rollout_id, at)
    facts = {"decision": decision.value, "reason": note}
    record(unit, actor, at, AuditChange("decided", "release", str(request_id), {}, facts))
    return request
