"""Points, wallet and cashback: given by receipts, taken back by returns, ended in time, and never below nothing."""

from datetime import date, timedelta

import pytest

from central_server.app import cli
from central_server.features.ledger import jobs as ledger_jobs
from central_server.features.loyalty import jobs, service
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind, Transfer
from shared.loyalty import Purse, PurseTerms
from tests.integration.ledger_rig import CLUB, REDEEMED, points
from tests.integration.loyalty_rig import CASHBACK, FROM_50, POINTS, WALLET, LoyalShop
from tests.support.journals import ImaginedTill


@pytest.fixture
def shop(web_centre):
    shop = LoyalShop(web_centre)
    shop.publish(POINTS, WALLET, CASHBACK, FROM_50)
    yield shop
    assert shop.books.findings() == []


def spend(shop, name, amount):
    shop.books.day = shop.today
    return shop.books.post(name, Transfer(points(), REDEEMED, amount, "redeem"))


def test_a_receipt_earns_what_its_promotions_give(shop):
    shop.buy(bodies=(POINTS, WALLET, CASHBACK, FROM_50))
    assert [shop.purse(purse).balance for purse in Purse] == [170, 350, 200, 0, 0]
    assert [shop.purse(purse).free for purse in Purse] == [0, 0, 0, 0, 0]
    assert shop.purse().pending == 170
    later = shop.today + timedelta(days=14)
    assert [shop.purse(purse, on=later).free for purse in Purse] == [170, 350, 200, 0, 0]
    (first, _) = shop.purse().lots
    assert (first.terms.vests_on, first.terms.expires_on) == (later, date(2029, 12, 31))


def test_who_is_not_known_earns_nothing(shop):
    shop.buy(customer="")
    assert shop.purse(customer="").balance == 0


def test_goods_that_come_back_take_what_they_earned_in_parts_and_to_the_last(shop):
    number = shop.buy(bodies=(POINTS, WALLET, CASHBACK, FROM_50))
    shop.bring_back(number, (2, 1, 3000))
    # 40.00 are left: 40 points of B1, and B4 asks for 50.00.
    assert [shop.purse(purse).balance for purse in Purse] == [40, 200, 200, 0, 0]
    shop.bring_back(number, (1, 1, 2000))
    assert [shop.purse(purse).balance for purse in Purse] == [20, 100, 200, 0, 0]
    shop.bring_back(number, (1, 1, 2000))
    assert [shop.purse(purse).balance for purse in Purse] == [0, 0, 0, 0, 0]
    assert [shop.purse(purse).debt for purse in Purse] == [0, 0, 0, 0, 0]


def test_the_order_of_returns_on_two_tills_does_not_matter(shop):
    number = shop.buy()
    here = shop.till
    shop.till = ImaginedTill("DE01-T2")
    shop.bring_back(number, (1, 2, 2000))
    assert shop.purse().balance == 30
    shop.till = here
    shop.bring_back(number, (2, 1, 3000))
    assert shop.purse().balance == 0


def test_a_return_that_comes_before_its_sale_counts_when_the_sale_comes(shop):
    here, there = shop.till, ImaginedTill("DE01-T2")
    shop.till = there
    shop.bring_back("DE01-T1-1-1", (1, 1, 2000))
    shop.till = here
    shop.buy()
    assert shop.purse().balance == 50
    shop.bring_back("DE01-T1-1-1", (1, 1, 2000), (2, 1, 3000))
    assert shop.purse().balance == 0


def test_what_is_pending_is_taken_back_from_itself(shop):
    number = shop.buy()
    shop.grant("gift", 30)
    assert (shop.purse().balance, shop.purse().free) == (100, 30)
    shop.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    assert (shop.purse().balance, shop.purse().free, shop.purse().debt) == (30, 30, 0)


def vested(shop, days=14):
    """Let what was earned so far be spent at once."""
    terms = PurseTerms(window_days=0)
    for purse in Purse:
        shop.write(lambda unit, p=purse: service.set_terms(unit, p, terms, shop.clock.now()))


def test_what_was_spent_is_owed_and_the_purse_stays_above_nothing(shop):
    vested(shop)
    number = shop.buy()
    spend(shop, "spent", 60)
    shop.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    found = shop.purse()
    assert (found.balance, found.debt, found.free) == (0, 60, 0)
    shop.buy(goods=(("A-1", "1", 4000),))
    assert (shop.purse().balance, shop.purse().debt) == (0, 20)
    last = shop.buy(goods=(("A-1", "1", 4000),))
    assert (shop.purse().balance, shop.purse().debt) == (20, 0)
    # What worked the debt off is taken back, too: it is owed again.
    shop.bring_back(last, (1, 1, 4000))
    assert (shop.purse().balance, shop.purse().debt) == (0, 20)


