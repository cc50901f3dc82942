"""Which promotions meet on a receipt, and what they do there: said without looking at any receipt."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_server.features.promotions.overlap import Meeting, most_percent, overlap
from shared.promotions import BasketLine, Book, Context, price, read_promotion

TROUSERS = {"categories": ["Herren>Hosen"]}


def promotion(name="A", percent="20", **more):
    reward = {"reward": {"percent": percent}} if "reward" not in more else {}
    return read_promotion({"id": name, **reward, **more}, "", 2)


def met(one, other):
    return overlap(promotion("A", **one), promotion("B", **other))


def test_the_higher_percentage_beats_the_lower_where_everybody_gets_it():
    found = met({"percent": "30"}, {"percent": "20", "take": TROUSERS})
    assert (found.meeting, found.winner) == (Meeting.BETTER, "A")
    assert met({"percent": "20", "take": TROUSERS}, {"percent": "30"}).winner == "B"


@pytest.mark.parametrize(
    "more",
    [
        {"who": {"groups": ["vip"]}},
        {"if": [{"spend": "50.00"}]},
        {"when": {"codes": ["Herbst1"]}},
        {"when": {"stores": ["DE01"]}},
        {"limit": {"pieces": 1}},
        {"take": {"categories": ["Herren>Hosen>Chinos"]}},
        {"stage": "basket"},
    ],
)
def test_nobody_is_called_the_winner_of_what_not_everybody_gets(more):
    found = met({"percent": "30", **more}, {"take": TROUSERS})
    assert found.winner == ""


def test_two_that_stack_take_off_both_percentages():
    found = met({"combine": "stack"}, {"percent": "30"})
    assert (found.meeting, found.percent) == (Meeting.STACK, 440_000)
    assert met({"stage": "basket", "percent": "10"}, {}).percent == 280_000
    assert met({"combine": "stack", "reward": {"amount": "5.00"}}, {}).percent is None


def test_groups_and_exclusive_ones_leave_one():
    assert met({"group": "g", "combine": "stack"}, {"group": "g"}).meeting is Meeting.GROUP
    assert met({"combine": "exclusive"}, {"combine": "stack"}).meeting is Meeting.ALONE
    assert met({"combine": "stack", "only_unreduced": True}, {}) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"take": TROUSERS}, {"take": {"categories": ["Herren>Hosenträger"]}}),
        ({"take": {"brands": ["Murg"]}}, {"take": {"brands": ["Falkau"]}}),
        ({"take": {"skus": ["A-1"]}}, {"take": {"skus": ["A-2"]}}),
        ({"take": {"not": TROUSERS}}, {"take": {"categories": ["Herren>Hosen>Chinos"]}}),
        ({"take": {"not": {"brands": ["Murg"]}}}, {"take": {"brands": ["Murg"]}}),
        ({"take": {"not": {"any": [{"skus": ["A-1"]}]}}}, {"take": {"skus": ["A-1"]}}),
        ({"take": {"any": [{"brands": ["Murg"]}]}}, {"take": {"brands": ["Falkau"]}}),
        ({"take": {"all": [{"brands": ["Murg"]}]}}, {"take": {"brands": ["Falkau"]}}),
        ({"when": {"weekdays": [6]}}, {"when": {"weekdays": [7]}}),
        ({"when": {"stores": ["DE01"]}}, {"when": {"stores": ["AT01"]}}),
        ({"when": {"hours": [["08:00", "10:00"]]}}, {"when": {"hours": [["10:00", "12:00"]]}}),
        (
            {"when": {"until": "2026-12-01T00:00:00+01:00"}},
            {"when": {"from": "2026-12-01T00:00:00+01:00"}},
        ),
        ({"reward": {"points_factor": "2"}, "stage": "benefit"}, {}),
    ],
)
def test_what_never_meets_is_not_named(one, other):
    assert met(one, other) is None
    assert met(other, one) is None


def test_goods_of_bundles_and_what_is_kept_out_in_part_still_meet():
    bundle = {"bundle": {"sets": [{"of": TROUSERS, "quantity": 2}], "cheapest": {"percent": "50"}}}
    chinos = {"categories": ["Herren>Hosen>Chinos"]}
    assert met({"reward": bundle}, {"take": chinos}).meeting is Meeting.BETTER
    assert met({"reward": bundle}, {"take": {"categories": ["Damen"]}}) is None
    assert met({"take": {"not": chinos}}, {"take": TROUSERS}) is not None
    assert met({"take": {"any": [TROUSERS, chinos]}}, {"take": TROUSERS}) is not None
    assert met({"take": {"categories": ["Hosen"]}}, {"take": chinos}) is not None
    assert overlap(promotion("A"), promotion("A")) is None


def test_the_largest_percentage_is_that_of_the_last_step():
    steps = [{"from": 2, "percent": "10"}, {"from": 3, "percent": "25"}]
    tiers = {"tiers": {"by": "quantity", "steps": steps}}
    assert most_percent(promotion(reward=tiers)) == 250_000
    assert most_percent(promotion(reward={"price": "5.00"})) is None
    steps = [{"from": 2, "amount": "1.00"}]
    assert most_percent(promotion(reward={"tiers": {"by": "quantity", "steps": steps}})) is None


WORDS = st.lists(
    st.sampled_from(("Herren", "Herren>Hosen", "Herren>Hosen>Chinos", "Damen")),
    max_size=2, unique=True,
)  # fmt: skip
BRANDS = st.lists(st.sampled_from(("Murg", "Falkau")), max_size=1)


@st.composite
def takes(draw):
    parts = {"categories": draw(WORDS), "brands": draw(BRANDS)}
    take = {key: words for key, words in parts.items() if words}
    if kept_out := draw(WORDS):
        take["not"] = {"categories": kept_out}
    return take


@given(takes(), takes(), st.sampled_from(("Herren>Hosen>Chinos", "Herren>Hosen", "Damen")))
def test_what_takes_the_same_article_is_said_to_meet(one, other, category):
    """Whatever both promotions reduce when they are alone, they are said to meet on."""
    parts = category.split(">")
    tops = tuple(">".join(parts[: n + 1]) for n in range(len(parts)))
    line = BasketLine("1", "A-1", 1000, 1000, categories=tops, brand="Murg")
    context = Context(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    both = [promotion("A", take=one), promotion("B", take=other)]
    if all(price(Book([each]), context, [line]).uses() for each in both):
        assert overlap(*both) is not None
