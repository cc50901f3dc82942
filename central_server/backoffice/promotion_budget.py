"""What promotions may give, and how much of it is given: of one, and of all that begin in a month."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from central_server.backoffice.scope import link
from central_server.backoffice.shell import Reader
from central_server.features.promotions import budget_stops, drafts
from central_server.features.promotions.catalogue import PublishedPromotion, PublishedVersion
from central_server.features.promotions.document import budget_of
from central_server.features.promotions.versions import read_body
from central_server.platform.unit_of_work import ReadUnit

_NEAR = 80
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Budget:
    """An amount that may be given, as it is written; `percent` of it is given, `tone` is warning from 80 on, bad from
    100 on.
    """

    name: str
    address: str
    given: str
    whole: str
    percent: int
    tone: str
    parts: tuple[Budget, ...] = ()


def budget_amounts(unit: ReadUnit, promotions: Iterable[PublishedPromotion]) -> dict[str, int]:
    """By promotion what it may give in minor units: its stop or the budget in its limits, whichever is less."""
    stops = budget_stops.stops(unit)
    found = {}
    for one in promotions:
        limit = budget_of(json.loads(one.newest.body), one.currency)
        known = [amount for amount in (stops.get(one.promotion_id), limit) if amount]
        if known:
            found[one.promotion_id] = min(known)
    return found


def written(
    reader: Reader, name: str, address: str, given: int, whole: int, currency: str
) -> Budget:
    """A budget for one reader."""
    formats = reader.formats
    percent = max(given, 0) * _WHOLE // whole if whole else 0
    tone = "bad" if percent >= _WHOLE else "warning" if percent >= _NEAR else ""
    money = (formats.money(max(given, 0), currency), formats.money(whole, currency))
    return Budget(name, address, *money, percent, tone)


@dataclass(frozen=True, slots=True)
class _Share:
    month: date
    currency: str
    name: str
    address: str
    given: int
    whole: int


def months_of(
    unit: ReadUnit,
    reader: Reader,
    promotions: Sequence[PublishedPromotion],
    span: tuple[date, date],
    zone: str,
) -> list[Budget]:
    """The budgets of what begins in the months of a span, drafts among it; a month and currency each, in order.

    What has no beginning counts from when it was published, what was withdrawn with what it had given.
    """
    first, last = (day.replace(day=1) for day in span)
    shares = [*_published(unit, promotions, zone), *_drafted(unit, zone)]
    groups: dict[tuple[date, str], list[_Share]] = {}
    for one in shares:
        if first <= one.month <= last:
            groups.setdefault((one.month, one.currency), []).append(one)
    found = []
    for (month, currency), members in sorted(groups.items()):
        given, whole = sum(one.given for one in members), sum(one.whole for one in members)
        parts = tuple(
            written(reader, one.name, one.address, one.given, one.whole, currency)
            for one in sorted(members, key=lambda one: (-one.whole, one.name))
        )
        sums = written(reader, reader.formats.month(month), "", given, whole, currency)
        found.append(Budget(sums.name, "", sums.given, sums.whole, sums.percent, sums.tone, parts))
    return found


def _published(
    unit: ReadUnit, promotions: Sequence[PublishedPromotion], zone: str
) -> Iterable[_Share]:
    amounts: Mapping[str, int] = budget_amounts(unit, promotions)
    for one in promotions:
        whole = amounts.get(one.promotion_id, 0)
        if one.newest.withdrawn_at is not None:
            # It gives nothing more: what was left of its budget is free again.
            whole = min(whole, one.amount)
        if whole > 0:
            month = _month(_begin(one.newest), zone)
            address = link("/promotions/show", id=one.promotion_id)
            yield _Share(month, one.currency, one.newest.name, address, one.amount, whole)


def _drafted(unit: ReadUnit, zone: str) -> Iterable[_Share]:
    for draft in drafts.open_drafts(unit):
        promotion = read_body(draft.body, draft.currency)
        # What is published already counts with what it has given.
        if promotion is None or promotion.limit.budget is None or draft.basis is not None:
            continue
        month = _month(promotion.when.start or draft.changed_at, zone)
        address = f"/promotions/drafts/{draft.draft_id}"
        yield _Share(month, draft.currency, draft.name, address, 0, promotion.limit.budget)


def _begin(version: PublishedVersion) -> datetime:
    return version.starts_at or version.published_at


def _month(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)
