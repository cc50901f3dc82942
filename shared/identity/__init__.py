"""Who and when: ids, the injected clock, the business date. Reads no clock and no randomness of its own."""

from shared.identity.business_date import business_date, local_time
from shared.identity.clock import Clock, FixedClock, ShiftedClock, require_aware
from shared.identity.ids import (
    ArticleNo,
    Sku,
    StaffId,
    StoreId,
    TillId,
    check_store_id,
    check_till_id,
)
from shared.identity.uuid7 import derived_id, uuid7

__all__ = [
    "ArticleNo",
    "Clock",
    "FixedClock",
    "ShiftedClock",
    "Sku",
    "StaffId",
    "StoreId",
    "TillId",
    "business_date",
    "check_store_id",
    "check_till_id",
    "derived_id",
    "local_time",
    "require_aware",
    "uuid7",
]
