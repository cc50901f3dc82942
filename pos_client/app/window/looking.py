"""Looking articles up beside the till, and why promotions hold or not: a second reader of the reference data, for the
lane `look`.

Typing must never wait for a sale that is being written, nor a scan for a search. So searching has a file, caches and
texts of its own; it shares nothing with the till but the folder. Stock needs the journal: that is the lane `till`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pos_client.app.composition import LastState, Place, Till
from pos_client.app.explaining import Explaining
from pos_client.app.price_book import PriceBook
from pos_client.app.translations import TillTexts
from pos_client.features.stock_lookup.presenter import LookupPresenter
from pos_client.features.stock_lookup.state import LookupState
from pos_client.ports import Moment
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.identity import TillIdentity
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.identity import business_date, local_time


class Moments:
    """Now, for prices; nothing is recorded here."""

    def __init__(self, clock: BusinessClock, identity: TillIdentity) -> None:
        self._clock = clock
        self._zone = ZoneInfo(identity.store.timezone)
        self._day_start = timedelta(minutes=identity.store.day_starts_at_minutes)

    def moment(self) -> Moment:
        """Now, in the store's zone, with its trading day."""
        at = local_time(self._clock.now(), self._zone)
        return Moment(at, business_date(at, self._zone, self._day_start))


class _NoStock:
    def levels(self, _sku: str) -> Mapping[str, Decimal]:
        return {}


class _NoSales:
    def last_sold(self, _limit: int) -> tuple[str, ...]:
        return ()


class Looking:
    """The presenter of the lane `look` and what explains promotions there, with what they hold open."""

    def __init__(self, till: Till, language: str) -> None:
        facts = till.identity.store
        self._reference = Reference(ReferenceFiles(till.paths.reference))
        place = Place(till.identity.till_id, facts.store_id, facts.market, facts.currency)
        self.explaining = Explaining(till.deals.books)
        self.presenter = LookupPresenter(
            PriceBook(self._reference, till.identity),
            _NoStock(),
            Moments(till.clock, till.identity),
            place,
            TillTexts(language, facts.market, facts.currency),
            LastState[LookupState](),
        )

    def close(self) -> None:
        """Let go of the file; in the lane `look`."""
        self._reference.close()
