"""Customers on a till: nobody reads them in its files, and a till that was withdrawn forgets them."""

import base64
import stat

import pytest

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.identity import IdentityFile
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.key_files import CustomerKeyFile, PinKeyFile, load_key
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body
from shared.wire.customer_payloads import CustomerRow, customer_data_payload, customer_payload
from shared.wire.models import FeedRow
from tests.integration.till_rig import Rig, filled
from tests.integration.till_world import all_events, page, sealing, sell

NAME = "Adalgunde Löwenzahn"


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    filled(rig.centre)
    rig.centre.put("customer", customer("C1"), customer("C2", "Ben Beispiel"))
    yield rig
    rig.close()


def customer(number, name=NAME, **changes):
    payload = customer_payload(CustomerRow(number, name, {"groups": ("vip",)}))
    row = {"kind": "customer", "key": number, "scope": "chain", "seq": 1, "op": "put"}
    return FeedRow(**{**row, "d": payload, **changes})


def everything(rig) -> bytes:
    """All bytes of all files of the till."""
    return b"".join(p.read_bytes() for p in sorted(rig.paths.root.rglob("*")) if p.is_file())


def test_the_till_reads_what_its_files_do_not_show(rig):
    rig.loop().step()
    assert rig.till.reference.customer(" C1 ").name == NAME
    assert rig.till.reference.customer("C1").lists == {"groups": ("vip",)}
    assert rig.till.reference.customer("C9") is None
    found = everything(rig)
    assert b"C1" in found
    assert not [word for word in ("Adalgunde", "Löwenzahn", "vip") if word.encode() in found]
    assert stat.S_IMODE(rig.paths.customer_key.stat().st_mode) == 0o600


def test_not_even_half_a_page_waits_in_the_clear(rig):
    rig.centre.page_rows = 1
    vault = sealing(rig.paths)
    applier = FeedApplier(rig.files.current(), vault)
    applier.take("customer", page([customer("C1")], "e.1.0", complete=False))
    applier.take("customer", page([customer("C3", d={"number": "C4", "name": NAME})], "e.2.0"))
    assert [key for _, key, _ in applier.quarantined()] == ["C3"]
    applier.close()
    assert b"Adalgunde" not in everything(rig)
    assert rig.till.reference.customer("C1").name == NAME


@pytest.mark.parametrize("payload", [None, "text", {"number": "C1"}, {"name": NAME}])
def test_what_is_no_customer_is_refused_and_not_kept(rig, payload):
    applier = FeedApplier(rig.files.current(), sealing(rig.paths))
    applied = applier.take("customer", page([customer("C1", d=payload)]))
    assert (applied.rows, applied.quarantined) == (1, 1)
    applier.close()
    assert rig.till.reference.customer("C1") is None
    assert b"Adalgunde" not in everything(rig)


def test_without_a_vault_or_a_key_nobody_is_kept(rig):
    for vault in (None, CustomerVault(rig.paths.customer_key)):
        applier = FeedApplier(rig.files.current(), vault)
        assert applier.take("customer", page([customer("C1")])).quarantined == 1
        applier.close()


def test_a_row_moved_to_another_number_is_nobody(rig):
    rig.loop().step()
    applier = FeedApplier(rig.files.current())
    applier._connection.execute(
        "UPDATE customer SET payload = (SELECT payload FROM customer WHERE number = 'C2')"
    )
    applier._connection.execute("UPDATE customer SET payload = 'bare' WHERE number = 'C2'")
    applier.close()
    assert rig.till.reference.customer("C1") is None
    assert rig.till.reference.customer("C2") is None


def test_a_centre_without_a_key_sends_no_customers(rig):
    rig.centre.customer_key = None
    loop = rig.loop()
    loop.step()
    assert not [r for r in rig.centre.requests if "/feeds/customer" in r.url.path]
    assert rig.till.reference.customer("C1") is None
    assert rig.till.reference.count() == 3
    assert loop.follower.compare() == ()


def test_another_key_fetches_all_customers_again(rig):
    loop = rig.loop()
    loop.step()
    rig.centre.customer_key = base64.b64encode(bytes(32)).decode()
    loop._keys_due = True
    loop.step()
    assert rig.till.reference.customer("C1").name == NAME
    assert load_key(rig.paths.customer_key) == bytes(32)


def test_customers_come_along_into_a_new_file(rig, tmp_path):
    loop = rig.loop()
    loop.step()
    rig.centre.build_snapshot(tmp_path)
    loop.follower._fetch()
    assert rig.till.reference.customer("C1").name == NAME
    rig.centre.rows["customer"] = []
    loop.step()
    assert rig.till.reference.customer("C1").name == NAME


def test_a_new_incarnation_starts_with_a_key_of_its_own(rig):
    rig.loop().step()
    IdentityFile(rig.paths).take_over(rig.world.identity)
    assert load_key(rig.paths.customer_key) is None
    assert rig.till.reference.customer("C1") is None


# --- withdrawn ----------------------------------------------------------------------------------


