"""The sync loop against a protocol double: journal up, feeds down, reference files, and each of them failing."""

import os
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from pos_client.ports import Operator
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.identity import IdentityFile
from pos_client.storage.opening import open_journal
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.backoff import MOST_SECONDS, Backoff
from pos_client.sync.keys import TillKey
from pos_client.sync.loop import AFTER_STOP_SECONDS, IDLE_SECONDS, SyncLoop
from pos_client.sync.nudge import NudgeListener, Nudger
from pos_client.sync.ports import CentreRefusedError
from pos_client.sync.provisioning import provision
from pos_client.sync.transport import check_centre_url, request_provisioning
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.till_centre_double import CentreDouble
from tests.integration.till_world import (
    PIN,
    World,
    all_events,
    item,
    item_row,
    price_row,
    sell,
    staff_row,
    vat_rows,
)


class NoSleep:
    def wait(self, seconds):
        return False


class Rig:
    """A till, a centre double and the loop between them."""

    def __init__(self, folder):
        self.world = World(folder / "till", articles=3)
        self.paths = self.world.paths
        self.key = TillKey.load(self.paths.key)
        public = self.key._private.public_key().public_bytes_raw()
        self.centre = CentreDouble(self.world.identity, public)
        self.files = ReferenceFiles(self.paths.reference)
        self.till = self.world.open()
        self.loops = []

    def loop(self, journal=None, clock=None):
        journal = journal or open_journal(self.paths, self.world.identity)
        loop = SyncLoop(
            transport=self.centre.transport(clock, self.key),
            clock=clock or self.centre.clock,
            sleeper=NoSleep(),
            journal=journal,
            files=self.files,
            identity=self.world.identity,
            jitter=lambda: 0.5,
        )
        self.loops.append((loop, journal))
        return loop

    @property
    def state(self):
        return UploadStore(self.till.journal.file).load()

    def close(self):
        for loop, journal in self.loops:
            loop.close()
            journal.file.close()
        self.world.close()


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def sent_events(centre):
    return [request.content.count(b'"event_id"') for request in centre.requests if request.content]


# --- journal up -----------------------------------------------------------------------------------


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


# --- feeds down -----------------------------------------------------------------------------------


def filled(centre, articles=3):
    for number in range(1, articles + 1):
        centre.put("reference", item_row(item(number)), price_row(f"S{number}", 100 * number))
    centre.put("reference", *vat_rows("DE"))
    centre.put("staff", staff_row())


def fresh(rig):
    """The till as it is before any data came."""
    rig.files.drop()
    for path in rig.paths.reference.glob("*.db*"):
        path.unlink()


def test_a_till_without_data_follows_the_feeds_from_their_start(rig):
    fresh(rig)
    filled(rig.centre)
    rig.loop().step()
    assert rig.till.reference.count() == 3
    assert rig.till.reference.version == "e1.13.13"
    assert rig.till.reference.staff("101").name == "Mia"


def test_pages_become_visible_together(rig):
    fresh(rig)
    filled(rig.centre)
    rig.centre.page_rows = 4
    rig.centre.fail = [None, None, None, None, None, 500]  # between the second and third page
    loop = rig.loop()
    loop.feed_round()
    assert rig.till.reference.count() == 0
    asked = len(rig.centre.requests)
    loop.feed_round()
    assert rig.till.reference.count() == 3
    again = [str(r.url) for r in rig.centre.requests[asked:] if "feeds/reference" in str(r.url)]
    assert "cursor=e1.4.4" in again[0]


def test_changes_and_removals_arrive(rig):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    loop.step()
    assert rig.till.reference.search("schal 1", 5)[0].sku == "S1"
    changed = item(1, names={"de": "Mütze"}, barcodes=("NEW",))
    removed = item_row(item(2)).model_copy(update={"op": "remove", "d": None})
    rig.centre.put("reference", item_row(changed), removed)
    loop.step()
    reference = rig.till.reference
    assert [found.sku for found in reference.search("mutze", 5)] == ["S1"]
    assert reference.find("NEW").sku == "S1"
    assert "S1" not in [found.sku for found in reference.search("schal", 5)]
    with pytest.raises(DomainError, match="article_unknown"):
        reference.find("S2")


