"""The words of the builder's fields as German and English readers write them, from the first key on."""

from types import SimpleNamespace

import pytest

from central_server.backoffice.formats import Formats
from central_server.backoffice.promotion_typed import Typed

NBSP = "\u00a0"


def typed(language):
    return Typed(SimpleNamespace(language=language, formats=Formats(language)), "EUR")


@pytest.mark.parametrize(
    ("german", "english", "written"),
    [
        (
            lambda t: t.amount("8000"), lambda t: t.amount("8,000.00"),
            (f"8.000,00{NBSP}€", "€8,000.00"),
        ),
        (lambda t: t.amount("20 €"), lambda t: t.amount("€20"), (f"20,00{NBSP}€", "€20.00")),
        (lambda t: t.amount(""), lambda t: t.amount("abc"), (f"…{NBSP}€", f"abc{NBSP}€")),
        (lambda t: t.percent("12,5"), lambda t: t.percent("12.5 %"), (f"12,5{NBSP}%", "12.5%")),
        (lambda t: t.percent(""), lambda t: t.percent("NaN"), (f"…{NBSP}%", f"NaN{NBSP}%")),
        (lambda t: t.factor("2,5"), lambda t: t.factor("1e30"), ("2,5", "1e30")),
        (lambda t: t.whole("1200"), lambda t: t.whole("2.5"), ("1.200", "2.5")),
        (
            lambda t: t.begin("2026-11-28T00:00"), lambda t: t.begin("2026-11-28T09:30"),
            ("28.11.2026", "28 Nov 2026, 09:30"),
        ),
        (
            lambda t: t.end("2026-11-30T00:00"), lambda t: t.end("2026-11-29T20:00"),
            ("29.11.2026", "29 Nov 2026, 20:00"),
        ),
        (lambda t: t.begin(""), lambda t: t.end("soon"), ("", "soon")),
        (
            lambda t: t.end("0001-01-01T00:00"), lambda t: t.end("9999-12-31T23:59"),
            ("0001-01-01T00:00", "31 Dec 9999, 23:59"),
        ),
    ],
)  # fmt: skip
def test_both_languages(german, english, written):
    assert (german(typed("de")), english(typed("en"))) == written
