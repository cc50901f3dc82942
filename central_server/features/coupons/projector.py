"""Counts the codes that booked receipts used up, in the transaction that books them.

The customer has the goods already, so nothing is refused here: what was used too often, blocked, or somebody else's is
counted all the same, and looked at by a person. A code that came back with all its goods works again where its batch
says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from central_server.features.coupons import repository
from central_server.features.coupons.batches import StoredBatch, stored
from central_server.features.coupons.holding import last_use, whose
from central_server.features.coupons.repository import APPROVED, CodeState, Hold, Key
from central_server.features.promotions.projector import UseFinding
from central_server.features.sales import repository as sales
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.coupons import CodeUse, Recognised, check_open
from shared.errors import DomainError, ErrorParam
from shared.quantity import to_thousandths
from shared.receipt import Receipt

Batches = dict[UUID, StoredBatch]
FindReceipt = Callable[[str], Receipt | None]


def book_codes(
    unit: UnitOfWork, receipts: Iterable[Receipt], find: FindReceipt, at: datetime
) -> list[UseFinding]:
    """Count what receipts used and what comes back with them, each receipt once; what somebody should look at.

    `find` gives the receipt with a full number. The goods of `receipts` are booked already.
    """
    findings: list[UseFinding] = []
    using: list[tuple[Receipt, CodeUse, Recognised]] = []
    receipts = list(receipts)
    uses = [(receipt, use) for receipt in receipts for use in receipt.codes]
    if uses:
        known = {use.batch_id for _, use in uses}
        batches = {row.batch_id: stored(row) for row in repository.batches_by_id(unit, known)}
        for receipt, use in uses:
            found = _recognised(batches, use)
            if found is None:
                findings.append(_finding(receipt, use, "code_used_unknown"))
            else:
                using.append((receipt, use, found))
        findings += _count(unit, using, at)
    if numbers := _came_back(receipts):
        _work_again(unit, numbers, find, at)
    return findings


def _recognised(batches: Batches, use: CodeUse) -> Recognised | None:
    batch = batches.get(use.batch_id)
    if batch is None or not _fits(batch, use.code):
        return None
    place = batch.codes.place(use.code)
    return Recognised(batch.codes, use.code, place) if place is not None else None


def _fits(batch: StoredBatch, code: str) -> bool:
    form = batch.codes.form
    return len(code) == form.length and code.startswith(form.prefix) and form.sound(code)


def _count(
    unit: UnitOfWork, using: list[tuple[Receipt, CodeUse, Recognised]], at: datetime
) -> Iterator[UseFinding]:
    # All at once and in one order, so that two projections never wait for each other.
    states = repository.lock_codes(unit, [_key(found) for _, _, found in using])
    holds = repository.holds(unit, [use.auth_id for _, use, _ in using])
    for receipt, use, found in using:
        key = _key(found)
        before, hold = states[key], holds.get(use.auth_id)
        kept = hold is not None and hold.state == APPROVED
        if not kept:
            yield from _doubts(unit, receipt, use, found, before)
        if before.used >= found.batch.uses:
            first = str(last_use(unit, key).get("receipt", ""))
            limit = {"used": before.used + 1, "limit": found.batch.uses}
            yield _finding(receipt, use, "code_overshot", first=first, **limit)
        states[key] = replace(before, used=before.used + 1)
        repository.put_state(unit, key, states[key])
        made = _captured(receipt, use, found, hold, at)
        repository.put_hold(unit, made, hold)
        holds[use.auth_id] = made


def _doubts(
    unit: ReadUnit, receipt: Receipt, use: CodeUse, found: Recognised, state: CodeState
) -> Iterator[UseFinding]:
    """What the centre would have said, had it been asked in time."""
    if state.blocked_at is not None:
        yield _finding(receipt, use, "code_used_blocked")
    else:
        try:
            check_open(found.batch, receipt.finished_at)
        except DomainError as refusal:
            yield _finding(receipt, use, _USED[refusal.code])
    try:
        whose(unit, found, receipt.customer)
    except DomainError:
        yield _finding(receipt, use, "code_used_by_other")


_USED = {
    "code_blocked": "code_used_blocked",
    "code_early": "code_used_out_of_time",
    "promotion_code_expired": "code_used_out_of_time",
}


def _captured(
    receipt: Receipt, use: CodeUse, found: Recognised, hold: Hold | None, at: datetime
) -> Hold:
    asked_at = hold.asked_at if hold is not None else at
    return Hold(
        use.auth_id,
        receipt.receipt_id.till_id,
        receipt.store_id,
        *_key(found),
        found.code,
        receipt.basket_id,
        "captured",
        asked_at,
        ended_at=receipt.finished_at,
        receipt=str(receipt.receipt_id),
        alone=use.alone,
    )


def _came_back(receipts: Iterable[Receipt]) -> set[str]:
    """The numbers of the receipts that goods of these came back from."""
    return {
        line.origin.receipt
        for receipt in receipts
        for line in receipt.lines
        if line.origin is not None and line.is_return and line.is_goods
    }


def _work_again(unit: UnitOfWork, numbers: set[str], find: FindReceipt, at: datetime) -> None:
    """Let the codes of those receipts work again of which nothing is left with the customer, each looked at by itself.

    What came back with them elsewhere or earlier counts, too.
    """
    used = repository.used_by_receipts(unit, numbers)
    rows = repository.batches_by_id(unit, {one.batch_id for one in used if one.batch_id})
    returnable = {row.batch_id for row in rows if stored(row).back_on_return}
    wanted = [one for one in used if one.batch_id in returnable]
    whole = {number for number in {one.receipt for one in wanted} if _is_back(unit, find(number))}
    free = [one for one in wanted if one.key is not None and one.receipt in whole]
    states = repository.lock_codes(unit, [one.key for one in free if one.key is not None])
    for one in free:
        assert one.key is not None  # noqa: S101 - those without were left out above
        states[one.key] = replace(states[one.key], used=max(states[one.key].used - 1, 0))
        repository.put_state(unit, one.key, states[one.key])
        repository.put_hold(unit, replace(one, state="returned", ended_at=at), one)


def _is_back(unit: ReadUnit, bought: Receipt | None) -> bool:
    """Whether all goods of a receipt came back, on whatever till."""
    if bought is None:
        return False
    back: Counter[int] = Counter()
    for row in sales.returned_of(unit.connection, str(bought.receipt_id)):
        back[row.origin_line] += row.quantity_thousandths
    goods = (line for line in bought.lines if line.is_goods and not line.is_return)
    return all(back[line.number] >= to_thousandths(line.quantity) for line in goods)


def _key(found: Recognised) -> Key:
    return found.batch.batch_id, found.place


def _finding(receipt: Receipt, use: CodeUse, code: str, **params: ErrorParam) -> UseFinding:
    return UseFinding(
        receipt.event_id, code, {"code": use.end, "promotion": use.promotion[:100], **params}
    )
