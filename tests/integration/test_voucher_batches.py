"""Vouchers by the thousand: each once whatever is repeated, in the background, with a file for printing."""

import csv
import io
import re
from uuid import UUID

import pytest

from central_server.features.instruments import batches, vouchers
from central_server.features.instruments.jobs import issue_batches
from central_server.features.instruments.vouchers import Issue
from central_server.features.ledger.verification import verify
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from shared.vouchers import read_token
from tests.support.head_office import NOW, Desk
from tests.support.journals import START
from tests.support.value_shop import stock_values

BATCH = UUID(int=77)
TEN_THOUSAND = 10_000


def sign(text):
    return bytes(64)


@pytest.fixture
def shop(centre):
    stock_values(centre, sign, START)
    return centre


def ask(database, wanted=7, **more):
    facts = {"type_code": "DANKE", "store_id": "DE01", "amount": 500, "group": "vip", **more}
    asked = Issue(BATCH, on=START.date(), **facts)
    return run_writing(database, lambda unit: batches.ask(unit, asked, wanted, "1", START))


def issue(database, part):
    return run_writing(database, lambda unit: batches.issue_part(unit, sign, START, part))


def made(database):
    with reading(database) as unit:
        batch = batches.get_batch(unit, BATCH)
    return list(batches.vouchers_of(database, batch))


def test_a_batch_is_issued_part_by_part_and_each_voucher_once(shop):
    ask(shop)
    assert [issue(shop, 3) for _ in range(4)] == [3, 3, 1, 0]
    found = made(shop)
    assert len({one.number for one in found}) == 7
    assert {(one.amount, one.customer_group, one.customer) for one in found} == {(500, "vip", None)}
    with reading(shop) as unit:
        assert not batches.is_waiting(unit)
        assert [vouchers.balance_of(unit, one) for one in found] == [500] * 7
        assert verify(unit) == []


def test_a_part_that_is_repeated_issues_nothing_twice(shop):
    """As after a process that ended between the vouchers and the note of them: here the note is taken back by hand."""
    ask(shop)
    issue(shop, 4)
    before = made(shop)
    with writing(shop) as unit:
        batches.repository.note_made(unit, BATCH, 1)
    assert issue(shop, 500) == 6
    assert made(shop)[:4] == before
    with reading(shop) as unit:
        assert [vouchers.balance_of(unit, one) for one in made(shop)] == [500] * 7


@pytest.mark.parametrize(
    ("wanted", "more", "code"),
    [
        (0, {}, "voucher_batch_invalid"),
        (batches.MOST + 1, {}, "voucher_batch_invalid"),
        (1, {"amount": 0}, "voucher_amount_invalid"),
        (1, {"type_code": "OTHER"}, "voucher_type_unknown"),
        (1, {"store_id": "UK01"}, "voucher_currency_differs"),
    ],
)
def test_what_cannot_be_issued_is_not_begun(shop, wanted, more, code):
    with pytest.raises(DomainError) as refused:
        ask(shop, wanted, **more)
    assert refused.value.code == code
    with reading(shop) as unit:
        assert batches.list_batches(unit) == []


@pytest.fixture
def office(chain):
    stock_values(chain.context.database, chain.context.signing_key.sign, NOW)
    return chain


GIVEN = {"type": "DANKE", "store": "DE01", "amount": "5,00", "wanted": "3", "group": "vip"}


def test_head_office_asks_for_a_batch_and_prints_it(office):
    desk = Desk(office.app).let_in("9")
    assert desk.send("/values/batches", **GIVEN).status_code == 303
    page = desk.get("/values/batches").text
    assert "0 von 3" in page
    assert "data-poll" in page
    assert ".csv" not in page
    issue_batches(office.context)
    page = desk.get("/values/batches").text
    assert "3 von 3" in page
    assert "data-poll" not in page
    address = re.search(r'href="(/values/batches/[0-9a-f-]+\.csv)"', page)[1]
    rows = list(csv.DictReader(io.StringIO(desk.get(address).text), delimiter=";"))
    assert [(row["amount"], row["currency"]) for row in rows] == [("5.00", "EUR")] * 3
    facts, _ = read_token(rows[0]["code"])
    assert (facts.number, facts.amount) == (rows[0]["number"], 500)
    assert desk.get(f"/values/vouchers/{rows[0]['number']}").status_code == 200
    trail = Desk(office.app).let_in("1").get("/audit").text
    assert "Gutscheinserie" in trail
    assert Desk(office.app).let_in("2").get(address).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("wanted", "1000001", "1 bis 1.000.000 Gutscheine"),
        ("wanted", "viele", "1 bis 1.000.000 Gutscheine"),
        ("amount", "umsonst", "Ein Betrag über null"),
        ("type", "OTHER", "Eine Art in der Währung der Filiale"),
        ("store", "UK01", "Eine Art in der Währung der Filiale"),
    ],
)
def test_what_is_wrong_is_said_and_stays(office, field, value, said):
    answer = Desk(office.app).let_in("9").send("/values/batches", **{**GIVEN, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert f'value="{value}"' in answer.text or field == "type"


@pytest.mark.long
def test_ten_thousand_are_issued_and_written_to_a_file(office):
    desk = Desk(office.app).let_in("9")
    desk.send("/values/batches", **{**GIVEN, "wanted": str(TEN_THOUSAND)})
    issue_batches(office.context)
    address = re.search(r'href="(/values/batches/[^"]+)"', desk.get("/values/batches").text)[1]
    codes = {
        row["code"] for row in csv.DictReader(io.StringIO(desk.get(address).text), delimiter=";")
    }
    assert len(codes) == TEN_THOUSAND
