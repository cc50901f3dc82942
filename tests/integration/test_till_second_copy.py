"""The second copy of the journal: complete, tried again after a failure, honest about itself, never in a sale's way."""

import shutil
import sqlite3
from contextlib import suppress

import pytest

from pos_client.app.translations import LANGUAGES, catalogue
from pos_client.storage import second_copy
from pos_client.storage.event_records import read_records
from pos_client.storage.second_copy import CopyState
from shared.errors import EnvironmentProblem
from tests.integration.test_till_faults import closed_with_sales, problem, small_disk
from tests.integration.till_world import World, all_events, sell


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "till")
    yield world
    for till in world.opened:
        with suppress(EnvironmentProblem, sqlite3.Error):
            till.close()


@pytest.fixture
def stick(world, tmp_path, monkeypatch):
    """A folder for the copy that counts as another disk."""
    monkeypatch.setattr(second_copy, "on_one_disk", lambda *_: False)
    folder = tmp_path / "stick"
    folder.mkdir()
    world.second_copy = folder
    return folder


def copied(stick):
    with next(stick.glob("*.copy")).open("rb") as source:
        return [event for event, _ in read_records(source)]


def test_every_event_is_in_the_second_copy(world, stick):
    till = world.open()
    sell(till, "S1")
    assert till.outbox.status().second_copy == "ok"
    assert copied(stick) == all_events(till)


def test_without_a_second_copy_the_state_says_so(world):
    assert world.open().outbox.status().second_copy == "none"


def test_a_copy_that_is_behind_is_completed(world, stick):
    closed_with_sales(world, 3)
    path = next(stick.glob("*.copy"))
    path.write_bytes(path.read_bytes()[:-200])  # torn in the middle of a record
    till = world.open()
    assert copied(stick) == all_events(till)


def test_a_stick_that_is_pulled_never_stops_a_sale(world, stick):
    till = world.open()
    shutil.rmtree(stick)
    sell(till, "S1")
    assert till.outbox.status().second_copy == "missing"
    stick.mkdir()
    till.shift.on_open("0")
    assert till.outbox.status().second_copy == "ok"
    assert copied(stick) == all_events(till)


def test_a_full_stick_never_stops_a_sale(world, tmp_path):
    with small_disk(tmp_path / "small") as disk:
        world.second_copy = disk
        till = world.open()
        with suppress(OSError), (disk / "filler").open("wb") as out:
            while True:
                out.write(b"\0" * 4096)
                out.flush()
        for _ in range(10):
            sell(till, "S1", "S2", "S3")
        assert till.journal.second.state is CopyState.MISSING
        (disk / "filler").unlink()
        till.outbox.attach_second_copy()
        assert copied(disk) == all_events(till)
        till.close()
        world.opened.clear()


def test_a_copy_that_failed_is_tried_again_after_half_a_minute(world, stick):
    till = world.open()
    sell(till, "S1")
    elsewhere = stick.rename(stick.with_name("pulled"))
    sell(till, "S1")
    elsewhere.rename(stick)
    world.later(seconds=29)
    sell(till, "S1")
    assert till.outbox.status().second_copy == "missing"
    assert len(copied(stick)) < len(all_events(till))
    world.later(seconds=1)
    sell(till, "S1")
    assert till.outbox.status().second_copy == "ok"
    assert copied(stick) == all_events(till)


def test_a_copy_that_stays_away_is_looked_for_every_half_minute(world, stick, monkeypatch):
    till = world.open()
    shutil.rmtree(stick)
    sell(till, "S1")
    tries = []
    attach = till.journal.second.attach
    monkeypatch.setattr(
        till.journal.second, "attach", lambda *words: (tries.append(1), attach(*words))
    )
    for _ in range(60):
        world.later(seconds=2)
        sell(till, "S1")
    assert len(tries) == 4
    world.later(hours=-3)  # the clock was put back: the copy is not given up for hours
    sell(till, "S1")
    assert len(tries) == 5


def test_a_folder_that_appears_while_the_till_runs_is_taken_up(world, stick):
    stick.rmdir()
    till = world.open()
    sell(till, "S1")
    stick.mkdir()
    world.later(seconds=30)
    sell(till, "S1")
    assert copied(stick) == all_events(till)