def test_money_of_the_wallet_that_was_spent_is_worked_off_by_cashback(shop):
    vested(shop)
    number = shop.buy(bodies=(WALLET,))
    key = shop.purse(Purse.WALLET).key
    house = AccountKey(AccountKind.BANK, key.unit, store_id="DE01")
    shop.books.post("spent", Transfer(key, house, 350, "redeem"))
    shop.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    assert shop.purse(Purse.WALLET).debt == 350
    shop.buy(bodies=(CASHBACK,))
    assert (shop.purse(Purse.CASHBACK).balance, shop.purse(Purse.WALLET).debt) == (0, 150)
    shop.buy(bodies=(CASHBACK, WALLET))
    assert [shop.purse(purse).balance for purse in Purse] == [0, 200, 200, 0, 0]
    assert shop.purse(Purse.WALLET).debt == 0


def test_points_that_become_free_work_a_debt_off_at_night(shop, web_centre):
    vested(shop)
    number = shop.buy()
    spend(shop, "spent", 70)
    shop.write(lambda unit: service.set_terms(unit, Purse.POINTS, PurseTerms(), shop.clock.now()))
    shop.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    shop.grant("gift", 100)
    assert (shop.purse().balance, shop.purse().debt, shop.purse().free) == (100, 70, 30)
    jobs.settle(web_centre.context)
    assert (shop.purse().balance, shop.purse().debt) == (30, 0)
    jobs.settle(web_centre.context)
    assert (shop.purse().balance, shop.purse().debt) == (30, 0)


def test_what_is_held_for_a_receipt_is_not_taken_back(shop):
    vested(shop)
    number = shop.buy()
    shop.books.at = shop.clock.now()
    shop.books.hold_points("held", 50)
    shop.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    assert (shop.purse().balance, shop.purse().debt) == (50, 50)


def test_ends_are_announced_once_and_the_oldest_ends_first(shop, web_centre):
    terms = PurseTerms(0, 1, year_end=False, announce_days=40)
    shop.write(lambda unit: service.set_terms(unit, Purse.POINTS, terms, shop.clock.now()))
    shop.buy()
    end = shop.purse().lots[0].terms.expires_on
    assert jobs.announce(web_centre.context) == 1
    assert jobs.announce(web_centre.context) == 0
    assert shop.purse().announced == {end: shop.today}
    spend(shop, "spent", 30)
    web_centre.clock.at += end - shop.today
    ledger_jobs.expire_lots(web_centre.context)
    assert shop.purse().balance == 40
    web_centre.clock.at += timedelta(days=1)
    ledger_jobs.expire_lots(web_centre.context)
    assert shop.purse().balance == 0


def test_what_is_given_by_hand_is_given_once(shop):
    shop.grant("gift", 100, Purse.BONUS)
    shop.grant("gift", 100, Purse.BONUS)
    assert (shop.purse(Purse.BONUS).free, shop.purse(Purse.BONUS).pending) == (100, 0)
    with pytest.raises(DomainError, match="ledger_journal_differs"):
        shop.grant("gift", 101, Purse.BONUS)
    with pytest.raises(DomainError, match="loyalty_amount_invalid"):
        shop.grant("nothing", 0)
    with pytest.raises(DomainError, match="store_unknown"):
        shop.grant("nowhere", 1, store="XX99")


@pytest.fixture
def command(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["loyalty", *words])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def test_the_commands(shop, command):
    assert command("terms", "points") == (
        0,
        ["points        after 14 days, 36 months to the end of the year, announced 60 days before"],
    )
    assert command("terms", "points", "--window", "0", "--months", "0")[1] == [
        "points        after 0 days, for ever"
    ]
    assert command("terms", "points", "--window", "-1") == (
        2,
        ["tresen: These are no terms of a purse. Days from 0 to 3660, months from 1 to 1200."],
    )
    number = shop.buy()
    assert command("balance", "C1", "--purse", "points")[1] == [
        "points        70 PTS-CLUB  free 70 PTS-CLUB",
        "         70 PTS-CLUB",
    ]
    shop.bring_back(number, (2, 1, 3000))
    status, lines = command("statement", "C1")
    assert (status, lines[0], len(lines)) == (0, "points 40 PTS-CLUB", 3)
    assert "-30 PTS-CLUB  single   take_back" in lines[1]
    assert command("grant", "C1", "2.50", "--purse", "bonus", "--store", "DE01", "--now")[0] == 0
    assert command("grant", "C1", "1", "--purse", "bonus", "--store", "DE01", "--request", "x") == (
        2,
        ["tresen: x is not a UUID."],
    )
    assert command("expire") == (0, ["0 ends announced, 0 ended"])


def test_terms_are_kept_for_each_purse(shop):
    vested(shop)
    with reading(shop.database) as unit:
        assert set(service.terms(unit).values()) == {PurseTerms(window_days=0)}
    assert points().unit == CLUB
