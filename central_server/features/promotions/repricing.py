"""Prices booked receipts again, with the code and the versions that their tills had, and finds what does not agree.

A receipt says what it was priced with (`shared.promotions.frozen`). Asked before anything is booked: a hard basket
takes a while, and nobody shall wait for the database meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from central_server.features.promotions.projector import UseFinding
from central_server.features.promotions.versions import VersionKey, read_versions
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError, ErrorParam
from shared.money import Money
from shared.promotions import (
    Frozen,
    Priced,
    Promotion,
    discounts_by_line,
    price_again,
)
from shared.promotions.purchase import frozen_of
from shared.receipt import Receipt

_MOST_LINES = 10
Off = dict[tuple[int, str], int]
"""What was taken off: by number of the line and promotion."""
Versions = Mapping[VersionKey, Promotion]


@dataclass(slots=True)
class Repriced:
    """What pricing receipts again gave: what somebody should look at, and the pricing by receipt where there is one."""

    findings: list[UseFinding] = field(default_factory=list)
    pricings: dict[UUID, Priced] = field(default_factory=dict)


def price_receipts_again(unit: ReadUnit, receipts: Iterable[Receipt]) -> Repriced:
    """Price receipts again. To be looked at are amounts that come out otherwise, versions that were never published
    here, and pricings that nobody can repeat. Receipts without a pricing cost nothing.
    """
    priced = [receipt for receipt in receipts if receipt.pricing]
    done = Repriced()
    if not priced:
        return done
    findings = done.findings
    readable: list[tuple[Receipt, Frozen]] = []
    for receipt in priced:
        try:
            frozen = frozen_of(receipt)
        except DomainError as error:
            field = str(error.params.get("field", "pricing"))
            findings.append(_finding(receipt, "promotion_pricing_unreadable", field=field[:100]))
        else:
            readable.append((receipt, frozen))
    for currency in sorted({receipt.currency for receipt, _ in readable}):
        here = [(receipt, frozen) for receipt, frozen in readable if receipt.currency == currency]
        keys = {key for _, frozen in here for key in frozen.versions.items()}
        versions = read_versions(unit, keys, currency)
        for receipt, frozen in here:
            findings += _compared(receipt, frozen, versions, done)
    return done


def _compared(
    receipt: Receipt, frozen: Frozen, versions: Versions, done: Repriced
) -> Iterator[UseFinding]:
    strange = [key for key in frozen.versions.items() if key not in versions]
    if strange:
        used = {(use.promotion, use.version) for use in receipt.promotions}
        for promotion_id, version in strange:
            # What was used is counted, and found there.
            if (promotion_id, version) not in used:
                code = "promotion_version_unknown"
                yield _finding(receipt, code, promotion=promotion_id[:100], version=version)
        return
    promotions = [versions[key] for key in frozen.versions.items()]
    try:
        priced = price_again(frozen, promotions)
        given = discounts_by_line(priced)
    except (ValueError, ArithmeticError, LookupError, RecursionError):
        # Numbers that no till sells with: this receipt and those behind it are booked all the same.
        yield _finding(receipt, "promotion_pricing_unreadable", field="pricing.lines")
        return
    done.pricings[receipt.event_id] = priced
    again = {
        (int(frozen.lines[place].id), promotion_id): amount
        for place, off in given.items()
        for promotion_id, amount in off.items()
    }
    yield from _differences(receipt, again)


def _differences(receipt: Receipt, again: Off) -> Iterator[UseFinding]:
    """One finding for each promotion that gave something else on any line."""
    said: Off = {}
    for line in receipt.lines:
        for given in line.discounts if not line.is_return else ():
            key = line.number, given.promotion
            said[key] = said.get(key, 0) + given.amount
    by_promotion: dict[str, list[str]] = {}
    for key in sorted(said.keys() | again.keys()):
        there, here = said.get(key, 0), again.get(key, 0)
        if there != here:
            amounts = (Money(minor, receipt.currency).plain() for minor in (there, here))
            by_promotion.setdefault(key[1], []).append(f"{key[0]}: {' / '.join(amounts)}")
    for promotion_id, lines in sorted(by_promotion.items()):
        more = ", …" if len(lines) > _MOST_LINES else ""
        yield _finding(
            receipt,
            "promotion_priced_otherwise",
            promotion=promotion_id[:100],
            lines=", ".join(lines[:_MOST_LINES]) + more,
            currency=receipt.currency,
        )


def _finding(receipt: Receipt, code: str, **params: ErrorParam) -> UseFinding:
    return UseFinding(receipt.event_id, code, params)
