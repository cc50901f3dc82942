"""Purchase prices: set on a page, read from files, written into files, and the margins that follow from them."""

import io
import re

import openpyxl
import pytest

from central_server.features.catalogue import costs
from central_server.features.catalogue.costs import net_of
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.imports.service import ImportOptions, import_catalogue
from central_server.platform.access import RIGHTS, Right, Role
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from tests.integration.test_backoffice_pages import at_desk, words
from tests.integration.test_server_backtest import Shop, promotion
from tests.support.head_office import fill_shelves, project, send
from tests.support.journals import ImaginedTill

ARTICLE = "/articles/40-2217?sku=F-Sand-30"


@pytest.fixture
def office(chain):
    fill_shelves(chain.context.database)
    return chain


def test_a_purchase_price_is_set_and_the_margin_shown_to_those_who_may_know(office):
    desk = at_desk(office, "6")
    assert "Nicht bekannt; ohne ihn gibt es keine Marge." in words(desk.get(ARTICLE))
    answer = desk.send("/articles/40-2217/cost", ARTICLE, amount="29,39", currency="EUR")
    assert answer.status_code == 303
    page = words(desk.get(ARTICLE))
    # 69.95 with the 20 % of Vienna, the first store with euros, is 58.29 net.
    assert "29,39 €" in page.replace("\xa0", " ")
    assert "28,90" in page
    assert "49,6" in page
    assert "Einkaufspreis" not in words(at_desk(office, "5").get(ARTICLE))
    assert "Einkaufspreis" in words(at_desk(office, "1").get("/audit?kind=cost"))
    desk.send("/articles/40-2217/cost", ARTICLE, amount="", currency="EUR")
    assert "Nicht bekannt" in words(desk.get(ARTICLE))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"amount": "viel", "currency": "EUR"}, 422),
        ({"amount": "-1", "currency": "EUR"}, 422),
        ({"amount": "1", "currency": "???"}, 400),
    ],
)
def test_what_is_no_purchase_price_is_refused(office, fields, status):
    assert (
        at_desk(office, "6").send("/articles/40-2217/cost", ARTICLE, **fields).status_code == status
    )
    assert at_desk(office, "5").send("/articles/40-2217/cost", ARTICLE, **fields).status_code == 403


def test_what_goes_out_comes_back(office, tmp_path):
    desk = at_desk(office, "6")
    desk.send(
        "/articles/40-2217/variants/change",
        ARTICLE,
        sku="F-Sand-30",
        barcodes="HAUS-1 HAUS-2",
        sold="1",
    )
    desk.send("/articles/40-2217/cost", ARTICLE, amount="29,39", currency="EUR")
    text = desk.get("/articles/export.csv?q=chino").text
    assert ";29,39;EUR;" in text
    assert ";29,39;" not in at_desk(office, "5").get("/articles/export.csv?q=chino").text
    path = tmp_path / "goods.csv"
    path.write_text(text.replace("29,39", "31,00"), encoding="utf-8")
    faults = []
    result = import_catalogue(
        office.context.database, office.context.business_clock, path, ImportOptions(market="DE"),
        faults.append, lambda *_: None,
    )  # fmt: skip
    assert faults == []
    assert (result.changed_costs, result.new_variants, result.changed_skus) == (1, 0, 0)
    with reading(office.context.database) as unit:
        assert costs.costs_of(unit, ["40-2217"]) == {"40-2217": {"EUR": 3100}}


def test_figures_by_article_say_the_margin_where_it_is_known(office):
    till = ImaginedTill("AT01-T2", "AT01", market="AT")
    for _ in range(2):
        till.sell(("H-1", "2", 6000), rate="20")
    database = office.context.database
    shirt = ArticleDraft("H-1", {"de": "Hemd Beispiel"}), VariantDraft("H-1", "H-1")
    with writing(database) as unit:
        enter_batch(unit, [shirt[0]], [shirt[1]], office.clock.now())
        assert costs.costs_by_sku(unit, ["H-1"], "EUR") == {}
        costs.set_cost(unit, "H-1", "EUR", 2000, office.clock.now())
        assert costs.costs_by_sku(unit, ["H-1", "X"], "EUR") == {"H-1": 2000}
    with pytest.raises(DomainError, match="article_unknown"):
        run_writing(database, lambda unit: costs.set_cost(unit, "X", "EUR", 1, office.clock.now()))
    send(database, till)
    project(database)
    address = "/figures?period=month&at=2026-11-25&by=article&currency=EUR"
    page = words(at_desk(office, "1").get(address)).replace("\xa0", " ")
    assert re.search(r"120,00 € \(60,0 %\)", page), page
    assert "Marge" not in words(at_desk(office, "5").get(address))
    files = address.replace("/figures?", "/figures/export.{}?")
    told = at_desk(office, "1").get(files.format("csv")).text.replace("\xa0", " ").splitlines()
    assert told[1].endswith(";Marge") or told[0].endswith(";Marge"), told
    assert any(
        line.startswith("Hemd Beispiel;H-1;") and "120,00 € (60,0 %)" in line for line in told
    )
    assert "Marge" not in at_desk(office, "5").get(files.format("csv")).text
    book = openpyxl.load_workbook(
        io.BytesIO(at_desk(office, "1").get(files.format("xlsx")).content)
    )
    rows = {row[1]: row for row in book.active.values}
    assert (rows["Nummer"][-1], rows["H-1"][-1]) == ("Marge", 120)


def test_a_back_test_says_the_margin_of_what_it_hits(web_centre):
    shop = Shop(web_centre)
    shop.know(A_1="trousers", A_2="shirts")
    run_writing(
        shop.database, lambda unit: costs.set_cost(unit, "A-1", "EUR", 3000, shop.clock.now())
    )
    shop.plain(("A-1", "2", 5950), ("A-2", "1", 3000))
    shop.plain(("A-2", "1", 3000))
    found = shop.tried(promotion("D", "20", take={"categories": ["trousers"]})).outcome
    assert (found.hit, found.hit_total, found.known_gross) == (1, 14900, 11900)
    # 119.00 with 19 % is 100.00 net, bought for 60.00; 23.80 off a receipt of 149.00.
    assert (found.margin_before, found.margin_after) == (4000, 4000 - 1597)


def test_amounts_without_vat_are_rounded_half_up():
    assert [net_of(119, 19_000), net_of(1, 19_000), net_of(-119, 19_000)] == [100, 1, -100]
    assert net_of(500, 0) == 500


def test_the_right_is_for_those_who_answer_for_margins():
    knowing = {role for role, rights in RIGHTS.items() if Right.COSTS_READ in rights}
    assert knowing == {Role.HEAD_OFFICE, Role.MERCHANDISER, Role.ACCOUNTANT, Role.AUDITOR}
