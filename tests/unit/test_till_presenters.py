"""The presenters against small stand-ins: what they show, what they refuse, and that refusals change nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest

from pos_client.features.basket.presenter import MOST_CODES, BasketPresenter
from pos_client.features.login.presenter import LOCKED_AT, LONGEST_WAIT, LoginPresenter, wait_after
from pos_client.features.payment.presenter import PaymentPresenter
from pos_client.features.shift.presenter import ShiftPresenter
from pos_client.features.stock_lookup.presenter import LookupPresenter
from pos_client.ports import OpenShift
from shared.basket import Basket, BasketTotals
from shared.catalogue import Item
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock
from shared.tender import TenderMix
from shared.wire.payloads import StaffRow
from tests.unit.till_fakes import MOMENT, FakeOffers, FakeRecording, FakeTexts, View

PLACE = SimpleNamespace(till_id="DE01-T1", store_id="DE01", market="DE", currency="EUR")
NO_PURCHASES = SimpleNamespace()
NO_VOUCHERS = SimpleNamespace(types=tuple)
NO_CODES = SimpleNamespace(
    put_on=lambda _text: "",
    ask_for=lambda _text, sure: "",  # noqa: ARG005
    take_off=lambda _text: False,
    customer_changed=tuple,
    request=lambda: None,
    hear=lambda _heard: False,
)
PEOPLE = SimpleNamespace(name_of={"101": "Mia"}.get)


class FakeSale:
    """The open receipt without a disk."""

    def __init__(self):
        self.basket = None
        self.training = False
        self.tenders = ()
        self.broken = None
        self.voided = []
        self.parked_count = 0
        self.means = None
        self.by_means = {}

    @property
    def last_voided(self):
        return self.voided[-1] if self.voided else None

    @property
    def totals(self):
        return self.basket.totals() if self.basket else BasketTotals(0, 0, Decimal(0), ())

    @property
    def payment(self):
        gross = self.basket.totals().gross if self.basket else 0
        return TenderMix(gross, self.tenders)

    def add(self, line):
        if self.broken:
            raise self.broken
        self.basket = self._opened().add(line)
        return self.basket.lines[self.basket.next_number - 1]

    def change(self, changed, number):
        if self.broken:
            raise self.broken
        self.basket = changed
        return changed.line(number)

    def void(self, number):
        self.voided.append(self.basket.line(number))
        self.basket = self.basket.void(number)
        return self.voided[-1]

    def undo_void(self):
        line = self.voided.pop()
        self.basket = self.basket.restore(line)
        return line

    def set_note(self, note):
        self.basket = replace(self.basket, note=note)

    def set_customer(self, number):
        self.basket = replace(self._opened(), customer=number)

    def set_codes(self, codes):
        self.basket = replace(self._opened(), codes=codes)

    def _opened(self):
        return self.basket or Basket(UUID(int=1), "EUR", MOMENT.at, "101")

    def choose_means(self, kind):
        self.means = kind

    def totals_by_means(self):
        return self.by_means

    def tender(self, tender):
        self.tenders = self.payment.add(tender).tenders


class FakePrices:
    def __init__(self):
        self.items = {
            "S1": Item("S1", "A1", {"de": "Schal"}, "standard", size="M", colour="rot"),
            "S2": Item("S2", "A2", {"de": "Messer"}, "standard", age_class=18),
        }
        self.prices = {"S1": 1990}

    def find(self, code):
        if code not in self.items:
            raise DomainError("article_unknown", {"code": code})
        return self.items[code]

    def price(self, sku, moment):
        return self.prices.get(sku)

    def lowest(self, sku, moment):
        return self.price(sku, moment)

    def vat_rate(self, category, moment):
        return Decimal(19)

    def search(self, text, limit):
        return tuple(self.items.values())[:limit]

    def variant_counts(self, article_numbers):
        return {number: len(self.variants(number)) for number in article_numbers}

    def categories(self):
        found = {}
        for item in self.items.values():
            found.setdefault(item.category, set()).add(item.article_no)
        return tuple((category, len(articles)) for category, articles in found.items())

    def category(self, category, after, limit):
        first = {}
        for item in self.items.values():
            if item.category == category and item.article_no > after:
                first.setdefault(item.article_no, item)
        return tuple(first[number] for number in sorted(first))[:limit]

    def store_name(self, store_id):
        return {"DE01": "Lindenplatz, Berlin", "DE02": "Altstadt, Bonn"}.get(store_id, store_id)

    def variants(self, article_no):
        return tuple(i for i in self.items.values() if i.article_no == article_no)


@pytest.fixture
def sale():
    return FakeSale()


@pytest.fixture
def basket(sale):
    people = (PEOPLE, FakeOffers(), NO_PURCHASES, NO_VOUCHERS, NO_CODES)
    return BasketPresenter(sale, FakePrices(), FakeRecording(), PLACE, FakeTexts(), View(), *people)


def refused(code, act, *args, **named):
    with pytest.raises(DomainError) as caught:
        act(*args, **named)
    assert caught.value.code == code


def test_a_scan_adds_a_line_ready_to_show(basket):
    state = basket.on_scan("S1\r\n")
    assert state.total == "1990 EUR"
    assert (state.last.name, state.last.detail, state.last.unit_price) == ("Schal", "M rot", "1990")
    assert state.lines == (state.last,)
    assert basket._view.states[-1] == state


def test_a_manual_price_needs_a_reason_and_is_marked(basket, sale):
    refused("reason_missing", basket.on_add, "S1", "1", "9.90")
    assert sale.basket is None
    state = basket.on_add("S1", "2", "9.90", "stain")
    assert state.last.marks == ("basket.mark_price",)
    assert sale.basket.line(1).list_price == 1990


def test_a_price_that_is_the_lists_own_is_not_by_hand(basket, sale):
    assert basket.on_add("S1", "1", "19.90").last.marks == ()
    assert sale.basket.line(1).reason == ""


def test_a_missing_price_asks_for_one(basket, sale):
    refused("price_missing", basket.on_scan, "S2")
    state = basket.on_add("S2", "1", "5", "no price in the list")
    assert sale.basket.line(1).list_price is None
    assert state.notice == "basket.age_check age=18"


def test_a_return_has_a_quantity_below_zero_and_a_reason(basket):
    refused("reason_missing", basket.on_return, "S1")
    state = basket.on_return("S1", "2", None, "too small")
    assert state.last.quantity == "-2"
    assert state.last.marks == ("basket.mark_return",)
    assert basket.on_quantity(1, "3").last.quantity == "-3"


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("quantity_negative", lambda b: b.on_add("S1", "-1")),
        ("quantity_invalid", lambda b: b.on_add("S1", "1,5,2")),
        ("quantity_zero", lambda b: b.on_add("S1", "0")),
        ("amount_invalid", lambda b: b.on_add("S1", "1", "1e3", "x")),
        ("article_unknown", lambda b: b.on_scan("nothing")),
        ("barcode_empty", lambda b: b.on_scan("  ")),
        ("barcode_damaged", lambda b: b.on_scan("4006381333932")),
        ("barcode_too_long", lambda b: b.on_scan("9" * 91)),
        ("no_basket", lambda b: b.on_quantity(1, "2")),
        ("no_basket", lambda b: b.on_price(1, "2", "x")),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(basket, sale, code, act):
    refused(code, act, basket)
    assert sale.basket is None
    assert basket._view.states == []


def test_a_disk_that_fails_leaves_the_shown_lines_alone(basket, sale):
    before = basket.on_scan("S1")
    sale.broken = EnvironmentProblem("journal_disk_full")
    with pytest.raises(EnvironmentProblem):
        basket.on_scan("S1")
    with pytest.raises(EnvironmentProblem):
        basket.on_quantity(1, "5")
    sale.broken = None
    assert basket.refresh().lines == before.lines


def test_void_and_undo_keep_numbers_and_order(basket):
    for _ in range(3):
        basket.on_scan("S1")
    assert [row.number for row in basket.on_void(2).lines] == [1, 3]
    assert [row.number for row in basket.on_undo().lines] == [1, 2, 3]


def test_notes_go_to_a_line_or_to_the_receipt(basket):
    basket.on_scan("S1")
    assert basket.on_note(1, "gift").last.note == "gift"
    assert basket.on_note(0, "all gifts").note == "all gifts"


# --- paying ---------------------------------------------------------------------------------------


def make_payment(sale):
    nudges = []
    upload = SimpleNamespace(nudge=lambda: nudges.append(1))
    return PaymentPresenter(sale, FakeRecording(), PLACE, FakeTexts(), View(), upload)


def test_cash_gives_change(basket, sale):
    basket.on_scan("S1")
    state = make_payment(sale).on_cash("50")
    assert (state.given, state.due, state.change, state.settled) == (
        "5000 EUR",
        "0 EUR",
        "3010 EUR",
        True,
    )


def test_cash_without_an_amount_is_what_is_due(basket, sale):
    basket.on_scan("S1")
    payment = make_payment(sale)
    payment.on_cash("10")
    assert payment.on_cash().settled
    refused("tender_nothing_due", payment.on_cash)


def test_a_refund_is_paid_out(basket, sale):
    basket.on_return("S1", "1", None, "too small")
    state = make_payment(sale).on_cash("19.90")
    assert state.refund
    assert state.settled
    assert sale.tenders[0].amount == -1990


# --- logging in -----------------------------------------------------------------------------------


class FakeAttempts:
    def __init__(self):
        self.rows = {}

    def of(self, staff_id, verifier):
        return self.rows.get(staff_id)

    def failed(self, staff_id, verifier, at):
        count = self.rows[staff_id].failures + 1 if staff_id in self.rows else 1
        self.rows[staff_id] = SimpleNamespace(failures=count, last_failed_at=at)
        return count

    def succeeded(self, staff_id):
        self.rows.pop(staff_id, None)

    def unlock(self):
        locked = [number for number, row in self.rows.items() if row.failures >= LOCKED_AT]
        for number in locked:
            del self.rows[number]
        return tuple(locked)


class FakePins:
    wasted = 0

    def matches(self, staff_id, verifier, pin):
        return verifier == pin

    def waste_time(self):
        self.wasted += 1


def make_login(clock, *, active=True):
    row = StaffRow("101", "Mia", "cashier", "de", "4711", active)
    staff = SimpleNamespace(staff=lambda number: row if number == "101" else None)
    recording = FakeRecording(operator=None)
    return LoginPresenter(
        staff, FakePins(), FakeAttempts(), recording, recording, clock, FakeTexts(), View()
    )


def test_waiting_doubles_up_to_a_quarter_of_an_hour():
    seconds = [wait_after(n) // timedelta(seconds=1) for n in range(6)]
    assert seconds == [0, 0, 0, 5, 10, 20]
    assert wait_after(10**9) == LONGEST_WAIT


def test_wrong_pins_wait_longer_and_a_right_one_forgets_them():
    clock = FixedClock(datetime(2026, 11, 25, tzinfo=UTC))
    login = make_login(clock)
    for _ in range(3):
        refused("login_refused", login.on_login, "101", "1")
    refused("login_wait", login.on_login, "101", "4711")
    clock.at += timedelta(seconds=5)
    assert login.on_login("101", "4711").name == "Mia"
    kinds = [kind for kind, _ in login._recording.events]
    assert kinds == ["operator.login_failed"] * 3 + ["operator.logged_in"]
    assert login._attempts.rows == {}


def test_a_clock_set_back_does_not_lock_for_ever():
    clock = FixedClock(datetime(2026, 11, 25, tzinfo=UTC))
    login = make_login(clock)
    for _ in range(3):
        refused("login_refused", login.on_login, "101", "1")
    clock.at -= timedelta(days=400)
    with pytest.raises(DomainError) as caught:
        login.on_login("101", "4711")
    assert caught.value.params["seconds"] <= 6


def test_an_unknown_number_takes_as_long_as_a_known_one():
    login = make_login(FixedClock(datetime(2026, 11, 25, tzinfo=UTC)))
    refused("login_refused", login.on_login, "999", "4711")
    assert login._pins.wasted == 1


def test_who_left_the_company_stays_out():
    login = make_login(FixedClock(datetime(2026, 11, 25, tzinfo=UTC)), active=False)
    refused("login_refused", login.on_login, "101", "4711")


# --- shifts ---------------------------------------------------------------------------------------


class ControlRecording(FakeRecording):
    def record_control(self, control, *before, note=""):
        self.record(*before, (control, {"note": note}))
        return SimpleNamespace(receipt_id=SimpleNamespace(printed_number="1-7"))


def make_shift(sale, *, running=None, unsent=0):
    state = {"shift": running}
    ledger = SimpleNamespace(shift=lambda: state["shift"], day_facts=lambda: {"sales": 1})
    outbox = SimpleNamespace(unsent=lambda: unsent, attach_second_copy=lambda: None)
    recording = ControlRecording()
    rules = SimpleNamespace(difference_limit=lambda: 500)
    shift = ShiftPresenter(sale, ledger, outbox, recording, PLACE, FakeTexts(), View(), rules)
    return shift, recording


RUNNING = OpenShift("id", MOMENT.at, 10_000, 15_000, 3)


def test_a_shift_closes_with_its_difference(sale):
    shift, recording = make_shift(sale, running=RUNNING)
    state = shift.on_close("149.50")
    assert state.difference == "-50 EUR"
    assert [kind for kind, _ in recording.events] == ["shift.closed", "receipt.closing"]


def test_closing_with_unsent_events_is_a_decision(sale):
    shift, recording = make_shift(sale, running=RUNNING, unsent=4)
    refused("shift_unsent", shift.on_close, "150")
    assert recording.events == []
    shift.on_close("150", unsent_ok=True)
    assert recording.events[0][0] == "approval.given"


@pytest.mark.parametrize(
    ("code", "running", "act"),
    [
        ("shift_already_open", RUNNING, lambda s: s.on_open("10")),
        ("shift_not_open", None, lambda s: s.on_close("10")),
        ("shift_not_open", None, lambda s: s.on_cash_move("deposit", "10", "change")),
        ("cash_move_unknown", RUNNING, lambda s: s.on_cash_move("gift", "10", "x")),
        ("reason_missing", RUNNING, lambda s: s.on_cash_move("deposit", "10", " ")),
        ("tender_zero", RUNNING, lambda s: s.on_cash_move("deposit", "0", "x")),
        ("amount_negative", RUNNING, lambda s: s.on_cash_move("deposit", "-1", "x")),
        ("shift_still_open", RUNNING, lambda s: s.on_close_day()),
    ],
)
def test_shifts_refuse_what_makes_no_sense(sale, code, running, act):
    shift, recording = make_shift(sale, running=running)
    refused(code, act, shift)
    assert recording.events == []


def test_an_open_receipt_keeps_shift_and_day_open(basket, sale):
    basket.on_scan("S1")
    refused("basket_open", make_shift(sale, running=RUNNING)[0].on_close, "1")
    refused("basket_open", make_shift(sale)[0].on_close_day)


# --- looking up -----------------------------------------------------------------------------------


def test_looking_up_shows_prices_where_there_are_some():
    levels = {"S1": {"DE01": Decimal(3), "DE02": Decimal("1.5")}}
    stock = SimpleNamespace(levels=levels.get)
    lookup = LookupPresenter(FakePrices(), stock, FakeRecording(), PLACE, FakeTexts(), View())
    assert [row.price for row in lookup.on_search("s").found] == ["1990 EUR", ""]
    rows = lookup.on_stock("S1").levels
    assert [(row.location, row.quantity, row.own) for row in rows] == [
        ("DE01", "3", True),
        ("DE02", "1.5", False),
    ]


# --- customer and codes ---------------------------------------------------------------------------


def test_a_customers_number_is_taken_like_an_articles(basket):
    scanned = basket.on_scan(" 70001\r\n")
    assert (scanned.open, scanned.customer, scanned.customer_number) == (
        True,
        "Ada Beispiel",
        "70001",
    )
    assert scanned.said == "basket.customer_on name=Ada Beispiel"
    assert not scanned.can_pay
    basket.on_scan("S1")
    assert basket.on_no_customer().customer == ""
    typed = basket.on_add("70001")
    assert (typed.customer, len(typed.lines), typed.last) == ("Ada Beispiel", 1, None)
    assert basket.refresh().said == ""


def test_what_is_neither_article_nor_customer_nor_code_is_refused_as_an_article(basket, sale):
    refused("article_unknown", basket.on_scan, "70002")
    refused("article_unknown", basket.on_add, "SOMMER")
    refused("customer_unknown", basket.on_customer, " 70002 ")
    refused("promotion_code_unknown", basket.on_code, "SOMMER")
    assert sale.basket is None


def test_a_customer_who_is_gone_from_the_lists_stays_by_number(basket):
    basket.on_customer("70001")
    basket._offers.guests.clear()
    assert basket.refresh().customer == "basket.customer_number number=70001"


def test_codes_are_taken_once_each_and_can_be_taken_back(basket, sale):
    assert basket.on_scan(" herbst ").codes == ("HERBST",)
    assert basket.on_add("Herbst").codes == ("HERBST",)
    state = basket.on_no_code("HERBST")
    assert (state.codes, state.said) == ((), "basket.code_off code=HERBST")
    sale.set_codes(tuple(f"C{n}" for n in range(MOST_CODES)))
    refused("too_many_codes", basket.on_code, "HERBST")
