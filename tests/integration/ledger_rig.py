"""A ledger to post to: accounts of invented customers and cards, and what is read back of them."""

from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import text

from central_server.features.ledger import service
from central_server.features.ledger.verification import verify
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.ledger import (
    CHAIN,
    AccountKey,
    AccountKind,
    Counters,
    Journal,
    LotTerms,
    OwnerType,
    PendingRef,
    Phase,
    Transfer,
    money_unit,
    points_unit,
)
from tests.support.journals import START

EUR, CLUB = money_unit("EUR"), points_unit("CLUB")
DAY = date(2026, 11, 25)
NAMES = UUID("00000000-0000-7000-8000-00000000cafe")
HOUSE = AccountKey(AccountKind.BANK, EUR, store_id="DE01")
ISSUED = AccountKey(AccountKind.POINTS_ISSUED, CLUB)
REDEEMED = AccountKey(AccountKind.POINTS_REDEEMED, CLUB)


def named(name):
    return uuid5(NAMES, name)


def card(number="1"):
    return AccountKey(AccountKind.GIFT_CARD, EUR, OwnerType.GIFT_CARD, number, CHAIN)


def points(customer="C1"):
    return AccountKey(AccountKind.POINTS, CLUB, OwnerType.CUSTOMER, customer, CHAIN)


def terms(vests=None, expires=None):
    """Terms of a lot in days from today."""

    def on(days):
        return None if days is None else DAY + timedelta(days=days)

    return LotTerms(on(vests), on(expires))


class Books:
    """The ledger of a centre, posted to a journal at a time."""

    def __init__(self, database, at=START, day=DAY):
        self.database, self.at, self.day = database, at, day

    def post(self, name, *transfers, rule="test", **facts):
        journal = Journal(named(name), rule, self.day, transfers, **facts)
        return self.write(lambda unit: service.post(unit, journal, self.at))

    def write(self, work):
        return run_writing(self.database, work)

    def load(self, name, amount, key=None):
        return self.post(name, Transfer(HOUSE, key or card(), amount, "load"))

    def spend(self, name, amount, key=None):
        return self.post(name, Transfer(key or card(), HOUSE, amount, "spend"))

    def hold(self, name, amount, key=None, minutes=15):
        until = self.at + timedelta(minutes=minutes)
        held = Transfer(key or card(), HOUSE, amount, "hold", Phase.PENDING, expires_at=until)
        return self.post(name, held)

    def award(self, name, amount, key=None, lot=None):
        return self.post(name, Transfer(ISSUED, key or points(), amount, "award", lot=lot))

    def redeem(self, name, amount, key=None):
        return self.post(name, Transfer(key or points(), REDEEMED, amount, "redeem"))

    def hold_points(self, name, amount, minutes=15):
        until = self.at + timedelta(minutes=minutes)
        held = Transfer(points(), REDEEMED, amount, "hold", Phase.PENDING, expires_at=until)
        return self.post(name, held)

    def capture(self, name, hold, amount):
        blank = Journal(named(name), "test", self.day, ())
        ref = PendingRef(named(hold), 1)
        return self.write(lambda unit: service.capture(unit, ref, blank, amount, self.at))

    def release(self, name, hold):
        blank = Journal(named(name), "test", self.day, ())
        ref = PendingRef(named(hold), 1)
        return self.write(lambda unit: service.release(unit, ref, blank, self.at))

    def reverse(self, name, original):
        return self.write(
            lambda unit: service.reverse(unit, named(original), named(name), self.day, self.at)
        )

    def counters(self, key=None):
        with reading(self.database) as unit:
            found = service.find_account(unit, key or card())
        return found.counters if found else Counters()

    def free(self, key=None):
        key = key or card()
        return self.counters(key).free(key.rule.floor)

    def findings(self):
        return [(each.code, dict(each.params)) for each in verify(self.database)]


@contextmanager
def behind_the_back(database):
    """Change tables as only somebody can who owns the database: without triggers and checks."""
    with writing(database) as unit:
        if database.is_postgresql:
            unit.connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            kept = unit.connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for row in kept:
                unit.connection.execute(text(f"DROP TRIGGER {row.name}"))
        yield lambda statement, **values: unit.connection.execute(text(statement), values)
        if not database.is_postgresql:
            for row in kept:
                unit.connection.execute(text(row.sql))
