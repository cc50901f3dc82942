"""Promotions, their usage and customers at the till: applied from feeds, read once, own unsent receipts counted."""

import sqlite3

import pytest

from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.promotion_usage import UsageBook
from pos_client.sync.ports import CentreRefusedError
from shared.journal import parse_body, receipt_from_body, receipt_to_body
from shared.promotions import Usage, read_promotion
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedRow
from shared.wire.promotion_payloads import (
    PromotionRow,
    PromotionUsage,
    promotion_key,
    promotion_payload,
    usage_payload,
)
from tests.integration.till_rig import Rig, filled, fresh
from tests.integration.till_world import NOON, item, item_row, page, sealing, sell


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def body(promotion_id="P1", percent="20", **more):
    return {"id": promotion_id, "reward": {"percent": percent}, **more}


def promotion_row(
    promotion_id="P1", version=1, *, retired=None, currency="EUR", scope="chain", **more
):
    row = PromotionRow(promotion_id, version, currency, body(promotion_id, **more), retired)
    key = promotion_key(promotion_id, version)
    return FeedRow(
        kind="promotion", key=key, scope=scope, seq=1, op="put", d=promotion_payload(row)
    )


def usage_row(promotion_id="P1", uses=1, amount=500):
    usage = PromotionUsage(promotion_id, uses, amount)
    return FeedRow(
        kind="promotion_use",
        key=promotion_id,
        scope="chain",
        seq=1,
        op="put",
        d=usage_payload(usage),
    )


def customer_row(number="C1", scope="chain", **facts):
    row = CustomerRow(number, facts.pop("name", "Ada"), **facts)
    return FeedRow(
        kind="customer", key=number, scope=scope, seq=1, op="put", d=customer_payload(row)
    )


def removed(row):
    return row.model_copy(update={"op": "remove", "d": None})


def ids(till, currency="EUR"):
    return [(each.promotion.id, each.version) for each in till.reference.promotions(currency)]


def test_promotions_arrive_and_go(rig):
    fresh(rig)
    filled(rig.centre)
    rig.centre.put("reference", promotion_row("P2"), promotion_row("P1", 3))
    rig.centre.put("reference", promotion_row("GB", currency="GBP"))
    loop = rig.loop()
    loop.step()
    assert ids(rig.till) == [("P1", 3), ("P2", 1)]
    assert ids(rig.till, "GBP") == [("GB", 1)]
    found = rig.till.reference.promotions("EUR")[0]
    assert found.promotion == read_promotion(body("P1"), "", 2)

    rig.centre.put(
        "reference",
        promotion_row("P1", 3, retired=NOON),
        promotion_row("P1", 4, percent="25"),
        removed(promotion_row("P2")),
    )
    loop.step()
    assert ids(rig.till) == [("P1", 4)]
    # What a receipt was priced with can still be looked up for a return; what was removed cannot.
    assert rig.till.reference.promotion_version("P1", 3).promotion == found.promotion
    assert rig.till.reference.promotion_version("P2", 1) is None
    assert loop.follower.compare() == ()


def test_the_promotions_are_the_same_object_until_one_of_them_changes(rig):
    fresh(rig)
    filled(rig.centre)
    rig.centre.put("reference", promotion_row("P1"), promotion_row("P2"))
    loop = rig.loop()
    loop.step()
    before = rig.till.reference.promotions("EUR")
    rig.centre.put("reference", item_row(item(9)))
    loop.step()
    assert rig.till.reference.find("S9").sku == "S9"
    assert rig.till.reference.promotions("EUR") is before
    rig.centre.put("reference", promotion_row("P3"))
    loop.step()
    after = rig.till.reference.promotions("EUR")
    assert after is not before
    assert after[0] is before[0]  # what is known is not read again


