"""Gift cards, vouchers, what is open, and customers, as head office sees them."""

import re

import pytest

from tests.integration.test_backoffice_pages import at_desk, links, words
from tests.support.head_office import NOW
from tests.support.paper_words import paper_words
from tests.support.value_shop import CUSTOMER, owe, stock_values


@pytest.fixture
def values(chain):
    return stock_values(chain.context.database, chain.context.signing_key.sign, NOW)


@pytest.fixture
def desk(chain):
    return at_desk(chain, "9")


def test_what_is_open_stands_by_age_and_comes_as_a_file(values, desk):
    page = desk.get("/values")
    assert "70,00 €" in words(page)
    assert "Geschenkkarte EUR 50,00" in words(page)
    for address in links(page, "/values/open."):
        assert desk.get(address).status_code == 200
    csv = desk.get("/values/open.csv?on=2026-11-25").text
    assert "Geschenkkarte;EUR;50,00" in csv
    assert desk.get("/values/open.pdf?on=2026-11-25").content.startswith(b"%PDF")
    assert "Nichts ist offen" in words(desk.get("/values?on=2026-11-01"))


AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})*,\d\d")


@pytest.mark.parametrize("name", ["values", "card", "voucher", "customer"])
def test_page_spreadsheet_and_paper_say_the_same_amounts(chain, values, desk, name):
    owe(chain.context.database, 123_456, NOW)
    address = {
        "values": "/values",
        "card": f"/values/cards/{values.sold}",
        "voucher": f"/values/vouchers/{values.voucher}",
        "customer": f"/customers/{CUSTOMER}",
    }[name]
    page = desk.get(address)
    files = {
        re.search(r"\.(csv|pdf)", link)[1]: desk.get(link)
        for link in links(page, "/")
        if re.search(r"/(open|statement)\.(csv|pdf)", link)
    }
    sheet = AMOUNT.findall(files["csv"].text)
    assert sheet
    assert AMOUNT.findall(" ".join(paper_words(files["pdf"].content))) == sheet
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.text, re.DOTALL)
    # What was asked of a card stands in a table below it.
    assert AMOUNT.findall(" ".join(cells))[: len(sheet)] == sheet


def test_what_customers_owe_is_not_set_off_against_what_they_are_owed(chain, values, desk):
    owe(chain.context.database, 9_000, NOW)
    page = words(desk.get("/values")).replace("\xa0", " ")
    assert "Kunden haben offen, EUR 70,00 €" in page
    assert "Kunden schulden, EUR 90,00 €" in page


def test_a_number_finds_its_card_or_voucher(values, desk):
    assert (
        desk.get(f"/values?number={values.sold}").headers["location"]
        == f"/values/cards/{values.sold}"
    )
    found = desk.get(f"/values?number={values.voucher}").headers["location"]
    assert found == f"/values/vouchers/{values.voucher}"
    missing = desk.get("/values?number=1234")
    assert missing.status_code == 404
    assert "hat die Nummer 1234" in words(missing)


def test_lists_lead_to_each_card_and_voucher(values, desk):
    cards = desk.get("/values/cards?state=active")
    assert f"/values/cards/{values.sold}" in links(cards, "/values/cards/")
    assert values.printed not in cards.text
    assert f"/values/vouchers/{values.voucher}" in links(desk.get("/values/vouchers"), "/values/")
    for address in (f"/values/cards/{values.sold}", f"/values/vouchers/{values.voucher}"):
        page = desk.get(address)
        assert "Verfügbar" in words(page)
        for file in links(page, f"{address}/statement."):
            assert desk.get(file).status_code == 200


def test_a_card_is_blocked_with_a_reason_and_written_down(chain, values, desk):
    address = f"/values/cards/{values.sold}"
    desk.send(f"{address}/block", reason="Verloren gemeldet")
    page = words(desk.get(address))
    assert "Gesperrt" in page
    assert "50,00 €" in page
    assert "Verloren gemeldet" in words(at_desk(chain, "3").get("/audit?kind=gift_card"))
    desk.send(f"{address}/unblock", reason="Gefunden")
    assert "Aktiv" in words(desk.get(address))
    assert desk.send(f"{address}/melt", reason="x").status_code == 404


def test_accountants_see_but_do_not_block_and_store_managers_see_nothing(chain, values):
    accountant = at_desk(chain, "2")
    address = f"/values/cards/{values.sold}"
    assert "Sperren" not in words(accountant.get(address))
    assert accountant.send(f"{address}/block", reason="x").status_code == 403
    assert accountant.get("/customers").status_code == 403
    manager = at_desk(chain, "5")
    for one in ("/values", address, "/values/authorisations", f"/customers/{CUSTOMER}"):
        assert manager.get(one).status_code == 403, one


def test_a_customer_is_found_and_every_look_kept(chain, values, desk):
    assert "Wortanfänge genügen" in words(desk.get("/customers"))
    found = desk.get("/customers?q=erika")
    assert links(found, "/customers/") == [f"/customers/{CUSTOMER}"]
    desk.get(f"/customers/{CUSTOMER}")
    page = words(desk.get(f"/customers/{CUSTOMER}"))
    assert "Erika Beispiel" in page
    assert "9 Suchen" in page
    assert "9 Seite des Kunden" in page
    assert desk.get(f"/customers/{values.card}").headers["location"] == f"/customers/{CUSTOMER}"
    assert desk.get("/customers/K-9999").status_code == 404


def test_a_customers_card_is_blocked_and_the_customer_stays_findable(chain, values, desk):
    address = f"/customers/{CUSTOMER}/cards/{values.card}"
    desk.send(f"{address}/block", reason="Verloren")
    page = words(desk.get(f"/customers/{CUSTOMER}"))
    assert "Gesperrt" in page
    assert desk.get(f"/customers/{values.card}").status_code == 303
    assert desk.send(f"/customers/{CUSTOMER}/cards/C2900000025/block").status_code == 404
    files = links(desk.get(f"/customers/{CUSTOMER}"), f"/customers/{CUSTOMER}/statement.")
    assert [desk.get(one).status_code for one in files] == [200, 200, 200]
