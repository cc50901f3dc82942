"""Tills ask the centre to hold what a gift card has: answered once, taken by the receipt, not twice and never lost."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event, select

from central_server.features.audit import service as audit
from central_server.features.audit.repository import AuditFilter
from central_server.features.instruments import authorisation_repository as authorisations
from central_server.features.instruments import service
from central_server.features.instruments.sources import Asked
from central_server.features.instruments.tables import authorisation, gift_card_event
from central_server.features.ledger import account_repository, balances, jobs
from central_server.features.ledger import service as ledger
from central_server.features.tills.service import quarantine, withdraw
from central_server.gateway.journal import jobs as journal_jobs
from central_server.gateway.journal.projection import project_pending
from central_server.platform.unit_of_work import reading, run_writing
from shared.ledger import AccountKey, AccountKind
from shared.vouchers import NumberRange
from tests.integration.ledger_rig import EUR, Books, named
from tests.integration.test_journal_intake import open_exceptions
from tests.integration.test_ledger_contract import together
from tests.support.journals import ImaginedTill

AUTH = "/api/v1/till/authorisations"
RANGE = NumberRange("2950", 8, 6)


class Shop:
    """A centre with a sold card, a till that has joined, and the journal that it sends."""

    def __init__(self, web_centre, till_id="DE01-T1"):
        self.centre = web_centre
        self.database = web_centre.context.database
        self.till = web_centre.join(till_id)
        self.journal = ImaginedTill(till_id)
        self.write(lambda unit: service.add_range(unit, RANGE, "EUR", 500, 50_000, self.now))
        self.cards = self.write(
            lambda unit: service.print_cards(unit, "2950", 3, lambda: 123_457, self.now)
        )
        self.card = self.cards[0]
        self.do("sell", "sold", 10_000)

    @property
    def now(self):
        return self.centre.clock.now()

    def write(self, work):
        return run_writing(self.database, work)

    def do(self, action, name, amount=0, number=None):
        asked = Asked(
            named(name), number or self.card, "DE01", self.now.date(), "101", amount, "EUR"
        )
        answer = self.write(lambda unit: getattr(service, action)(unit, asked, self.now))
        assert answer.approved

    def body(self, name, amount, **changes):
        facts = {
            "auth_id": str(named(name)),
            "kind": "gift_card",
            "instrument": self.card,
            "amount": amount,
            "currency": "EUR",
            "basket_id": str(named(f"basket {name}")),
        }
        return {**facts, **changes}

    def ask(self, name, amount=1_000, *, till=None, **changes):
        return (till or self.till).post(AUTH, self.body(name, amount, **changes))

    def approved(self, name, amount, **changes):
        answer = self.ask(name, amount, **changes).json()
        assert answer["state"] == "approved", answer
        return answer

    def release(self, name):
        return self.till.post(f"{AUTH}/{named(name)}/release", {}).json()

    def outcome(self, name):
        return self.till.get(f"{AUTH}/{named(name)}")

    def pay(self, name, amount, price=None, instrument=None, **tender):
        """A receipt that is paid with the card, journalled, sent and booked."""
        by_card = {
            "kind": "gift_card",
            "amount": amount,
            "authorisation": str(named(name)),
            "instrument": instrument or self.card,
            **tender,
        }
        price = amount if price is None else price
        rest = [{"kind": "cash", "amount": price - amount}] if price != amount else []
        self.journal.sell(("A-1", "1", price), tenders=[by_card, *rest])
        self.send()

    def send(self):
        batch = self.journal.batch().model_dump(mode="json")
        assert self.till.post("/api/v1/till/journal", batch).status_code == 200
        while project_pending(
            self.database, journal_jobs.places, self.centre.context.business_clock
        ):
            pass

    def free(self, number=None):
        with reading(self.database) as unit:
            return service.balance_of(unit, service.find_card(unit, number or self.card))

    def house(self, kind):
        """What the store's account has: debits less credits."""
        with reading(self.database) as unit:
            found = ledger.find_account(unit, AccountKey(kind, EUR, store_id="DE01"))
            if found is None:
                return 0
            sums = balances.balance(unit, found.id)
            return sums.debits - sums.credits

    def notices(self):
        return [code for code, *_ in open_exceptions(self.database)]

    def sound(self):
        """The ledger holds, and what cards gave and what receipts got is the same."""
        assert Books(self.database).findings() == []
        # What was sold by hand has no receipt: its other side stays on the account.
        return self.house(AccountKind.INSTRUMENTS)


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


