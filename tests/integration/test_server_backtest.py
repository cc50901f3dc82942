"""A draft tried on stored receipts: what it would have hit, given, displaced; and nothing else is touched."""

import json
from datetime import date, timedelta

import pytest

from central_server.app import cli
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.customers.service import CustomerDraft
from central_server.features.customers.service import enter_batch as enter_customers
from central_server.features.promotions.tables import promotion_use
from central_server.gateway.journal.backtest import Question, backtest
from central_server.platform.unit_of_work import run_writing
from shared.promotions import read_promotion
from tests.integration.promotion_rig import PricedShop, book, promotion
from tests.integration.test_journal_intake import counted
from tests.support.journals import START

DAY = START.date()


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


class Shop(PricedShop):
    def __init__(self, centre):
        super().__init__(centre.context.database, centre.clock)
        self.heard = []

    def know(self, **categories):
        """The catalogue says in which category articles are."""
        named = {sku.replace("_", "-"): category for sku, category in categories.items()}
        articles = [ArticleDraft(sku, {"de": sku}, category=c) for sku, c in named.items()]
        variants = [VariantDraft(sku, sku) for sku in named]
        run_writing(
            self.database, lambda unit: enter_batch(unit, articles, variants, self.clock.now())
        )

    def plain(self, *goods, **more):
        """A receipt from before there were promotions."""
        self.till.sell(*goods, **more)
        book(self.database, self.clock, self.till)

    def tried(self, draft, first=DAY, last=DAY, store=None, currency="EUR", processes=1):
        question = Question(read_promotion(draft, "", 2), currency, first, last, store)
        return backtest(
            self.database, question, lambda *_: self.heard.append(1), processes, worth=1
        )


def test_two_processes_find_together_what_one_finds(shop):
    shop.know(A_1="trousers")
    shop.publish(promotion("P1", "10"))
    for number in range(9):
        shop.plain(("A-1", "1", 5000 + number), ("A-2", "1", 3000))
        shop.sell(promotion("P1", "10"))
    draft = promotion("D", "20")
    alone, together = shop.tried(draft), shop.tried(draft, processes=2)
    assert alone.outcome.receipts == alone.outcome.hit == 18
    assert together.outcome == alone.outcome
    assert together.changed == alone.changed


def test_a_limited_draft_is_tried_in_the_order_of_time_by_one_process(shop):
    for price in (1000, 2000, 3000):
        shop.plain(("A-1", "1", price))
    trial = shop.tried(promotion("D", "50", limit={"total": 2}), processes=2)
    assert (trial.outcome.hit, trial.outcome.discount) == (2, 1500)


def test_receipts_without_promotions_are_priced_with_what_the_catalogue_says(shop):
    shop.know(A_1="trousers", A_2="shirts")
    shop.plain(("A-1", "2", 5000), ("A-2", "1", 3000))
    shop.plain(("A-2", "1", 3000))
    shop.plain(("A-9", "1", 700))
    shop.plain(("A-1", "-1", 5000))
    trial = shop.tried(promotion("D", "20", take={"categories": ["trousers"]}))
    found = trial.outcome
    assert (found.receipts, found.lines, found.hit) == (3, 4, 1)
    assert (found.discount, found.before, found.after) == (2000, 16700, 14700)
    (changed,) = trial.changed
    assert (changed.name, changed.before, changed.after) == ("DE01-T1-1-1", 13000, 11000)
    assert counted(shop.database, promotion_use) == 0


def test_it_says_what_the_draft_beat(shop):
    shop.publish(promotion("P1", "10"), promotion("P2", "5", take={"skus": ["A-2"]}))
    shop.sell(promotion("P1", "10"), promotion("P2", "5", take={"skus": ["A-2"]}))
    shop.sell(promotion("P1", "10"), promotion("P2", "5", take={"skus": ["A-2"]}))
    body = shop.sell(promotion("P2", "5", take={"skus": ["A-2"]}))
    assert [use["id"] for use in body["promotions"]] == ["P2"]
    trial = shop.tried(promotion("D", "50", take={"skus": ["A-1"]}))
    found = trial.outcome
    assert (found.hit, found.beaten) == (3, {})
    # P1 still takes the other lines; a draft on everything leaves it nothing.
    found = shop.tried(promotion("D", "50")).outcome
    assert (found.hit, found.beaten) == (3, {"P1": 2, "P2": 1})
    assert found.discount > found.before - found.after > 0


def test_a_draft_with_the_id_of_a_published_promotion_takes_its_place(shop):
    shop.publish(promotion("P1", "10"))
    shop.sell(promotion("P1", "10"), goods=(("A-1", "1", 1000),))
    found = shop.tried(promotion("P1", "30")).outcome
    assert (found.before, found.after, found.discount, found.beaten) == (900, 700, 300, {})
    # Weaker than what it replaces: the customer would have paid more.
    found = shop.tried(promotion("P1", "5")).outcome
    assert (found.before, found.after) == (900, 950)


