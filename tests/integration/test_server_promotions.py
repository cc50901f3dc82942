"""Publishing promotions: immutable versions, withdrawal, who hears of them and when, the commands."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from central_server.app.cli import main
from central_server.features.promotions import catalogue, jobs
from central_server.features.promotions.document import read_file
from central_server.features.promotions.tables import promotion_version, promotion_withdrawal
from central_server.features.stores.service import Store, add_store
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError
from shared.identity import StoreId
from shared.promotions import RequestError
from shared.wire.digest import digest_of
from tests.integration.promotion_rig import promotion, publish, settle, withdraw

DAY = timedelta(days=1)


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


class Shop:
    """A centre that publishes, and tills that follow."""

    def __init__(self, centre):
        self.centre = centre
        self.database, self.clock = centre.context.database, centre.clock

    def publish(self, *entries, **named):
        return publish(self.database, self.clock, *entries, **named)

    def withdraw(self, promotion_id):
        return withdraw(self.database, self.clock, promotion_id)

    def later(self, step=DAY):
        self.clock.at += step

    def at(self, days):
        return (self.clock.now() + days * DAY).isoformat()

    def rows(self, table):
        with reading(self.database) as unit:
            return [dict(row) for row in unit.connection.execute(select(table)).mappings()]

    def follow(self, till, cursor="", feed="reference", kind="promotion"):
        self.centre.drain()
        held, cursor = till.follow(feed, cursor)
        rows = {key: row for (of, _, key), row in held.items() if of == kind}
        return rows, cursor


def test_a_promotion_gets_a_version_that_says_what_when_and_by_whom(shop):
    result = shop.publish(promotion("P1"), promotion("P2", when={"stores": ["DE01", "NOWHERE"]}))

    assert (result.new, result.changed, result.withdrawn) == ([("P1", 1), ("P2", 1)], [], [])
    assert result.strangers == {"P2": ("NOWHERE",)}
    row = shop.rows(promotion_version)[0]
    assert (row["version"], row["published_by"]) == (1, "command")
    assert row["published_at"] == shop.clock.now()
    assert row["hash"] == hashlib.sha256(row["body"].encode()).digest()
    assert json.loads(row["body"]) == promotion("P1")


def test_the_same_again_changes_nothing_and_tells_no_till(shop):
    entries = (promotion("P1", limit={"total": 5}), promotion("P2"))
    shop.publish(*entries)
    shop.centre.drain()
    shop.later()

    result = shop.publish(*entries)

    assert (result.unchanged, result.new, result.changed) == (2, [], [])
    assert shop.rows(feed_dirty) == []
    assert len(shop.rows(promotion_version)) == 2


def test_a_changed_promotion_is_a_new_version_and_the_old_one_stays_as_it_was(shop):
    shop.publish(promotion("P1", "20"))
    before = shop.rows(promotion_version)
    shop.later()

    result = shop.publish(promotion("P1", "25"))

    assert result.changed == [("P1", 2)]
    assert shop.rows(promotion_version)[0] == before[0]
    with reading(shop.database) as unit:
        found = catalogue.get_promotion(unit, "P1")
        (listed,) = catalogue.list_promotions(unit)
    now = shop.clock.now()
    assert [version.state(now) for version in found.versions] == ["replaced", "open"]
    assert listed.newest.version == 2
    assert found.version(1).retired_at == now


def test_a_withdrawn_promotion_comes_back_as_a_new_version(shop):
    shop.publish(promotion("P1"))
    result = shop.publish({"id": "P1", "withdrawn": True})
    assert result.withdrawn == ["P1"]
    assert not shop.withdraw("P1")
    assert shop.publish({"id": "P1", "withdrawn": True}).unchanged == 1

    assert shop.publish(promotion("P1")).changed == [("P1", 2)]

    (row,) = shop.rows(promotion_withdrawal)
    assert (row["promotion_id"], row["version"], row["withdrawn_by"]) == ("P1", 1, "command")
    with reading(shop.database) as unit:
        versions = catalogue.get_promotion(unit, "P1").versions
    assert [version.state(shop.clock.now()) for version in versions] == ["withdrawn", "open"]


def test_a_file_is_published_whole_or_not_at_all(shop):
    with pytest.raises(RequestError) as wrong:
        shop.publish(promotion("P1"), {"id": "P9", "withdrawn": True})
    assert wrong.value.path == "[1].id"
    assert shop.rows(promotion_version) == []
    with pytest.raises(DomainError, match="promotion_unknown"):
        shop.withdraw("P9")


def test_the_currency_of_a_promotion_stays(shop):
    shop.publish(promotion("P1"))
    with pytest.raises(RequestError, match="another currency needs another id"):
        shop.publish(promotion("P1", "25"), currency="GBP")


def test_tills_hear_of_the_promotions_of_their_store(shop):
    german, austrian = shop.centre.join("DE01-T1"), shop.centre.join("AT01-T1")
    shop.publish(
        promotion("ALL"),
        promotion("HERE", when={"stores": ["DE01"]}),
        promotion("BOTH", when={"stores": ["AT01", "DE01"]}),
        promotion("NOBODY", when={"stores": ["x" * 400]}),
    )

    assert set(shop.follow(german)[0]) == {"ALL|1", "HERE|1", "BOTH|1"}
    assert set(shop.follow(austrian)[0]) == {"ALL|1", "BOTH|1"}


def test_a_store_that_opens_later_hears_of_its_promotions(shop):
    shop.publish(promotion("P1", when={"stores": ["DE77"]}))
    store = Store(StoreId("DE77"), "Kiel", "DE", "EUR", "Europe/Berlin")
    run_writing(shop.database, lambda unit: add_store(unit, store, shop.clock.now()))
    from central_server.features.tills.service import add_till

    run_writing(shop.database, lambda unit: add_till(unit, "DE77-T1", "DE77", shop.clock.now()))

    assert set(shop.follow(shop.centre.join("DE77-T1"))[0]) == {"P1|1"}


def test_a_new_version_with_other_stores_moves(shop):
    german, austrian = shop.centre.join("DE01-T1"), shop.centre.join("AT01-T1")
    shop.publish(promotion("P1", when={"stores": ["DE01"]}))
    _, german_cursor = shop.follow(german)
    _, austrian_cursor = shop.follow(austrian)
    shop.later()

    shop.publish(promotion("P1", when={"stores": ["AT01"]}))

    rows, _ = shop.follow(german, german_cursor)
    assert rows["P1|1"]["retired"] == shop.clock.now().isoformat()
    assert set(rows) == {"P1|1"}
    assert set(shop.follow(austrian, austrian_cursor)[0]) == {"P1|2"}


def test_a_withdrawn_version_is_told_as_retired_and_forgotten_later(shop):
    till = shop.centre.join("DE01-T1")
    shop.publish(promotion("P1"))
    rows, cursor = shop.follow(till)
    assert rows == {
        "P1|1": {"id": "P1", "version": 1, "currency": "EUR", "promotion": promotion("P1")}
    }
    shop.later()
    withdrawn_at = shop.clock.now()

    shop.withdraw("P1")

    rows, cursor = shop.follow(till, cursor)
    assert rows["P1|1"]["retired"] == withdrawn_at.isoformat()
    shop.later(89 * DAY)
    assert settle(shop.database, shop.clock) == 0
    shop.later(2 * DAY)
    assert settle(shop.database, shop.clock) == 1
    rows, cursor = shop.follow(till, cursor)
    assert rows == {"P1|1": None}


def test_promotions_come_ahead_of_their_start_and_go_long_after_their_end(shop):
    till = shop.centre.join("DE01-T1")
    shop.publish(promotion("P1", when={"from": shop.at(40), "until": shop.at(50)}))
    rows, cursor = shop.follow(till)
    assert rows == {}

    context = shop.centre.context
    jobs.settle(context)
    assert shop.follow(till, cursor)[0] == {}
    shop.later(11 * DAY)
    context.business_clock._fresh_until = 0.0
    jobs.settle(context)
    rows, cursor = shop.follow(till, cursor)
    assert set(rows) == {"P1|1"}

    shop.later(39 * DAY + 89 * DAY)
    assert settle(shop.database, shop.clock) == 0
    shop.later(2 * DAY)
    assert settle(shop.database, shop.clock) == 1
    assert shop.follow(till, cursor)[0] == {"P1|1": None}
    assert settle(shop.database, shop.clock) == 0


def test_what_never_counts_is_sent_to_nobody(shop):
    till = shop.centre.join("DE01-T1")
    shop.publish(
        promotion("OVER", when={"until": shop.at(-1)}),
        promotion("SOON", when={"from": shop.at(40)}),
    )
    shop.later()
    # Replaced before it began, and before tills had it.
    shop.publish(promotion("SOON", when={"from": shop.at(1)}))

    assert set(shop.follow(till)[0]) == {"SOON|2"}


def test_the_digest_is_that_of_what_the_till_holds(shop):
    till = shop.centre.join("DE01-T1")
    shop.publish(promotion("P1", limit={"budget": "50.00"}), promotion("P2"))
    shop.later()
    shop.publish(promotion("P1", "25"), {"id": "P2", "withdrawn": True})
    shop.later(91 * DAY)
    settle(shop.database, shop.clock)
    shop.centre.drain()

    for feed in ("reference", "usage", "customer"):
        rows = till.get(f"/api/v1/till/feeds/{feed}").json()["rows"]
        put = [(r["kind"], r["key"], r["scope"], r["seq"]) for r in rows if r["op"] == "put"]
        own = digest_of(put)
        theirs = till.get(f"/api/v1/till/feeds/{feed}/digest").json()
        assert (theirs["count"], theirs["sum64"]) == (own.count, own.sum64)


def test_ten_thousand_promotions_are_published_in_one_go(shop):
    entries = [promotion(f"P{n}", when={"stores": ["DE01"]}) for n in range(10_000)]
    assert len(shop.publish(*entries).new) == 10_000
    assert shop.publish(*entries).unchanged == 10_000
    assert len(shop.follow(shop.centre.join("DE01-T1"))[0]) == 10_000


# --- commands -------------------------------------------------------------------------------------


@pytest.fixture
def command(shop, monkeypatch, tmp_path, capsys):
    """Run a command against the shop's database; status, standard output and standard error."""
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", shop.centre.context.settings.database_url)

    def run(*words, document=None):
        if document is not None:
            path = tmp_path / "promotions.json"
            text = document if isinstance(document, str) else json.dumps(document)
            path.write_text(text, encoding="utf-8")
            words = (*words, str(path))
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_import_list_show_and_withdraw(command):
    document = {
        "currency": "EUR",
        "promotions": [promotion("P1", name="20 % auf Hosen"), promotion("P2")],
    }
    status, out, err = command("import", "promotions", document=document)
    assert (status, err) == (0, "")
    assert "2  promotions new" in out

    _, out, _ = command("import", "promotions", document=document)
    assert "2  promotions that were so already" in out

    document["promotions"][1] = {"id": "P2", "withdrawn": True}
    document["promotions"].append(promotion("P3", when={"stores": ["BERLIN"]}))
    _, out, err = command("import", "promotions", document=document)
    assert "1  promotions withdrawn" in out
    assert err == "promotion P3: there is no store BERLIN (yet)\n"

    _, out, _ = command("promotions", "list")
    assert [line.split()[0] for line in out.splitlines()] == ["P1", "P3"]
    assert "P1  v1  open" in out
    assert out.splitlines()[0].endswith("used 0, given 0.00  20 % auf Hosen")

    assert command("import", "promotions", "--withdraw", "P1", "--withdraw", "P3")[0] == 0
    _, out, _ = command("promotions", "list")
    assert out == "no promotion is open or to come\n"
    _, out, _ = command("promotions", "list", "--all")
    assert [line.split()[2] for line in out.splitlines()] == ["withdrawn"] * 3
    _, out, _ = command("promotions", "show", "P1", "--version", "1")
    assert "withdrawn" in out
    assert "by command" in out
    assert json.loads(out[out.index("{") :]) == document["promotions"][0]


