"""Promotions made ready: at once where somebody waits anyway, beside the till where nobody may wait."""

import threading

import pytest

from pos_client.app.promotion_book import PromotionsAhead, PromotionsOnDemand
from pos_client.storage.promotion_shelf import PublishedPromotion
from shared.errors import EnvironmentProblem
from shared.promotions import read_promotion


def published(*names):
    return tuple(
        PublishedPromotion(
            7, "EUR", read_promotion({"id": name, "reward": {"percent": "5"}}, "", 2)
        )
        for name in names
    )


class Shelf:
    """Hands out what the test lays on it; once `gate` is there, only after it was opened."""

    def __init__(self, *names):
        self.now = published(*names)
        self.gate = None
        self.asked = threading.Event()
        self.problem = None

    def __call__(self):
        self.asked.set()
        if self.gate is not None:
            assert self.gate.wait(10)
        if self.problem is not None:
            raise self.problem
        return self.now


def names(ready):
    return [entry.promotion.id for entry in ready.book.entries]


def test_on_demand_it_is_the_same_until_something_changes():
    shelf = Shelf("P1")
    books = PromotionsOnDemand(shelf)
    first = books()
    assert (names(first), first.versions["P1"].version) == (["P1"], 7)
    assert books() is first
    shelf.now = published("P1", "P2")
    assert names(books()) == ["P1", "P2"]


@pytest.fixture
def shelf():
    return Shelf("P1")


@pytest.fixture
def ahead(shelf):
    ahead = PromotionsAhead(shelf)
    yield ahead
    if shelf.gate is not None:
        shelf.gate.set()
    ahead.close()


def test_ahead_only_the_first_is_waited_for(shelf, ahead):
    shelf.gate = threading.Event()
    ahead.start()
    assert shelf.asked.wait(10)
    threading.Timer(0.05, shelf.gate.set).start()
    assert names(ahead()) == ["P1"]


def test_while_the_next_one_is_made_the_last_one_holds(shelf, ahead):
    ahead.look()
    before = ahead()
    shelf.now, shelf.gate = published("P2"), threading.Event()
    shelf.asked.clear()
    maker = threading.Thread(target=ahead.look)
    maker.start()
    assert shelf.asked.wait(10)
    assert ahead() is before
    shelf.gate.set()
    maker.join()
    assert names(ahead()) == ["P2"]


def test_trouble_is_said_until_there_is_a_book_and_leaves_the_last_one(shelf, ahead):
    shelf.problem = EnvironmentProblem("reference_corrupt")
    ahead.look()
    with pytest.raises(EnvironmentProblem, match="reference_corrupt"):
        ahead()
    shelf.problem = None
    ahead.look()
    shelf.problem = EnvironmentProblem("reference_corrupt")
    ahead.look()
    assert names(ahead()) == ["P1"]


def test_the_thread_lets_go_of_the_file_itself(shelf):
    ended = []
    ahead = PromotionsAhead(shelf, lambda: ended.append(threading.current_thread().name))
    ahead.start()
    ahead()
    ahead.close()
    assert len(ended) == 1
    assert ended[0] != threading.current_thread().name
