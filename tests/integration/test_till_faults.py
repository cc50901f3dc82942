"""What disks and processes do to a till: nothing that was confirmed is lost, nothing half is kept."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pos_client.app.translations import TillTexts
from pos_client.storage.event_records import read_records
from pos_client.storage.identity import IdentityFile
from pos_client.storage.journal_check import check_chain
from pos_client.storage.reference_files import ReferenceFiles
from shared.errors import EnvironmentProblem
from shared.tender import Tender, TenderKind
from tests.integration.till_world import World, all_events, make_identity, sell

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "till")
    yield world
    for till in world.opened:
        with suppress(EnvironmentProblem, sqlite3.Error):
            till.close()


def problem(code, act, *args):
    with pytest.raises(EnvironmentProblem) as caught:
        act(*args)
    assert caught.value.code == code
    return caught.value


def receipts(till):
    return [e for e in all_events(till) if e.type == "sale.completed"]


# --- killed -------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from pos_client.app.composition import open_till
from pos_client.runtime.clock import BusinessClock, SystemClock
from pos_client.ports import Operator
till = open_till(Path(sys.argv[1]), clock=BusinessClock(SystemClock()))
till.recorder.sign_on(Operator("101", "Mia", "cashier", "de"))
print("ready", flush=True)
while True:
    for _ in range(3):
        till.basket.on_add("S1")
        print("line", till.sale.basket.next_number - 1, flush=True)
    till.payment.on_cash()
    till.payment.on_finish()
    print("receipt", till.payment.last_receipt.receipt_id.number, flush=True)
"""


@pytest.mark.parametrize("answers", [2, 3, 4, 5, 9, 40, 41, 42, 43])
def test_kill_9_at_any_point_keeps_exactly_what_was_confirmed(world, answers):
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(world.paths.root)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        said = [child.stdout.readline().split() for _ in range(answers)]
        child.send_signal(signal.SIGKILL)
        said += [line.split() for line in child.stdout]
    confirmed = sum(1 for words in said if words[:1] == ["receipt"])
    open_lines = 0
    for words in said:
        open_lines = int(words[1]) if words[:1] == ["line"] else 0
    till = world.open(login=False)
    made = receipts(till)
    numbers = [till.archive.find(str(n + 1)).receipt.receipt_id.number for n in range(len(made))]
    assert numbers == list(range(1, len(made) + 1))
    assert confirmed <= len(made) <= confirmed + 1
    lines = len(till.sale.basket.lines) if till.sale.basket else 0
    if len(made) == confirmed:
        assert open_lines <= lines <= open_lines + 1
    else:  # finished, and killed before it could say so
        assert lines <= 1
    assert check_chain(till.journal) is None


# --- disk full ----------------------------------------------------------------------------------


