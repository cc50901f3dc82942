"""Feeds: whoever follows one ends with exactly what the centre has, whatever the writers do meanwhile."""

import random
import threading
import time
from argparse import Namespace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from central_server.app import cli_migrate
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.pricing.service import set_price
from central_server.features.staff import service as staff
from central_server.features.stores.service import change_store
from central_server.gateway import feed_repository, sequencer
from central_server.gateway.tables import feed_entry
from central_server.platform.access import Role
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.clock import move_business_clock
from central_server.platform.database import open_database
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.identity import StaffId
from shared.pricing import PriceEntry
from shared.wire.digest import digest_of
from shared.wire.payloads import FEEDS

PINS = staff.PinRules(b"k" * 32)


def enter(centre, *skus, name="Hose"):
    at = centre.clock.now()

    def work(unit):
        articles = [ArticleDraft(sku, {"de": name}) for sku in skus]
        enter_batch(unit, articles, [VariantDraft(sku, sku) for sku in skus], at)

    run_writing(centre.context.database, work)


def price(centre, sku, amount, scope="market:DE", currency="EUR"):
    now = centre.clock.now()
    entry = PriceEntry(sku, scope, amount, currency, now)
    run_writing(centre.context.database, lambda unit: set_price(unit, entry, now))


def test_a_till_follows_its_own_scopes_only(web_centre):
    till = web_centre.join("DE01-T1")
    enter(web_centre, "A1")
    for scope, currency in (
        ("chain", "EUR"),
        ("market:DE", "EUR"),
        ("market:GB", "GBP"),
        ("store:DE01", "EUR"),
        ("store:AT01", "EUR"),
    ):
        price(web_centre, "A1", 100, scope, currency)
    web_centre.drain()

    held, _ = till.follow("reference")

    assert {scope for kind, scope, _ in held if kind == "price"} == {
        "chain",
        "market:DE",
        "store:DE01",
    }
    assert {scope for kind, scope, _ in held if kind == "vat"} == {"market:DE"}
    assert held["item", "chain", "A1"]["names"] == {"de": "Hose"}
    assert held["price", "market:DE", "A1"][0]["amount"] == 100


def test_pages_of_any_size_give_the_same(web_centre):
    till = web_centre.join("DE01-T1")
    enter(web_centre, *(f"A{n}" for n in range(23)))
    price(web_centre, "A3", 100, "store:DE01")
    web_centre.drain()

    assert till.follow("reference", limit=1) == till.follow("reference", limit=5000)


def test_a_page_says_whether_the_checkpoint_is_reached(web_centre):
    till = web_centre.join("DE01-T1")
    enter(web_centre, "A1", "A2")
    web_centre.drain()

    first = till.get("/api/v1/till/feeds/reference?limit=2").json()
    last = till.get(f"/api/v1/till/feeds/reference?cursor={first['cursor']}").json()

    assert (first["complete"], last["complete"]) == (False, True)
    assert first["checkpoint"] == last["checkpoint"] == last["head"]


def test_unnumbered_changes_are_not_served_and_numbered_ones_once(web_centre):
    till = web_centre.join("DE01-T1")
    web_centre.drain()
    _, cursor = till.follow("reference")
    enter(web_centre, "A1")
    enter(web_centre, "A1", name="Jacke")

    assert till.follow("reference", cursor)[0] == {}
    web_centre.drain()
    held, _ = till.follow("reference", cursor)
    assert held["item", "chain", "A1"]["names"] == {"de": "Jacke"}


def test_the_store_the_clock_and_the_staff_arrive(web_centre):
    till = web_centre.join("DE01-T1")
    database, at = web_centre.context.database, web_centre.clock.now()
    member = staff.StaffMember(StaffId("1001"), "Anna", Role.CASHIER, frozenset(("DE01", "AT01")))
    run_writing(database, lambda unit: staff.add_staff(unit, member, at))
    run_writing(database, lambda unit: change_store(unit, "DE01", header_lines=("Hallo",)))
    run_writing(database, lambda unit: move_business_clock(unit, "demo", timedelta(days=2)))
    web_centre.drain()

    config, _ = till.follow("config")
    people, cursor = till.follow("staff")
    assert config["config", "store:DE01", "store"]["header_lines"] == ["Hallo"]
    assert config["config", "chain", "business_clock"] == {"offset_seconds": 172_800}
    other = config["config", "chain", "store:AT01"]
    assert other["store_id"] == "AT01"
    assert set(other) == {"store_id", "name", "city"}  # its address is nobody else's business
    assert people == {}  # nobody comes to a till before there is a PIN

    run_writing(database, lambda unit: staff.set_pin(unit, "1001", "493817", at, PINS))
    web_centre.drain()
    people, cursor = till.follow("staff", cursor)
    assert people["staff", "store:DE01", "1001"]["pin"].startswith("hmac-sha256:$argon2id$")

    run_writing(database, lambda unit: staff.change_stores(unit, "1001", ["AT01"]))
    web_centre.drain()
    people, _ = till.follow("staff", cursor)
    assert people == {("staff", "store:DE01", "1001"): None}


