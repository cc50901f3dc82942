"""Balances of past moments out of checkpoints, whatever the clocks did whose moments transfers bear."""

import importlib
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from central_server.features.ledger import balances, sealing, service
from central_server.features.ledger.tables import ledger_checkpoint
from central_server.platform.unit_of_work import reading
from tests.integration.ledger_rig import Books, behind_the_back, card


@pytest.fixture
def books(centre):
    return Books(centre)


def test_a_balance_is_as_it_was_recorded_where_a_clock_was_behind_afterwards(books):
    ahead = books.at + timedelta(seconds=50)
    books.at = ahead
    books.load("by a clock that is ahead", 100)
    sealing.sum_up(books.database)
    books.at = ahead - timedelta(seconds=40)
    books.load("by another", 1)
    sealing.sum_up(books.database)
    with reading(books.database) as unit:
        account = service.find_account(unit, card()).id
        held = [
            balances.balance_recorded(unit, account, books.at + timedelta(seconds=later)).credits
            for later in (-1, 0, 39, 40)
        ]
    assert held == [0, 1, 1, 101]
    assert books.findings() == []


def test_checkpoints_from_before_they_said_when_they_began_say_it_as_those_made_since(
    books, monkeypatch
):
    monkeypatch.setattr(sealing, "ENOUGH_MOVES", 1)
    migration = importlib.import_module(
        "central_server.migrations.versions.0044_checkpoints_that_move_on"
    )
    started = books.at
    for seconds in (60, 120, 90, 240):  # the third comes late
        books.at = started + timedelta(seconds=seconds)
        books.load(str(seconds), 10)
        sealing.sum_up(books.database)
    made = beginnings(books)
    with behind_the_back(books.database) as change:
        change("UPDATE ledger_checkpoint SET began = as_of")
    assert beginnings(books) != made
    with behind_the_back(books.database) as change:
        change(migration._BEGAN)
    assert beginnings(books) == made
    assert len(made) == 2 * 4


def test_all_is_summed_up_again_in_steps(books, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_TRANSFERS", 3)
    monkeypatch.setattr(sealing, "ENOUGH_MOVES", 3)
    started = books.at
    for number in range(8):
        books.at = started + timedelta(minutes=number)
        books.load(str(number), 1 << number)
    assert sealing.sum_up(books.database, least=9) == 0
    assert sealing.sum_up(books.database) == 2
    made = beginnings(books)
    assert len({through for _, through, _ in made}) == 3
    assert sealing.sum_up(books.database, again=True) == 2
    assert beginnings(books) == made
    with reading(books.database) as unit:
        account = service.find_account(unit, card()).id
        for number in range(8):
            at = started + timedelta(minutes=number, seconds=30)
            held = balances.balance_recorded(unit, account, at).credits
            assert held == (2 << number) - 1
    assert books.findings() == []


def test_checkpoints_that_are_dropped_while_somebody_sums_up_are_not_missed(books, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_TRANSFERS", 2)
    for number in range(6):
        books.load(str(number), 1 << number)
    run, dropped = sealing.run_writing, []

    def interrupted(database, work):
        found = run(database, work)
        if not dropped:
            dropped.append(run(database, sealing._forget))
        return found

    monkeypatch.setattr(sealing, "run_writing", interrupted)
    assert sealing.sum_up(books.database) == 2
    assert dropped
    with reading(books.database) as unit:
        account = service.find_account(unit, card()).id
        assert balances.balance(unit, account).credits == (1 << 6) - 1
    assert books.findings() == []


def beginnings(books):
    with reading(books.database) as unit:
        return sorted(
            (row.account_id, row.through_id, row.began)
            for row in unit.connection.execute(select(ledger_checkpoint))
        )


def test_a_balance_is_as_it_was_recorded_once_a_clock_was_set_back(books):
    now = books.at
    books.load("before", 1)
    sealing.sum_up(books.database)
    books.at = now + timedelta(days=10)
    books.load("in ten days", 10)
    sealing.sum_up(books.database)
    books.at = now + timedelta(hours=1)
    books.load("set back", 100)
    sealing.sum_up(books.database)
    books.load("not summed up", 1_000)
    with reading(books.database) as unit:
        account = service.find_account(unit, card()).id
        held = [
            balances.balance_recorded(unit, account, now + later).credits
            for later in (timedelta(0), timedelta(hours=2), timedelta(days=10))
        ]
    assert held == [1, 1_101, 1_111]
    assert books.findings() == []


@pytest.mark.parametrize("seed", [0, 5, 7, 9])
def test_a_balance_is_as_it_was_recorded_whenever_it_was_summed_up(books, monkeypatch, seed):
    """Some transfers bear a moment before that of checkpoints which do not hold them, some one behind."""
    monkeypatch.setattr(sealing, "ENOUGH_MOVES", 4)
    chance = random.Random(seed)
    known = []
    for number in range(30):
        books.at += timedelta(seconds=chance.randrange(60))
        now, late = books.at, timedelta(seconds=chance.randrange(-60, 180))
        books.at = now - late
        books.load(str(number), 1 << number)
        known.append((books.at, 1 << number))
        books.at = now
        if chance.randrange(3) == 0:
            sealing.sum_up(books.database)
    with reading(books.database) as unit:
        account = service.find_account(unit, card()).id
        for moment in sorted({at for at, _ in known} | {books.at}):
            expected = sum(amount for at, amount in known if at <= moment)
            assert balances.balance_recorded(unit, account, moment).credits == expected
    assert books.findings() == []