@contextmanager
def small_disk(folder):
    """Mount a disk of 1 MB; skip where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("may not mount here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_the_sale_and_not_the_till(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        world = World(disk / "till", articles=5)
        till = world.open()
        sell(till, "S1")
        till.basket.on_add("S2")
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb") as out:
            while True:
                out.write(b"\0" * 4096)
                out.flush()
        confirmed = []

        def fill_up():
            while len(confirmed) < 500:
                confirmed.append(till.basket.on_add("S3"))

        problem("journal_disk_full", fill_up)
        before = till.sale.basket
        assert len(before.lines) == len(confirmed) + 1
        till.sale._tenders = till.sale.payment.add(
            Tender(TenderKind.CASH, before.totals().gross)
        ).tenders
        problem("journal_disk_full", till.payment.on_finish)
        assert till.sale.basket == before
        assert till.store.next_receipt == 2
        filler.unlink()
        till.payment.on_take_back()
        till.payment.on_cash()
        till.payment.on_finish()
        assert till.payment.last_receipt.receipt_id.number == 2
        assert till.payment.last_receipt.lines == tuple(before.lines.values())
        assert check_chain(till.journal) is None
        world.close()


def test_a_full_database_is_a_full_disk(world):
    till = world.open()
    till.basket.on_add("S1")
    till.payment.on_cash()
    connection = till.journal.file._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")

    def fill_up():
        for _ in range(200):
            till.recorder.record(("drawer.opened", {"why": "x" * 500}))

    problem("journal_disk_full", fill_up)
    head = till.journal.head
    connection.execute("PRAGMA max_page_count=1000000")
    till.payment.on_finish()
    assert till.journal.head.seq == head.seq + 1


# --- the journal's disk dies --------------------------------------------------------------------


def test_a_journal_taken_away_at_noon_stops_the_sale(world):
    till = world.open()
    sell(till, "S1")
    till.basket.on_add("S1")
    world.paths.journal.rename(world.paths.root / "elsewhere.db")
    problem("journal_gone", till.basket.on_add, "S2")
    assert len(till.sale.basket.lines) == 1
    (world.paths.root / "elsewhere.db").rename(world.paths.journal)
    till.basket.on_add("S2")
    assert len(till.sale.basket.lines) == 2


def test_a_journal_replaced_at_noon_stops_the_sale(world):
    till = world.open()
    sell(till, "S1")
    copy = world.paths.root / "copy.db"
    shutil.copyfile(world.paths.journal, copy)
    copy.replace(world.paths.journal)
    problem("journal_gone", till.basket.on_add, "S2")


def test_a_journal_that_can_no_longer_be_written_says_so(world):
    till = world.open()
    till.basket.on_add("S1")
    before = till.sale.basket
    till.journal.file._connection.execute("PRAGMA query_only=ON")
    problem("journal_io_error", till.basket.on_add, "S2")
    assert till.sale.basket == before
    till.journal.file._connection.execute("PRAGMA query_only=OFF")
    till.basket.on_add("S2")


def test_a_journal_that_was_there_once_is_missed(world):
    till = world.open()
    sell(till, "S1")
    till.close()
    for path in world.paths.root.glob("journal.db*"):
        path.unlink()
    problem("journal_missing", world.open)
    world.paths.journal.touch()
    problem("journal_missing", world.open)


def test_a_journal_of_another_till_is_refused(world):
    till = world.open()
    till.close()
    other = make_identity(till="DE01-T2")
    world.paths.identity.write_text(other.model_dump_json())
    world.paths.journal_started.unlink()
    problem("journal_foreign", world.open)


# --- the journal is damaged ---------------------------------------------------------------------


def damage(path, needle):
    data = bytearray(path.read_bytes())
    at = data.rindex(needle)
    data[at : at + len(needle)] = b"\xff" * len(needle)
    path.write_bytes(data)


def closed_with_sales(world, count):
    till = world.open()
    for _ in range(count):
        sell(till, "S1")
    till.close()
    world.opened.clear()


def test_a_changed_event_stops_selling_and_saves_what_is_sound(world):
    closed_with_sales(world, 5)
    with sqlite3.connect(world.paths.journal) as connection:
        connection.execute(
            "UPDATE journal_event SET body = replace(body, '100', '900') WHERE seq=4"
        )
    found = problem("journal_corrupt", world.open)
    assert found.params["events"] == 3
    folder = Path(found.params["saved"])
    assert (folder / "journal.db").exists()
    with (folder / "events.copy").open("rb") as saved:
        assert [event.seq for event, _ in read_records(saved)] == [1, 2, 3]
    assert "3" in TillTexts("de", "DE", "EUR").error(found)[0]


def test_a_broken_file_stops_selling_and_saves_what_is_readable(world):
    closed_with_sales(world, 300)
    data = bytearray(world.paths.journal.read_bytes())
    data[-60_000:-30_000] = os.urandom(30_000)
    world.paths.journal.write_bytes(data)
    found = problem("journal_corrupt", world.open)
    assert Path(found.params["saved"], "journal.db").read_bytes() == bytes(data)
    again = problem("journal_corrupt", world.open)
    assert again.params["events"] == found.params["events"]


def test_a_journal_that_is_no_database_stops_selling(world):
    closed_with_sales(world, 2)
    world.paths.journal.write_bytes(b"not a database, but long enough" * 500)
    found = problem("journal_corrupt", world.open)
    assert found.params["events"] == 0


def test_a_hole_in_the_chain_is_found(world):
    closed_with_sales(world, 5)
    with sqlite3.connect(world.paths.journal) as connection:
        connection.execute("DELETE FROM journal_event WHERE seq = 3")
    problem("journal_corrupt", world.open)


def test_a_change_long_ago_is_found_by_the_full_check(world):
    closed_with_sales(world, 250)
    with sqlite3.connect(world.paths.journal) as connection:
        connection.execute(
            "UPDATE journal_event SET body = CAST(replace(body, '100', '900') AS BLOB) WHERE seq=4"
        )
    till = world.open()
    assert (check_chain(till.journal).seq, check_chain(till.journal).reason) == (4, "hash")


def test_a_row_that_holds_something_else_is_found_by_the_full_check(world):
    closed_with_sales(world, 250)
    with sqlite3.connect(world.paths.journal) as connection:
        connection.execute("UPDATE journal_event SET body = 'text' WHERE seq=4")
    till = world.open()
    assert check_chain(till.journal).reason == "unreadable"
    problem("journal_unreadable", till.receipts.on_find, "3")


def test_a_journal_of_a_newer_release_is_not_touched(world):
    closed_with_sales(world, 1)
    with sqlite3.connect(world.paths.journal) as connection:
        connection.execute("PRAGMA user_version=99")
    problem("journal_newer", world.open)


def test_a_damaged_identity_says_so(world):
    world.paths.identity.write_text("{")
    problem("identity_damaged", world.open)
    world.paths.identity.unlink()
    problem("not_provisioned", world.open)
    assert IdentityFile(world.paths).load() is None


# --- reference data -----------------------------------------------------------------------------


def test_broken_reference_data_is_reported_and_the_receipt_stays(world):
    till = world.open()
    till.basket.on_add("S1")
    till.reference.close()
    world.reference_file.write_bytes(os.urandom(20_000))
    for suffix in ("-wal", "-shm"):
        world.reference_file.with_name(world.reference_file.name + suffix).unlink(missing_ok=True)
    problem("reference_corrupt", till.basket.on_add, "S2")
    assert ReferenceFiles(world.paths.reference).reported_broken()
    till.payment.on_cash()
    till.payment.on_finish()
    assert till.payment.last_receipt.total == 100


def test_without_reference_data_the_till_says_so(world):
    ReferenceFiles(world.paths.reference).drop()
    till = world.open(login=False)
    problem("reference_missing", till.login.on_login, "101", "1")
