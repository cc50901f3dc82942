"""Purses of customers beside an independent model: nothing is kept for goods that came back, nothing taken twice."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import Lot, LotTerms
from shared.loyalty import (
    Award,
    Debt,
    Holding,
    Purse,
    PurseTerms,
    debt_key,
    purse_key,
    source_key,
    still_given,
)

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
