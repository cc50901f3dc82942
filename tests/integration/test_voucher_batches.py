"""Vouchers by the thousand: each once whatever is repeated, in the background, with a file for printing."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from central_server.features.instruments import batches, vouchers
from central_server.features.instruments.jobs import issue_batches
from central_server.features.instruments.voucher_repository import VoucherType
from central_server.features.instruments.vouchers import Issue
from central_server.features.ledger.opening import open_accounts
from central_server.features.ledger.verification import verify
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import (
    AccountKey,
    AccountKind,
    Journal,
    OwnerType,
    Phase,
    Transfer,
    money_unit,
)
from shared.ledger.posting import store_account
from shared.vouchers import VoucherClass, read_token, voucher_number
from tests.support.head_office import NOW, Desk
from tests.support.journals import START
from tests.support.value_shop import stock_values

BATCH = UUID(int=77)
SEED = UUID(int=0x5EED << 100)
TEN_THOUSAND = 10_000


def sign(text):
    return bytes(64)


@pytest.fixture
def shop(centre):
    stock_values(centre, sign, START)
    return centre


def ask(database, wanted=7, customers=(), **more):
    facts = {"type_code": "DANKE", "store_id": "DE01", "amount": 500, "group": "vip", **more}
    asked = Issue(BATCH, on=START.date(), **facts)
    return run_writing(
        database, lambda unit: batches.ask(unit, asked, wanted, "1", START, SEED, customers)
    )


def issue(database, part):
    with reading(database) as unit:
        next_part = batches.next_part(unit, sign, START, part)
    if next_part is None:
        return 0
    return run_writing(database, lambda unit: batches.issue_part(unit, next_part, START))


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
        assert [vouchers.balance_of(unit, one) for one in found] == [500] * 7
    assert verify(shop) == []


def test_a_part_that_is_repeated_issues_nothing_twice(shop):
    """As after a process that ended between the vouchers and the note of them: here the note is taken back by hand."""
    ask(shop)
    issue(shop, 4)
    before = made(shop)
    with writing(shop) as unit:
        batches.repository.note_made(unit, BATCH, 1)
    assert issue(shop, 500) == 3
    assert made(shop)[:4] == before
    with reading(shop) as unit:
        assert [vouchers.balance_of(unit, one) for one in made(shop)] == [500] * 7


def test_one_for_each_customer_under_the_number_they_have_now(shop):
    ask(shop, customers=["K-1001", "K-1002"], group="")
    assert issue(shop, 1) == 1
    assert issue(shop, 5) == 1
    found = made(shop)
    assert [one.customer for one in found] == ["K-1001", "K-1002"]
    assert all(one.facts.holder.startswith("c") for one in found)
    with reading(shop) as unit:
        assert batches.repository.customers_of(unit, BATCH, 0, 9) == []


def test_the_vat_of_single_purpose_ones_is_booked_for_all_of_a_part(shop):
    """As much as one by one, in one transfer."""
    cup = VoucherType("TASSE", "Tasse", "EUR", VoucherClass.SINGLE, False, "standard", "DE", None)
    with writing(shop) as unit:
        vouchers.add_type(unit, cup, START)
    ask(shop, 3, type_code="TASSE", amount=1190, group="")
    assert issue(shop, 500) == 3
    with reading(shop) as unit:
        rows = unit.connection.exec_driver_sql(
            "SELECT amount FROM ledger_transfer WHERE code = 'voucher_tax' ORDER BY id DESC"
        )
        assert rows.scalars().first() == 3 * 190
    assert verify(shop) == []


def test_two_schedulers_issue_no_part_twice(shop):
    ask(shop)
    with reading(shop) as unit:
        first, second = (batches.next_part(unit, sign, START, 4) for _ in range(2))
    assert run_writing(shop, lambda unit: batches.issue_part(unit, first, START)) == 4
    assert run_writing(shop, lambda unit: batches.issue_part(unit, second, START)) == 0
    assert issue(shop, 500) == 3
    assert len(made(shop)) == 7


def test_a_batch_from_before_goes_on_under_its_own_numbers(shop):
    ask(shop)
    with writing(shop) as unit:
        unit.connection.exec_driver_sql("UPDATE voucher_batch SET seed = NULL")
    assert issue(shop, 3) == 3
    old = derived_id(derived_id(BATCH, "voucher 0"), "voucher")
    assert made(shop)[0].number == voucher_number(old)


def test_numbers_follow_from_the_seed_and_no_two_are_alike(shop):
    ask(shop, 300)
    issue(shop, 500)
    numbers = [one.number for one in made(shop)]
    assert len(set(numbers)) == 300
    assert len({number[1:9] for number in numbers}) == 300


def house(name):
    return store_account(AccountKind.MARKETING, name, "EUR")


def purse(number):
    unit = money_unit("EUR")
    return AccountKey(AccountKind.VOUCHER, unit, OwnerType.VOUCHER, str(UUID(int=number)))


@pytest.mark.parametrize(
    ("transfers", "error"),
    [
        ((), DomainError),
        ((Transfer(house("DE01"), purse(1), 0, "issue"),), DomainError),
        ((Transfer(house("DE01"), purse(1), 5, "issue"),) * 2, ValueError),
        ((Transfer(purse(2), purse(1), 5, "issue"),), ValueError),
        (
            (
                Transfer(
                    house("DE01"), purse(1), 5, "issue", Phase.PENDING,
                    expires_at=START + timedelta(hours=1),
                ),
            ),
            ValueError,
        ),
    ],
)  # fmt: skip
def test_what_is_no_opening_is_not_posted_as_one(shop, transfers, error):
    journal = Journal(UUID(int=9), "voucher.issue", START.date(), transfers)
    with pytest.raises(error), writing(shop) as unit:
        open_accounts(unit, journal, START)


def test_an_account_that_is_there_is_never_opened_again(shop):
    journal = Journal(
        UUID(int=9), "voucher.issue", START.date(), (Transfer(house("DE01"), purse(1), 5, "issue"),)
    )
    with writing(shop) as unit:
        open_accounts(unit, journal, START)
    with pytest.raises(IntegrityError), writing(shop) as unit:
        open_accounts(unit, replace(journal, journal_id=UUID(int=10)), START)


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


GIVEN = {"type": "DANKE", "store": "DE01", "amount": "5,00", "wanted": "3"}


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


def test_each_customer_of_a_group_gets_one_and_the_file_says_who(office):
    desk = Desk(office.app).let_in("9")
    each = {**GIVEN, "wanted": "", "bound": "named", "customers": "K-1001"}
    assert desk.send("/values/batches", **each).status_code == 303
    assert "je einer" in desk.get("/values/batches").text
    issue_batches(office.context)
    address = re.search(r'href="(/values/batches/[^"]+)"', desk.get("/values/batches").text)[1]
    rows = list(csv.DictReader(io.StringIO(desk.get(address).text), delimiter=";"))
    assert [row["customer"] for row in rows] == ["K-1001"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"bound": "named", "customers": "K-9999"}, "ist kein Kunde"),
        ({"bound": "named", "customers": " "}, "ist kein Kunde"),
        ({"bound": "each", "group": "niemand"}, "In dieser Gruppe ist niemand"),
        ({"bound": "group", "group": "niemand"}, "In dieser Gruppe ist niemand"),
    ],
)
def test_a_batch_is_for_somebody_who_is_there(office, more, said):
    answer = Desk(office.app).let_in("9").send("/values/batches", **GIVEN, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count('aria-invalid="true"') == 1


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
