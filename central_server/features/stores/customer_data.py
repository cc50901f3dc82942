"""How long a till that does not reach the centre may show customers: set by head office, sent in the feed `config`."""

from __future__ import annotations

from central_server.features.stores.chain_settings import set_stored, stored
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.wire.customer_payloads import CUSTOMER_DATA_KEY, MOST_OFFLINE_DAYS, OFFLINE_DAYS


def stored_offline_days(unit: ReadUnit) -> int | None:
    """The days that were set; None if nobody set any, so that tills go by the usual ones."""
    text = stored(unit, CUSTOMER_DATA_KEY)
    return int(text) if text is not None else None


def offline_days(unit: ReadUnit) -> int:
    """The days in force."""
    days = stored_offline_days(unit)
    return OFFLINE_DAYS if days is None else days


def check_offline_days(days: int) -> None:
    """`DomainError('offline_days_invalid')`, 400, for too many or fewer than none."""
    if not 0 <= days <= MOST_OFFLINE_DAYS:
        raise DomainError("offline_days_invalid", {"most": MOST_OFFLINE_DAYS}, http_status=400)


def set_offline_days(unit: UnitOfWork, days: int) -> None:
    """Set the days and tell the tills; errors as `check_offline_days`."""
    check_offline_days(days)
    set_stored(unit, CUSTOMER_DATA_KEY, str(days))
