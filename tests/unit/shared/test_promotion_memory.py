"""What pricings remember of each other: known groups are not solved again, and the oldest make room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.promotions import Book, Memory, price, read_request, result
from shared.promotions.section import Kept
from tests.unit.shared.test_promotion_engine import bundle, line

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LINES = [line(number, f"{number + 3}.00") for number in range(7)]
PAIRS = {"id": "P", "reward": bundle(2, cheapest={"percent": "50"})}
RECEIPT = {"id": "R", "stage": "basket", "if": [{"spend": "30.00"}], "reward": {"amount": "1.00"}}


def asked(*promotions):
    read = read_request({"lines": LINES, "promotions": [*promotions]}, NOON)
    return Book(read.promotions), read.context, read.lines


@pytest.mark.parametrize("promotions", [(PAIRS,), (PAIRS, RECEIPT)])
def test_a_basket_known_already_is_answered_alike_and_solves_nothing(promotions):
    book, context, lines = asked(*promotions)
    memory = Memory()
    first = price(book, context, lines, memory=memory)
    solved = memory.solved
    again = price(book, context, lines, memory=memory)
    assert solved > 0
    assert memory.solved == solved
    assert result(again) == result(first) == result(price(book, context, lines))


def test_a_known_group_costs_what_it_cost_to_solve():
    """Where the limit of work ends a pricing, it ends that of a till which has seen the basket before as well."""
    book, context, lines = asked(PAIRS, RECEIPT)
    memory = Memory()
    price(book, context, lines, memory=memory)
    for steps in range(0, 400, 10):
        fresh = price(book, context, lines, steps)
        known = price(book, context, lines, steps, memory)
        assert (known.optimal, result(known)) == (fresh.optimal, result(fresh))


def kept(cost):
    """A group that cost so many steps; what it is made of is never looked at here."""
    return Kept(None, 0, cost)


def test_the_groups_not_asked_for_the_longest_make_room():
    memory = Memory()
    for name in "ab":
        memory.put((name,), kept(150_000))
    assert memory.get(("a",)) is not None
    memory.put(("c",), kept(150_000))
    assert memory.get(("b",)) is None
    assert memory.get(("a",)) is not None
    assert memory.get(("c",)) is not None


def test_a_group_kept_anew_takes_the_place_of_what_it_cost_before():
    memory = Memory()
    memory.put(("a",), kept(350_000))
    memory.put(("a",), kept(100_000))
    memory.put(("b",), kept(250_000))
    assert memory.get(("a",)) is not None


def test_the_last_group_stays_whatever_it_cost():
    memory = Memory()
    memory.put(("a",), kept(100_000))
    memory.put(("b",), kept(900_000))
    assert memory.get(("a",)) is None
    assert memory.get(("b",)) is not None
