"""Bars stand on zero, keep their proportions, and have round gridlines."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_server.backoffice.charts import Amount, bar_chart


def chart(*values, width=760):
    amounts = [Amount(str(n), value, "", "") for n, value in enumerate(values)]
    return bar_chart(amounts, lambda minor, _step: str(minor), kind="wide", width=width)


@given(st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=40))
def test_every_bar_stands_on_the_base_within_the_picture(values):
    drawn = chart(*values)
    base = next(line.y for line in drawn.lines if line.is_base)
    assert 2 <= len(drawn.lines) <= 7
    for bar, value in zip(drawn.bars, values, strict=True):
        assert 0 <= bar.y <= bar.y + bar.height <= drawn.height
        if value > 0:
            assert bar.y <= base
        if value < 0:
            assert bar.y == base
    highest = max(values)
    assert all(bar.y >= drawn.bars[values.index(highest)].y for bar in drawn.bars)


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (0, ["0", "100"]),
        (1999, ["0", "500", "1000", "1500", "2000"]),
        (131_000, ["0", "50000", "100000", "150000"]),
    ],
)
def test_gridlines_are_round(highest, labels):
    assert [line.label for line in chart(highest).lines] == labels


def test_names_are_left_out_before_they_touch():
    crowded = bar_chart(
        [Amount("27.10.", 100, "", "") for _ in range(28)],
        lambda m, _s: str(m),
        kind="wide",
        width=760,
    )
    shown = [bar.middle for bar in crowded.bars if bar.name]
    assert min(b - a for a, b in itertools.pairwise(shown)) >= 52