def test_versions_that_cannot_be_priced_with_wait_in_quarantine(rig):
    fresh(rig)
    filled(rig.centre)
    good = promotion_row("P1")
    rig.centre.put(
        "reference",
        good,
        promotion_row("P2", reward={"hologram": "20"}),
        promotion_row("P3").model_copy(update={"key": "P3|2"}),
        promotion_row("P4").model_copy(update={"d": {"id": "P4"}}),
        removed(good).model_copy(update={"key": "no key of ours"}),
    )
    rig.centre.put("usage", usage_row("P1").model_copy(update={"key": "P2"}))
    rig.centre.put("customer", customer_row("C1").model_copy(update={"key": "C2"}))
    loop = rig.loop()
    loop.step()
    assert ids(rig.till) == [("P1", 1)]
    applier = FeedApplier(rig.files.current())
    assert {key for _, key, _ in applier.quarantined()} == {"P2|1", "P3|2", "P4|1", "P2", "C2"}
    applier.close()
    assert loop.follower.compare() == ()


def test_a_version_of_a_ready_file_that_cannot_be_read_is_left_out(rig):
    applier = FeedApplier(rig.files.current())
    applier.take("reference", page([promotion_row("P1"), promotion_row("P2")], "e.2.0"))
    applier._connection.execute(
        "UPDATE promotion SET payload = replace(payload, 'percent', 'promille') WHERE id = 'P1'"
    )
    applier.close()
    assert ids(rig.till) == [("P2", 1)]
    assert rig.till.reference.promotion_version("P1", 1) is None


def test_customers_arrive_are_found_and_go(rig):
    fresh(rig)
    filled(rig.centre)
    rig.centre.put("customer", customer_row("C1", purchases=3, lists={"groups": ("vip",)}))
    rig.centre.put("customer", customer_row("C2", "store:DE01", name="Bo"))
    loop = rig.loop()
    loop.step()
    found = rig.till.reference.customer(" C1 ")
    assert (found.name, found.purchases, found.lists) == ("Ada", 3, {"groups": ("vip",)})
    assert rig.till.reference.customer("C9") is None
    # It moved to another store: gone here, whatever else is known of it by now.
    rig.centre.put("customer", removed(customer_row("C1")), customer_row("C1", "store:DE01"))
    rig.centre.put("customer", removed(customer_row("C2", "store:DE01")))
    loop.step()
    assert rig.till.reference.customer("C1").name == "Ada"
    assert rig.till.reference.customer("C2") is None
    assert loop.follower.compare() == ()


def test_a_new_file_keeps_customers_and_usage(rig, tmp_path):
    fresh(rig)
    filled(rig.centre)
    rig.centre.put("customer", customer_row("C1"))
    rig.centre.put("usage", usage_row("P1", 7))
    rig.centre.put("reference", promotion_row("P1"))
    loop = rig.loop()
    loop.step()
    rig.centre.build_snapshot(tmp_path)
    old = rig.files.current()
    loop.follower._fetch()
    assert rig.files.current() != old
    assert rig.till.reference.customer("C1").name == "Ada"
    assert rig.till.reference.promotion_usage()["P1"].uses == 7
    assert ids(rig.till) == [("P1", 1)]
    loop.step()
    assert loop.follower.compare() == ()