def test_rows_that_cannot_be_read_wait_in_quarantine(rig):
    fresh(rig)
    filled(rig.centre)
    good = item_row(item(9))
    rig.centre.put(
        "reference",
        good.model_copy(update={"v": 7}),
        good.model_copy(update={"key": "X1", "d": {"sku": 5}}),
        good.model_copy(update={"key": "X2", "d": "text"}),
        good.model_copy(update={"key": "X3", "kind": "hologram"}),
        price_row("S1", 1).model_copy(update={"key": "X4", "d": [{"amount": "much"}]}),
    )
    loop = rig.loop()
    loop.step()
    assert rig.till.reference.count() == 3
    applier = FeedApplier(rig.files.current())
    assert len(applier.quarantined()) == 5
    assert loop.follower.compare() == ()
    rig.centre.put("reference", good)
    loop.step()
    assert len(applier.quarantined()) == 4
    assert rig.till.reference.find("S9").sku == "S9"
    applier.close()


def test_a_restored_centre_makes_the_feeds_start_over(rig):
    fresh(rig)
    filled(rig.centre, 5)
    loop = rig.loop()
    loop.step()
    rig.centre.epoch = "e2"
    rig.centre.rows["reference"] = [r for r in rig.centre.rows["reference"] if r.key != "S5"]
    rig.centre.rows["staff"] = []
    for _ in range(3):
        loop.step()
    assert rig.till.reference.count() == 4
    assert rig.till.reference.staff("101") is None
    assert loop.follower.compare() == ()


def test_a_difference_in_the_digest_fetches_anew(rig):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    loop.step()
    applier = FeedApplier(rig.files.current())
    applier._connection.execute("DELETE FROM price WHERE sku = 'S2'")
    applier._connection.execute("DELETE FROM staff")
    applier.close()
    assert loop.follower.compare() == ("staff", "reference")
    loop.step()
    assert loop.follower.compare() == ()
    sell(rig.till, "S2")


def test_the_digest_is_compared_every_night(rig):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    loop.step()
    rig.centre.clock.at += timedelta(hours=25)
    loop.step()
    asked = [str(r.url) for r in rig.centre.requests if "digest" in str(r.url)]
    assert len(asked) == 4


def test_broken_reference_data_is_dropped_and_fetched_again(rig):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    loop.step()
    path = rig.files.current()
    rig.till.reference.close()
    loop.close()
    path.write_bytes(os.urandom(50_000))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(EnvironmentProblem, match="reference_corrupt"):
        rig.till.basket.on_scan("S1")
    loop.step()
    loop.step()
    assert rig.till.basket.on_scan("S1").pieces == "1"


# --- reference files ------------------------------------------------------------------------------


def test_a_new_till_takes_the_ready_file_and_follows_from_it(rig, tmp_path):
    fresh(rig)
    filled(rig.centre, 40)
    rig.centre.build_snapshot(tmp_path)
    rig.centre.put("reference", item_row(item(41)), price_row("S1", 77, scope="store:DE01"))
    loop = rig.loop()
    loop.step()
    assert rig.till.reference.count() == 41
    assert loop.follower.compare() == ()
    assert sell(rig.till, "S1").total == 77
    pages = [r for r in rig.centre.requests if "feeds/reference" in str(r.url)]
    assert "cursor" in str(pages[0].url)


def test_a_download_is_resumed_where_it_stopped(rig, tmp_path):
    fresh(rig)
    filled(rig.centre, 300)
    rig.centre.build_snapshot(tmp_path)
    rig.centre.cut_after = 5_000
    loop = rig.loop()
    loop.feed_round()
    assert rig.files.current() is None
    loop.feed_round()
    ranges = [r.headers.get("Range") for r in rig.centre.requests if "/file" in str(r.url)]
    assert ranges == [None, "bytes=5000-"]
    assert rig.till.reference.count() == 300


def tampered(centre, **changes):
    centre.sign(centre.manifest.model_copy(update=changes))


def wrong_signature(centre):
    centre.manifest = centre.manifest.model_copy(update={"rows": 1})