def test_what_is_held_is_taken_by_the_receipt(shop):
    answer = shop.approved("a", 4_000)
    assert (answer["amount"], answer["balance"], shop.free()) == (4_000, 6_000, 6_000)
    shop.pay("a", 4_000, price=4_500)
    assert shop.free() == 6_000
    assert shop.outcome("a").json()["state"] == "captured"
    assert shop.notices() == []
    assert shop.sound() == 10_000
    assert shop.house(AccountKind.STAND_IN_LOSS) == 0


def test_a_receipt_may_take_less_than_was_held(shop):
    shop.approved("a", 4_000)
    shop.pay("a", 2_500)
    assert shop.free() == 7_500
    assert shop.sound() == 10_000


def test_the_same_id_is_answered_the_same_however_often_it_comes(shop):
    first = shop.approved("a", 4_000)
    assert shop.ask("a", 4_000).json() == first
    assert shop.free() == 6_000
    refused = shop.ask("b", 6_001).json()
    assert (refused["state"], refused["code"]) == ("declined", "giftcard_short")
    shop.do("top_up", "t", 5_000)
    assert shop.ask("b", 6_001).json() == refused


def test_the_same_id_at_once_holds_once(shop):
    answers = [a.json() for a in together(*[lambda: shop.ask("a", 4_000)] * 3)]
    assert answers[0] == answers[1] == answers[2]
    assert shop.free() == 6_000


def test_a_request_and_its_release_at_once_leave_nothing_held(shop):
    for name in "abcdef":
        answer, released = together(
            partial(shop.ask, name, 4_000), lambda name=name: shop.release(name)
        )
        assert answer.json()["state"] in ("approved", "released")
        assert released["state"] == "released"
        assert shop.outcome(name).json()["state"] == "released"
        assert shop.ask(name, 4_000).json()["state"] == "released"
    assert shop.free() == 10_000
    assert shop.sound() == 10_000


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 4_001},
        {"instrument": RANGE.number(2, 123_457)},
        {"part_ok": True},
        {"basket_id": str(named("another"))},
        {"currency": "GBP"},
    ],
)
def test_other_content_under_the_same_id_is_refused_and_kept(shop, changes):
    first = shop.approved("a", 4_000)
    answer = shop.ask("a", **{"amount": 4_000, **changes})
    assert (answer.status_code, answer.json()["code"]) == (409, "authorisation_differs")
    assert shop.ask("a", 4_000).json() == first
    with reading(shop.database) as unit:
        codes = unit.connection.execute(select(gift_card_event.c.code)).scalars().all()
    assert "authorisation_differs" in codes


def test_another_till_sees_and_changes_nothing(shop):
    shop.approved("a", 4_000)
    other = shop.centre.join("DE01-T2")
    assert shop.ask("a", 4_000, till=other).status_code == 409
    assert other.get(f"{AUTH}/{named('a')}").status_code == 404
    assert other.post(f"{AUTH}/{named('a')}/release", {}).status_code == 404
    assert shop.outcome("a").json()["state"] == "approved"
    assert kept_refusals(shop, "DE01-T2") == [("DE01-T2", {"reason": "authorisation_unknown"})] * 2
    # That one did not arrive is what a till asks for after every timeout.
    assert other.get(f"{AUTH}/{named('never')}").status_code == 404
    assert len(kept_refusals(shop, "DE01-T2")) == 2


