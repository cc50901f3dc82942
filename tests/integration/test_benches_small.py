"""The benches of head office with a few hundred rows: what `run.py bench` measures is there and is found."""

import re

import pytest

from tests.bench import article_search_bench, customers_bench, figures_bench


def counted(figures):
    """How many were found, by what was asked for."""
    found = {}
    for figure in figures:
        match = re.match(r"find (.*), (\d+) (?:found|opened)", figure.name)
        if match is not None:
            found[match[1]] = int(match[2])
    return found


@pytest.fixture
def few(monkeypatch):
    for bench in (article_search_bench, customers_bench, figures_bench):
        monkeypatch.setattr(bench, "_TIMES", 1)


def test_customers_are_found_by_all_that_names_them(few, centre):
    found = counted(customers_bench.measured("x", centre, 300))
    for kind in ("telephone number", "mail address", "number", "card"):
        assert found[kind] == 1, kind
    assert found["common name"] > 1
    assert found["nobody"] == 0


def test_customers_are_found_at_a_till(few, tmp_path):
    found = counted(customers_bench.at_a_till(tmp_path, 300))
    assert {found[kind] for kind in ("telephone number", "mail address", "number", "card")} == {1}


def test_articles_are_found_by_word_brand_and_category(few, centre):
    figures = article_search_bench.measured("x", centre, 300)
    assert sum(figure.name.startswith("page: ") for figure in figures) == 5
    found = counted(figures)
    assert found["everything"] == 300
    assert (found["rare word"], found["nothing"]) == (1, 0)
    assert 0 < found["word in category"] < found["common word"] < 300


def test_figures_of_every_period_are_there(few, centre, monkeypatch):
    monkeypatch.setattr(figures_bench, "DAYS", 60)
    figures, medians = figures_bench.measured("x", centre, 960)
    assert len(medians) == len(figures_bench.QUESTIONS)
    assert len(figures) == len(medians) + 1
