"""What goes back to a purse comes back on the terms of the lots that the sale took it from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments.desk import SOURCES
from central_server.features.instruments.merging import merge_customers
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.statement_repository import movements
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import service
from central_server.platform.unit_of_work import reading
from shared.ledger import AccountKind, Journal, LotTerms, Transfer, moved
from shared.ledger.posting import store_account
from shared.loyalty import Purse, Worth, purse_key, source_key
from shared.tender import TenderKind
from tests.integration.ledger_rig import HOUSE, named
from tests.integration.test_purses import CARD, Desk
from tests.support.journals import ImaginedTill

DEEP = 10_000
"""What each purse has besides, on the terms of the purse: taken last."""
PIECES = tuple((f"A-{n}", "1", 100) for n in range(1, 8))


class Counter(Desk):
    """A desk with lots that end soon, and goods that come back part by part."""

    expected = ()

    def lot(self, name, days, amount, purse=Purse.WALLET, customer="C1"):
        """A lot that ends in some days."""
        ends = LotTerms(None, self.today + timedelta(days=days))
        source = source_key(purse, "DE01", "EUR")
        given = Transfer(source, purse_key(purse, customer, "EUR"), amount, "award", lot=ends)
        self.books.day = self.today
        self.books.post(name, given)

    def bought(self, *tenders):
        """Seven pieces of 1.00 by these tenders; the receipt's number."""
        rows = [self.tender(*tender) for tender in tenders]
        self.till.sell(*PIECES, tenders=rows)
        self.book()
        return f"DE01-T1-1-{self.till.number}"

    def tender(self, kind, amount, name, instrument=CARD):
        if name:
            asked = self.approved(kind, name, amount)
            row = {"authorisation": asked["auth_id"]}
        else:
            row = {}
        return {"kind": kind, "amount": amount, "instrument": instrument, **row}

    def back(self, number, kind, *pieces, days=0, instrument=CARD):
        """Some pieces of a receipt come back, and their price goes back to a purse."""
        tenders = [{"kind": kind, "amount": -100 * len(pieces), "instrument": instrument}]
        day = self.today + timedelta(days=days)
        lines = [(piece, 1, 100) for piece in pieces]
        self.bring_back(number, *lines, tenders=tenders, business_date=day.isoformat())

    def ends(self, purse=Purse.WALLET, customer="C1"):
        """What is in a purse by the days until it ends, without what it has besides."""
        terms = self.write(service.terms)[purse].lot(self.today).expires_on
        found = {}
        for each in self.purse(purse, customer).lots:
            if each.terms.expires_on != terms:
                days = (each.terms.expires_on - self.today).days
                found[days] = found.get(days, 0) + each.remaining
        return found


@pytest.fixture
def counter(web_centre):
    counter = Counter(web_centre)
    yield counter
    assert counter.books.findings() == []
    assert counter.house(AccountKind.INSTRUMENTS) == 0
    assert tuple(counter.notices()) == counter.expected


@pytest.mark.parametrize("kind", ["wallet", "cashback", "bonus", "store_credit", "points"])
def test_part_by_part_it_comes_back_on_the_terms_it_was_taken_on(counter, kind):
    purse = Purse(kind)
    counter.lot("soon", 10, 300, purse)
    counter.lot("later", 20, 500, purse)
    number = counter.bought((kind, 700, "sale"))
    assert counter.ends(purse) == {20: 100}
    counter.back(number, kind, 1, 2)
    assert counter.ends(purse) == {20: 300}
    counter.back(number, kind, 3, 4, 5)
    assert counter.ends(purse) == {20: 500, 10: 100}
    counter.back(number, kind, 6, 7)
    assert counter.ends(purse) == {20: 500, 10: 300}
    assert counter.free(kind) == DEEP + 800


def test_what_is_taken_without_a_hold_comes_back_first_and_each_lot_gets_what_it_gave(counter):
    counter.lot("soon", 10, 300)
    counter.lot("later", 20, 300)
    # Held are 4.00; the rest is taken from what is there when the receipt comes.
    held = counter.tender("wallet", 400, "held")
    counter.till.sell(*PIECES, tenders=[{**held, "amount": 700}])
    counter.book()
    number = f"DE01-T1-1-{counter.till.number}"
    assert counter.ends() == {}
    # The last 1.00 was taken from what ends last, 2.00 before it and 1.00 with the hold from `later`.
    counter.back(number, "wallet", 1)
    assert counter.ends() == {}
    counter.back(number, "wallet", 2, 3)
    assert counter.ends() == {20: 200}
    counter.back(number, "wallet", 4, 5, 6, 7)
    assert counter.ends() == {20: 300, 10: 300}


def test_what_no_sale_took_is_something_new(counter):
    counter.lot("soon", 10, 300)
    counter.till.sell(
        *PIECES, tenders=[counter.tender("wallet", 300, "part"), {"kind": "cash", "amount": 400}]
    )
    counter.book()
    number = f"DE01-T1-1-{counter.till.number}"
    counter.back(number, "wallet", 1, 2)
    assert counter.ends() == {10: 200}
    # No more than the 3.00 that were taken; the rest was paid in cash.
    counter.back(number, "wallet", 3, 4, 5)
    assert counter.ends() == {10: 300}
    assert counter.free("wallet") == DEEP + 500
    # Another purse gave nothing.
    counter.lot("bonus", 10, 50, Purse.BONUS)
    counter.back(number, "bonus", 6, 7)
    assert counter.ends(Purse.BONUS) == {10: 50}


