"""Whole reference files: resumed, verified in every respect, taken into use beside readers."""

import sqlite3

import pytest

from pos_client.storage.reference import Reference
from tests.integration.till_rig import Rig, filled, fresh
from tests.integration.till_world import (
    item,
    item_row,
    price_row,
    sell,
)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


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


def outdated(path):
    """The file as the release before made it."""
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX item_category")
    connection.execute("ALTER TABLE item DROP COLUMN category")
    connection.execute("DELETE FROM meta WHERE name = 'schema_version'")
    connection.commit()
    connection.close()


def test_a_file_of_an_older_release_serves_until_a_new_one_is_there(rig, tmp_path):
    filled(rig.centre, 30)
    rig.till.reference.close()
    outdated(rig.files.current())
    before = rig.files.current()
    loop = rig.loop()
    loop.feed_round()
    assert rig.state.offline_reason == "reference_outdated"
    assert rig.files.current() == before
    assert rig.till.reference.categories() == ()
    assert sell(rig.till, "S3").total == 300
    rig.centre.build_snapshot(tmp_path)
    loop.feed_round()
    assert rig.files.current() != before
    assert rig.till.reference.categories() == (("", 30),)
    loop.feed_round()
    assert rig.state.offline_reason == ""
