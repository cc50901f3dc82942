"""Why promotions hold or do not at the till: the engine's trace as facts, and the facts in words of both languages."""

import re
from dataclasses import replace
from datetime import datetime

import pytest

from pos_client.app.explaining import Explaining
from pos_client.app.promotion_book import make_ready
from pos_client.app.translations import TillTexts
from pos_client.features.promotions.ports import Gain, Judged, Lack, Question, Trace
from pos_client.features.promotions.presenter import MOST_ROWS, PromotionsPresenter
from pos_client.storage.promotion_shelf import PublishedPromotion
from shared.promotions import BasketLine, Context, Customer, Usage, read_promotion

AT = datetime.fromisoformat("2026-11-21T14:32:00+01:00")
TIERS = {
    "by": "quantity",
    "steps": [{"from": 2, "percent": "10"}, {"from": 3, "percent": "20"}],
}
TROUSERS = {
    "id": "T",
    "name": "Hosen-Staffel",
    "take": {"categories": ["Hosen"]},
    "reward": {"tiers": TIERS},
}
TEN_FROM_200 = {
    "id": "R",
    "name": "10 € ab 200 €",
    "stage": "basket",
    "if": [{"spend": "200.00"}],
    "reward": {"amount": "10.00"},
}


def trousers(number, price=7995, quantity=1):
    return BasketLine(str(number), f"S{number}", quantity * 1000, price, categories=("Hosen",))


def shirt(number, price=2995):
    return BasketLine(str(number), f"S{number}", 1000, price, categories=("Hemden",))


def explained(promotions, lines, *, everything=True, **context):
    published = tuple(PublishedPromotion(1, "EUR", read_promotion(p, "", 2)) for p in promotions)
    question = Question(Context(at=AT, store="DE01", **context), tuple(lines))
    return Explaining(lambda: make_ready(published)).explain(question, everything=everything)


def judged(trace, promotion):
    return next(each for each in trace.judged if each.promotion == promotion)


@pytest.fixture(params=["de", "en"])
def language(request):
    return request.param


def presenter(language="de"):
    return PromotionsPresenter(TillTexts(language, "DE", "EUR"), "EUR")


def hint(trace, language="de"):
    said = presenter(language).hint(trace)
    return said.text.replace("\xa0", " "), said.detail.replace("\xa0", " ")


def reasons(trace, language="de", **asked):
    state = presenter(language).why(trace, **asked)
    return {row.promotion: row.text.replace("\xa0", " ") for row in state.rows}


# --- the hint -------------------------------------------------------------------------------------


def test_the_next_step_says_what_is_missing_and_what_it_brings():
    trace = explained([TROUSERS], [trousers(1), trousers(2)])
    assert hint(trace) == ("Noch 1 Stück aus Hosen: 20 % auf alle", "spart weitere 15,98 €")
    assert hint(trace, "en") == (
        "1 more piece from Hosen: 20 % off all of them",
        "saves another 15.98 €",
    )


def test_the_first_step_is_in_reach_when_one_piece_is_missing():
    trace = explained([TROUSERS], [trousers(1)])
    assert hint(trace) == ("Noch 1 Stück aus Hosen: 10 % auf alle", "Hosen-Staffel")
    steps = [{"from": 3, "percent": "10"}]
    far = {**TROUSERS, "reward": {"tiers": {"by": "quantity", "steps": steps}}}
    assert hint(explained([far], [trousers(1)])) == ("", "")


def test_a_receipt_a_few_euros_short_is_told_so():
    trace = explained([TEN_FROM_200], [trousers(1), trousers(2), shirt(3)])
    assert hint(trace) == ("Noch 10,15 €: 10,00 € weniger", "10 € ab 200 €")


def test_nobody_is_asked_to_spend_more_than_they_have_there():
    assert hint(explained([TEN_FROM_200], [trousers(1)])) == ("", "")


def test_the_nearest_of_several_is_named_and_only_that():
    trace = explained([TROUSERS, TEN_FROM_200], [trousers(1), trousers(2), shirt(3)])
    # 16 € came off: the ten euros are 26.15 € away, a third pair costs about 63 €.
    assert hint(trace)[0] == "Noch 26,15 €: 10,00 € weniger"