def test_period_and_code_do_not_count_but_hours_and_stores_do(shop):
    shop.plain(("A-1", "1", 1000))
    later = {"from": "2030-01-01T00:00:00+01:00", "codes": ["HERBST"]}
    assert shop.tried(promotion("D", when=later)).outcome.hit == 1
    assert shop.tried(promotion("D", when={**later, "stores": ["AT01"]})).outcome.hit == 0
    assert shop.tried(promotion("D", when={"hours": [["18:00", "20:00"]]})).outcome.hit == 0
    assert shop.tried(promotion("D", when={"tenders": ["cash"]})).outcome.hit == 1
    assert shop.tried(promotion("D", when={"tenders": ["card"]})).outcome.hit == 0


def test_limits_over_all_receipts_count_from_the_first_one(shop):
    for _ in range(4):
        shop.plain(("A-1", "1", 1000), customer="C1")
    assert shop.tried(promotion("D", limit={"total": 3})).outcome.hit == 3
    assert shop.tried(promotion("D", limit={"per_customer": 2})).outcome.hit == 2
    known = {"known": True}
    # Nobody at the centre knows C1 yet.
    assert shop.tried(promotion("D", who=known)).outcome.hit == 0
    run_writing(
        shop.database,
        lambda unit: enter_customers(
            unit, [CustomerDraft("C1", {"name": "Ada"}, {"groups": ("vip",)})], shop.clock.now()
        ),
    )
    limited = promotion("D", limit={"per_customer": 2}, who=known)
    assert shop.tried(limited).outcome.hit == 2
    assert shop.tried(promotion("D", who={"groups": ["vip"]})).outcome.hit == 4
    assert shop.tried(promotion("D", who={"groups": ["gold"]})).outcome.hit == 0
    found = shop.tried(promotion("D", limit={"budget": "5.00"})).outcome
    assert (found.hit, found.discount) == (3, 500)


def test_only_the_days_store_and_currency_that_were_asked_for_are_looked_at(shop):
    shop.plain(("A-1", "1", 1000))
    assert shop.tried(promotion("D"), store="DE01").outcome.receipts == 1
    assert shop.tried(promotion("D"), store="AT01").outcome.receipts == 0
    assert shop.tried(promotion("D"), currency="GBP").outcome.receipts == 0
    before = DAY - timedelta(days=1)
    assert shop.tried(promotion("D"), date(2000, 1, 1), before).outcome.receipts == 0
    assert shop.tried(promotion("D"), date(2000, 1, 1), date.max).outcome.receipts == 1
    assert len(shop.heard) == 2


def test_the_ten_receipts_that_changed_most_come_first(shop):
    for number in range(1, 14):
        shop.till.sell(("A-1", "1", 1000 * number))
    book(shop.database, shop.clock, shop.till)
    changed = shop.tried(promotion("D", "10")).changed
    assert [each.by for each in changed] == [100 * number for number in range(13, 3, -1)]


def test_the_pages_follow_one_another(shop, monkeypatch):
    from central_server.gateway.journal import sold_repository

    monkeypatch.setattr(sold_repository, "_AT_ONCE", 2)
    for _ in range(5):
        shop.till.sell(("A-1", "1", 1000))
    book(shop.database, shop.clock, shop.till)
    assert shop.tried(promotion("D")).outcome.hit == 5
    assert len(shop.heard) == 3


def command(capsys, *words):
    status = cli.main(["backtest", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture
def draft(tmp_path):
    def written(document):
        path = tmp_path / "draft.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return written


DAYS = ("--from", DAY, "--to", DAY)


def test_the_command_prints_what_was_found(shop, furnished_url, draft, capsys, monkeypatch):
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)
    shop.publish(promotion("P1", "10"))
    shop.sell(promotion("P1", "10"), goods=(("A-1", "1", 1000),))
    path = draft(promotion("D", "25"))
    status, out, _ = command(capsys, path, *DAYS)
    assert status == 0
    for text in ("1 (100.0 %)", "2.50 EUR", "9.00 EUR -> 7.50 EUR", "P1  1 (100.0 %)"):
        assert text in out
    status, out, _ = command(capsys, path, *DAYS, "--store", "DE01", "--json")
    found = json.loads(out)
    assert (found["before"], found["after"], found["discount"]) == (900, 750, 250)
    assert found["beaten"] == [{"promotion": "P1", "receipts": 1, "share": "100.0"}]
    assert found["changed"][0]["receipt"] == "DE01-T1-1-1"


@pytest.mark.parametrize(
    ("document", "days", "said"),
    [
        ({"id": "D", "reward": {"percent": "120"}}, DAYS, "tresen: reward.percent: "),
        ([], DAYS, "one promotion is expected"),
        ([promotion("A"), promotion("B")], DAYS, "one promotion is expected"),
        ([{"id": "A", "withdrawn": True}], DAYS, "one promotion is expected"),
        (promotion("D"), ("--from", "2026-11-02", "--to", "2026-11-01"), "a day from 2026-11-02"),
        (promotion("D"), ("--from", "soon", "--to", "2026-11-01"), "soon"),
        (promotion("D"), (*DAYS, "--store", "XX"), "XX"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    shop, furnished_url, draft, capsys, monkeypatch, document, days, said
):
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)
    status, out, err = command(capsys, draft(document), *days)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_missing_file_is_said(capsys):
    status, _, err = command(capsys, "nowhere.json", *DAYS)
    assert status == 2
    assert "nowhere.json" in err