def test_a_hold_that_is_released_is_free_again_and_stays_released(shop):
    shop.approved("a", 4_000)
    assert shop.release("a")["state"] == "released"
    assert shop.release("a")["state"] == "released"
    assert shop.free() == 10_000
    assert shop.ask("a", 4_000).json()["state"] == "released"
    assert shop.free() == 10_000


def test_a_request_that_comes_after_its_release_holds_nothing(shop):
    assert shop.release("late")["state"] == "released"
    assert shop.ask("late", 4_000).json()["state"] == "released"
    assert shop.free() == 10_000


def test_a_request_that_comes_after_its_receipt_holds_nothing(shop):
    shop.pay("late", 4_000)
    assert shop.free() == 6_000
    assert shop.ask("late", 4_000).json()["state"] == "captured"
    assert shop.free() == 6_000
    assert shop.sound() == 10_000


def test_what_a_receipt_took_is_not_given_back(shop):
    shop.approved("a", 4_000)
    shop.pay("a", 4_000)
    assert shop.release("a")["state"] == "captured"
    assert shop.free() == 6_000


def test_a_hold_ends_by_itself_and_a_late_receipt_still_takes_what_the_card_has(shop):
    shop.approved("a", 4_000)
    shop.centre.clock.at += timedelta(minutes=31)
    assert shop.outcome("a").json()["state"] == "expired"
    assert shop.ask("a", 4_000).json()["state"] == "expired"
    # The next one need not wait for the job that gives back.
    shop.approved("b", 7_000)
    jobs.expire_holds(shop.centre.context)
    shop.pay("a", 4_000)
    assert shop.free() == 0
    assert shop.house(AccountKind.STAND_IN_LOSS) == 1_000
    assert shop.notices() == ["giftcard_shortfall"]
    shop.pay("b", 7_000)
    assert shop.sound() == 10_000


def test_one_authorisation_on_two_receipts_takes_from_the_card_twice_or_is_a_loss(shop):
    shop.approved("a", 8_000)
    shop.pay("a", 8_000)
    shop.pay("a", 8_000)
    assert shop.free() == 0
    assert shop.house(AccountKind.STAND_IN_LOSS) == 6_000
    assert shop.notices() == ["giftcard_shortfall"]
    assert shop.sound() == 10_000


def test_a_card_that_is_blocked_or_replaced_meanwhile_pays_what_was_held(shop):
    shop.approved("a", 4_000)
    shop.do("block", "stolen")
    assert shop.ask("b", 1_000).json()["code"] == "giftcard_blocked"
    asked = Asked(named("r"), shop.card, "DE01", shop.now.date(), "101", reason="lost")
    shop.write(lambda unit: service.replace_card(unit, asked, shop.cards[1], shop.now))
    shop.pay("a", 4_000)
    assert shop.free(shop.cards[1]) == 6_000
    assert shop.notices() == []


def test_a_card_that_nobody_knows_is_the_stores_loss(shop):
    shop.pay("a", 4_000, instrument="0000")
    assert shop.free() == 10_000
    assert shop.house(AccountKind.STAND_IN_LOSS) == 4_000
    assert shop.notices() == ["giftcard_shortfall"]
    assert shop.sound() == 10_000


def test_booked_again_it_changes_nothing(shop):
    shop.approved("a", 4_000)
    shop.pay("a", 4_000)
    before = shop.free(), shop.sound()
    shop.send()
    assert (shop.free(), shop.sound()) == before


