"""The right side of the builder: stored receipts that a promotion hits, nearly hits and leaves alone, and why."""

import html
import re

import pytest

from tests.support.head_office import Desk, project, send
from tests.support.journals import ImaginedTill

# Of the chain's day: two pieces of A-2 in Hamburg (29.96), one A-1 there (19.99) and in Vienna (25.00).
TWO_PIECES = {
    "id": "PAAR-50", "name": "Zwei zum halben Preis", "kind": "percent", "value": "50",
    "pieces": "2", "skus": "A-1, A-2",
}  # fmt: skip


@pytest.fixture
def desk(standing_chain):
    return Desk(standing_chain.app).let_in("6")


def tried(desk, **fields):
    """What the pane says while a form is filled in: the receipts of each group as text."""
    answer = desk.send("/promotions/samples", "/promotions/new?kind=percent", **fields)
    assert answer.status_code == 200, answer.text
    groups = {}
    for title, rest in re.findall(
        r"<h3>(.*?) <span.*?</h3>(.*?)(?=<h3>|\Z)", answer.text, re.DOTALL
    ):
        receipts = re.split(r'<div class="receipt">', rest)
        groups[title] = [plain(each) for each in (receipts[1:] or receipts)]
    return groups


def plain(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def test_receipts_are_shown_before_and_after_and_with_what_lacks(desk):
    groups = tried(desk, **TWO_PIECES)
    (hit,) = groups["Trifft"]
    assert re.match(r"DE01-T1-1-\d −14,98 €", hit)
    assert "2 × A-2 29,96 14,98" in hit
    assert hit.endswith("Summe 29,96 € 14,98 €")
    nearly = groups["Fast"]
    assert len(nearly) >= 2
    for receipt in nearly:
        assert re.search(r"1 Stück fehlt, es würde \d+,\d\d € sparen", receipt)
    assert groups["Trifft nicht"] == ["Keiner mit ihren Artikeln ging leer aus."]


def test_one_receipt_is_shown_that_it_leaves_alone(chain):
    vienna = ImaginedTill("AT01-T3", "AT01", market="AT", seed=3)
    for _ in range(3):
        vienna.sell(("A-1", "1", 2500), rate="20")
    send(chain.context.database, vienna)
    project(chain.context.database)
    groups = tried(Desk(chain.app).let_in("6"), **{**TWO_PIECES, "pieces": "", "stores": "DE01"})
    assert len(groups["Trifft nicht"]) == 1


def test_who_is_left_out_is_told_why(desk):
    groups = tried(desk, **{**TWO_PIECES, "pieces": "", "stores": "DE01"})
    assert len(groups["Trifft"]) >= 2
    (other,) = groups["Trifft nicht"]
    assert other.startswith("AT01-T1-1-1 nicht in dieser Filiale A-1 25,00 ")
    assert other.endswith("Summe 25,00 €")


def test_what_lacks_in_money_is_said_as_the_reader_writes_it(desk):
    groups = tried(desk, **{**TWO_PIECES, "pieces": "", "spend": "29,96"})
    assert any("es fehlen 9,97 €, " in receipt for receipt in groups["Fast"]), groups


def test_where_there_are_none_the_pane_says_so(desk):
    assert tried(desk, **{**TWO_PIECES, "skus": "GIBT-ES-NICHT"}) == {
        "Trifft": ["Kein Bon dieser Wochen hätte sie bekommen."],
        "Fast": ["Keiner war nahe daran."],
        "Trifft nicht": ["Keiner mit ihren Artikeln ging leer aus."],
    }


def test_what_says_nothing_yet_is_tried_on_nothing(desk):
    answer = desk.send("/promotions/samples", "/promotions/new?kind=percent", kind="percent")
    assert "Sobald sie sagt" in answer.text
    assert "<h3>" not in answer.text


def test_receipts_lead_to_themselves_for_those_who_may_see_them(desk, standing_chain):
    answer = desk.send("/promotions/samples", "/promotions/new?kind=percent", **TWO_PIECES)
    address = re.search(r'<b><a href="(/receipts\?number=[^"]+)"', answer.text)
    assert address is not None
    assert desk.follow(address[1]).status_code == 200
    reader = Desk(standing_chain.app).let_in("3")
    assert reader.send("/promotions/samples", **TWO_PIECES).status_code == 403
