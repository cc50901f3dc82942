"""How an article sells stands on its page: four weeks, how long the stock lasts, a bar for each week."""

import re

import pytest
from sqlalchemy import update

from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.catalogue.tables import article
from central_server.features.stock import service as stock
from central_server.features.stock.service import Movement
from central_server.platform.unit_of_work import writing
from shared.stock import MovementKind
from tests.integration.ledger_rig import named
from tests.support.head_office import NOW, Desk, project, send
from tests.support.journals import ImaginedTill

PAGE = "/articles/H-9"


@pytest.fixture
def shop(chain):
    """Five trousers went in Hamburg, one came back; ten lie there."""
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))  # what it has sent already
    till.sell(("H-9", "5", 6995))
    till.sell(("H-9", "-1", 6995))
    with writing(chain.context.database) as unit:
        enter_batch(unit, [ArticleDraft("H-9", {"de": "Hose"})], [VariantDraft("H-9", "H-9")], NOW)
        there = Movement(named("stock"), "DE01", "H-9", MovementKind.RECEIPT, 14_000, NOW)
        stock.move(unit, [there], NOW)
    send(chain.context.database, till)
    project(chain.context.database)
    return chain


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_says_what_went_and_how_long_the_stock_lasts(shop):
    page = Desk(shop.app).let_in("1").get(PAGE)
    assert "Verkauf 4 Wochen 4 Stück" in words(page)
    assert "Verkauf je Woche" in words(page)
    assert "KW 48: 4 Stück" in page.text
    assert (
        "/figures?period=week&amp;at=2026-11-23&amp;by=time&amp;of=article&amp;key=H-9" in page.text
    )
    # Ten are left: fourteen came, four went.
    assert "Reichweite 10,0 Wochen" in words(page)


def test_what_is_weighed_is_not_counted_in_pieces(shop):
    assert "Verkauf je Woche in Stück" in words(Desk(shop.app).let_in("1").get(PAGE))
    with writing(shop.context.database) as unit:
        unit.connection.execute(update(article).values(uom="KGM"))
    page = words(Desk(shop.app).let_in("1").get(PAGE))
    assert "Verkauf je Woche in kg" in page
    assert "Verkauf 4 Wochen 4 kg" in page


def test_one_sees_the_sales_of_ones_own_stores_and_only_with_the_right_to_figures(shop):
    bath = Desk(shop.app).let_in("10").get(PAGE)
    assert "Stock 0 pieces Sold in 4 weeks 0 pieces" in words(bath)
    assert "Sales by week" not in words(bath)
    assert "Stock lasts –" in words(bath)
    assert "Verkauf 4 Wochen" not in words(Desk(shop.app).let_in("9").get(PAGE))