def test_what_goes_back_is_put_on_the_card(shop):
    shop.approved("a", 4_000)
    shop.pay("a", 4_000)
    back = {"kind": "gift_card", "amount": -1_500, "instrument": shop.card}
    shop.journal.sell(("A-1", "-1", 1_500), tenders=[back])
    shop.journal.sell(("A-1", "-1", 700), tenders=[{**back, "amount": -700, "instrument": "00"}])
    shop.send()
    assert shop.free() == 7_500
    assert shop.notices() == ["giftcard_not_refunded"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 0}, "giftcard_amount_invalid"),
        ({"amount": -5}, "giftcard_amount_invalid"),
        ({"instrument": "2950"}, "giftcard_number_invalid"),
        ({"instrument": RANGE.number(77, 1)}, "giftcard_unknown"),
        ({"instrument": RANGE.number(1, 123_457)}, "giftcard_not_sold"),
        ({"currency": "GBP"}, "authorisation_currency_foreign"),
        ({"amount": 10_001}, "giftcard_short"),
    ],
)
def test_what_cannot_be_held_is_declined_kept_and_changes_nothing(shop, changes, code):
    answer = shop.ask("bad", **changes)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["code"]) == ("declined", code)
    assert shop.free() == 10_000
    with reading(shop.database) as unit:
        row = unit.connection.execute(select(authorisation)).mappings().one()
    assert (row["state"], row["code"], row["till_id"]) == ("declined", code, "DE01-T1")


def test_a_card_that_something_is_held_of_ends_once_that_is_over(shop):
    shop.centre.clock.at = datetime(2029, 12, 31, 22, 50, tzinfo=UTC)
    shop.approved("a", 4_000)

    def expire():
        today = date(2030, 1, 1)
        return shop.write(lambda unit: service.expire_cards(unit, today, shop.now))

    shop.centre.clock.at += timedelta(minutes=20)
    assert expire() == 0
    assert shop.free() == 6_000
    shop.centre.clock.at += timedelta(minutes=20)
    assert expire() == 1
    assert (shop.free(), shop.house(AccountKind.INSTRUMENTS)) == (0, 10_000)
    with reading(shop.database) as unit:
        (account,) = account_repository.listed_accounts(
            unit.connection, {"kind": "liability.breakage"}, 2
        )
        assert balances.balance(unit, account.id).credits == 10_000


def test_of_a_closed_account_nothing_is_held_and_that_is_kept(shop):
    def close(unit):
        own = service.account_of(service.find_card(unit, shop.card))
        ledger.close_account(unit, own, shop.now)

    shop.write(close)
    answer = shop.ask("closed", 1_000).json()
    assert (answer["state"], answer["code"]) == ("declined", "ledger_account_closed")
    assert shop.free() == 10_000
    with reading(shop.database) as unit:
        row = unit.connection.execute(select(authorisation)).mappings().one()
    assert (row["state"], row["code"]) == ("declined", "ledger_account_closed")


def kept_refusals(shop, till_id="DE01-T1"):
    with reading(shop.database) as unit:
        asked = audit.entries(unit, AuditFilter(kind="till", object_key=till_id), limit=100)
    return [(each.actor, each.after) for each in asked if each.action == "refused"]


@pytest.mark.parametrize("amount", [10.5, 10.0, "1000", True, 10**16, None])
def test_an_amount_that_is_no_whole_number_is_malformed_and_kept(shop, amount):
    answer = shop.ask("bad", amount)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert shop.free() == 10_000
    assert kept_refusals(shop) == [("DE01-T1", {"reason": "validation_failed: body.amount"})]


def test_who_cannot_sign_leaves_nothing_and_a_broken_till_not_more_than_it_may_ask(shop):
    body, headers = shop.body("bad", 10.5), {"X-Till-Protocol": "1"}
    assert shop.centre.client.post(AUTH, json=body, headers=headers).status_code == 422
    assert kept_refusals(shop) == []
    answers = {shop.ask(f"bad {n}", 10.5).status_code for n in range(61)}
    assert (answers, len(kept_refusals(shop))) == ({422}, 60)
    assert shop.ask("good", 10).status_code == 429


def test_part_of_what_is_asked_for_is_held_where_that_is_all_there_is(shop):
    answer = shop.approved("a", 12_000, part_ok=True)
    assert (answer["amount"], answer["balance"]) == (10_000, 0)
    shop.pay("a", 10_000, price=12_000)
    assert shop.free() == 0
    assert shop.sound() == 10_000


