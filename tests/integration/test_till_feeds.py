"""Feeds down: staged, applied together, compared, and fetched anew where they are doubtful."""

import os
from datetime import timedelta

import pytest

from pos_client.storage.feed_applier import FeedApplier
from pos_client.sync.follower import FEED_ORDER
from shared.errors import DomainError, EnvironmentProblem
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
    others = [None] * len(FEED_ORDER)  # the key of the customers and the other feeds
    rig.centre.fail = [*others, None, None, 500]  # between the second and third page
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
    assert len(asked) == len(FEED_ORDER)


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
