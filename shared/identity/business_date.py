"""Which trading day a moment belongs to, in the store's own time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from shared.identity.clock import require_aware


def local_time(at: datetime, zone: tzinfo) -> datetime:
    """`at` in the store's zone, to the second: what receipts and events carry."""
    return require_aware(at).astimezone(zone).replace(microsecond=0)


def business_date(at: datetime, zone: tzinfo, day_starts_at: timedelta = timedelta(0)) -> date:
    """The trading day of `at`: the local date, where the day begins `day_starts_at` after midnight.

    A store that closes at 2 a.m. sets `day_starts_at` to, say, 4 hours: sales at 1 a.m. count to the day before.
    """
    return (local_time(at, zone).replace(tzinfo=None) - day_starts_at).date()