def test_what_ended_meanwhile_begins_anew(counter):
    counter.lot("soon", 10, 300)
    counter.lot("later", 20, 400)
    number = counter.bought(("wallet", 700, "sale"))
    counter.back(number, "wallet", 1, days=10)
    assert counter.ends() == {20: 100}
    counter.back(number, "wallet", 2, 3, 4, 5, days=11)
    assert counter.ends() == {20: 400}
    assert counter.free("wallet") == DEEP + 500
    counter.back(number, "wallet", 6, 7, days=20)
    assert counter.ends() == {20: 400}
    assert counter.free("wallet") == DEEP + 700


def test_of_points_as_many_come_back_as_they_had_cost(counter):
    counter.write(lambda unit: service.set_worth(unit, "EUR", Worth(100, 300), counter.clock.now()))
    counter.lot("soon", 10, 235, Purse.POINTS)
    number = counter.bought(("points", 700, "sale"))
    assert counter.ends(Purse.POINTS) == {10: 1}
    # Worth less now, and later nothing: what was paid with is what comes back.
    counter.write(lambda unit: service.set_worth(unit, "EUR", Worth(100, 50), counter.clock.now()))
    counter.back(number, "points", 1)
    assert counter.ends(Purse.POINTS) == {10: 34}
    counter.write(lambda unit: service.set_worth(unit, "EUR", None, counter.clock.now()))
    counter.back(number, "points", 2, 3, 4, 5, 6)
    counter.back(number, "points", 7)
    assert counter.ends(Purse.POINTS) == {10: 235}
    assert counter.purse().balance == DEEP + 235


def test_it_comes_back_to_whoever_the_customer_is_by_now(counter):
    counter.lot("soon", 10, 700)
    number = counter.bought(("wallet", 700, "sale"))
    draft = CustomerDraft("C2", {"name": "Bo"})
    counter.write(lambda unit: enter_batch(unit, [draft], counter.clock.now()))
    counter.back(number, "wallet", 1, instrument="C2")
    assert counter.ends(customer="C2") == {}
    counter.write(lambda unit: merge_customers(unit, "C1", "C2", counter.change()))
    counter.back(number, "wallet", 2, 3)
    assert counter.ends(customer="C2") == {10: 200}


def test_a_return_that_is_booked_before_its_sale_gives_something_new(counter):
    counter.lot("soon", 10, 700)
    tender = counter.tender("wallet", 700, "sale")
    number = "DE01-T1-1-2"
    counter.back(number, "wallet", 1)
    counter.till.sell(*PIECES, tenders=[tender])
    counter.book()
    assert counter.ends() == {}
    counter.back(number, "wallet", 2, 3)
    assert counter.ends() == {10: 200}
    assert counter.free("wallet") == DEEP + 300
    counter.expected = ("return_origin_unknown",)


def test_of_two_purses_and_two_refunds_each_gets_what_it_gave(counter):
    counter.lot("wallet", 10, 300)
    counter.lot("more wallet", 20, 200)
    counter.lot("bonus", 15, 200, Purse.BONUS)
    number = counter.bought(("wallet", 300, "a"), ("bonus", 200, "b"), ("wallet", 200, "c"))
    assert (counter.ends(), counter.ends(Purse.BONUS)) == ({}, {})
    # Another till takes all of it back, in parts of its own.
    other = ImaginedTill("DE01-T2")
    rows = [("wallet", -100), ("bonus", -300), ("wallet", -300)]
    tenders = [{"kind": kind, "amount": most, "instrument": CARD} for kind, most in rows]
    first, counter.till = counter.till, other
    counter.bring_back(number, *((piece, 1, 100) for piece in range(1, 8)), tenders=tenders)
    counter.till = first
    assert counter.ends() == {10: 200, 20: 200}
    assert counter.ends(Purse.BONUS) == {15: 200}
    assert (counter.free("wallet"), counter.free("bonus")) == (DEEP + 400, DEEP + 300)


def test_the_same_refund_twice_gives_it_once(counter):
    counter.lot("soon", 10, 500)
    spends = [named("first"), named("second")]
    key, house = (
        purse_key(Purse.WALLET, "C1", "EUR"),
        store_account(AccountKind.INSTRUMENTS, "DE01", "EUR"),
    )
    for spend, amount in zip(spends, (300, 200), strict=True):
        journal = Journal(spend, "test", counter.today, moved(key, house, amount, "redeem"))
        counter.write(lambda unit, j=journal: ledger.post(unit, j, counter.clock.now()))
    asked = Asked(named("back"), CARD, "DE01", counter.today, "9001", 400, "EUR")
    source, at = SOURCES[TenderKind.WALLET], counter.clock.now()
    answers = [
        counter.write(lambda unit: source.give_back(unit, asked, spends, at)) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (answers[0].amount, len(answers[0].journals)) == (400, 2)
    # What no journal took is given once, too.
    more = replace(asked, request_id=named("more"))
    for _ in range(2):
        counter.write(lambda unit: source.give_back(unit, more, spends, at))
    assert (counter.ends(), counter.free("wallet")) == ({10: 500}, DEEP + 800)
    # The receipts that would balance it were not booked here.
    counter.books.post("balanced", Transfer(HOUSE, house, 300, "paid"))


def test_statements_tell_the_receipt_behind_each_part(counter):
    counter.lot("soon", 10, 300)
    number = counter.bought(("wallet", 700, "sale"))
    counter.back(number, "wallet", 1, 2, 3, 4, 5)
    with reading(counter.database) as unit:
        account = ledger.find_account(unit, purse_key(Purse.WALLET, "C1", "EUR"))
        moves = movements(unit.connection, account.id, counter.today, counter.today)
    back = [(row.amount, row.receipt_no) for row in moves if row.code == "refund"]
    assert back == [(400, 2), (100, 2)]
