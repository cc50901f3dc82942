"""Statements on paper: as many pages as they need, the same bytes for the same tables, a language and a title."""

import re

import pytest

from central_server.backoffice.assets import RESOURCES
from central_server.backoffice.value_paper import as_pdf
from central_server.backoffice.value_report import Sheet
from central_server.platform.translations import load_texts

TEXTS = load_texts(RESOURCES / "locale", "centre")


def sheet(rows, columns=5):
    words = ("25.11.2026", "Bezahlt <& mehr>", "DE01-T1-1-42")
    numbers = tuple(f"{n},00" for n in range(columns - 3))
    return Sheet(
        "Gutschein <EUR> & mehr", (*"ABCDEFGH"[:columns],), ((*words, *numbers),) * rows, 3
    )


def pages(paper):
    return len(re.findall(rb"/Type /Page\b", paper))


@pytest.mark.parametrize(("rows", "expected"), [(0, 1), (1, 1), (200, 5)])
def test_long_tables_go_over_pages(rows, expected):
    assert pages(as_pdf(TEXTS["de"], "Titel", [sheet(rows)])) == expected


def test_nothing_is_a_page_too():
    assert pages(as_pdf(TEXTS["de"], "", [])) == 1


def test_wide_tables_lie_across():
    def size(paper):
        found = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", paper)
        return float(found[1]), float(found[2])

    upright = size(as_pdf(TEXTS["en"], "x", [sheet(1)]))
    assert size(as_pdf(TEXTS["en"], "x", [sheet(1, 8)])) == upright[::-1]
    assert upright[0] < upright[1]


def test_the_same_tables_give_the_same_bytes_and_say_their_language():
    german = as_pdf(TEXTS["de"], "Titel", [sheet(3)])
    assert german == as_pdf(TEXTS["de"], "Titel", [sheet(3)])
    assert german != as_pdf(TEXTS["en"], "Titel", [sheet(3)])
    assert b"/Lang (de)" in german
    assert b"Titel" in german