def damaged_file(centre):
    data = bytearray(centre.snapshot)
    data[len(data) // 2] ^= 1
    centre.snapshot = bytes(data)


def no_database(centre):
    import gzip
    import hashlib

    raw = b"x" * 10_000
    centre.snapshot = gzip.compress(raw)
    tampered(
        centre,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        compressed_size=len(centre.snapshot),
        compressed_sha256=hashlib.sha256(centre.snapshot).hexdigest(),
    )


@pytest.mark.parametrize(
    "spoil",
    [
        wrong_signature,
        damaged_file,
        no_database,
        lambda c: tampered(c, sha256="0" * 64),
        lambda c: tampered(c, compressed_sha256="0" * 64),
        lambda c: tampered(c, size=10),
        lambda c: tampered(c, market="AT"),
        lambda c: tampered(c, schema_version=99),
    ],
)
def test_a_file_that_is_not_what_was_signed_is_not_used(rig, tmp_path, spoil):
    filled(rig.centre, 30)
    rig.centre.epoch = "e9"  # the till's own cursor is of another epoch
    rig.centre.build_snapshot(tmp_path)
    before = rig.files.current()
    spoil(rig.centre)
    loop = rig.loop()
    loop.feed_round()
    assert rig.state.offline_reason == "snapshot_unusable"
    assert rig.files.current() == before
    assert sell(rig.till, "S3").total == 300
    rig.centre.build_snapshot(tmp_path)
    loop.feed_round()
    loop.feed_round()
    assert rig.till.reference.count() == 30


def test_staff_are_not_locked_out_by_a_new_file(rig, tmp_path):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    loop.step()
    rig.centre.build_snapshot(tmp_path)
    old = rig.files.current()
    held = Reference(rig.files)
    assert held.count() == 3
    rig.centre.fail = [None, None, None]
    loop.follower._fetch()
    assert rig.files.current() != old
    assert old.exists()  # somebody still reads it
    assert rig.till.reference.staff("101").name == "Mia"
    held.close()
    rig.till.reference.close()
    loop.close()
    rig.files.sweep()
    assert not old.exists()


# --- joining --------------------------------------------------------------------------------------


def ask(centre):
    return lambda request: request_provisioning(
        "http://127.0.0.1:9", request, build="t", via=httpx.MockTransport(centre.answer)
    )


def test_a_till_joins_with_a_key_that_never_leaves_it(rig, tmp_path):
    paths = DataPaths(tmp_path / "new")
    made = provision(paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    assert made == IdentityFile(paths).load() == rig.world.identity
    assert rig.centre.asked.public_key == TillKey.load(paths.key).public_text()
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    assert not paths.key_pending.exists()


def test_a_refused_code_keeps_the_key_for_the_next_try(rig, tmp_path):
    paths = DataPaths(tmp_path / "new")
    with pytest.raises(CentreRefusedError, match="code_unknown"):
        provision(paths, "http://127.0.0.1:9", "WRONG", ask(rig.centre), build="t")
    key = paths.key_pending.read_bytes()
    provision(paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    assert paths.key.read_bytes() == key


def test_joining_again_is_a_new_incarnation_with_a_new_journal(rig):
    sell(rig.till)
    rig.till.close()
    rig.world.opened.clear()
    rig.centre.identity = rig.world.identity.model_copy(update={"incarnation": 2})
    with pytest.raises(DomainError, match="provision_unsent"):
        provision(rig.paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    old_key = rig.paths.key.read_bytes()
    provision(
        rig.paths,
        "http://127.0.0.1:9",
        "ABCD-1234",
        ask(rig.centre),
        build="t",
        abandon_unsent=True,
    )
    assert rig.paths.key.read_bytes() != old_key
    rig.till = rig.world.open()
    assert str(sell(rig.till).receipt_id) == "DE01-T1-2-1"
    archived = list(rig.paths.archive.glob("journal-DE01-T1.1-*.db"))
    assert len(archived) == 1
    with sqlite3.connect(archived[0]) as connection:
        assert connection.execute("SELECT count(*) FROM journal_event").fetchone()[0] == 2


def test_an_interrupted_change_of_identity_is_completed_at_the_next_start(rig):
    sell(rig.till)
    rig.till.close()
    rig.world.opened.clear()
    new = rig.world.identity.model_copy(update={"incarnation": 2})
    TillKey.make_or_load(rig.paths.key_pending)
    rig.paths.identity_pending.write_text(new.model_dump_json())
    rig.till = rig.world.open()
    assert rig.till.identity.incarnation == 2
    assert rig.till.journal.head.seq == 1


# --- waking up ------------------------------------------------------------------------------------


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
