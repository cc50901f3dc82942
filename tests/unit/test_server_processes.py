"""Producers in processes of their own: everything arrives, failures are told, nobody is left behind."""

import multiprocessing
import os
import time

import pytest

from central_server.platform.processes import ProducerFailedError, produce


def count(start, end):
    yield from range(start, end)


def fail_after(value):
    yield value
    raise ValueError("broken")


def die():
    yield os.getpid()
    os._exit(3)


def for_ever():
    while True:
        yield "x" * 100_000


def test_everything_of_all_producers_arrives():
    found = list(produce([(count, (0, 500)), (count, (500, 900))]))

    assert sorted(found) == list(range(900))
    assert [value for value in found if value < 500] == list(range(500))


def test_nothing_to_do_is_nothing():
    assert list(produce([])) == []


def test_a_failure_is_raised_with_its_cause():
    with pytest.raises(ProducerFailedError) as failure:
        list(produce([(fail_after, (1,))]))

    assert isinstance(failure.value.__cause__, ValueError)


def test_a_killed_producer_is_told():
    with pytest.raises(ProducerFailedError, match="killed"):
        list(produce([(die, ())]))


def test_whoever_has_enough_leaves_no_process_behind():
    values = produce([(for_ever, ())])
    next(values)
    values.close()

    deadline = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