@pytest.mark.parametrize(
    ("words", "document", "said"),
    [
        ((), '[{"id":"P1","reward":{"percent":"120"}}]', "[0].reward.percent: "),
        ((), {"promotions": [{"id": "P1"}]}, "promotions[0].reward: "),
        ((), '{"currency', "promotions.json: not readable as JSON"),
        ((), [{"id": "P9", "withdrawn": True}], "[0].id: there is no such promotion."),
        (("--currency", "GBP"), {"currency": "EUR", "promotions": []}, "currency: "),
        (("--withdraw", "P9"), None, "There is no promotion P9."),
        ((), None, "There is nothing to import."),
        (("nowhere.json",), None, "There is no file nowhere.json."),
    ],
)
def test_what_is_wrong_is_one_line_with_status_2(command, words, document, said):
    status, out, err = command("import", "promotions", *words, document=document)
    assert (status, out) == (2, "")
    assert err.startswith(f"tresen: {said}")
    assert err.count("\n") == 1
    _, out, _ = command("promotions", "list", "--all")
    assert out == "no promotions\n"


def test_a_dry_run_checks_only(command):
    status, out, _ = command("import", "promotions", "--dry-run", document=[promotion()])
    assert (status, out) == (
        0,
        "Dry run, nothing was changed: 1 promotions are as they should be.\n",
    )
    status, _, err = command("promotions", "show", "P1")
    assert (status, err.count("\n")) == (2, 1)


def test_an_unknown_version_is_said(command):
    command("import", "promotions", document=[promotion()])
    status, _, err = command("promotions", "show", "P1", "--version", "2")
    assert (status, err) == (2, "tresen: Promotion P1 has no version 2.\n")


def test_the_reader_of_files_is_the_engines_own():
    at = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
    document = [promotion("P1", when={"from": at, "until": at})]
    with pytest.raises(RequestError) as wrong:
        read_file(json.dumps(document).encode())
    assert wrong.value.path == "[0].when.until"
