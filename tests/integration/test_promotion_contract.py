"""What the centre sends is what the till reads: promotions, usage and customers over the real interface, both ways."""

from base64 import b64decode
from contextlib import contextmanager

import pytest

from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.gateway import snapshots
from central_server.platform.unit_of_work import run_writing
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.journal import parse_body, receipt_from_body
from shared.promotions import BasketLine, Book, Context, price, read_promotion, result
from shared.wire.models import FeedPage
from shared.wire.payloads import FEEDS
from tests.integration.promotion_rig import book, promotion, publish, used, withdraw
from tests.support.journals import ImaginedTill

KINDS = (
    promotion("PERCENT", when={"stores": ["DE01"], "weekdays": [3], "hours": [["09:00", "18:00"]]}),
    {"id": "TIERS", "reward": {"tiers": {"by": "quantity", "steps": [{"from": 2, "percent": "10"}]}}},
    {
        "id": "BUNDLE",
        "reward": {"bundle": {"sets": [{"of": {"brands": ["Möwe"]}, "quantity": 2}], "price": "10.00"}},
    },
    {"id": "BASKET", "stage": "basket", "reward": {"each": {"spend": "50.00", "amount": "5.00"}}},
    {
        "id": "POINTS",
        "stage": "benefit",
        "reward": {"points": {"per": "1.00", "give": 1}},
        "who": {"groups": ["vip"], "attributes": {"city": ["Bonn"]}},
        "limit": {"total": 5, "per_customer": 1, "budget": "20.00"},
    },
)  # fmt: skip


@pytest.fixture
def pair(web_centre, tmp_path):
    """A centre, and a till's reference files that follow it."""
    return Pair(web_centre, tmp_path)


class Pair:
    def __init__(self, centre, folder):
        self.centre = centre
        self.database, self.clock = centre.context.database, centre.clock
        self.till = centre.join("DE01-T1")
        self.files = ReferenceFiles(folder)
        self.files.create_empty()
        self.vault = CustomerVault(folder / "customers.key")
        answer = self.till.get("/api/v1/till/customer-key").json()
        (folder / "customers.key").write_bytes(b64decode(answer["customer_key"]))
        self.reference = Reference(self.files, vault=self.vault)

    @contextmanager
    def applier(self):
        applier = FeedApplier(self.files.current(), self.vault)
        yield applier
        applier.close()

    def sync(self):
        self.centre.drain()
        with self.applier() as applier:
            for feed in FEEDS:
                cursor = applier.cursor(feed) or ""
                answer = self.till.get(f"/api/v1/till/feeds/{feed}?cursor={cursor}")
                applied = applier.take(feed, FeedPage.model_validate(answer.json()))
                assert applied.quarantined == 0
                theirs = self.till.get(f"/api/v1/till/feeds/{feed}/digest").json()
                ours = applier.digest(feed)
                assert (ours.count, ours.sum64) == (theirs["count"], theirs["sum64"])


def test_every_kind_of_promotion_arrives_as_it_was_published(pair):
    publish(pair.database, pair.clock, *KINDS)
    pair.sync()
    held = {each.promotion.id: each for each in pair.reference.promotions("EUR")}
    assert {key: each.promotion for key, each in held.items()} == {
        entry["id"]: read_promotion(entry, "", 2) for entry in KINDS
    }
    assert {each.version for each in held.values()} == {1}


def test_what_arrived_prices_a_basket(pair):
    publish(pair.database, pair.clock, promotion("P1"))
    pair.sync()
    made = Book(each.promotion for each in pair.reference.promotions("EUR"))
    lines = (BasketLine("1", "S1", 2000, 1000),)
    priced = price(made, Context(pair.clock.now(), store="DE01"), lines)
    assert result(priced)["total"] == "16.00"


def test_a_changed_and_a_withdrawn_promotion_arrive(pair):
    publish(pair.database, pair.clock, promotion("P1"), promotion("P2"))
    pair.sync()
    publish(pair.database, pair.clock, promotion("P1", "25"))
    withdraw(pair.database, pair.clock, "P2")
    pair.sync()
    assert [(e.promotion.id, e.version) for e in pair.reference.promotions("EUR")] == [("P1", 2)]
    assert pair.reference.promotion_version("P2", 1).promotion.id == "P2"


def test_customers_and_usage_arrive_and_receipts_go_up(pair):
    draft = CustomerDraft(
        "C1",
        {"name": "Ada Löwe", "purchases_before": 3},
        {"groups": ("vip",), "segments": ("west",)},
        {"city": "Bonn"},
    )
    run_writing(pair.database, lambda unit: enter_batch(unit, [draft], pair.clock.now()))
    publish(pair.database, pair.clock, *KINDS)
    till = ImaginedTill()
    sent = till.sell(customer="C1", promotions=[used("POINTS", amount=250)])
    read = receipt_from_body(sent.event_id, parse_body(sent.body))
    assert (read.customer, read.promotions[0].customer) == ("C1", "C1")
    book(pair.database, pair.clock, till)
    pair.sync()

    ada = pair.reference.customer("C1")
    assert (ada.name, ada.purchases, ada.used) == ("Ada Löwe", 4, {"POINTS": 1})
    assert ada.lists == {"groups": ("vip",), "segments": ("west",)}
    usage = pair.reference.promotion_usage()["POINTS"]
    assert (usage.uses, usage.amount) == (1, 250)
    assert ada.facts().purchases == 4


def test_a_snapshot_brings_promotions_and_the_feed_goes_on_from_it(pair, tmp_path):
    import gzip

    everywhere = promotion("ALL")
    publish(pair.database, pair.clock, everywhere, *KINDS)
    publish(pair.database, pair.clock, promotion("ALL", "25"))
    pair.centre.drain()
    (manifest,) = snapshots.build_all(pair.centre.context, ["DE"])
    packed = pair.till.get(f"/api/v1/till/snapshots/{manifest.snapshot_id}/file").content
    path = pair.files.folder / "reference-snapshot.db"
    path.write_bytes(gzip.decompress(packed))
    pair.files.point_to(path)

    # The store's own promotions follow by feed; no snapshot of a market has them.
    chain_wide = {(entry["id"], 1) for entry in KINDS[1:]} | {("ALL", 2)}
    assert {(e.promotion.id, e.version) for e in pair.reference.promotions("EUR")} == chain_wide
    assert pair.reference.promotion_version("ALL", 1) is not None
    pair.sync()
    held = {(e.promotion.id, e.version) for e in pair.reference.promotions("EUR")}
    assert held == chain_wide | {("PERCENT", 1)}