def test_another_stick_found_at_noon_stops_no_sale_and_says_so(world, stick, tmp_path):
    closed_with_sales(world, 1)
    other = World(tmp_path / "other")
    other.second_copy = tmp_path / "other stick"
    other.second_copy.mkdir()
    other.later(minutes=5)
    for _ in range(2):
        closed_with_sales(other, 3)
    till = world.open()
    shutil.rmtree(stick)
    sell(till, "S1")
    other.second_copy.rename(stick)
    world.later(seconds=30)
    receipt = sell(till, "S1")
    assert till.outbox.status().second_copy == "differs"
    assert till.archive.find(str(receipt.receipt_id.number)).receipt == receipt
    with pytest.raises(EnvironmentProblem, match=r"journal_copy_differs|journal_behind_copy"):
        till.shift.on_open("0")


def test_a_journal_that_cannot_be_read_for_the_copy_stops_no_sale(world, stick, monkeypatch):
    till = world.open()
    shutil.rmtree(stick)
    sell(till, "S1")
    stick.mkdir()
    world.later(seconds=30)

    def unreadable(_seq):
        raise EnvironmentProblem("journal_io_error")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(till.journal, "events_after", unreadable)
        sell(till, "S1")
    assert till.outbox.status().second_copy == "missing"
    world.later(seconds=30)
    sell(till, "S1")
    assert copied(stick) == all_events(till)


def test_the_copy_is_written_before_the_receipt_is_queued_for_printing(world, stick, monkeypatch):
    till = world.open()
    write = till.journal.second.append
    order = []

    def watched(events):
        order.append(("before", till.store.print_jobs(), copied(stick)[-1].seq))
        write(events)
        order.append(("after", till.store.print_jobs(), copied(stick)[-1].seq))

    monkeypatch.setattr(till.journal.second, "append", watched)
    sell(till, "S1")
    seq = till.journal.head.seq
    assert order == [("before", (), seq - 1), ("after", (), seq)]
    assert [(job_seq, kind) for _, job_seq, kind in till.store.print_jobs()] == [(seq, "receipt")]


def test_a_missing_copy_holds_no_receipt_back_from_the_printer(world, stick):
    till = world.open()
    shutil.rmtree(stick)
    sell(till, "S1")
    assert len(till.store.print_jobs()) == 1


def test_a_copy_on_the_journals_own_disk_is_written_and_says_so(world, tmp_path):
    world.second_copy = tmp_path / "beside"
    world.second_copy.mkdir()
    till = world.open()
    sell(till, "S1")
    assert till.outbox.status().second_copy == "same_disk"
    assert copied(world.second_copy) == all_events(till)


def test_a_copy_on_another_disk_is_ok(world, tmp_path):
    with small_disk(tmp_path / "small") as disk:
        world.second_copy = disk
        till = world.open()
        assert till.outbox.status().second_copy == "ok"
        till.close()
        world.opened.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_sentence(language):
    sentences = catalogue(language)
    assert all(sentences.get(f"second_copy.{state}") for state in CopyState)


def test_a_journal_behind_its_copy_stops(world, stick):
    closed_with_sales(world, 1)
    backup = world.paths.journal.read_bytes()
    closed_with_sales(world, 1)
    world.paths.journal.write_bytes(backup)
    for suffix in ("-wal", "-shm"):
        world.paths.journal.with_name("journal.db" + suffix).unlink(missing_ok=True)
    problem("journal_behind_copy", world.open)


def test_a_journal_that_differs_from_its_copy_stops(world, stick):
    closed_with_sales(world, 1)
    backup = world.paths.journal.read_bytes()
    closed_with_sales(world, 1)
    world.paths.journal.write_bytes(backup)
    for suffix in ("-wal", "-shm"):
        world.paths.journal.with_name("journal.db" + suffix).unlink(missing_ok=True)
    world.second_copy = None
    world.later(minutes=9)
    closed_with_sales(world, 3)
    world.second_copy = stick
    problem("journal_copy_differs", world.open)
