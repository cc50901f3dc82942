"""Debts that are written off: with a reason, alone up to a limit, above it by two, never more than is owed."""

import pytest

from central_server.backoffice.visitors import TOKEN_HEADER
from central_server.features.audit import service as audit
from central_server.features.audit.repository import AuditFilter
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.ledger import balances
from central_server.features.ledger import service as ledger
from central_server.features.loyalty import write_off
from central_server.features.loyalty.write_off import AskedWriteOff, WriteOffState
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError
from shared.ledger import AccountKey, AccountKind, Journal, OwnerType, Transfer, money_unit
from shared.loyalty import Purse, debt_key
from tests.integration.ledger_rig import named
from tests.integration.test_backoffice_pages import at_desk, words
from tests.integration.test_purses import Desk

DEBT, INVOICE = AccountKind.POINTS_DEBT, AccountKind.RECEIVABLE


class Debts(Desk):
    """A customer owes 60.00 on invoice and 300 points."""

    def __init__(self, web_centre):
        super().__init__(web_centre)
        self.approved("invoice", "bought", 6_000)
        self.pay("invoice", "bought", 6_000)
        owed = debt_key(Purse.POINTS, "C1", "EUR")
        issued = AccountKey(AccountKind.POINTS_ISSUED, owed.unit)
        journal = Journal(
            named("debt"), "loyalty", self.today, (Transfer(owed, issued, 300, "debt"),)
        )
        self.write(
            lambda unit: ledger.require_posted([ledger.post(unit, journal, self.clock.now())])
        )
        self.points = owed.unit.code

    def want(self, amount, kind=INVOICE, name="a", by="9001", reason="Firma erloschen", code="EUR"):
        code = self.points if kind is DEBT else code
        asked = AskedWriteOff(named(name), "C1", kind, code, amount, reason, by)
        return self.write(lambda unit: write_off.ask(unit, asked, self.clock.now()))

    def decide(self, by, *, agree=True, name="a"):
        at = self.clock.now()
        return self.write(lambda unit: write_off.decide(unit, named(name), by, at, agree=agree))

    def owed(self):
        with reading(self.database) as unit:
            return {debt.kind: debt.amount for debt in write_off.debts_of(unit, "C1")}

    def lost(self, code="EUR"):
        with reading(self.database) as unit:
            unit_ = money_unit(code) if code == "EUR" else debt_key(Purse.POINTS, "C1", "EUR").unit
            account = ledger.find_account(unit, AccountKey(AccountKind.WRITTEN_OFF, unit_))
            if account is None:
                return 0
            held = balances.balance(unit, account.id)
            return held.debits - held.credits

    def trail(self):
        with reading(self.database) as unit:
            found = audit.entries(unit, AuditFilter(kind="write_off"))
        return [(e.actor, e.action, e.after.get("state", "")) for e in reversed(found)]


@pytest.fixture
def debts(web_centre):
    debts = Debts(web_centre)
    yield debts
    assert debts.books.findings() == []


def test_within_the_limit_one_person_writes_off_and_the_credit_is_free_again(debts):
    assert debts.owed() == {DEBT: 300, INVOICE: 6_000}
    made = debts.want(5_000)
    assert (made.state, made.decided_by) == (WriteOffState.BOOKED, "9001")
    assert debts.want(5_000) == made
    assert (debts.owed()[INVOICE], debts.lost()) == (1_000, 5_000)
    assert debts.credit().free == 9_000
    assert debts.want(300, DEBT, "p").state is WriteOffState.BOOKED
    assert debts.owed() == {INVOICE: 1_000}
    assert debts.lost("points") == 300
    assert debts.trail() == [("9001", "added", ""), ("9001", "changed", "booked")] * 2


def test_above_the_limit_somebody_else_agrees_or_refuses(debts):
    assert debts.want(5_001).state is WriteOffState.ASKED
    assert (debts.owed()[INVOICE], debts.lost()) == (6_000, 0)
    with pytest.raises(DomainError, match="write_off_same_person"):
        debts.decide("9001")
    assert debts.decide("9002").state is WriteOffState.BOOKED
    assert debts.decide("9002").state is WriteOffState.BOOKED
    with pytest.raises(DomainError, match="write_off_decided"):
        debts.decide("9003", agree=False)
    assert debts.lost() == 5_001
    debts.write(lambda unit: write_off.set_limit(unit, "EUR", 0, "9002", debts.clock.now()))
    debts.want(500, name="b")
    # Whoever asked may take it back.
    assert debts.decide("9001", agree=False, name="b").state is WriteOffState.REFUSED
    assert debts.lost() == 5_001
    with pytest.raises(DomainError, match="write_off_unknown"):
        debts.decide("9002", name="never")


def test_what_is_paid_meanwhile_is_not_written_off_twice(debts):
    debts.want(5_500, name="a")
    debts.want(5_500, name="b")
    debts.decide("9002", name="a")
    with pytest.raises(DomainError, match="write_off_too_much"):
        debts.decide("9002", name="b")
    assert debts.owed()[INVOICE] == 500


