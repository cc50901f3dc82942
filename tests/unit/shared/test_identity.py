"""Ids, clocks and business dates."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from shared.errors import DomainError
from shared.identity import (
    FixedClock,
    ShiftedClock,
    business_date,
    check_store_id,
    check_till_id,
    derived_id,
    local_time,
    uuid7,
)

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_uuid7_has_version_variant_and_time():
    made = uuid7(AT, b"\xff" * 10)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == 1_764_061_200_000 + 365 * 86_400_000
    assert uuid7(AT, b"\0" * 10) < made < uuid7(AT + timedelta(milliseconds=1), b"\0" * 10)


def test_uuid7_takes_ten_random_bytes_and_an_aware_time():
    with pytest.raises(ValueError, match="ten random bytes"):
        uuid7(AT, b"")
    with pytest.raises(ValueError, match="naive"):
        uuid7(AT.replace(tzinfo=None), b"\0" * 10)


def test_derived_ids_repeat():
    event = UUID(int=1)
    assert (
        derived_id(event, "stock:1") == derived_id(event, "stock:1") != derived_id(event, "stock:2")
    )


@pytest.mark.parametrize("text", ["", "de01", "DE_01", "-X", "A" * 32, "Ä1", "A\n"])
def test_ids_of_tills_and_stores_are_narrow(text):
    with pytest.raises(DomainError) as refused:
        check_till_id(text)
    assert refused.value.code == "till_id_invalid"
    with pytest.raises(DomainError):
        check_store_id(text)


def test_good_ids_pass():
    assert check_till_id("DE01-T1") == "DE01-T1"
    assert check_store_id("DE01") == "DE01"


def test_the_business_day_is_the_stores_own():
    london, berlin = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert business_date(late, london) == date(2026, 7, 1)
    assert business_date(late, berlin) == date(2026, 7, 2)
    assert business_date(late, berlin, timedelta(hours=4)) == date(2026, 7, 1)
    assert local_time(late, berlin).isoformat() == "2026-07-02T00:30:00+02:00"


def test_clocks():
    clock = FixedClock(AT)
    moved = ShiftedClock(clock, timedelta(days=14))
    assert moved.now() == AT + timedelta(days=14)
    clock.at += timedelta(hours=1)
    assert clock.now() == AT + timedelta(hours=1)
