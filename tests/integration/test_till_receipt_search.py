"""Finding receipts in a real journal: the index follows it, and is made anew where it is not its own."""

import pytest

from pos_client.storage.sqlite import connect
from shared.tender import Tender, TenderKind, TerminalSlip
from tests.integration.till_world import World, sell


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def numbers(till, text, after=""):
    return [row.number for row in till.receipts.on_search(text, after).rows]


def test_receipts_are_found_by_all_that_one_remembers(world):
    till = world.open()
    sell(till, "S1", "S2")
    sell(till, "S15", ref="WEB-77")
    till.basket.on_return("S4", "1", None, "too small")
    till.payment.on_cash()
    till.payment.on_finish()
    assert numbers(till, "") == ["1-3", "1-2", "1-1"]
    assert numbers(till, "1-2") == ["1-2"]
    assert numbers(till, "15,00") == ["1-2"]
    assert numbers(till, "4,00") == ["1-3"]
    assert numbers(till, "s2") == ["1-1"]
    assert numbers(till, "schal") == ["1-3", "1-2", "1-1"]
    assert numbers(till, "web 77") == ["1-2"]
    assert numbers(till, "heute") == ["1-3", "1-2", "1-1"]
    assert numbers(till, "gestern") == []
    # Number 3 and the amount 3.00 alike: whatever it can mean is looked for.
    assert numbers(till, "3") == ["1-3", "1-1"]


def test_receipts_are_found_by_customer_and_by_the_last_digits_of_a_card(world):
    till = world.open()
    till.basket.on_add("S1")
    till.basket.on_customer("K-4711", "Ada Löwe")
    due = till.sale.payment.due
    till.sale.tender(Tender(TenderKind.CARD, due, slip=TerminalSlip(card="############8810")))
    till.payment.on_finish()
    sell(till, "S2")
    assert numbers(till, "8810") == ["1-1"]
    assert numbers(till, "K-4711") == ["1-1"]


def test_the_index_follows_the_journal_day_by_day(world):
    till = world.open()
    till.shift.on_open("10")
    sell(till, "S1")
    assert numbers(till, "") == ["1-2", "1-1"]
    world.later(days=1)
    sell(till, "S2")
    assert numbers(till, "heute") == ["1-3"]
    assert numbers(till, "gestern") == ["1-2", "1-1"]
    till.receipts.on_reprint("1-2")
    assert numbers(till, "") == ["1-3", "1-2", "1-1"]


def test_a_damaged_index_is_made_anew(world):
    till = world.open()
    sell(till, "S1")
    assert numbers(till, "") == ["1-1"]
    till.found.close()
    till.paths.receipt_search.write_bytes(b"no database at all" * 500)
    assert numbers(till, "schal") == ["1-1"]


def test_the_index_of_another_journal_is_not_believed(world):
    till = world.open()
    sell(till, "S1")
    assert numbers(till, "") == ["1-1"]
    till.found.close()
    connection = connect(till.paths.receipt_search, synchronous="NORMAL")
    connection.execute("UPDATE meta SET value='1 DE99-T9.1' WHERE name='owner'")
    connection.execute("UPDATE receipt SET number=7")
    connection.close()
    assert numbers(till, "1-1") == ["1-1"]


def test_an_index_ahead_of_a_restored_journal_is_not_believed(world):
    till = world.open()
    sell(till, "S1")
    assert numbers(till, "") == ["1-1"]
    connection = connect(till.paths.receipt_search, synchronous="NORMAL")
    connection.execute("UPDATE meta SET value='99' WHERE name='through'")
    connection.execute("INSERT INTO receipt VALUES (50, 50, '2026-11-25', 1)")
    connection.close()
    assert numbers(till, "") == ["1-1"]