def test_what_needs_a_code_or_a_customer_is_no_hint():
    closed = [
        {**TROUSERS, "id": "A", "when": {"codes": ["X"]}},
        {**TROUSERS, "id": "B", "who": {"known": True}},
    ]
    assert hint(explained(closed, [trousers(1), trousers(2)])) == ("", "")


# --- the sheet ------------------------------------------------------------------------------------

ALL = [
    TROUSERS,
    TEN_FROM_200,
    {"id": "B", "name": "5 % Hosen", "take": {"categories": ["Hosen"]}, "reward": {"percent": "5"}},
    {"id": "C", "name": "Mit Code", "reward": {"percent": "30"}, "when": {"codes": ["X"]}},
    {"id": "K", "name": "Club", "reward": {"percent": "30"}, "who": {"groups": ["club"]}},
    {"id": "L", "name": "Für die Ersten", "reward": {"percent": "30"}, "limit": {"total": 2}},
    {"id": "M", "name": "Abends", "reward": {"percent": "9"}, "when": {"hours": [["18:00", "20:00"]]}},
    {"id": "P", "name": "Punkte", "stage": "benefit", "reward": {"points": {"per": "1.00", "give": 1}}},
    {"id": "S", "name": "Schuhe", "take": {"categories": ["Schuhe"]}, "reward": {"percent": "9"}},
    {"id": "U", "name": "Später", "reward": {"percent": "9"},
     "when": {"from": "2026-12-01T00:00:00+01:00"}},
]  # fmt: skip


@pytest.fixture
def trace():
    lines = [trousers(1), trousers(2), shirt(3)]
    return explained(ALL, lines, usage={"L": Usage(total=2)})


def test_each_promotion_near_says_why(trace):
    assert reasons(trace) == {
        "T": "Spart 16,00 €. Noch 1 Stück aus Hosen: 20 % auf alle · spart weitere 15,98 €",
        "P": "Bringt 173 Punkte.",
        "R": "Dafür: noch 26,15 €. Spart dann 10,00 €.",
        "B": "Überboten von „Hosen-Staffel“: so ist der Bon günstiger.",
        "C": "Gilt nur mit einem Code, und auf diesem Bon ist er nicht. Code scannen oder ins Suchfeld tippen.",
        "K": "Gilt nur für bestimmte Kunden, und an diesem Bon hängt keiner. Kundennummer scannen oder tippen.",
        "L": "Ist ausgeschöpft: so oft, wie sie gelten sollte, ist sie schon benutzt.",
    }
    state = presenter().why(trace)
    assert state.summary == "Gelten: 2 · Noch nicht: 5"
    assert state.foot.startswith("Günstiger geht es nicht")


def test_who_searches_by_name_finds_the_others_too(trace):
    assert reasons(trace, query="  ABENDS ") == {
        "M": "Gilt zu anderen Stunden oder an anderen Tagen."
    }
    assert reasons(trace, query="schuhe") == {
        "S": "Auf diesem Bon ist kein Artikel, den sie betrifft."
    }
    assert reasons(trace, query="spät") == {"U": "Gilt erst ab 01.12.2026 00:00."}
    nothing = presenter().why(trace, query="Winter")
    assert (nothing.rows, nothing.nothing) == ((), "Keine Aktion heißt so.")


def test_a_line_is_told_only_what_is_about_it(trace):
    assert set(reasons(trace, line=3)) == {"R", "P", "C", "K", "L"}
    assert set(reasons(trace, line=1)) == {"T", "R", "P", "B", "C", "K", "L"}


def test_a_known_customer_is_told_another_reason():
    trace = explained(ALL[4:5], [trousers(1)], customer=Customer(id="1"))
    assert reasons(trace) == {"K": "Gilt für andere Kunden als diesen."}


def test_alternatives_sets_and_certain_articles_have_words():
    either = {
        "id": "E",
        "name": "Entweder",
        "if": [
            {"any": [{"spend": "300.00", "of": {"categories": ["Hosen"]}}, {"quantity": 3}]},
            {"quantity": 2, "of": {"skus": ["S1"]}},
        ],
        "reward": {"price": "1.00"},
    }
    suit = {
        "id": "F",
        "name": "Anzug",
        "reward": {
            "bundle": {
                "sets": [
                    {"of": {"categories": ["Damen>Hosen", "Herren>Hosen"]}, "quantity": 1},
                    {"of": {"any": [{"categories": ["Sakkos"]}, {"brands": ["Kranich"]}]}, "quantity": 2},
                ],
                "price": "99.00",
            }
        },
    }  # fmt: skip
    found = reasons(explained([either, suit], [trousers(1)]))
    assert found["E"] == (
        "Dafür: noch 220,05 € aus Hosen oder noch 2 Stück und noch 1 passendes Stück."
        " Spart dann 78,95 €."
    )
    assert "F" not in found  # nothing on the receipt is of that category
    found = reasons(explained([suit], [replace(trousers(1), categories=("Damen>Hosen",))]))
    assert found["F"] == "Dafür: noch 2 Stück aus Sakkos, Kranich."


