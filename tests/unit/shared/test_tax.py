"""VAT rates by date and the split of gross amounts."""

from datetime import date
from decimal import Decimal

import pytest

from shared.errors import DomainError
from shared.tax import RATE_TABLE, split_gross, vat_included, vat_rate


@pytest.mark.parametrize(
    ("country", "category", "day", "rate"),
    [
        ("DE", "standard", "2020-06-30", "19"),
        ("DE", "standard", "2020-07-01", "16"),
        ("DE", "reduced", "2020-12-31", "5"),
        ("DE", "standard", "2021-01-01", "19"),
        ("DE", "reduced", "2026-11-25", "7"),
        ("AT", "standard", "2026-11-25", "20"),
        ("AT", "reduced", "2026-11-25", "10"),
        ("AT", "second_reduced", "2026-11-25", "13"),
        ("AT", "selected_food", "2026-06-30", "10"),
        ("AT", "selected_food", "2026-07-01", "4.9"),
        ("GB", "standard", "2011-01-03", "17.5"),
        ("GB", "standard", "2011-01-04", "20"),
        ("GB", "reduced", "2011-01-04", "5"),
        ("GB", "zero", "2011-01-04", "0"),
    ],
)
def test_the_rate_in_force(country, category, day, rate):
    assert vat_rate(country, category, date.fromisoformat(day)).rate == Decimal(rate)


def test_every_row_has_a_source_and_only_the_announced_one_is_unconfirmed():
    assert all(row.source for row in RATE_TABLE)
    assert [(r.country, r.category) for r in RATE_TABLE if not r.confirmed] == [
        ("AT", "selected_food")
    ]


def test_no_rate_is_no_sale():
    with pytest.raises(DomainError) as refused:
        vat_rate("FR", "standard", date(2026, 1, 1))
    assert refused.value.code == "vat_rate_missing"


def test_vat_is_taken_out_once_per_rate():
    rows = split_gross(
        [("standard", Decimal(19), 100), ("reduced", Decimal(7), 50), ("standard", Decimal(19), 99)]
    )
    assert [(r.rate, r.gross, r.net, r.vat) for r in rows] == [
        (Decimal(19), 199, 167, 32),
        (Decimal(7), 50, 47, 3),
    ]
    assert vat_included(-199, Decimal(19)) == -32