@pytest.mark.parametrize(
    ("cursor", "status", "code"),
    [
        ("rubbish", 400, "cursor_invalid"),
        ("00000000-0000-7000-8000-000000000000.1.1", 410, "snapshot_required"),
    ],
)
def test_a_cursor_of_elsewhere_is_refused(web_centre, cursor, status, code):
    till = web_centre.join("DE01-T1")

    answer = till.get(f"/api/v1/till/feeds/reference?cursor={cursor}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_position_ahead_of_the_centre_asks_for_a_snapshot(web_centre):
    # The centre was restored from an older backup.
    till = web_centre.join("DE01-T1")
    web_centre.drain()
    _, cursor = till.follow("reference")
    epoch = cursor.split(".")[0]

    answer = till.get(f"/api/v1/till/feeds/reference?cursor={epoch}.999999.999999")

    assert (answer.status_code, answer.json()["code"]) == (410, "snapshot_required")


def test_after_a_restore_every_position_asks_for_a_snapshot(web_centre):
    till = web_centre.join("DE01-T1")
    enter(web_centre, "A1")
    web_centre.drain()
    held = {feed: till.follow(feed)[1] for feed in FEEDS}
    settings = web_centre.context.settings

    assert cli_migrate.run(Namespace(check=False, restored=True), settings) == 0

    for feed, cursor in held.items():
        answer = till.get(f"/api/v1/till/feeds/{feed}?cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (410, "snapshot_required")
    rows, _ = till.follow("reference")
    assert ("item", "chain", "A1") in rows


def test_forgotten_removals_ask_old_positions_for_a_snapshot(web_centre):
    till = web_centre.join("DE01-T1")
    database = web_centre.context.database
    enter(web_centre, "A1")
    web_centre.drain()
    _, old = till.follow("reference")
    run_writing(
        database,
        lambda unit: mark_changed(unit, [Change("reference", CHAIN, "item", "A1", "remove")]),
    )
    web_centre.drain()
    _, new = till.follow("reference")
    web_centre.clock.at += timedelta(days=91)

    sequencer.prune(web_centre.context)

    assert till.get(f"/api/v1/till/feeds/reference?cursor={old}").status_code == 410
    assert till.get(f"/api/v1/till/feeds/reference?cursor={new}").status_code == 200


def test_an_unknown_feed_is_not_found(web_centre):
    till = web_centre.join("DE01-T1")

    assert till.get("/api/v1/till/feeds/secrets").status_code == 404


def test_a_waiting_till_is_answered_when_something_changes(web_centre):
    till = web_centre.join("DE01-T1")
    web_centre.drain()
    _, cursor = till.follow("reference")
    answers = []

    def wait():
        answers.append(till.get(f"/api/v1/till/feeds/reference?cursor={cursor}&wait=20").json())

    waiting = threading.Thread(target=wait)
    started = time.monotonic()
    waiting.start()
    time.sleep(0.5)
    enter(web_centre, "A1")
    web_centre.drain()
    waiting.join(15)

    assert [row["key"] for row in answers[0]["rows"]] == ["A1"]
    assert time.monotonic() - started < 10


def test_waiting_ends_with_the_time_asked_for(web_centre):
    till = web_centre.join("DE01-T1")
    web_centre.drain()
    _, cursor = till.follow("reference")
    started = time.monotonic()

    page = till.get(f"/api/v1/till/feeds/reference?cursor={cursor}&wait=1").json()

    assert page["rows"] == []
    assert 0.9 < time.monotonic() - started < 10


def test_the_digest_is_that_of_what_the_till_holds(web_centre):
    till = web_centre.join("DE01-T1")
    enter(web_centre, *(f"A{n}" for n in range(7)))
    price(web_centre, "A3", 100, "store:DE01")
    web_centre.drain()

    rows, cursor = [], ""
    while True:
        page = till.get(f"/api/v1/till/feeds/reference?cursor={cursor}&limit=3").json()
        rows += [(r["kind"], r["key"], r["scope"], r["seq"]) for r in page["rows"]]
        if page["cursor"] == cursor:
            break
        cursor = page["cursor"]
    own = digest_of(rows)

    for _ in range(2):  # worked out, then kept
        digest = till.get("/api/v1/till/feeds/reference/digest").json()
        assert digest == {
            "feed": "reference",
            "cursor": cursor,
            "count": own.count,
            "sum64": own.sum64,
        }
    enter(web_centre, "A99")
    web_centre.drain()
    assert till.get("/api/v1/till/feeds/reference/digest").json()["count"] == own.count + 1


def test_small_batches_number_everything_once(web_centre):
    database = web_centre.context.database
    web_centre.drain()
    before = _head(database)
    changes = [Change("reference", CHAIN, "item", f"K{n % 10}") for n in range(35)]
    run_writing(database, lambda unit: mark_changed(unit, changes))

    total = sequencer.drain(database, web_centre.clock, limit=4)

    after = _head(database)
    assert total == 35
    assert after.checkpoint == after.last_seq
    assert _numbers(database, before.last_seq) == _last_of_each_key(changes, before, 4)


def _head(database):
    with reading(database) as unit:
        return feed_repository.heads(unit)["reference"]


def _numbers(database, behind):
    with reading(database) as unit:
        rows = unit.connection.execute(
            select(feed_entry.c.key, feed_entry.c.seq).where(
                feed_entry.c.feed == "reference", feed_entry.c.seq > behind
            )
        )
        return {row.key: row.seq for row in rows}


def _last_of_each_key(changes, head, size):
    """The numbers that batches of a size give, worked out in the plainest way."""
    seq, numbers = head.last_seq, {}
    for start in range(0, len(changes), size):
        batch = [change.key for change in changes[start : start + size]]
        for position, key in enumerate(batch):
            if key not in batch[position + 1 :]:
                seq += 1
                numbers[key] = seq
    return numbers


WRITERS, UPDATES, KEYS = 6, 60, 25


class Bustle:
    """Writers, competing sequencers and a till that pages, all at once, each on connections of its own."""

    def __init__(self, centre, till):
        self.centre, self.till = centre, till
        self.url = centre.context.settings.resolved_database_url()
        self.done = threading.Event()
        self.failures = []
        self.held = {}

    def thread(self, work, *arguments):
        def run():
            own = open_database(self.url)
            try:
                work(own, *arguments)
            except Exception as failure:  # noqa: BLE001 - a thread's failure must reach the test
                self.failures.append(failure)
            finally:
                own.dispose()

        return threading.Thread(target=run)

    def write(self, own, number):
        chance = random.Random(number)
        for step in range(UPDATES):
            sku = f"S{chance.randrange(KEYS)}"
            draft = ArticleDraft(sku, {"de": f"{number}-{step}"})
            with writing(own) as unit:
                enter_batch(unit, [draft], [VariantDraft(sku, sku)], self.centre.clock.now())
                time.sleep(chance.random() / 200)  # commits overtake each other

    def number(self, own):
        while not self.done.is_set():
            sequencer.drain(own, self.centre.clock, limit=7)
            time.sleep(0.002)

    def follow(self, _own):
        cursor = ""
        while not self.done.is_set():
            cursor = self._fetch(cursor)
        self.centre.drain()
        self._fetch(cursor)

    def _fetch(self, cursor):
        rows, cursor = self.till.follow("reference", cursor, limit=3)
        self.held.update(rows)
        return cursor

    def run(self):
        others = [self.thread(self.number), self.thread(self.number), self.thread(self.follow)]
        writers = [self.thread(self.write, n) for n in range(WRITERS)]
        for thread in (*others, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        self.done.set()
        for thread in others:
            thread.join()


def test_no_committed_change_is_ever_missed(web_centre):
    """Several writers, two competing sequencers and a follower that pages: at the end all agree."""
    till = web_centre.join("DE01-T1")
    enter(web_centre, *(f"S{n}" for n in range(KEYS)))
    web_centre.drain()
    bustle = Bustle(web_centre, till)

    bustle.run()

    assert bustle.failures == []
    web_centre.drain()
    fresh, _ = till.follow("reference")
    assert {key: row for key, row in bustle.held.items() if row is not None} == fresh
    with reading(web_centre.context.database) as unit:
        assert feed_repository.count_dirty(unit) == 0
        query = select(feed_entry.c.seq).where(feed_entry.c.feed == "reference")
        numbers = unit.connection.execute(query).scalars().all()
    assert len(set(numbers)) == len(numbers)


def test_a_slow_transaction_is_not_overtaken_for_good(web_centre):
    """The classic loss: a smaller id is committed after a larger one was numbered."""
    if not web_centre.context.database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    database = web_centre.context.database
    till = web_centre.join("DE01-T1")
    enter(web_centre, "SLOW", "FAST")
    web_centre.drain()
    _, cursor = till.follow("reference")
    slow = database.write_engine.connect()
    row = {"feed": "reference", "scope": CHAIN, "kind": "item", "op": "put"}
    slow.execute(insert(feed_dirty).values(**row, key="SLOW"))
    run_writing(
        database, lambda unit: mark_changed(unit, [Change("reference", CHAIN, "item", "FAST")])
    )
    web_centre.drain()
    first, cursor = till.follow("reference", cursor)

    slow.commit()
    slow.close()
    web_centre.drain()
    second, _ = till.follow("reference", cursor)

    assert [key for _, _, key in first] == ["FAST"]
    assert [key for _, _, key in second] == ["SLOW"]