def test_a_file_of_an_older_release_has_none_of_it(rig):
    rig.till.reference.close()
    connection = sqlite3.connect(rig.files.current())
    for table in ("promotion", "promotion_use", "customer"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()
    reference = rig.till.reference
    assert reference.promotions("EUR") == ()
    assert reference.promotion_version("P1", 1) is None
    assert reference.promotion_usage() == {}
    assert reference.customer("C1") is None
    assert sell(rig.till, "S3").total == 300


def test_a_centre_of_an_older_release_serves_what_it_has(rig):
    fresh(rig)
    filled(rig.centre)
    loop = rig.loop()
    asked = loop.follower._transport.feed

    def older(feed, *rest):
        if feed in {"customer", "usage"}:
            raise CentreRefusedError(404, "feed_unknown", {"feed": feed})
        return asked(feed, *rest)

    loop.follower._transport.feed = older
    loop.feed_round()
    assert rig.till.reference.count() == 3
    assert rig.state.offline_reason == ""


# --- what the centre has not booked yet -----------------------------------------------------------


def used(promotion_id="P1", applications=2, amount=500, customer="C1"):
    return {
        "id": promotion_id,
        "version": 1,
        "applications": applications,
        "amount": amount,
        "customer": customer,
    }


def sold(till, **changes):
    """A receipt with promotions as the sale will write it: the till's own, journalled again with more in it."""
    sell(till, "S1")
    last = till.journal.last_of("sale.completed")
    receipt = receipt_from_body(last.event_id, parse_body(last.body))
    facts = {**receipt_to_body(receipt), **changes}
    facts["receipt"] = {**facts["receipt"], "number": till.store.next_receipt}
    till.recorder.record(("sale.completed", facts))
    return till.journal.head.seq


@pytest.fixture
def ready(rig):
    """A till with a limited promotion (of the web shop: no sale here uses it) and a customer, and its usage book."""
    applier = FeedApplier(rig.files.current(), sealing(rig.paths))
    limited = promotion_row("P1", limit={"total": 9}, when={"channels": ["web"]})
    applier.take("reference", page([limited], "e.2.0"))
    applier.take("usage", page([usage_row("P1", 7, 3500)]))
    applier.take("customer", page([customer_row("C1", purchases=4, used={"P1": 1})]))
    yield rig, UsageBook(rig.till.reference, rig.till.journal), applier
    applier.close()


def test_usage_is_what_is_booked_and_what_is_not_sent_yet(ready):
    rig, book, applier = ready
    ada = rig.till.reference.customer("C1")
    assert book.usage() == {"P1": Usage(7, 0, 3500)}
    assert book.usage(ada) == {"P1": Usage(7, 1, 3500)}
    assert book.facts(ada).purchases == 4

    seq = sold(rig.till, customer="C1", promotions=[used(), used("P2", 1, 100)])
    assert book.usage(ada) == {"P1": Usage(8, 2, 4000), "P2": Usage(1, 1, 100)}
    assert book.usage() == {"P1": Usage(8, 0, 4000), "P2": Usage(1, 0, 100)}
    assert book.facts(ada).purchases == 5

    # The centre has booked it: the same numbers, now out of the feeds. The two feeds may come one after the other.
    applier.take("usage", page([usage_row("P1", 8, 4000)], "e.3.0", processed=seq))
    assert book.usage(ada)["P1"] == Usage(8, 2, 4000)
    booked = customer_row("C1", purchases=5, used={"P1": 2})
    applier.take("customer", page([booked], "e.3.0", processed=seq))
    ada = rig.till.reference.customer("C1")
    assert book.usage(ada) == {"P1": Usage(8, 2, 4000)}
    assert book.facts(ada).purchases == 5
    sold(rig.till, customer="C1", promotions=[used()])
    assert book.usage(ada) == {"P1": Usage(9, 3, 4500)}
    assert book.facts(ada).purchases == 6


def test_others_receipts_and_unreadable_ones_count_for_nobody(ready):
    rig, book, _ = ready
    ada = rig.till.reference.customer("C1")
    sold(rig.till, promotions=[used(customer="C2")], customer="C2")
    sold(rig.till)
    rig.till.recorder.record(("sale.completed", {"promotions": "P1"}))
    assert book.usage(ada) == {"P1": Usage(8, 1, 4000)}
    assert book.facts(ada).purchases == 4


def test_what_comes_back_is_not_used_any_more(ready):
    rig, book, _ = ready
    sold(rig.till, promotions=[used(applications=-1, amount=-9000)])
    assert book.usage() == {"P1": Usage(6, 0, 0)}


def test_positions_of_the_incarnation_before_count_for_nothing(ready):
    rig, book, applier = ready
    applier.take("usage", page([], "e.3.0", processed=5_000))
    applier.take("customer", page([], "e.3.0", processed=5_000))
    sold(rig.till, customer="C1", promotions=[used()])
    ada = rig.till.reference.customer("C1")
    assert book.usage(ada)["P1"] == Usage(8, 2, 4000)
    assert book.facts(ada).purchases == 5


def test_an_older_file_with_older_positions_is_read_again(ready):
    rig, book, applier = ready
    seq = sold(rig.till, promotions=[used()])
    applier.take("usage", page([usage_row("P1", 8, 4000)], "e.3.0", processed=seq))
    applier.take("customer", page([], "e.3.0", processed=seq))
    assert book.usage()["P1"].total == 8
    applier.take("usage", page([usage_row("P1", 7, 3500)], "e.2.0", processed=seq - 1))
    assert book.usage()["P1"].total == 8
