"""Which tills have a version of a promotion as it stands now: those whose position is at or behind its last change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from central_server.features.stores.service import list_stores
from central_server.features.tills.service import TillState, list_tills
from central_server.gateway import position_repository
from central_server.platform.changes import CHAIN, market_scope, store_scope
from central_server.platform.unit_of_work import ReadUnit
from shared.wire.promotion_payloads import promotion_key

_FEED = "reference"


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of `tills` have it; `missing` are the ids of the others. `sent` is whether any was told at all."""

    tills: int
    missing: tuple[str, ...]
    sent: bool

    @property
    def reached(self) -> int:
        """How many have it."""
        return self.tills - len(self.missing)


def reach_of(
    unit: ReadUnit, promotion_id: str, version: int, stores: Collection[str], only: Collection[str]
) -> Reach:
    """The reach of a version among the tills in service of `stores` (none: of all) that are also in `only`."""
    wanted = [store for store in only if not stores or store in stores]
    tills = [till for till in list_tills(unit, wanted) if till.state is TillState.ACTIVE]
    markets = {str(store.store_id): store.market for store in list_stores(unit, wanted)}
    key = promotion_key(promotion_id, version)
    numbers = position_repository.numbers_of(unit, _FEED, "promotion", key)
    reached = position_repository.reached_by(unit, _FEED, [till.till_id for till in tills])
    missing = []
    for till in tills:
        there = reached.get(till.till_id)
        wide = [
            numbers[scope]
            for scope in (CHAIN, market_scope(markets[till.store_id]))
            if scope in numbers
        ]
        own = numbers.get(store_scope(till.store_id))
        told = own is not None or bool(wide)
        has = (
            there is not None
            and told
            and all(there.wide >= number for number in wide)
            and (own is None or there.store >= own)
        )
        if not has:
            missing.append(str(till.till_id))
    return Reach(len(tills), tuple(missing), bool(numbers))