def test_every_reason_and_benefit_has_a_sentence_in_both_languages(language):
    words = TillTexts(language, "DE", "EUR")
    codes = ("applied", "beaten", "benefit", "channel", "code", "condition", "customer", "limit",
             "no_saving", "selection", "store", "tender", "time")  # fmt: skip
    gifts = ("points", "wallet", "cashback", "voucher", "shipping", "gift")
    made = [Judged("P", "P", code, near=True) for code in codes if code != "benefit"]
    made += [
        Judged("P", "P", "benefit", near=True, benefit=kind, amount=n) for kind in gifts for n in (0, 5)
    ]  # fmt: skip
    made += [
        Judged("P", "P", "condition", near=True, gain=Gain(kind, 5, every, receipt))
        for kind in ("percent", "amount", "price")
        for every in (True, False)
        for receipt in (True, False)
        if not (kind == "price" and receipt)
    ]
    lacks = [
        Lack(spend=spend, quantity=quantity, goods=goods)
        for spend, quantity in ((5, 0), (0, 1), (0, 2))
        for goods in (None, (), ("a", "b", "c"))
    ]
    for one in made:
        for lack in lacks:
            trace = Trace(
                AT, (replace(one, lacks=(lack,), distance=1, would_save=1),), 9, True, True
            )
            state = presenter(language).why(trace)
            said = presenter(language).hint(trace)
            for text in (state.summary, state.foot, said.text, said.detail,
                         *(part for row in state.rows for part in (row.text, row.state))):  # fmt: skip
                assert not re.match(r"[a-z]+\.[a-z]", text), text
                assert "{" not in text, text
    assert words.text("why.none") != "why.none"


def test_a_long_list_is_cut():
    many = [Judged(f"P{n}", "P", "no_saving", near=True) for n in range(MOST_ROWS + 5)]
    assert len(presenter().why(Trace(AT, tuple(many), 0, True, False)).rows) == MOST_ROWS


def test_the_quick_look_leaves_out_what_does_not_touch_the_receipt(trace):
    quick = explained(ALL, [trousers(1)], everything=False)
    assert {each.promotion for each in quick.judged} == {"B", "C", "L", "P", "R", "T"}
    assert judged(trace, "M").near is False


# --- means of payment -----------------------------------------------------------------------------

CARD = {
    "id": "K",
    "name": "5 € mit Karte",
    "stage": "basket",
    "reward": {"amount": "5.00"},
    "when": {"tenders": ["card"]},
}
NEAR_10 = {
    "id": "N",
    "name": "10 € ab 40 €",
    "stage": "basket",
    "combine": "stack",
    "reward": {"amount": "10.00"},
    "if": [{"spend": "40.00"}],
}


def test_another_means_that_saves_is_the_hint(language):
    trace = explained([CARD], [shirt(1)])
    assert trace.means == (("card", 500),)
    assert (
        hint(trace, language)
        == {
            "de": ("Mit Karte: 5,00 € weniger", "wenn alles so bezahlt wird"),
            "en": ("By card: 5.00 € less", "if all of it is paid so"),
        }[language]
    )


def test_more_that_is_in_reach_comes_before_it():
    assert hint(explained([CARD, NEAR_10], [shirt(1)]))[0] == "Noch 10,05 €: 10,00 € weniger"


def test_a_means_that_saves_nothing_or_that_no_till_takes_is_not_named():
    elsewhere = {**CARD, "when": {"tenders": ["cheque"]}}
    better = {"id": "B", "stage": "basket", "reward": {"amount": "6.00"}}
    assert explained([elsewhere, CARD, better], [shirt(1)]).means == ()
    assert explained([CARD], [shirt(1)], tenders=("card",)).means == ()