def test_what_makes_no_sense_is_refused_and_changes_nothing(debts):
    for facts, code in (
        ({"amount": 0}, "write_off_amount_invalid"),
        ({"amount": -5}, "write_off_amount_invalid"),
        ({"amount": 6_001}, "write_off_too_much"),
        ({"amount": 5, "reason": "  "}, "write_off_reason_missing"),
        ({"amount": 5, "kind": AccountKind.WALLET}, "write_off_kind_invalid"),
        ({"amount": 5, "code": "GBP"}, "write_off_too_much"),
    ):
        with pytest.raises(DomainError, match=code):
            debts.want(**facts)
    assert debts.owed() == {DEBT: 300, INVOICE: 6_000}
    assert debts.trail() == []
    debts.want(100)
    with pytest.raises(DomainError, match="write_off_differs"):
        debts.want(200)


# --- pages and interface ------------------------------------------------------------------------


@pytest.fixture
def chain_with_debt(chain):
    owed = AccountKey(INVOICE, money_unit("EUR"), OwnerType.CUSTOMER, "C9")
    bank = AccountKey(AccountKind.BANK, money_unit("EUR"), store_id="DE01")

    def enter(unit):
        at = chain.context.business_clock.now()
        enter_batch(unit, [CustomerDraft("C9", {"name": "Cora Beispiel"})], at)
        journal = Journal(named("owes"), "test", at.date(), (Transfer(owed, bank, 9_000, "sold"),))
        ledger.require_posted([ledger.post(unit, journal, at)])

    run_writing(chain.context.database, enter)
    return chain


def test_head_office_writes_off_on_a_page_and_two_agree(chain_with_debt):
    chain = chain_with_debt
    desk = at_desk(chain, "2")
    page = words(desk.get("/values/write-offs?customer=C9"))
    assert "90,00 €" in page
    assert "Ausbuchen" in page
    fields = {
        "request_id": str(named("page")),
        "customer": "C9",
        "kind": INVOICE.value,
        "unit_code": "EUR",
        "amount": "90,00",
        "reason": "Insolvenz",
    }
    desk.send("/values/write-offs", **fields)
    page = words(desk.get("/values/write-offs"))
    assert "Wartet auf eine zweite Person" in page
    assert "Zustimmen" not in page
    assert "Ausbuchen" not in words(at_desk(chain, "9").get("/values/write-offs?customer=C9"))
    desk.send(f"/values/write-offs/{named('page')}/agree")
    told = desk.get("/values/write-offs?problem=write_off_same_person")
    assert "jemand anderes" in words(told)
    with reading(chain.context.database) as unit:
        (one,) = write_off.listed(unit)
    assert one.state is WriteOffState.ASKED
    other = at_desk(chain, "1")
    assert "Zustimmen" in words(other.get("/values/write-offs"))
    other.send(f"/values/write-offs/{named('page')}/agree")
    with reading(chain.context.database) as unit:
        (one,) = write_off.listed(unit)
        assert write_off.debts_of(unit, "C9") == []
    assert (one.state, one.asked_by, one.decided_by) == (WriteOffState.BOOKED, "2", "1")
    assert desk.get("/values/write-offs?customer=NOBODY").status_code == 404


@pytest.mark.parametrize(
    ("typed", "wanted", "said"),
    [
        ("60,20", 6_020, ""),
        ("1.050,20", None, "write_off_too_much"),
        ("1.050", None, "write_off_too_much"),
        ("1,050", None, "number_ambiguous"),
        ("viel", None, "write_off_amount_invalid"),
    ],
)
def test_an_amount_is_read_as_the_language_writes_it(chain_with_debt, typed, wanted, said):
    desk = at_desk(chain_with_debt, "2")
    fields = {"request_id": str(named("typed")), "customer": "C9", "kind": INVOICE.value}
    made = desk.send(
        "/values/write-offs", **fields, unit_code="EUR", amount=typed, reason="Insolvenz"
    )
    address = made.headers["location"]
    assert (f"problem={said}" if said else "") in address
    with reading(chain_with_debt.context.database) as unit:
        assert [one.amount for one in write_off.listed(unit)] == ([wanted] if wanted else [])


def test_somebody_who_may_writes_off_over_the_interface(chain_with_debt):
    address = "/api/v1/write-offs"
    body = {
        "request_id": str(named("api")),
        "customer": "C9",
        "kind": INVOICE.value,
        "unit": "EUR",
        "amount": 4_000,
        "reason": "Kulanz",
    }

    def send(desk, to=address, **changes):
        token = {TOKEN_HEADER: desk.form_token()}
        return desk.client.post(to, json={**body, **changes}, headers=token)

    desk = at_desk(chain_with_debt, "2")
    made = send(desk)
    assert (made.status_code, made.json()["state"]) == (201, "booked"), made.text
    assert send(desk, amount=1.5).status_code == 422
    too_much = send(desk, request_id=str(named("b")), amount=5_001)
    assert (too_much.status_code, too_much.json()["code"]) == (400, "write_off_too_much")
    assert [one["amount"] for one in desk.get(address).json()] == [4_000]
    assert send(at_desk(chain_with_debt, "9")).status_code == 403
    decision = f"{address}/{named('api')}/decision"
    late = desk.client.post(
        decision, json={"agree": False}, headers={TOKEN_HEADER: desk.form_token()}
    )
    assert late.json()["code"] == "write_off_decided"
