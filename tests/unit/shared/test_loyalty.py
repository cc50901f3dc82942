"""Purses of customers beside an independent model: nothing is kept for goods that came back, nothing taken twice."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.ledger import AccountKind, Lot, LotTerms, money_unit, points_unit
from shared.loyalty import (
    Award,
    Benefits,
    Debt,
    Holding,
    Purse,
    PurseTerms,
    StillThere,
    VoucherAward,
    Worth,
    benefits_of,
    debt_key,
    lost_benefits,
    owed_of,
    purse_key,
    source_key,
    still_given,
)
from shared.promotions import Book, price, read_request

DAY = date(2026, 11, 25)
KEY = purse_key(Purse.POINTS, "C1", "EUR")
OWED = debt_key(Purse.POINTS, "C1", "EUR")
SOURCE = source_key(Purse.POINTS, "DE01", "EUR")


class Model:
    """Books transfers the plain way: lots as `[source, left, terms]` in the order they came, and what is owed."""

    def __init__(self):
        self.lots, self.owed, self.held, self.spent = [], 0, 0, 0

    def holding(self):
        lots = [Lot(n, source, left, terms) for n, (source, left, terms) in enumerate(self.lots)]
        return Holding(
            KEY, [lot for lot in lots if lot.remaining], self.held, Debt(OWED, self.owed)
        )

    def book(self, transfers, source, on):
        for each in transfers:
            assert each.amount > 0
            if each.credit == KEY:
                self.lots.append([source, each.amount, each.lot])
            if each.debit == KEY:
                self.take(each.amount, each.taken_from, on)
            if each.debit == OWED:
                self.owed += each.amount
            if each.credit == OWED:
                self.owed -= each.amount
                assert self.owed >= 0

    def take(self, amount, first, on):
        def row(lot):
            return lot[0] != first, lot[2].expires_on or date.max

        for lot in sorted(self.lots, key=row):
            if lot[0] == first or (lot[2].vests_on or on) <= on <= (lot[2].expires_on or on):
                part = min(amount, lot[1])
                lot[1] -= part
                amount -= part
        assert amount == 0, "more was taken than there is"

    def usable(self, on):
        return sum(
            left
            for _, left, terms in self.lots
            if (terms.vests_on or on) <= on <= (terms.expires_on or on)
        )

    @property
    def balance(self):
        return sum(lot[1] for lot in self.lots)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("award", "return", "spend", "settle", "wait")),
        st.integers(0, 5),
        st.integers(1, 100),
    ),
    max_size=25,
)


@given(STEPS, st.integers(0, 3), st.integers(0, 40))
def test_what_is_given_less_what_came_back_is_what_customers_have(steps, window, held):
    """Whatever is spent between: awards less what returns took = purse + spent - owed, and no purse below nothing."""
    model, kept, on = Model(), {}, DAY
    terms = PurseTerms(window, 1, year_end=False)
    for number, (step, which, amount) in enumerate(steps):
        source = UUID(int=number + 1)
        if step == "award":
            kept[source] = amount
            model.book(model.holding().give(amount, SOURCE, terms.lot(on)), source, on)
        elif step == "return" and kept:
            origin = sorted(kept)[which % len(kept)]
            less = min(amount, kept[origin])
            if less:
                kept[origin] -= less
                model.held = min(held, model.balance)
                model.book(model.holding().take_back(less, SOURCE, origin, on), None, on)
                assert model.balance >= model.held
                model.held = 0
        elif step == "spend":
            part = min(amount, model.usable(on))
            model.take(part, None, on)
            model.spent += part
        elif step == "settle":
            model.book(model.holding().settle(on), None, on)
            assert not model.owed or not model.usable(on)
        else:
            on += timedelta(days=which)
        assert model.balance + model.spent - model.owed == sum(kept.values())


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 100)),
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 120)), max_size=5),
)
def test_returns_only_ever_take(left, steps):
    """In whatever way the kept goods earn on the way, the rest is the least that they ever earned."""
    now = dict(left)
    for step in steps:
        now = still_given(now, [Award(name, Purse.POINTS, worth) for name, worth in step.items()])
    least = {name: min([left[name], *(step.get(name, 0) for step in steps)]) for name in left}
    assert now == least


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 60), st.booleans())
def test_a_lot_ends_after_it_may_be_spent(on, months, year_end):
    terms = PurseTerms(14, months, year_end=year_end)
    lot = terms.lot(on)
    assert lot.vests_on == on + timedelta(days=14)
    whole = lot.expires_on.year * 12 + lot.expires_on.month
    assert whole >= lot.vests_on.year * 12 + lot.vests_on.month + months
    assert not year_end or (lot.expires_on.month, lot.expires_on.day) == (12, 31)


def test_terms_without_end_or_window():
    assert PurseTerms(0, None).lot(DAY) == LotTerms(None, None)
    assert PurseTerms(3, None).lot(DAY) == LotTerms(DAY + timedelta(days=3))
    assert PurseTerms(0, 1, year_end=False).lot(date(2027, 1, 31)).expires_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    "terms",
    [{"window_days": -1}, {"window_days": 4000}, {"valid_months": 0}, {"announce_days": -1}],
)
def test_terms_that_mean_nothing_are_refused(terms):
    with pytest.raises(DomainError) as refused:
        PurseTerms(**terms)
    assert refused.value.code == "loyalty_terms_invalid"


@given(st.integers(1, 1_000), st.integers(1, 1_000), st.integers(0, 10**6))
def test_nobody_pays_more_with_points_than_they_are_worth(points, minor, amount):
    worth = Worth(points, minor)
    cost = worth.cost(amount)
    assert worth.value(cost) >= amount
    assert not cost or worth.value(cost - 1) < amount
    assert worth.value(worth.points_for(amount)) <= amount


@pytest.mark.parametrize(("points", "minor"), [(0, 1), (1, 0), (-1, 1), (10**10, 1)])
def test_points_are_worth_something(points, minor):
    with pytest.raises(DomainError) as refused:
        Worth(points, minor)
    assert refused.value.code == "loyalty_worth_invalid"


@pytest.mark.parametrize("purse", list(Purse))
def test_every_purse_counts_in_its_unit(purse):
    unit = points_unit("CLUB") if purse is Purse.POINTS else money_unit("EUR")
    key, owed, source = (
        purse_key(purse, "C1", "EUR"),
        debt_key(purse, "C1", "EUR"),
        source_key(purse, "DE01", "EUR"),
    )
    assert {key.unit, owed.unit, source.unit} == {unit}
    assert owed.kind is AccountKind.POINTS_DEBT
    assert (source.store_id == "DE01") is (purse is not Purse.POINTS)


def test_a_receipt_earns_what_its_promotions_give():
    """100.00: 100 points, 5.00 on account, a voucher of 10.00, and one with a percentage of the next time."""
    rewards = {
        "P": {"points": {"per": "1.00", "give": 1}},
        "W": {"wallet": {"percent": "5"}},
        "V": {"voucher": {"amount": "10.00", "valid_days": 30}},
        "N": {"voucher": {"next_percent": "10", "valid_days": 14}},
        "S": {"shipping": {"percent": "100"}},
    }
    request = read_request(
        {
            "lines": [{"id": "1", "sku": "A", "quantity": "1", "price": "100.00"}],
            "promotions": [
                {"id": name, "stage": "benefit", "reward": reward}
                for name, reward in rewards.items()
            ],
        },
        datetime(2026, 11, 25, tzinfo=UTC),
    )
    earned = benefits_of(price(Book(request.promotions), request.context, request.lines))
    assert earned.awards == (Award("P", Purse.POINTS, 100), Award("W", Purse.WALLET, 500))
    assert set(earned.vouchers) == {
        VoucherAward("V", 1_000, 30),
        VoucherAward("N", 0, 14, "10"),
    }


def test_nothing_is_transferred_where_there_is_nothing_to_settle():
    assert list(Holding(KEY, (), 0, Debt(OWED, 0)).settle(DAY)) == []
    owing = Holding(KEY, (), 0, Debt(OWED, 5))
    assert [each.amount for each in owing.give(5, SOURCE, LotTerms())] == [5]


def test_what_is_lost_is_what_the_kept_goods_do_not_earn():
    points, more = Award("P", Purse.POINTS, 100), Award("M", Purse.WALLET, 5)
    ten, next_time = VoucherAward("V", 1_000, 30), VoucherAward("N", 0, 14, "10")
    had = Benefits((points, more), (ten, next_time))
    assert lost_benefits(had, Benefits()) == had
    assert lost_benefits(had, had) == Benefits()
    kept = Benefits(
        (Award("P", Purse.POINTS, 40), Award("M", Purse.WALLET, 9)),
        (VoucherAward("V", 400, 30), next_time),
    )
    assert lost_benefits(had, kept) == Benefits(
        (Award("P", Purse.POINTS, 60),), (VoucherAward("V", 600, 30),)
    )


def test_what_is_lost_and_not_there_any_more_is_owed():
    lost = Benefits(
        (Award("P", Purse.POINTS, 60), Award("Q", Purse.POINTS, 30), Award("M", Purse.WALLET, 9)),
        (VoucherAward("V", 600, 30), VoucherAward("W", 500, 30)),
    )
    assert owed_of([]) == owed_of([(lost, ())]) == Benefits()
    there = (
        StillThere(Purse.POINTS, 25, 40),
        StillThere(Purse.WALLET, 0, 9),
        StillThere(None, 400, promotion="V"),
        StillThere(None, 500, promotion="W"),
    )
    assert owed_of([(lost, there)]) == Benefits(
        (Award("Q", Purse.POINTS, 25),), (VoucherAward("V", 200, 30),)
    )


def test_of_several_receipts_each_has_its_own_and_what_is_free_once():
    points, voucher = Award("P", Purse.POINTS, 50), VoucherAward("V", 500, 30)
    lost = Benefits((points,), (voucher,))
    spent = (StillThere(Purse.POINTS, 0, 30), StillThere(None, 0, promotion="V"))
    pending = (StillThere(Purse.POINTS, 90, 30), StillThere(None, 500, promotion="V"))
    owed = Benefits((Award("P", Purse.POINTS, 20),), (voucher,))
    # What is still pending, or the voucher, of one receipt is nothing that another one could lose.
    assert owed_of([(lost, spent), (lost, pending)]) == owed
    assert owed_of([(lost, pending), (lost, spent)]) == owed
    assert owed_of([(lost, spent), (lost, spent)]).awards == (
        Award("P", Purse.POINTS, 20),
        Award("P", Purse.POINTS, 50),
    )
