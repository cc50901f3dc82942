"""Gift cards at the centre: sold, used in parts, blocked, replaced, ended, and every request answered once."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from central_server.app import cli
from central_server.features.instruments import jobs, service
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.instruments.tables import gift_card_event
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind
from shared.vouchers import CardState, NumberRange
from tests.integration.ledger_rig import DAY, EUR, Books, named
from tests.integration.test_ledger_contract import together
from tests.support.journals import START

RANGE = NumberRange("2950", 8, 6)


class Counter:
    """The desk at which gift cards are sold and used."""

    def __init__(self, database):
        self.database = database
        self.books = Books(database)
        self.at, self.day = START, DAY
        drawn = itertools.count(123_456, 7)
        self.write(lambda unit: service.add_range(unit, RANGE, "EUR", 500, 50_000, START))
        self.cards = self.write(
            lambda unit: service.print_cards(unit, "2950", 5, lambda: next(drawn), START)
        )
        self.card = self.cards[0]

    def write(self, work):
        return run_writing(self.database, work)

    def ask(self, action, name, amount=0, number=None, **facts):
        options = {key: facts.pop(key) for key in ("part_ok", "by_number") if key in facts}
        asked = Asked(named(name), number or self.card, "DE01", self.day, "101", amount, "EUR")
        asked = replace(asked, **facts)

        def work(unit):
            return getattr(service, action)(unit, asked, at=self.at, **options)

        return self.write(work)

    def look(self, number=None):
        with reading(self.database) as unit:
            card = service.find_card(unit, number or self.card)
            return card, service.balance_of(unit, card)

    def house(self, kind, store="chain"):
        with reading(self.database) as unit:
            account = ledger.find_account(unit, AccountKey(kind, EUR, store_id=store))
            if account is None:
                return 0
            found = balances.balance(unit, account.id)
            return found.debits - found.credits

    def events(self):
        with reading(self.database) as unit:
            query = select(func.count()).select_from(gift_card_event)
            return unit.connection.execute(query).scalar_one()


def refused(answer):
    assert not answer.approved
    assert answer.amount == 0
    return answer.code


@pytest.fixture
def counter(centre):
    return Counter(centre)


def test_a_card_is_sold_used_in_parts_and_topped_up(counter):
    assert counter.look()[0].state is CardState.PRINTED
    assert counter.ask("sell", "s", 5_000) == Answer(True, 5_000, 5_000)
    assert counter.ask("redeem", "r1", 1_990) == Answer(True, 1_990, 3_010)
    assert counter.ask("top_up", "t", 2_000) == Answer(True, 2_000, 5_010)
    assert counter.ask("refund", "back", 1_990) == Answer(True, 1_990, 7_000)
    card, balance = counter.look()
    assert (card.state, balance) == (CardState.ACTIVE, 7_000)
    assert (card.sold_in, card.sold_on, card.expires_on) == ("DE01", DAY, date(2029, 12, 31))
    assert counter.house(AccountKind.INSTRUMENTS, "DE01") == 7_000
    assert counter.books.findings() == []


def test_a_request_is_answered_once_however_often_it_comes(counter):
    counter.ask("sell", "s", 5_000)
    first = counter.ask("redeem", "r", 1_000)
    assert counter.ask("redeem", "r", 1_000) == first
    counter.ask("block", "b")
    assert counter.ask("redeem", "r", 1_000) == first
    assert refused(counter.ask("redeem", "r", 1_001)) == "giftcard_request_differs"
    assert refused(counter.ask("redeem", "r", 1_000, counter.cards[1])) == (
        "giftcard_request_differs"
    )
    assert counter.look()[1] == 4_000


def test_two_tills_never_spend_a_card_twice(counter):
    counter.ask("sell", "s", 10_000)

    def till(name):
        return lambda: [counter.ask("redeem", f"{name} {n}", 700) for n in range(10)]

    answers = [a for each in together(till("a"), till("b")) for a in each]
    assert sum(answer.approved for answer in answers) == 14
    assert counter.look()[1] == 200
    assert counter.books.findings() == []


def test_what_a_card_lacks_is_refused_or_taken_in_part(counter):
    counter.ask("sell", "s", 1_000)
    answer = counter.ask("redeem", "r", 1_001)
    assert (answer.code, answer.params, answer.balance) == (
        "giftcard_short",
        {"balance": "10.00 EUR"},
        1_000,
    )
    assert counter.ask("redeem", "p", 1_500, part_ok=True) == Answer(True, 1_000, 0)
    assert counter.ask("redeem", "p", 1_500, part_ok=True) == Answer(True, 1_000, 0)
    assert refused(counter.ask("redeem", "q", 1, part_ok=True)) == "giftcard_short"


@pytest.mark.parametrize(
    ("action", "amount", "facts", "code"),
    [
        ("sell", 499, {}, "giftcard_below_least"),
        ("sell", 50_001, {}, "giftcard_above_most"),
        ("sell", 0, {}, "giftcard_amount_invalid"),
        ("sell", -5, {}, "giftcard_amount_invalid"),
        ("sell", 1_000, {"currency": "GBP"}, "giftcard_currency_differs"),
        ("sell", 1_000, {"store_id": "XX99"}, "store_unknown"),
        ("redeem", 1_000, {}, "giftcard_not_sold"),
        ("redeem", 1_000, {"number": "2950"}, "giftcard_number_invalid"),
        ("redeem", 1_000, {"number": RANGE.number(99, 1)}, "giftcard_unknown"),
    ],
)
def test_bad_requests_are_refused_kept_and_change_nothing(counter, action, amount, facts, code):
    assert refused(counter.ask(action, "x", amount, **facts)) == code
    assert counter.events() == 1
    assert counter.look()[0].state is CardState.PRINTED
    assert counter.look()[1] == 0
    assert counter.ask("sell", "s", 1_000).approved


def test_a_card_holds_no_more_than_its_range_allows_unless_it_is_given_back(counter):
    counter.ask("sell", "s", 50_000)
    assert refused(counter.ask("top_up", "t", 1)) == "giftcard_above_most"
    counter.ask("redeem", "r", 100)
    counter.ask("top_up", "u", 100)
    assert counter.ask("refund", "f", 100).balance == 50_100
    assert refused(counter.ask("sell", "again", 1_000)) == "giftcard_active"


def test_a_blocked_card_keeps_what_it_has(counter):
    counter.ask("sell", "s", 5_000)
    assert counter.ask("block", "b", reason="reported lost") == Answer(True, 0, 5_000)
    for action in ("redeem", "top_up", "refund"):
        assert refused(counter.ask(action, f"no {action}", 100)) == "giftcard_blocked"
    assert counter.ask("unblock", "u").approved
    assert refused(counter.ask("unblock", "v")) == "giftcard_active"
    assert counter.ask("redeem", "r", 5_000).balance == 0


def test_a_replaced_card_gives_all_it_has_to_another(counter):
    counter.ask("sell", "s", 5_000)
    counter.ask("block", "b")
    other = counter.cards[1]
    assert refused(counter.ask("replace_card", "x", by_number=RANGE.number(9, 9))) == (
        "giftcard_unknown"
    )
    assert counter.ask("replace_card", "p", by_number=other) == Answer(True, 0, 0)
    assert counter.ask("replace_card", "p", by_number=other).approved
    old, new = counter.look(), counter.look(other)
    assert (old[0].state, old[0].replaced_by, old[1]) == (CardState.REPLACED, other, 0)
    assert (new[0].state, new[0].expires_on, new[1]) == (
        CardState.ACTIVE,
        date(2029, 12, 31),
        5_000,
    )
    assert refused(counter.ask("redeem", "r", 100)) == "giftcard_replaced"
    assert counter.ask("redeem", "r", 100, other).balance == 4_900
    assert refused(counter.ask("replace_card", "y", number=other, by_number=counter.card)) == (
        "giftcard_replaced"
    )
    assert counter.books.findings() == []


def test_a_card_takes_over_only_in_its_own_currency(counter):
    counter.ask("sell", "s", 5_000)
    counter.write(lambda unit: service.add_range(unit, NumberRange("31", 9, 6), "GBP", 1, 9, START))
    (pounds,) = counter.write(lambda unit: service.print_cards(unit, "31", 1, lambda: 4, START))
    answer = counter.ask("replace_card", "x", by_number=pounds)
    assert refused(answer) == "giftcard_currency_differs"


def test_a_card_ends_after_its_last_day_and_the_rest_is_breakage(counter):
    counter.ask("sell", "s", 5_000)
    counter.ask("sell", "empty", 500, counter.cards[1])
    counter.ask("redeem", "all", 500, counter.cards[1])
    counter.ask("sell", "austrian", 700, counter.cards[2], store_id="AT01")
    counter.day = date(2029, 12, 31)

    def expire():
        return counter.write(lambda unit: service.expire_cards(unit, counter.day, counter.at))

    assert expire() == 0
    counter.day += timedelta(days=1)
    assert refused(counter.ask("redeem", "late", 100)) == "giftcard_expired"
    assert expire() == 2
    assert expire() == 0
    assert [counter.look(number)[0].state for number in counter.cards[:3]] == [
        CardState.EXPIRED,
        CardState.EXPIRED,
        CardState.ACTIVE,
    ]
    assert counter.look()[1] == 0
    assert counter.house(AccountKind.BREAKAGE) == -5_000
    assert refused(counter.ask("refund", "f", 100)) == "giftcard_expired"
    assert counter.books.findings() == []


def test_ranges_do_not_overlap_and_end(counter):
    def add(prefix, *limits, code="EUR"):
        numbers = NumberRange(prefix, 4, 19 - 5 - len(prefix))
        return counter.write(lambda unit: service.add_range(unit, numbers, code, *limits, START))

    for prefix, limits, code, expected in (
        ("29", (1, 2), "EUR", "giftcard_range_overlaps"),
        ("29501", (1, 2), "EUR", "giftcard_range_overlaps"),
        ("77", (2, 1), "EUR", "giftcard_limits_invalid"),
        ("77", (0, 1), "EUR", "giftcard_limits_invalid"),
        ("77", (1, 2), "XXX", "currency_unknown"),
    ):
        with pytest.raises(DomainError, match=expected):
            add(prefix, *limits, code=code)
    add("77", 1, 2)
    for prefix, count, expected in (
        ("77", 0, "giftcard_count_invalid"),
        ("77", 10_001, "giftcard_count_invalid"),
        ("88", 1, "giftcard_range_unknown"),
    ):
        with pytest.raises(DomainError, match=expected):
            counter.write(
                lambda unit, p=prefix, n=count: service.print_cards(unit, p, n, int, START)
            )
    counter.write(lambda unit: service.print_cards(unit, "77", 10_000, int, START))
    with pytest.raises(DomainError, match="giftcard_range_full"):
        counter.write(lambda unit: service.print_cards(unit, "77", 1, int, START))


def test_the_history_tells_what_was_asked(counter):
    counter.ask("sell", "s", 5_000)
    counter.ask("redeem", "r", 9_000, reason="shoes")
    with reading(counter.database) as unit:
        rows = service.history_of(unit, service.find_card(unit, counter.card))
    assert [(row.action, row.amount, row.asked, row.code) for row in rows] == [
        ("redeem", 0, 9_000, "giftcard_short"),
        ("sell", 5_000, 5_000, ""),
    ]


@pytest.fixture
def command(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["giftcard", *words])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def test_the_commands_of_head_office(command, web_centre):
    assert command("range") == (0, ["no ranges"])
    assert command("range", "2950", "--most", "250.00") == (
        0,
        ["2950  19 digits  0 printed  5.00 to 250.00 EUR"],
    )
    status, (card, other) = command("print", "2950", "2")
    assert (status, card[:12], other[:12]) == (0, "295000000000", "295000000001")
    request = str(UUID(int=7))
    sold = ("sell", card, "50", "--store", "DE01", "--request", request)
    assert command(*sold)[0] == 0
    status, (line,) = command(*sold)
    assert line.startswith(f"{card}  active  50.00 EUR  until ")
    assert command("redeem", card, "60", "--store", "DE01") == (
        1,
        ["The card holds 50.00 EUR. Take that, and the rest otherwise."],
    )
    assert command("redeem", card, "10.50", "--store", "DE01")[0] == 0
    assert command("block", card, "--reason", "lost")[1][0].startswith(f"{card}  blocked  39.50")
    assert command("unblock", card)[0] == 0
    assert command("replace", card, other)[1][0].startswith(f"{card}  replaced by {other}  0.00")
    status, lines = command("show", other)
    assert lines[0].startswith(f"{other}  active  39.50 EUR")
    assert len(command("show", card)[1]) == 7
    assert command("top-up", other, "1", "--store", "DE01", "--request", "x")[0] == 2
    jobs.expire(web_centre.context)
    assert command("refund", other, "1", "--store", "DE01")[0] == 0
