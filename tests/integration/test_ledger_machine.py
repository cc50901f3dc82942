"""Any order of loads, spends, holds, awards, expiries and undoings keeps to an independent account of the same."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from central_server.features.ledger import sealing, service
from central_server.features.ledger.sealing import seal
from central_server.features.ledger.service import Created, Exists, ExistsDifferent
from tests.integration.ledger_rig import DAY, Books, card, points, terms
from tests.support.journals import START

AMOUNTS = st.integers(1, 120)
WHO = st.sampled_from(("a", "b"))
HOURS = timedelta(hours=1)


@dataclass
class Purse:
    """What the machine believes of one account: lots are `[vests, expires, amount]` in days from the first."""

    posted: int = 0
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    lots: list[list[int | None]] = field(default_factory=list)

    def hold(self, hour):
        return sum(amount for amount, until in self.held.values() if until > hour)

    def free(self, hour):
        return self.posted - self.hold(hour)

    def spendable(self, day):
        return sum(
            amount
            for vests, expires, amount in self.lots
            if (vests is None or vests <= day) and (expires is None or expires >= day)
        )

    def take(self, amount, day, *, every=False):
        for lot in sorted(self.lots, key=lambda lot: 9999 if lot[1] is None else lot[1]):
            vested = lot[0] is None or lot[0] <= day
            valid = lot[1] is None or lot[1] >= day
            if every or (vested and valid):
                part = min(amount, lot[2])
                lot[2] -= part
                amount -= part
        assert amount == 0


class LedgerMachine(RuleBasedStateMachine):
    """Cards with holds, and points in lots, of two owners; time goes on in hours and days."""

    database = None
    runs = 0

    @initialize()
    def begin(self):
        type(self).runs += 1
        self.name = f"run {self.runs}"
        self.books = Books(self.database)
        self.hour = self.day = self.count = 0
        self.cards = defaultdict(Purse)
        self.points = defaultdict(Purse)
        self.last = None

    def journal(self):
        self.count += 1
        return f"{self.name} {self.count}"

    def key(self, who):
        return card(f"{self.name} {who}")

    def club(self, who):
        return points(f"{self.name} {who}")

    @rule(who=WHO, amount=AMOUNTS)
    def load(self, who, amount):
        name = self.journal()
        assert self.books.load(name, amount, self.key(who)) == Created()
        self.cards[who].posted += amount
        self.last = (name, amount, who, self.books.day)

    @rule(who=WHO, amount=AMOUNTS)
    def spend(self, who, amount):
        outcome = self.books.spend(self.journal(), amount, self.key(who))
        assert (outcome == Created()) == (amount <= self.cards[who].free(self.hour))
        if outcome == Created():
            self.cards[who].posted -= amount

    @precondition(lambda self: self.last is not None)
    @rule(more=st.integers(0, 1))
    def load_again(self, more):
        name, amount, who, self.books.day = self.last
        outcome = self.books.load(name, amount + more, self.key(who))
        self.books.day = DAY + timedelta(days=self.day)
        assert isinstance(outcome, ExistsDifferent if more else Exists)

    @rule(who=WHO, amount=AMOUNTS, hours=st.integers(1, 5))
    def hold(self, who, amount, hours):
        name = self.journal()
        outcome = self.books.hold(name, amount, self.key(who), minutes=60 * hours)
        assert (outcome == Created()) == (amount <= self.cards[who].free(self.hour))
        if outcome == Created():
            self.cards[who].held[name] = (amount, self.hour + hours)

    @rule(who=WHO, part=st.integers(1, 100), gives_back=st.booleans())
    def end_hold(self, who, part, gives_back):
        purse = self.cards[who]
        if not purse.held:
            return
        name, (amount, until) = next(iter(purse.held.items()))
        del purse.held[name]
        taken = max(amount * part // 100, 1)
        if gives_back:
            outcome = self.books.release(self.journal(), name)
        else:
            outcome = self.books.capture(self.journal(), name, taken)
        assert (outcome == Created()) == (until > self.hour)
        if outcome == Created() and not gives_back:
            purse.posted -= taken

    @rule(hours=st.integers(1, 3))
    def wait(self, hours):
        self.hour += hours
        self.books.at = START + self.hour * HOURS

    @rule()
    def give_back_what_is_over(self):
        self.books.write(lambda unit: service.expire_holds(unit, self.books.at, self.books.day))

    @rule(
        who=WHO,
        amount=AMOUNTS,
        vests=st.none() | st.integers(0, 4),
        expires=st.none() | st.integers(0, 9),
    )
    def award(self, who, amount, vests, expires):
        absolute = [None if days is None else self.day + days for days in (vests, expires)]
        lot = terms(*absolute)
        assert self.books.award(self.journal(), amount, self.club(who), lot) == Created()
        self.points[who].posted += amount
        self.points[who].lots.append([*absolute, amount])

    @rule(who=WHO, amount=AMOUNTS)
    def redeem(self, who, amount):
        purse = self.points[who]
        outcome = self.books.redeem(self.journal(), amount, self.club(who))
        assert (outcome == Created()) == (amount <= purse.spendable(self.day))
        if outcome == Created():
            purse.posted -= amount
            purse.take(amount, self.day)

    @rule(days=st.integers(1, 4))
    def next_days(self, days):
        self.day += days
        self.books.day = DAY + timedelta(days=self.day)

    @rule()
    def write_off(self):
        self.books.write(lambda unit: service.expire_lots(unit, self.books.day, self.books.at))
        for purse in self.points.values():
            for lot in purse.lots:
                if lot[1] is not None and lot[1] < self.day:
                    purse.posted -= lot[2]
                    lot[2] = 0

    @rule()
    def sum_up(self):
        seal(self.database, self.books.at)
        sealing.sum_up(self.books.database, wait=True)

    @invariant()
    def balances_are_those_of_the_model(self):
        for who, purse in getattr(self, "cards", {}).items():
            counters = self.books.counters(self.key(who))
            assert counters.credits_posted - counters.debits_posted == purse.posted
            assert 0 <= counters.debits_pending <= purse.posted
            assert counters.debits_pending >= purse.hold(self.hour)
        for who, purse in getattr(self, "points", {}).items():
            assert self.books.free(self.club(who)) == purse.posted

    def teardown(self):
        if self.runs:
            assert self.books.findings() == []


EXAMPLES = {"sqlite": 30, "postgresql": 12}


def test_the_ledger_keeps_to_the_model(centre):
    machine = type("Machine", (LedgerMachine,), {"database": centre, "runs": 0})
    examples = EXAMPLES["postgresql" if centre.is_postgresql else "sqlite"]
    run_state_machine_as_test(
        machine,
        settings=settings(
            settings.default, max_examples=examples, stateful_step_count=25, deadline=None
        ),
    )
    assert machine.runs >= examples


@pytest.mark.long
def test_the_ledger_keeps_to_the_model_for_long(centre):
    machine = type("Machine", (LedgerMachine,), {"database": centre, "runs": 0})
    run_state_machine_as_test(machine, settings=settings(settings.default, max_examples=300))
