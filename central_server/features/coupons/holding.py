"""A till asks, under an id of its own, that a code be kept for a receipt: it is, or the reason is said.

The code is locked first, so whoever wants the last use at once comes one after the other, and one of them gets it. What
is kept is used up by the receipt that names the id (see `projector`), given back on request, or comes free by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from central_server.features.coupons import repository
from central_server.features.coupons.batches import stored
from central_server.features.coupons.repository import APPROVED, CodeState, Hold, Key
from central_server.features.customers.cards import current_numbers
from central_server.features.customers.service import facts_of
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.coupons import CodeBatch, Recognised, check_open, check_whose, read_signs, recognise
from shared.errors import DomainError, ErrorParam

# A till does not ask again before an open receipt is paid, so its codes are kept for as long as a day's business. Tills
# give back what is taken off, parked or given up; only what a broken till held has to wait.
HELD_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Wish:
    """Till `till_id` wants a code for the receipt `basket_id`, which counts for `customer` (empty: for nobody)."""

    auth_id: UUID
    till_id: str
    store_id: str
    code: str
    basket_id: UUID
    customer: str = ""


def keep(unit: UnitOfWork, wish: Wish, at: datetime) -> Hold:
    """Keep a code for a receipt; the same wish again is answered the same, and kept longer where it was over.

    `DomainError`: `code_mistyped`, 400, `promotion_code_unknown`, 404, and with 409 `code_blocked`, `code_early`,
    `promotion_code_expired`, `code_other_customer`, `code_exhausted` with `day`, `store` and `receipt` of the last use,
    `code_kept` with the `till` where it is on another receipt, `code_given_back`, `code_differs` for another wish.
    """
    found = find(unit, wish.code)
    key: Key = (found.batch.batch_id, found.place)
    state = repository.lock_codes(unit, [key])[key]
    known = repository.hold(unit, wish.auth_id, lock=True)
    if known is not None:
        _refuse_other(known, wish, key)
        if known.state == "captured" or _is_kept(known, at):
            return known
    check_open(found.batch, at)
    if state.blocked_at is not None:
        raise DomainError("code_blocked", http_status=409)
    whose(unit, found, wish.customer)
    _refuse_used_up(unit, found, state, wish.auth_id, at)
    made = Hold(
        wish.auth_id,
        wish.till_id,
        wish.store_id,
        *key,
        found.code,
        wish.basket_id,
        APPROVED,
        at,
        at + HELD_FOR,
    )
    repository.put_hold(unit, made, known)
    return made


def give_back(unit: UnitOfWork, auth_id: UUID, till_id: str, store_id: str, at: datetime) -> Hold:
    """Keep a code no longer. An id that was never asked for is noted: its wish may still be under way.

    What a receipt used stays used. `DomainError('authorisation_unknown')`, 404, for one of another till.
    """
    known = repository.hold(unit, auth_id)
    if known is not None and known.till_id != till_id:
        raise DomainError("authorisation_unknown", http_status=404)
    if known is not None and known.key is not None:
        repository.lock_codes(unit, [known.key])
        known = repository.hold(unit, auth_id, lock=True)
    if known is not None and known.state != APPROVED:
        return known
    if known is None:
        made = Hold(auth_id, till_id, store_id, None, None, "", None, "released", at, ended_at=at)
    else:
        made = replace(known, state="released", ended_at=at)
    repository.put_hold(unit, made, known)
    return made


def find(unit: ReadUnit, text: str) -> Recognised:
    """The code that a text stands for; `DomainError`: `code_mistyped`, 400, `promotion_code_unknown`, 404."""
    code = read_signs(text)[:40]
    batches = [stored(row).codes for row in repository.batches_like(unit, code)]
    found = recognise(batches, text)
    if found is None:
        raise DomainError("promotion_code_unknown", {"code": text.strip()[:40]}, http_status=404)
    return found


def whose(unit: ReadUnit, found: Recognised, customer: str) -> None:
    """Whether a code is for this customer, under whichever number; `DomainError('code_other_customer')`, 409."""
    batch = found.batch
    if not (batch.group or batch.one_each):
        return
    owner = repository.owner_of(unit, (batch.batch_id, found.place)) if batch.one_each else ""
    now = current_numbers(unit, [customer, owner])
    check_whose(batch, now[customer], groups_of(unit, batch, now[customer]), now[owner])


def groups_of(unit: ReadUnit, batch: CodeBatch, customer: str) -> tuple[str, ...]:
    """The groups of a customer, where a batch asks for one."""
    facts = facts_of(unit, [customer]).get(customer) if batch.group and customer else None
    return tuple(facts.lists.get("groups", ())) if facts is not None else ()


def last_use(unit: ReadUnit, key: Key) -> dict[str, ErrorParam]:
    """When, where and by which receipt a code was used last."""
    uses = (one for one in repository.history(unit, key, 20) if one.state == "captured")
    last = next(uses, None)
    if last is None or last.ended_at is None:
        return {}
    return {"day": last.ended_at.isoformat(), "store": last.store_id, "receipt": last.receipt}


def _refuse_used_up(
    unit: ReadUnit, found: Recognised, state: CodeState, auth_id: UUID, at: datetime
) -> None:
    key = (found.batch.batch_id, found.place)
    if state.used >= found.batch.uses:
        raise DomainError("code_exhausted", last_use(unit, key), http_status=409)
    elsewhere = repository.kept_elsewhere(unit, key, auth_id, at)
    if state.used + len(elsewhere) >= found.batch.uses:
        till = elsewhere[0].till_id
        raise DomainError("code_kept", {"till": till}, http_status=409)


def _is_kept(known: Hold, at: datetime) -> bool:
    return known.state == APPROVED and known.expires_at is not None and known.expires_at > at


def _refuse_other(known: Hold, wish: Wish, key: Key) -> None:
    if known.till_id != wish.till_id:
        raise DomainError("authorisation_unknown", http_status=404)
    if known.state in {"released", "returned"}:
        raise DomainError("code_given_back", http_status=409)
    if known.key != key or known.basket_id != wish.basket_id:
        raise DomainError("code_differs", http_status=409)
