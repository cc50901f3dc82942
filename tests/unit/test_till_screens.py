"""The day behind the pictures: one language, and amounts and times that agree with each other."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import pytest

from pos_client.app.screens.day import day_of
from pos_client.app.translations import catalogue

# What parts of the screens are called in the program.
NAMES = {"drawer", "high", "low", "ready", "sale", "store"}


def texts(value):
    """Yield every text in a state and in what it holds."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from texts(tuple(value.values()))
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize(("language", "other"), [("de", "en"), ("en", "de")])
def test_nothing_is_said_in_the_other_language(language, other):
    own, foreign = (
        {sentence for sentence in catalogue(tag).values() if "{" not in sentence}
        for tag in (language, other)
    )
    said = set(texts(day_of(language)))
    assert len(said & own) > 40
    assert said & (foreign - own) <= NAMES


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_sentence_lacks_a_value(language):
    assert [text for text in texts(day_of(language)) if "{" in text] == []


def test_the_day_adds_up():
    day = day_of("de")
    assert day.counter.basket.total == day.counter.due.due == day.counter.receipts.rows[0].total
    assert day.counter.change.receipt_number == day.counter.receipt.number
    assert day.evening.counted.difference.endswith("2,00\xa0€")
    assert day.morning.bar.operator == ""
    assert day.morning.bar_opening.operator == day.counter.bar.operator == "Jette Sandkorn"
    assert day.counter.basket.lines[4] == day.counter.basket.last


def test_the_promotions_of_the_picture_add_up():
    promoted = day_of("de").promoted
    assert promoted.hint.text.replace("\xa0", " ") == "Noch 1 Stück aus Hosen: 20 % auf alle"
    spared = [row.text for row in promoted.why.rows if row.tone == "saving"]
    amounts = [int(text.split()[1].partition("\xa0")[0].replace(",", "")) for text in spared]
    assert promoted.basket.saved == f"{sum(amounts) // 100},{sum(amounts) % 100:02} gespart"
    assert {row.promotion for row in promoted.why_line.rows} < {
        row.promotion for row in promoted.why.rows
    }
    assert "70010" in promoted.unknown
