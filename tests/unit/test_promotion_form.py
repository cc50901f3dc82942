"""The fields of a promotion and its JSON say the same, in both directions."""

from dataclasses import replace

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from central_server.backoffice.promotion_form import (
    BASKET_AMOUNT,
    BASKET_PERCENT,
    CHEAPEST,
    KINDS,
    POINTS,
    STEPS,
    TOGETHER,
    FormProblem,
    GivenPromotion,
    Reading,
    body_of,
    given_of,
    words_of,
)
from central_server.features.promotions.document import read_file
from central_server.features.promotions.drafts import canonical, read_draft

GERMAN = Reading("de", "EUR", "Europe/Berlin")
WORDS = st.lists(
    st.sampled_from(("Herren>Hosen", "Schals", "Neu", "Größe 40")), max_size=3, unique=True
)


@st.composite
def forms(draw):
    """A form as somebody fills it in."""
    kind = draw(st.sampled_from(KINDS))
    lists = {
        name: ", ".join(draw(WORDS))
        for name in ("categories", "brands", "tags", "skus", "not_brands", "not_tags", "codes")
    }
    number = draw(st.sampled_from(("10", "12,5", "69,90", "3")))
    whole = st.sampled_from(("", "2", "5"))
    given = GivenPromotion(
        id="A-1",
        name=draw(st.sampled_from(("", "Zwei Hosen"))),
        who=draw(st.sampled_from(("", "*", "vip", "vip, staff"))),
        stores=draw(st.sampled_from(((), ("AT01", "DE01")))),
        begin=draw(st.sampled_from(("", "2026-12-01T00:00"))),
        end=draw(st.sampled_from(("", "2026-12-15T20:00"))),
        weekdays=draw(st.sampled_from(((), ("5", "6")))),
        hour_from=draw(st.sampled_from(("", "17:00"))),
        hour_to=draw(st.sampled_from(("", "20:00"))),
        kind=kind,
        value=number,
        pieces=draw(st.sampled_from(("2", "3"))),
        free=draw(st.sampled_from(("", "2"))),
        steps="2: 10\n3: 12,5",
        spend=draw(st.sampled_from(("", "100", "49,90"))),
        group=draw(st.sampled_from(("", "g"))),
        at_most=draw(whole),
        per_customer=draw(whole),
        total=draw(whole),
        budget=draw(st.sampled_from(("", "1000"))),
        priority=draw(st.sampled_from(("", "-2", "7"))),
        **lists,
    )
    if kind not in (STEPS, CHEAPEST, TOGETHER, BASKET_AMOUNT, BASKET_PERCENT, POINTS):
        given = replace(given, combine=draw(st.sampled_from(("one", "stack", "exclusive"))))
    return given


@examples(forms())
def test_a_form_is_a_promotion_and_comes_back_as_it_was_said(given):
    body = body_of(given, GERMAN)
    (entry,) = read_draft(canonical(body), "EUR").drafts
    assert entry.promotion is not None
    again = given_of(body, GERMAN)
    assert again is not None
    assert body_of(again, GERMAN) == body


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (GivenPromotion(id="A", value="viel"), "value"),
        (GivenPromotion(id="A", value=""), "value"),
        (GivenPromotion(value="10"), "id"),
        (GivenPromotion(id="A", kind="amount", value="1,999"), "value"),
        (GivenPromotion(id="A", kind=STEPS, steps="zwei: 10"), "steps"),
        (GivenPromotion(id="A", kind=STEPS), "steps"),
        (GivenPromotion(id="A", kind=TOGETHER, value="10", pieces="0"), "pieces"),
        (GivenPromotion(id="A", value="10", begin="gestern"), "begin"),
        (GivenPromotion(id="A", value="10", priority="hoch"), "priority"),
        (GivenPromotion(id="A", value="10", kind="gift"), "kind"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(given, field):
    with pytest.raises(FormProblem) as refused:
        body_of(given, GERMAN)
    assert refused.value.params["field"] == field


@pytest.mark.parametrize(
    "body",
    [
        {"id": "A", "reward": {"bundle": {"sets": [], "price": "1.00"}}},
        {"id": "A", "reward": {"percent": "10"}, "take": {"any": [{"skus": ["A"]}]}},
        {"id": "A", "reward": {"percent": "10"}, "who": {"birthday_within_days": 7}},
        {"id": "A", "reward": {"percent": "10"}, "if": [{"any": [{"quantity": 2}]}]},
        {"id": "A", "stage": "basket", "reward": {"each": {"spend": "50.00", "amount": "5.00"}}},
        {"id": "A", "stage": "benefit", "reward": {"gift": {"skus": ["B"], "quantity": 1}}},
        {"id": "A"},
    ],
)
def test_what_a_form_cannot_say_stays_json(body):
    assert given_of(body, GERMAN) is None


def test_numbers_are_read_as_the_language_writes_them():
    german = body_of(GivenPromotion(id="A", kind="price", value="1.250,50"), GERMAN)
    english = body_of(
        GivenPromotion(id="A", kind="price", value="1,250.50"), replace(GERMAN, language="en")
    )
    assert german["reward"] == english["reward"] == {"price": "1250.50"}


def test_words_are_said_once_and_in_order():
    assert words_of(" Jeans,Chinos\n Jeans , ,Cord") == ["Jeans", "Chinos", "Cord"]


def test_a_draft_is_one_promotion():
    assert read_file(b'[{"id":"A","reward":{"percent":"10"}}]', "EUR") == read_draft(
        '{"id":"A","reward":{"percent":"10"}}', "EUR"
    )