def test_two_tills_never_hold_more_than_the_card_has(shop):
    other = shop.centre.join("DE01-T2")

    def till(signed, name):
        return lambda: [shop.ask(f"{name} {n}", 700, till=signed).json() for n in range(10)]

    answers = [a for each in together(till(shop.till, "a"), till(other, "b")) for a in each]
    assert sum(answer["state"] == "approved" for answer in answers) == 14
    assert shop.free() == 200


def test_the_balance_is_what_can_be_spent(shop):
    asked = {"kind": "gift_card", "instrument": f"{shop.card[:4]} {shop.card[4:]}"}
    shop.approved("a", 4_000)
    answer = shop.till.post("/api/v1/till/balances", asked).json()
    assert answer == {
        "instrument": shop.card,
        "currency": "EUR",
        "balance": 6_000,
        "state": "active",
        "expires_on": "2029-12-31",
        "points": None,
        "pending": 0,
        "least": 500,
        "most": 50_000,
    }
    unknown = {**asked, "instrument": RANGE.number(77, 1)}
    assert shop.till.post("/api/v1/till/balances", unknown).status_code == 404


def test_nobody_asks_without_a_signature_and_numbers_cannot_be_guessed(shop):
    client, body = shop.centre.client, shop.body("a", 1)
    headers = {"X-Till-Protocol": "1"}
    assert client.post(AUTH, json=body, headers=headers).json()["code"] == "signature_missing"
    guesses = [shop.ask(f"g{n}", 1, instrument=RANGE.number(n, 5)) for n in range(61)]
    assert [a.status_code for a in guesses] == [200] * 60 + [429]
    other = shop.centre.join("DE01-T2")
    assert shop.ask("z", 1, till=other).json()["state"] == "approved"


def test_a_nonce_is_spent_with_what_it_asked_for_and_not_without_it(shop, monkeypatch):
    body = json.dumps(shop.body("a", 6_000)).encode()
    headers = shop.till.headers("POST", AUTH, body) | {"Content-Type": "application/json"}

    def send():
        return shop.centre.client.post(AUTH, content=body, headers=headers)

    with monkeypatch.context() as broken:
        broken.setattr(authorisations, "add", lambda *_: 1 / 0)
        assert send().status_code == 500
    assert shop.free() == 10_000
    assert send().json()["state"] == "approved"
    assert send().json()["code"] == "nonce_used"
    assert shop.free() == 4_000


def test_a_till_that_is_refused_holds_nothing(shop):
    shop.write(lambda unit: quarantine(unit, "DE01-T1", "invented"))
    assert shop.ask("a", 1_000).json()["code"] == "till_quarantined"
    shop.write(lambda unit: withdraw(unit, "DE01-T1"))
    assert shop.ask("b", 1_000).json()["code"] == "till_withdrawn"
    other = shop.till.headers("POST", AUTH, b"other")
    forged = shop.centre.client.post(AUTH, json=shop.body("c", 1), headers=other)
    assert forged.json()["code"] == "signature_wrong"
    assert shop.free() == 10_000


def test_an_authorisation_is_one_transaction_of_few_statements(shop):
    shop.approved("before", 1_000)
    engine, seen = shop.database.write_engine, []

    def note(*event):
        seen.append(event[2].split()[0] if len(event) > 2 else "commit")

    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, note)
    shop.approved("a", 1_000)
    assert seen.count("commit") == 1
    # Till with its store, nonce; card; accounts with what is held too long; journal with transfer and
    # counters, which SQLite takes one by one; authorisation.
    most = 6 if shop.database.is_postgresql else 8
    assert len(seen) - 1 <= most + seen.count("BEGIN")


def test_a_till_of_another_currency_cannot_hold_it(shop):
    british = shop.centre.join("UK01-T1")
    declined = shop.ask("a", 1_000, till=british).json()
    assert declined["code"] == "authorisation_currency_foreign"
    declined = shop.ask("b", 1_000, till=british, currency="GBP").json()
    assert declined["code"] == "giftcard_currency_differs"
