"""Hints beside the sentence of a promotion: whom it meets, and prices that are no reduction."""

import re

import pytest

from tests.support.head_office import Desk, fill_shelves


@pytest.fixture
def desk(chain):
    fill_shelves(chain.context.database)
    return Desk(chain.app).let_in("6")


def begun(desk, promotion_id, value, **fields):
    fields = {"kind": "percent", "value": value, "name": f"Aktion {promotion_id}", **fields}
    answer = desk.send("/promotions/new", "/promotions/new?kind=percent", id=promotion_id, **fields)
    assert answer.status_code == 303
    return answer.headers["location"]


def hints(answer):
    found = re.findall(r'<li class="hint (\w+)">(.*?)</li>', answer.text, re.DOTALL)
    plain = [(tone, re.sub(r"<[^>]+>", "", text).strip()) for tone, text in found]
    return [(tone, text.replace("\xa0", " ")) for tone, text in plain]


def said(desk, **fields):
    return hints(desk.send("/promotions/sentence", kind="percent", **fields))


def test_it_says_whom_a_promotion_meets(desk):
    desk.send(f"{begun(desk, 'SCHAL-30', '30', categories='Herren>Schals')}/publish")
    begun(desk, "ALLES-10", "10", combine="stack")
    meeting = said(desk, value="20", categories="Herren>Schals")
    assert meeting == [
        ("bad", "Aktion SCHAL-30: wird von ihr geschlagen: 30 %"),
        ("warning", "Aktion ALLES-10: beide zusammen: bis 28 %"),
    ]
    assert said(desk, value="40", categories="Herren>Schals")[1] == (
        "info",
        "Aktion SCHAL-30: wird immer von dieser geschlagen",
    )
    assert said(desk, value="20", categories="Damen", combine="exclusive") == [
        ("warning", "Aktion ALLES-10: nur eine von beiden zählt")
    ]
    assert said(desk, value="") == []  # nothing that can be read yet
    desk.send("/promotions/withdraw", id="SCHAL-30", reason="Zu teuer")
    assert [text for _, text in said(desk, value="20", categories="Herren>Schals")] == [
        "Aktion ALLES-10: beide zusammen: bis 28 %"
    ]


def test_a_reduction_is_measured_against_the_lowest_price_of_30_days(desk):
    """Both trousers cost 69.95 now and 55.95 within the last 30 days."""
    goods = {"categories": "Herren>Hosen"}
    price = (
        "2 von 2 Artikeln liegen nicht unter dem niedrigsten Preis der 30 Tage (der erste: 55,95 €)"
    )
    ((tone, text),) = said(desk, value="20", **goods)
    assert (tone, text.partition(": ")[2]) == ("bad", price)
    assert said(desk, value="21", **goods) == []
    assert said(desk, value="20", who="vip", **goods) == []
    assert said(desk, value="20", pieces="2", **goods) == []
    fixed = desk.send("/promotions/sentence", kind="price", value="55,95", skus="F-Sand-30")
    assert hints(fixed) == [
        (
            "bad",
            "F-Sand-30: 1 von 1 Artikeln liegt nicht unter dem niedrigsten Preis der 30 Tage (55,95 €)",
        )
    ]
    off = desk.send("/promotions/sentence", kind="amount", value="14,01", skus="F-Sand-30")
    assert hints(off) == []


def test_the_draft_shows_its_hints_as_sentence_and_as_json(desk):
    begun(desk, "ALLES-10", "10", combine="stack")
    address = begun(desk, "SCHAL-20", "20", categories="Herren>Schals")
    for page in (address, f"{address}?form=json"):
        assert hints(desk.get(page)) == [("warning", "Aktion ALLES-10: beide zusammen: bis 28 %")]
