"""Vouchers: sold or given, for somebody or nobody, with their VAT; redeemed by receipts; taken back with goods."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from central_server.app import cli
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.instruments import vouchers
from central_server.features.instruments.tables import purse_event, voucher
from central_server.features.instruments.voucher_repository import VoucherType
from central_server.features.instruments.vouchers import Issue
from central_server.features.ledger import balances
from central_server.features.ledger import jobs as ledger_jobs
from central_server.features.ledger import service as ledger
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKind
from shared.ledger.posting import rate_account
from shared.loyalty import Purse
from shared.vouchers import VoucherClass, voucher_number
from tests.integration.ledger_rig import named
from tests.integration.promotion_rig import found
from tests.integration.test_purses import Desk
from tests.support.journals import ImaginedTill

MULTI = VoucherType("SHOP", "Gutschein", "EUR", VoucherClass.MULTI, True, None, None, None)
SINGLE = VoucherType("ONE", "Hemden", "EUR", VoucherClass.SINGLE, True, "standard", "DE", None)
GIVEN = VoucherType("GIFT", "Geschenk", "EUR", VoucherClass.GIVEN, False, None, None, 30)
TEN = {
    "id": "V10",
    "stage": "benefit",
    "if": [{"spend": "50.00"}],
    "reward": {"voucher": {"amount": "10.00", "valid_days": 30}},
}
NEXT = {
    "id": "N10",
    "stage": "benefit",
    "reward": {"voucher": {"next_percent": "10", "valid_days": 30}},
}


class Till(Desk):
    """A till that takes vouchers, and a head office that issues them."""

    def __init__(self, web_centre):
        super().__init__(web_centre)
        for kind in (MULTI, SINGLE, GIVEN):
            self.write(lambda unit, k=kind: vouchers.add_type(unit, k, self.clock.now()))

    def issue(self, name="issued", type_code="SHOP", amount=5_000, **facts):
        asked = Issue(named(name), type_code, "DE01", amount, self.today, **facts)
        sign = self.centre.context.signing_key.sign
        return self.write(lambda unit: vouchers.issue(unit, asked, sign, self.clock.now()))

    def hold(self, of, name, amount, **changes):
        return self.ask("voucher", name, amount, **{"instrument": of.number, **changes})

    def redeem(self, of, name, amount):
        answer = self.hold(of, name, amount).json()
        assert answer["state"] == "approved", answer
        self.pay("voucher", name, amount, instrument=of.number)

    def look(self, number):
        with reading(self.database) as unit:
            found = vouchers.find(unit, number)
            return found, vouchers.balance_of(unit, found)

    def vat(self, kind):
        return self.account(rate_account(kind, "DE01", "EUR", "standard", 19))

    def account(self, key):
        with reading(self.database) as unit:
            account = ledger.find_account(unit, key)
            if account is None:
                return 0
            sums = balances.balance(unit, account.id)
            return sums.debits - sums.credits


@pytest.fixture
def till(web_centre):
    till = Till(web_centre)
    yield till
    assert till.books.findings() == []


def test_a_sold_voucher_is_redeemed_in_parts(till):
    of = till.issue()
    assert (of.expires_on, of.voucher_class) == (date(2029, 12, 31), VoucherClass.MULTI)
    till.redeem(of, "a", 2_000)
    till.redeem(of, "b", 3_000)
    assert till.look(of.number)[1] == 0
    assert till.hold(of, "c", 1).json()["code"] == "voucher_spent"
    # What was redeemed is settled; what the sale of the voucher owes the account comes with its receipt.
    assert till.house(AccountKind.INSTRUMENTS) == 5_000
    assert till.vat(AccountKind.VOUCHER_TAX) == 0


def test_a_request_issues_once(till):
    of = till.issue()
    assert till.issue() == of
    with pytest.raises(DomainError, match="ledger_journal_differs"):
        till.issue(amount=5_001)


def test_the_vat_of_a_single_purpose_voucher_is_due_at_issue_and_not_again(till):
    of = till.issue(type_code="ONE", amount=11_900)
    assert (of.vat_category, of.vat_rate_thousandths) == ("standard", 19_000)
    assert till.vat(AccountKind.VOUCHER_TAX) == -1_900
    till.redeem(of, "a", 100)
    assert till.vat(AccountKind.VOUCHER_TAX) == -(1_900 - 16)
    till.redeem(of, "b", 5_900)
    till.give_back("voucher", 5_900, instrument=of.number)
    assert till.vat(AccountKind.VOUCHER_TAX) == -(1_900 - 16)
    till.redeem(of, "c", 11_800)
    assert till.vat(AccountKind.VOUCHER_TAX) == till.vat(AccountKind.VOUCHER_TAX_PREPAID) == 0
    # The receipts' own VAT is what their VAT tables say: verified by the fixture.


def test_a_given_voucher_is_redeemed_as_a_whole_and_the_rest_lapses(till):
    of = till.issue(type_code="GIFT", amount=1_000)
    assert of.expires_on == till.today + timedelta(days=30)
    assert till.hold(of, "a", 800).json()["state"] == "approved"
    assert till.hold(of, "b", 100).json()["code"] == "voucher_held"
    till.pay("voucher", "a", 800, instrument=of.number)
    assert till.look(of.number)[1] == 0
    assert till.house(AccountKind.MARKETING) == 800


def test_the_code_is_good_only_as_it_was_issued(till):
    of = till.issue()
    token = of.facts.token(of.signature)
    assert till.hold(of, "a", 100, instrument=token).json()["state"] == "approved"
    till.pay("voucher", "a", 100, instrument=of.number)
    for name, forged in (
        ("b", of.facts.token(bytes(64))),
        ("c", token.replace(".5000.", ".9000.")),
        ("d", "TV1.nothing"),
    ):
        assert till.hold(of, name, 100, instrument=forged).json()["code"] == (
            "voucher_signature_invalid"
        )
    assert till.look(of.number)[1] == 4_900
    with reading(till.database) as unit:
        codes = unit.connection.execute(
            select(purse_event.c.code).where(~purse_event.c.approved)
        ).scalars()
        assert list(codes) == ["voucher_signature_invalid"] * 3


def test_a_voucher_for_somebody_is_redeemed_by_nobody_else(till):
    draft = CustomerDraft("C2", {"name": "Bo Birke"}, {"groups": ("vip",)})
    till.write(lambda unit: enter_batch(unit, [draft], till.clock.now()))
    own = till.issue("own", customer="C1")
    group = till.issue("group", group="vip")
    for n, (of, customer, expected) in enumerate(
        (
            (own, "", "declined"),
            (own, "C2", "declined"),
            (own, "KD-1000", "approved"),
            (group, "", "declined"),
            (group, "C1", "declined"),
            (group, "C2", "approved"),
        )
    ):
        answer = till.hold(of, f"try {n}", 100, customer=customer).json()
        assert answer["state"] == expected
        assert answer["code"] == ("voucher_other_customer" if expected == "declined" else "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instrument": "V123"}, "voucher_number_invalid"),
        ({"instrument": voucher_number(named("nobody's"))}, "voucher_unknown"),
        ({"amount": 0}, "voucher_amount_invalid"),
        ({"amount": 5_001}, "purse_short"),
        ({"currency": "GBP"}, "voucher_currency_differs"),
    ],
)
def test_bad_requests_are_declined_kept_and_change_nothing(till, changes, code):
    of = till.issue()
    answer = till.ask("voucher", "x", **{"amount": 100, "instrument": of.number, **changes}).json()
    assert (answer["state"], answer["code"]) == ("declined", code)
    assert till.look(of.number)[1] == 5_000
    with reading(till.database) as unit:
        assert unit.connection.execute(select(purse_event.c.code)).scalars().all() == [code]


def test_a_blocked_or_expired_voucher_gives_nothing(till):
    of = till.issue("a")

    def block(blocked):
        return till.write(
            lambda unit: vouchers.set_blocked(
                unit, of.number, blocked=blocked, by="9001", reason="lost", at=till.clock.now()
            )
        )

    block(True)
    with pytest.raises(DomainError, match="voucher_blocked"):
        block(True)
    assert till.hold(of, "a", 100).json()["code"] == "voucher_blocked"
    block(False)
    with pytest.raises(DomainError, match="voucher_active"):
        block(False)
    short = till.issue("b", type_code="GIFT", amount=1_000)
    till.centre.clock.at += timedelta(days=31)
    assert till.hold(short, "b", 100).json()["code"] == "voucher_expired"
    ledger_jobs.expire_lots(till.centre.context)
    assert (till.look(short.number)[1], till.look(of.number)[1]) == (0, 5_000)


def test_a_voucher_ends_with_the_shops_day_and_not_with_that_of_greenwich(till):
    given, more = (till.issue(n, type_code="GIFT", amount=1_000) for n in ("a", "b"))
    in_hamburg = ZoneInfo("Europe/Berlin")
    midnight = datetime.combine(given.expires_on + timedelta(days=1), time.min, in_hamburg)
    till.centre.clock.at = midnight - timedelta(minutes=1)
    assert till.hold(given, "a", 100).json()["state"] == "approved"
    # In Greenwich it is eleven in the evening of the last day.
    till.centre.clock.at = midnight
    assert till.hold(more, "b", 100).json()["code"] == "voucher_expired"


def test_what_no_voucher_gives_is_the_stores_loss(till):
    of = till.issue(amount=500)
    till.pay("voucher", "never asked", 800, instrument=of.number)
    assert till.house(AccountKind.STAND_IN_LOSS) == 300
    till.give_back("voucher", 100, instrument="V123")
    assert [code for code, _, _ in found(till.database)] == [
        "voucher_shortfall",
        "voucher_not_refunded",
    ]


def test_a_receipt_that_takes_a_voucher_after_its_last_day_is_booked_and_is_the_stores_loss(till):
    """A till that stood in took it before the night wrote off what is left of it."""
    of = till.issue(type_code="GIFT", amount=1_000)
    after = till.today + timedelta(days=31)
    taken = {
        "kind": "voucher",
        "amount": 800,
        "authorisation": str(named("never asked")),
        "instrument": of.number,
    }
    till.till.sell(("A-1", "1", 800), tenders=[taken], business_date=after.isoformat())
    till.book()
    assert [code for code, _, _ in found(till.database)] == ["voucher_shortfall"]
    assert till.house(AccountKind.STAND_IN_LOSS) == 800
    assert till.look(of.number)[1] == 1_000


def test_what_would_go_back_on_a_voucher_after_its_last_day_waits_for_a_person(till):
    """The night would write it off, and nobody would hear of it."""
    of = till.issue(type_code="GIFT", amount=1_000)
    till.redeem(of, "a", 1_000)
    back = {"kind": "voucher", "amount": -1_000, "instrument": of.number}
    after = (till.today + timedelta(days=31)).isoformat()
    till.till.sell(("A-1", "-1", 1_000), tenders=[back], business_date=after)
    till.book()
    assert [code for code, _, _ in found(till.database)] == ["voucher_not_refunded"]
    assert till.look(of.number)[1] == 0


def given(till, number):
    with reading(till.database) as unit:
        rows = unit.connection.execute(
            select(voucher.c.number, voucher.c.promotion_id).where(voucher.c.receipt == number)
        ).all()
    return {row.promotion_id: row.number for row in rows}


def test_a_promotion_issues_a_voucher_whose_number_the_till_knows(till):
    till.publish(TEN, NEXT)
    number = till.buy("C1", bodies=(TEN, NEXT))
    event = till.till.events[-1].event_id
    assert given(till, number)["V10"] == voucher_number(derived_id(event, "voucher:V10"))
    of, held = till.look(given(till, number)["V10"])
    assert (held, of.earned_by) == (1_000, "C1")
    percent, nothing = till.look(given(till, number)["N10"])
    assert (nothing, percent.next_percent) == (0, "10")
    assert till.hold(percent, "p", 100).json()["code"] == "voucher_no_payment"
    # 40.00 are left, and the voucher asks for 50.00; the other one stays until nothing is left.
    till.bring_back(number, (2, 1, 3000))
    assert till.look(of.number)[1] == 0
    assert till.hold(of, "v", 100).json()["code"] == "voucher_blocked"
    assert not till.look(percent.number)[0].blocked
    till.bring_back(number, (1, 2, 2000))
    assert till.look(percent.number)[0].blocked
    assert till.house(AccountKind.MARKETING) == 0


def test_a_voucher_that_was_redeemed_before_is_owed_by_who_is_known(till):
    till.publish(TEN)
    for customer, owed, notices in (
        ("C1", 1_000, []),
        ("", 1_000, ["voucher_redeemed_before_return"]),
    ):
        number = till.buy(customer, bodies=(TEN,))
        of, _ = till.look(given(till, number)["V10"])
        till.redeem(of, f"redeemed {customer}", 1_000)
        till.bring_back(number, (1, 2, 2000), (2, 1, 3000))
        assert till.purse(Purse.WALLET).debt == owed
        assert [code for code, _, _ in found(till.database)] == notices


def test_a_return_that_comes_before_its_sale_leaves_no_voucher(till):
    till.publish(TEN)
    here, till.till = till.till, ImaginedTill("DE01-T2")
    till.bring_back("DE01-T1-1-1", (2, 1, 3000))
    till.till = here
    number = till.buy("C1", bodies=(TEN,))
    of, held = till.look(given(till, number)["V10"])
    assert (of.blocked, held) == (True, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type_code": "NONE"}, "voucher_type_unknown"),
        ({"amount": 0}, "voucher_amount_invalid"),
        ({"customer": "NOBODY"}, "customer_unknown"),
    ],
)
def test_what_cannot_be_issued_is_refused(till, changes, code):
    with pytest.raises(DomainError, match=code):
        till.issue("x", **changes)


@pytest.fixture
def command(web_centre, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["voucher", *words])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def test_the_commands(command):
    assert command("types") == (0, ["no types"])
    assert command("type", "SHOP", "Gutschein", "--in-parts") == (
        0,
        ["SHOP  Gutschein  multi  EUR  in parts"],
    )
    for words in (
        ("SHOP", "again"),
        ("x", "small"),
        ("ONE", "x", "--class", "single"),
        ("ONE", "x", "--class", "single", "--vat", "nothing", "--country", "DE"),
    ):
        assert command("type", *words)[0] == 2
    assert (
        command(
            "type", "ONE", "Hemden", "--class", "single", "--vat", "standard", "--country", "DE"
        )[1][0]
        == "ONE  Hemden  single  standard in DE  EUR  as a whole"
    )
    status, (line, token) = command("issue", "SHOP", "25.00", "--store", "DE01")
    number = line.split()[0]
    assert (status, line) == (0, f"{number}  multi  active  25.00 EUR  until 2029-12-31")
    assert token.startswith(f"TV1.{number}.multi.EUR.2500.20291231.-.")
    assert command("block", number, "--reason", "lost")[1][0].startswith(
        f"{number}  multi  blocked"
    )
    assert command("unblock", number)[0] == 0
    assert command("show", number.lower())[1] == [line]
    assert command("show", "V1")[0] == 2