def test_a_withdrawn_till_forgets_customers_and_secrets_and_keeps_its_journal(rig):
    loop = rig.loop()
    pins = PinKeyFile(rig.paths.pin_key)
    loop._keys = (pins, CustomerKeyFile(rig.paths.customer_key))
    rig.centre.pin_key = base64.b64encode(bytes(32)).decode()
    loop.step()
    assert load_key(rig.paths.pin_key) is not None
    sell(rig.till, "S1")
    kept = rig.till.journal.head.seq
    before = rig.till.reference._current().execute("SELECT payload FROM customer").fetchall()
    rig.centre.withdrawn = True
    loop.step()
    assert rig.till.reference.customer("C1") is None
    assert load_key(rig.paths.customer_key) is None
    assert load_key(rig.paths.pin_key) is None
    assert rig.state.stopped == "till_withdrawn"
    assert rig.till.journal.head.seq == kept
    assert rig.till.reference.count() == 3
    left = everything(rig)
    assert not [row for row in before if row[0].encode() in left]


def test_a_till_that_is_let_in_again_has_its_customers_again(rig):
    loop = rig.loop()
    loop.step()
    rig.centre.withdrawn = True
    loop.step()
    rig.centre.withdrawn = False
    loop.step()
    assert rig.till.reference.customer("C1").name == NAME


@pytest.mark.parametrize("round_", ["upload_round", "feed_round"])
def test_either_half_of_the_exchange_wipes(rig, round_):
    loop = rig.loop()
    loop.step()
    rig.centre.withdrawn = True
    getattr(loop, round_)()
    assert load_key(rig.paths.customer_key) is None


def test_a_till_without_data_has_nothing_to_wipe(rig):
    rig.files.drop()
    rig.centre.withdrawn = True
    rig.loop().step()
    assert rig.state.stopped == "till_withdrawn"


def test_a_file_that_cannot_be_wiped_is_unreadable_all_the_same(rig, monkeypatch):
    loop = rig.loop()
    loop.step()
    rig.centre.withdrawn = True

    def broken(_applier, _key_id):
        raise EnvironmentProblem("reference_io_error")

    monkeypatch.setattr(FeedApplier, "follow_key", broken)
    loop.step()
    assert rig.till.reference.customer("C1") is None


# --- without the centre -------------------------------------------------------------------------


def unreachable(rig, **step):
    """The centre was heard of now, and not for a while then."""
    UploadStore(rig.till.journal.file).contacted(rig.world.system.now(), 0, 0)
    rig.world.later(**step)


def test_after_some_days_without_the_centre_nobody_is_shown(rig):
    rig.loop().step()
    rig.till.basket.on_customer("C1")
    unreachable(rig, days=7)
    assert rig.till.customers.customer("C1").name == NAME
    rig.world.later(seconds=1)
    assert rig.till.customers.customer("C1") is None
    assert NAME not in rig.till.basket.refresh().customer
    with pytest.raises(DomainError, match="customers_withheld") as refused:
        rig.till.basket.on_customer("C2")
    assert refused.value.params == {"days": 7}
    sell(rig.till, "S1")
    unreachable(rig)
    assert rig.till.basket.on_customer("C1").customer == NAME


def test_the_chain_says_how_many_days_and_a_row_of_the_till_itself_beats_it(rig):
    rows = [
        FeedRow(kind="config", key="customer_data", scope=scope, seq=seq, op="put", d=payload)
        for seq, (scope, payload) in enumerate(
            [
                ("till:DE01-T1", customer_data_payload(1)),
                ("chain", customer_data_payload(9)),
            ],
            1,
        )
    ]
    rig.centre.put("config", *rows)
    rig.loop().step()
    unreachable(rig, days=1)
    assert rig.till.customers.customer("C1") is not None
    rig.world.later(seconds=1)
    assert rig.till.customers.customer("C1") is None


def test_a_clock_that_was_put_back_does_not_help(rig):
    rig.loop().step()
    unreachable(rig, hours=-23)
    assert rig.till.customers.customer("C1") is not None
    rig.world.later(hours=-2)
    assert rig.till.customers.customer("C1") is None


def test_a_till_that_cannot_read_its_lists_knows_nobody(rig):
    rig.files.drop()
    with pytest.raises(DomainError, match="customer_unknown"):
        rig.till.basket.on_customer("C1")


# --- who looked ---------------------------------------------------------------------------------


def looks(rig):
    return [
        parse_body(event.body) for event in all_events(rig.till) if event.type == "customer.looked"
    ]


def test_each_look_at_a_customer_is_journalled_also_without_the_centre(rig):
    rig.loop().step()
    rig.till.basket.on_customer("C1")
    rig.till.basket.refresh()
    rig.till.basket.on_no_customer()
    rig.till.basket.on_customer("C2")
    assert [(body["customer"], body["operator_id"]) for body in looks(rig)] == [
        ("C1", "101"),
        ("C2", "101"),
    ]
    with pytest.raises(DomainError, match="customer_unknown"):
        rig.till.basket.on_customer("C9")
    assert len(looks(rig)) == 2


def test_nobody_is_shown_whose_look_cannot_be_kept(rig, monkeypatch):
    rig.loop().step()

    def full(*_events):
        raise EnvironmentProblem("journal_disk_full")

    monkeypatch.setattr(rig.till.recorder, "record", full)
    with pytest.raises(EnvironmentProblem, match="journal_disk_full"):
        rig.till.basket.on_customer("C1")
    assert rig.till.basket.refresh().customer == ""
