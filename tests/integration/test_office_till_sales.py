"""The list of tills says what each sold today."""

import re

from tests.support.head_office import Desk


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_tills_and_stores_say_what_they_sold_today(chain):
    page = Desk(chain.app).let_in("1").get("/tills")
    said = words(page)
    assert "Umsatz heute" in said
    assert "Hamburg DE01, DE, EUR, heute 76,91 €" in said.replace("\u00a0", " ")
    row = re.search(r'href="/tills/DE01-T2".*?</tr>', page.text, re.DOTALL)
    assert "39,96\u00a0€" in row[0]
    # A store's manager sees that store alone.
    other = Desk(chain.app).let_in("5").get("/tills")
    assert "39,96\u00a0€" in other.text
    assert "UK01" not in other.text
