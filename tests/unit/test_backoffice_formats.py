"""Numbers, amounts and times as German and English readers write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from central_server.backoffice.formats import Formats, in_thousands

NBSP = "\u00a0"
AT = datetime(2026, 11, 21, 13, 32, 5, tzinfo=UTC)
DE, EN = Formats("de"), Formats("en")


@pytest.mark.parametrize(
    ("given", "german", "english"),
    [
        (lambda f: f.money(123450, "EUR"), f"1.234,50{NBSP}€", "€1,234.50"),
        (lambda f: f.money(-1230, "GBP"), f"−12,30{NBSP}£", "−£12.30"),
        (lambda f: f.money(1234, "JPY"), f"1.234{NBSP}¥", "JP¥1,234"),
        (lambda f: f.amount(-5, "EUR"), "−0,05", "−0.05"),
        (lambda f: f.amount(1234567, "KWD"), "1.234,567", "1,234.567"),
        (lambda f: f.average(1000, 3, "EUR"), f"3,33{NBSP}€", "€3.33"),
        (lambda f: f.average(500, 1000, "EUR"), f"0,01{NBSP}€", "€0.01"),
        (lambda f: f.average(500, 0, "EUR"), "–", "–"),
        (lambda f: f.whole(1243), "1.243", "1,243"),
        (lambda f: f.count(0), "–", "–"),
        (lambda f: f.quantity(-1500), "−1,5", "−1.5"),
        (lambda f: f.vat_rate(4900), f"4,9{NBSP}%", "4.9%"),
        (lambda f: f.vat_rate(19000), f"19{NBSP}%", "19%"),
        (lambda f: f.share(1, 3), f"33,3{NBSP}%", "33.3%"),
        (lambda f: f.rate(Decimal("1.15")), "1,15", "1.15"),
        (
            lambda f: f.day(date(2026, 11, 21)),
            "Samstag, 21. November 2026",
            "Saturday, 21 November 2026",
        ),
        (lambda f: f.plain_day(date(2026, 11, 2)), "02.11.2026", "2 Nov 2026"),
        (lambda f: f.moment(AT, "Europe/Berlin"), "21.11.2026, 14:32", "21 Nov 2026, 14:32"),
        (lambda f: f.percent(Decimal("12.50")), f"12,5{NBSP}%", "12.5%"),
        (lambda f: f.plain(Decimal("1200.50")), "1.200,5", "1,200.5"),
        (lambda f: f.clock(AT, "Europe/Berlin"), "14:32", "14:32"),
        (lambda f: f.ago(AT, AT + timedelta(seconds=3)), "vor 3 Sek.", "3 sec ago"),
        (lambda f: f.brief(1310000, 400000, "EUR"), "13,1", "13.1"),
        (lambda f: f.brief(800000, 400000, "EUR"), "8", "8"),
        (lambda f: f.brief(86000, 50000, "EUR"), "860", "860"),
    ],
)
def test_both_languages(given, german, english):
    assert (given(DE), given(EN)) == (german, english)


def test_a_contact_in_the_future_is_just_now():
    assert DE.ago(AT + timedelta(hours=1), AT) == DE.ago(AT, AT)


@pytest.mark.parametrize(
    ("tag", "locale"), [("de-AT", "de_AT"), ("en-US", "en_US"), ("fr-XX", "en_GB"), ("x", "en_GB")]
)
def test_other_tags_find_a_locale(tag, locale):
    assert str(Formats(tag).locale) == locale


def test_an_axis_turns_to_thousands_when_its_steps_do():
    assert in_thousands(100_000, "EUR")
    assert not in_thousands(50_000, "EUR")
    assert in_thousands(1_000, "JPY")


MIDNIGHT = datetime(2026, 11, 29, 23, tzinfo=UTC)


def test_what_holds_for_whole_days_is_written_as_days():
    assert EN.beginning(MIDNIGHT, "Europe/Berlin") == "30 Nov 2026"
    assert EN.ending(MIDNIGHT, "Europe/Berlin") == "29 Nov 2026"
    assert DE.beginning(MIDNIGHT, "Europe/London") == "29.11.2026, 23:00"
    assert DE.ending(MIDNIGHT, "Europe/London") == "29.11.2026, 23:00"
