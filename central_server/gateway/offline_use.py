"""What tills without contact may still give by a promotion: bounded where the promotion has a budget of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from central_server.features.stores.service import list_stores
from central_server.features.tills.service import TillState, list_tills
from central_server.gateway import position_repository
from central_server.platform.changes import CHAIN, store_scope
from central_server.platform.unit_of_work import ReadUnit

_FEED = "usage"
SILENT_AFTER = timedelta(minutes=5)
"""A till that is connected asks at least every minute."""


@dataclass(frozen=True, slots=True)
class OfflineUse:
    """`silent` of `tills` have no contact; together they can give `most` minor units at most (None: no bound).

    The bound counts what they gave and have not sent yet, too.
    """

    tills: int
    silent: int
    most: int | None


def offline_use(
    unit: ReadUnit,
    promotion_id: str,
    stores: Collection[str],
    budget: int | None,
    given: int,
    now: datetime,
) -> OfflineUse:
    """What the tills in service of `stores` (none: of all) may add, of a promotion that has `given` so much.

    A till caps each receipt by the budget less what it knows is given, its own receipts included; what it does not
    know may be all of it.
    """
    wanted = [s.store_id for s in list_stores(unit) if not stores or s.store_id in stores]
    tills = [till for till in list_tills(unit, wanted) if till.state is TillState.ACTIVE]
    silent = [
        till
        for till in tills
        if till.last_contact_at is None or now - till.last_contact_at > SILENT_AFTER
    ]
    if budget is None:
        return OfflineUse(len(tills), len(silent), None if silent else 0)
    numbers = position_repository.numbers_of(unit, _FEED, "promotion_use", promotion_id)
    reached = position_repository.reached_by(unit, _FEED, [till.till_id for till in silent])
    most = 0
    for till in silent:
        there = reached.get(till.till_id)
        own, wide = numbers.get(store_scope(till.store_id)), numbers.get(CHAIN)
        knows = there is not None and (
            (own is not None and there.store >= own) or (wide is not None and there.wide >= wide)
        )
        most += max(budget - given, 0) if knows else budget
    return OfflineUse(len(tills), len(silent), most)
