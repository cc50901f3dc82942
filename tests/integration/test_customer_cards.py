"""Customers at head office: found by what they say, their cards, two merged into one with everything they have."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from central_server.app import cli
from central_server.features.audit import service as audit
from central_server.features.audit.repository import AuditFilter
from central_server.features.audit.trail_chain import TRAIL_CHAIN
from central_server.features.coupons import batches
from central_server.features.coupons import repository as code_repository
from central_server.features.customers import cards, finding
from central_server.features.customers.look_chain import LOOK_CHAIN
from central_server.features.customers.service import CustomerDraft, enter_batch, facts_of
from central_server.features.customers.tables import (
    customer,
    customer_find,
    customer_look,
)
from central_server.features.instruments.merging import erase_customer, merge_customers
from central_server.features.loyalty import credit
from central_server.platform.schema import metadata
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError
from shared.loyalty import Purse
from shared.wire.customer_payloads import offline_days_from_payload
from tests.integration.loyalty_rig import POINTS
from tests.integration.promotion_rig import promotion, used
from tests.integration.test_codes import DRAWN
from tests.integration.test_purses import CARD, Desk

OTHER_CARD = "KD-20002"
# Lead from a number to its token for what is still to come, and tell tills to forget the number.
RESOLVES = frozenset(("customer_alias", "customer_token", "feed_entry"))
ADA = {"phone": "+49 171 5550001", "email": "ada@example.org", "birthday": date(1980, 11, 22)}


@pytest.fixture
def desk(web_centre):
    desk = Desk(web_centre)
    desk.publish(POINTS)
    desk.enter("C1", name="Ada Löwe", **ADA)
    desk.enter("C2", name="Bo Birke", phone="0171 5550002")
    yield desk
    assert desk.books.findings() == []


def enter(self, number, words=None, **facts):
    draft = CustomerDraft(number, facts, words or {})
    self.write(lambda unit: enter_batch(unit, [draft], self.clock.now()))


Desk.enter = enter


def find(desk, text):
    with reading(desk.database) as unit:
        return [hit.number for hit in finding.find_customers(unit, text)]


def named(desk, text):
    with reading(desk.database) as unit:
        return cards.named_by(unit, text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("löw", ["C1"]),
        ("LOEWE", []),
        ("ada lo", ["C1"]),
        ("ada bir", []),
        ("0171 555", ["C1", "C2"]),
        ("+49 171 5550001", ["C1"]),
        ("ada@ex", ["C1"]),
        ("kd-10", ["C1"]),
        ("c2", ["C2"]),
        ("", []),
        ("%", []),
        ("_", []),
    ],
)
def test_customers_are_found_by_what_they_say(desk, text, numbers):
    assert find(desk, text) == numbers


def test_what_changes_is_found_anew_and_what_was_is_not(desk):
    desk.enter("C1", name="Ada Wolf")
    assert (find(desk, "löwe"), find(desk, "wolf")) == ([], ["C1"])


def test_customers_of_an_older_release_become_findable(desk):
    with reading(desk.database) as unit:
        everyone = unit.connection.execute(select(customer.c.number)).all()
    desk.write(lambda unit: unit.connection.execute(customer_find.delete()))
    assert find(desk, "löwe") == []
    assert desk.write(finding.fill) == len(everyone)
    assert desk.write(finding.fill) == 0
    assert find(desk, "löwe") == ["C1"]


def refused(desk, do, *words):
    with pytest.raises(DomainError) as refusal:
        desk.write(lambda unit: do(unit, *words, desk.change()))
    return refusal.value.code


def test_cards_are_issued_blocked_and_replaced(desk):
    desk.write(lambda unit: cards.issue(unit, "C1", "kd-1001", desk.change()))
    assert named(desk, "KD-1001") == named(desk, CARD) == "C1"
    assert refused(desk, cards.issue, "C2", CARD) == "customer_card_taken"
    assert refused(desk, cards.issue, "NOBODY", "KD-9999") == "customer_unknown"
    assert refused(desk, cards.issue, "C1", "x") == "customer_card_invalid"
    assert refused(desk, cards.unblock, CARD) == "customer_card_active"
    assert refused(desk, cards.block, "KD-9999") == "customer_card_unknown"
    lost = replace(desk.change(), reason="lost")
    desk.write(lambda unit: cards.block(unit, CARD, lost))
    assert refused(desk, cards.block, CARD) == "customer_card_blocked"
    with pytest.raises(DomainError, match="customer_card_blocked"):
        named(desk, CARD)
    desk.write(lambda unit: cards.unblock(unit, CARD, desk.change()))
    desk.write(lambda unit: cards.replace_card(unit, CARD, "KD-2000", lost))
    assert refused(desk, cards.replace_card, CARD, "KD-3000") == "customer_card_replaced"
    assert refused(desk, cards.replace_card, "KD-2000", "KD-1001") == "customer_card_taken"
    assert named(desk, "KD-2000") == "C1"
    with reading(desk.database) as unit:
        trail = audit.entries(unit, AuditFilter(kind="customer_card"))
    assert [(entry.action, entry.key) for entry in trail][:2] == [
        ("changed", CARD),
        ("added", "KD-2000"),
    ]


def merge(desk, old="C2", into="C1"):
    return desk.write(lambda unit: merge_customers(unit, old, into, desk.change()))


def test_two_customers_become_one_with_everything_they_have(desk):
    desk.enter("C2", {"groups": ("vip",)}, name="Bo Birke", since=date(2019, 5, 1))
    desk.write(lambda unit: cards.issue(unit, "C2", "KD-5000", desk.change()))
    desk.publish(promotion("P1", limit={"per_customer": 1}))
    number = desk.buy("C2")
    desk.grant("other bonus", 500, Purse.BONUS, "C2")
    ends = [lot.terms for lot in desk.purse(customer="C2").lots]
    assert merge(desk) == "C1"
    assert named(desk, "C2") == named(desk, "KD-5000") == "C1"
    assert find(desk, "kd-5000") == ["C1"]
    assert desk.purse(customer="C2").balance == 0
    assert desk.purse().balance == 10_070
    assert {lot.terms for lot in desk.purse().lots} >= set(ends)
    assert desk.purse(Purse.BONUS).balance == 10_500
    with reading(desk.database) as unit:
        facts = facts_of(unit, ["C1", "C2"])
    assert set(facts) == {"C1"}
    assert (facts["C1"].purchases, facts["C1"].since) == (1, date(2019, 5, 1))
    assert facts["C1"].lists == {"groups": ("vip",)}
    # Receipts that name the old number still count, and what they earned is taken back.
    desk.buy("C2", goods=(("A-1", "1", 3000),))
    assert desk.purse().balance == 10_100
    desk.bring_back(number, (1, 2, 2000), (2, 1, 3000))
    assert desk.purse().balance - desk.purse().debt == 10_030
    desk.enter("C2", name="Out of an old file")
    assert named(desk, "C2") == "C1"


def test_old_numbers_resolve_through_every_merger(desk):
    desk.enter("C3", name="Cleo Buche")
    merge(desk, "C3", "C2")
    merge(desk, "C2", "C1")
    assert [named(desk, number) for number in ("C1", "C2", "C3")] == ["C1"] * 3
    with reading(desk.database) as unit:
        assert cards.old_numbers(unit, "C1") == ["C2", "C3"]
    assert refused(desk, merge_customers, "C3", "C1") == "customer_same"
    assert refused(desk, merge_customers, "NOBODY", "C1") == "customer_unknown"


def test_nobody_is_merged_while_something_is_held(desk):
    desk.approved("wallet", "a", 100)
    assert refused(desk, merge_customers, "C1", "C2") == "customer_holds"
    assert named(desk, "C1") == "C1"


def test_what_is_owed_moves_and_the_higher_limit_holds(desk):
    desk.approved("invoice", "a", 4_000)
    desk.pay("invoice", "a", 4_000)
    assert merge(desk, "C1", "C2") == "C2"
    with reading(desk.database) as unit:
        assert credit.credit_of(unit, "C2", "EUR") == credit.Credit(10_000, 4_000, 6_000)
        assert credit.credit_of(unit, "C1", "EUR") == credit.Credit(0, 0, 0)


def test_uses_of_promotions_count_for_who_stays(desk):
    desk.publish(promotion("P1", limit={"per_customer": 1}))
    desk.till.sell(customer="C2", promotions=[used("P1")])
    desk.book()
    merge(desk)
    desk.till.sell(customer="C1", promotions=[used("P1")])
    desk.book()
    assert desk.notices() == ["promotion_customer_overshot"]


def test_the_till_that_looks_is_kept_for_the_customer(desk):
    desk.signed.post("/api/v1/till/purses", {"instrument": CARD})
    with reading(desk.database) as unit:
        (look,) = finding.looks_at(unit, "C1")
    assert (look.looked_by, look.purpose) == ("DE01-T1", "till")


@pytest.fixture
def command(desk, furnished_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRESEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRESEN_DATABASE_URL", furnished_url)

    def run(*words):
        status = cli.main(["customer", *words])
        printed = capsys.readouterr()
        return status, (printed.out + printed.err).splitlines()

    return run


def test_the_commands(command):
    assert command("find", "löwe") == (
        0,
        ["C1  Ada Löwe  +49 171 5550001  ada@example.org  KD-1000"],
    )
    assert command("find", "xyz") == (1, ["nobody"])
    assert command("issue", "C1", "KD-1001")[0] == 0
    assert command("block", "KD-1001", "--reason", "lost")[0] == 0
    assert command("unblock", "KD-1001")[0] == 0
    assert command("replace", "KD-1001", "KD-1002")[0] == 0
    assert command("block", "KD-1001") == (
        2,
        ["tresen: Another card took over from this one. Use that one."],
    )
    assert command("credit", "C1", "50.00") == (0, ["invoice  owes 0.00 of 50.00 EUR  free 50.00"])
    assert command("pay", "C1", "1", "--store", "DE01") == (
        2,
        ["tresen: Only 0.00 are owed. Pay that much."],
    )
    assert command("credit", "C2", "0") == (0, ["nothing is sold on invoice"])
    assert command("merge", "C2", "C1") == (0, ["C2 is C1 now"])
    status, lines = command("show", "c2")
    assert status == 2
    status, lines = command("show", "C2")
    assert (status, lines[0]) == (0, "C1  Ada Löwe  +49 171 5550001  ada@example.org")
    assert "  was C2" in lines
    assert "  card KD-1001  replaced by KD-1002" in lines
    assert "  points  10000 PTS-CLUB  free 10000 PTS-CLUB" in lines
    assert lines[-1].endswith("  command  search")


def test_how_long_tills_show_customers_offline(command, desk):
    assert command("offline-days") == (0, ["7 days"])
    assert command("offline-days", "3") == (0, ["3 days"])
    assert command("offline-days", "91") == (
        2,
        ["tresen: Tills may show customers for 0 to 90 days offline."],
    )
    assert command("offline-days") == (0, ["3 days"])
    desk.centre.drain()
    held, _ = desk.signed.follow("config")
    assert offline_days_from_payload(held["config", "chain", "customer_data"]) == 3


# --- looks and erasing --------------------------------------------------------------------------


def chain(desk):
    desk.write(LOOK_CHAIN.chain_all)
    with reading(desk.database) as unit:
        return LOOK_CHAIN.first_broken(unit)


def looked(desk, number="C1", by="101"):
    facts = {"customer": number, "operator_id": by, "occurred_at": desk.clock.now().isoformat()}
    desk.till.journal("customer.looked", facts)
    desk.book()


def test_a_look_at_a_till_that_was_offline_is_kept_for_the_customer(desk):
    looked(desk)
    with reading(desk.database) as unit:
        (look,) = finding.looks_at(unit, "C1")
    assert (look.looked_by, look.purpose) == ("101", "till DE01-T1")


@pytest.mark.parametrize(
    "harm",
    [
        customer_look.update().values(looked_by="109").where(customer_look.c.position == 2),
        customer_look.update().values(token="other").where(customer_look.c.position == 2),
        customer_look.delete().where(customer_look.c.position == 2),
    ],
)
def test_looks_are_chained_and_what_is_changed_behind_their_back_shows(desk, harm):
    assert chain(desk) is None
    for by in ("101", "102", "103"):
        looked(desk, by=by)
    assert chain(desk) is None
    looked(desk, "C2")
    assert chain(desk) is None
    with reading(desk.database) as unit:
        rows = unit.connection.execute(select(customer_look)).all()
    assert sorted(row.position for row in rows) == [1, 2, 3, 4]
    assert {row.token for row in rows}.isdisjoint({"C1", "C2", None})
    assert len({row.token for row in rows}) == 2
    desk.write(lambda unit: unit.connection.execute(harm))
    assert chain(desk) == 2


def everything(desk):
    with reading(desk.database) as unit:
        return "\n".join(
            str(row)
            for table in metadata.sorted_tables
            if not table.name.startswith("journal_")
            for row in unit.connection.execute(select(table))
        )


def test_who_is_erased_is_nobody_any_more_and_loses_nothing(desk, command):
    desk.enter("C1", {"groups": ("vip",)})
    desk.write(lambda unit: cards.issue(unit, "C1", OTHER_CARD, desk.change()))
    desk.write(
        lambda unit: cards.block(unit, OTHER_CARD, replace(desk.change(), reason="Ada lost it"))
    )
    looked(desk)
    desk.centre.drain()
    held, cursor = desk.signed.follow("customer")
    assert held["customer", "chain", "C1"]["name"] == "Ada Löwe"
    before = desk.purse(Purse.WALLET).balance
    status, lines = command("erase", CARD, "--yes")
    assert status == 0
    token = lines[-1].rsplit(" ", 1)[1]
    left = everything(desk)
    assert not [
        word
        for word in ("Ada", "Löwe", "loewe", "ada@", "5550001", "1980", CARD, OTHER_CARD, "vip")
        if word in left
    ]
    for text in ("C1", CARD, token):
        with reading(desk.database) as unit, pytest.raises(DomainError, match="customer_unknown"):
            cards.named_by(unit, text)
    assert find(desk, "ada") == find(desk, "c1") == find(desk, token[:6]) == []
    desk.write(finding.fill)
    assert find(desk, token[:6]) == []
    desk.centre.drain()
    held, _ = desk.signed.follow("customer", cursor)
    assert set(held.values()) == {None}
    assert desk.purse(Purse.WALLET, token).balance == before
    assert chain(desk) is None
    looked(desk)
    assert chain(desk) is None
    with reading(desk.database) as unit:
        assert len(finding.looks_at(unit, token)) == 2
    assert command("erase", "C1", "--yes")[0] == 2
    assert command("looks") == (0, ["the chain holds"])
    with reading(desk.database) as unit:
        entries = audit.entries(unit, AuditFilter(object_key=token))
    # That a card was blocked, and that there was a reason, stays.
    assert {"reason": "…", "state": "blocked"} in [entry.after for entry in entries]
    assert entries[0].action == "redacted"
    desk.write(TRAIL_CHAIN.chain_all)
    with reading(desk.database) as unit:
        assert TRAIL_CHAIN.first_broken(unit) is None


def test_codes_of_a_customer_move_with_the_number(desk):
    each = replace(DRAWN, size=2, one_each=True)
    desk.write(lambda unit: batches.make(unit, each, "9001", desk.clock.now(), ["C1", "C2"]))
    merge(desk)
    with reading(desk.database) as unit:
        assert code_repository.owners_of(unit, each.batch_id, 0, 2) == {0: "C1", 1: "C1"}


def test_no_table_keeps_the_number_of_who_is_erased(desk):
    desk.enter("C77", name="Cy Ahorn")
    desk.enter("C78", name="Cy Ahorn")
    each = replace(DRAWN, size=1, one_each=True)
    desk.write(lambda unit: batches.make(unit, each, "9001", desk.clock.now(), ["C77"]))
    merge(desk, "C78", "C77")
    token = desk.write(lambda unit: erase_customer(unit, "C77", desk.change()))
    desk.centre.drain()
    with reading(desk.database) as unit:
        left = {
            table.name: [str(row) for row in unit.connection.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name not in RESOLVES and not table.name.startswith("journal_")
        }
        assert code_repository.owner_of(unit, (each.batch_id, 0)) == token
    found = {
        name: [row for row in rows if "C77" in row or "C78" in row] for name, rows in left.items()
    }
    assert {name: rows for name, rows in found.items() if rows} == {}
    desk.write(TRAIL_CHAIN.chain_all)
    with reading(desk.database) as unit:
        assert TRAIL_CHAIN.first_broken(unit) is None


def test_a_receipt_that_comes_late_is_booked_under_the_token(desk):
    token = desk.write(lambda unit: erase_customer(unit, "C1", desk.change()))
    points = desk.purse(Purse.POINTS, token)
    desk.buy(customer="C1")
    assert desk.purse(Purse.POINTS, token).pending > points.pending
    with reading(desk.database) as unit:
        assert cards.owner_of(unit, "C1") == token
