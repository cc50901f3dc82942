"""The journal up to the centre: once, in order, signed for, whatever happens on the way."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from pos_client.ports import Operator
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.backoff import MOST_SECONDS, Backoff
from pos_client.sync.loop import AFTER_STOP_SECONDS, IDLE_SECONDS
from pos_client.sync.nudge import NudgeListener, Nudger
from pos_client.sync.transport import check_centre_url
from shared.errors import EnvironmentProblem
from tests.integration.till_rig import Rig
from tests.integration.till_world import (
    PIN,
    all_events,
    sell,
)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def sent_events(centre):
    return [request.content.count(b'"event_id"') for request in centre.requests if request.content]


def test_everything_arrives_once_and_the_centres_signature_is_kept(rig):
    for _ in range(5):
        sell(rig.till)
    assert rig.loop().upload_round() == IDLE_SECONDS
    assert rig.centre.events == all_events(rig.till)
    assert rig.state.acked_seq == rig.till.journal.head.seq
    assert '"signature"' in rig.state.server_receipt
    assert rig.till.outbox.unsent() == 0


def test_batches_hold_two_hundred_events(rig):
    for _ in range(220):
        rig.till.recorder.record(("drawer.opened", {}))
    rig.loop().upload_round()
    assert [n for n in sent_events(rig.centre) if n] == [200, 21]
    assert rig.till.outbox.unsent() == 0


def test_batches_stay_below_a_megabyte(rig):
    for _ in range(40):
        rig.till.recorder.record(("drawer.opened", {"why": '"' * 60_000}))
    rig.loop().upload_round()
    sizes = [len(request.content) for request in rig.centre.requests]
    assert max(sizes) <= 1_000_000
    assert rig.till.outbox.unsent() == 0


def test_an_answer_that_got_lost_costs_nothing(rig):
    sell(rig.till)
    loop = rig.loop()
    rig.centre.fail = [None, "lost"]
    assert loop.upload_round() < 60
    assert len(rig.centre.events) == rig.till.journal.head.seq
    assert rig.state.acked_seq == 0
    assert rig.state.offline_reason == "centre_unreachable"
    sell(rig.till)
    loop.upload_round()
    assert rig.centre.events == all_events(rig.till)
    assert (rig.state.offline_reason, rig.till.outbox.unsent()) == ("", 0)


def test_the_same_batch_twice_is_fine(rig):
    sell(rig.till)
    rig.loop().upload_round()
    UploadStore(rig.till.journal.file).rewound(0)
    rig.loop().upload_round()
    assert rig.centre.events == all_events(rig.till)


def test_a_gap_rewinds(rig):
    for _ in range(3):
        sell(rig.till)
    loop = rig.loop()
    loop.upload_round()
    del rig.centre.events[2:]  # the centre was restored
    sell(rig.till)
    loop.upload_round()
    assert rig.centre.events == all_events(rig.till)


@pytest.mark.parametrize("mishap", [500, 502, 429, 404, httpx.ConnectError("no"), "lost"])
def test_failures_wait_longer_and_lose_nothing(rig, mishap):
    sell(rig.till)
    loop = rig.loop()
    rig.centre.fail = [mishap] * 4
    waits = [loop.upload_round() for _ in range(4)]
    assert waits == [0.75, 1.5, 3.0, 6.0]
    assert rig.state.offline_reason in {"centre_failing", "centre_unreachable"}
    assert loop.upload_round() == IDLE_SECONDS
    assert rig.centre.events == all_events(rig.till)


def test_the_wait_has_an_end():
    backoff = Backoff(lambda: 0.999)
    waits = [backoff.failed() for _ in range(40)]
    assert MOST_SECONDS * 0.99 < max(waits) <= MOST_SECONDS


def test_an_answer_the_centre_did_not_sign_is_not_believed(rig):
    sell(rig.till)
    rig.centre.wrong_signature = True
    rig.loop().upload_round()
    assert rig.state.acked_seq == 0
    assert rig.state.offline_reason == "intake_receipt_wrong"
    rig.centre.wrong_signature = False
    rig.loop().upload_round()
    assert rig.till.outbox.unsent() == 0


def test_a_quarantined_till_stops_uploading_sells_on_and_says_so(rig):
    sell(rig.till)
    rig.centre.quarantined = True
    loop = rig.loop()
    assert loop.upload_round() == AFTER_STOP_SECONDS
    assert rig.state.stopped == "till_quarantined"
    sell(rig.till)
    rig.centre.quarantined = False
    loop.upload_round()
    assert rig.state.stopped == ""
    assert rig.centre.events == all_events(rig.till)


def test_two_copies_of_one_till_are_told_apart(rig, tmp_path):
    sell(rig.till)
    loop = rig.loop()
    loop.upload_round()
    copy = Rig(tmp_path / "copy")
    copy.till.recorder.record(("drawer.opened", {}))
    copy.centre.events = list(rig.centre.events)
    UploadStore(copy.till.journal.file).rewound(0)
    copy.loop().upload_round()
    assert copy.centre.quarantined
    assert copy.state.stopped == "till_quarantined"
    copy.close()


def test_an_old_copy_of_the_disk_must_be_provisioned_anew(rig):
    sell(rig.till)
    backup = rig.paths.root / "backup.db"
    with sqlite3.connect(backup) as target, sqlite3.connect(rig.paths.journal) as source:
        source.backup(target)
    sell(rig.till)
    rig.loop().upload_round()
    rig.close()
    rig.world.opened.clear()
    rig.loops.clear()
    for path in rig.paths.root.glob("journal.db*"):
        path.unlink()
    backup.rename(rig.paths.journal)
    rig.till = rig.world.open(login=False)
    assert rig.loop().upload_round() == AFTER_STOP_SECONDS
    assert rig.state.stopped == "journal_restored"
    with pytest.raises(EnvironmentProblem, match="journal_restored"):
        rig.till.login.on_login("101", PIN)
    rig.till.recorder.sign_on(Operator("101", "Mia", "cashier", "de"))
    with pytest.raises(EnvironmentProblem, match="journal_restored"):
        rig.till.basket.on_add("S1")
    assert rig.till.journal.head.seq == 2


def test_a_wrong_clock_does_not_lock_the_till_out(rig):
    sell(rig.till)
    from shared.identity import FixedClock

    clock = FixedClock(rig.centre.clock.now() - timedelta(days=400))
    rig.loop(clock=clock).upload_round()
    assert rig.till.outbox.unsent() == 0
    assert rig.state.clock_offset_ms == 400 * 86_400_000


def test_the_url_must_be_encrypted_unless_it_is_this_machine():
    assert check_centre_url("https://centre.example/") == "https://centre.example"
    for url in ("http://127.0.0.1:8400", "http://localhost", "http://[::1]:1"):
        assert check_centre_url(url) == url
    for url, code in (
        ("http://centre.example", "tls_required"),
        ("http://10.0.0.1", "tls_required"),
        ("ftp://x", "centre_url_invalid"),
        ("centre", "centre_url_invalid"),
    ):
        with pytest.raises(EnvironmentProblem, match=code):
            check_centre_url(url)


def test_a_sale_wakes_the_sync_process(rig):
    listener = NudgeListener(rig.paths.nudge_port)
    assert not listener.wait(0.01)
    sell(rig.till)
    assert listener.wait(5)
    assert not listener.wait(0.01)
    listener.close()
    for port_file in (rig.paths.nudge_port, Path("/nonexistent/port")):  # nobody listens any more
        nudger = Nudger(port_file)
        nudger.nudge()
        nudger.close()
