"""Finding customers at a till: by marks that name nobody, by card, offline; and what is looked at is kept."""

import pytest

from pos_client.app.customers import SHOWN
from pos_client.app.newcomers import NewcomerFacts
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.sqlite import connect
from pos_client.storage.upload_state import UploadStore
from shared.customers import ConsentPurpose, contact_words
from shared.errors import DomainError
from shared.journal import parse_body
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedRow
from tests.integration.till_rig import Rig, filled
from tests.integration.till_world import all_events, page, sealing

PHONE, MAIL, CARD = "+49 171 5550009", "ada@example.org", "KD-1000"
ADA = CustomerRow(
    "C1", "Adalgunde Löwenzahn", also=(CARD,), contacts=contact_words(PHONE, MAIL), phone_end="009"
)
BEN, BO = CustomerRow("C2", "Ben Löwe"), CustomerRow("C3", "Bo Li")


def put(*rows, op="put"):
    return [
        FeedRow(
            kind="customer",
            key=row.number,
            scope="chain",
            seq=at,
            op=op,
            d=customer_payload(row) if op == "put" else None,
        )
        for at, row in enumerate(rows, 1)
    ]


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    filled(rig.centre)
    apply(rig, *put(ADA, BEN, BO))
    yield rig
    rig.close()


def apply(rig, *rows):
    applier = FeedApplier(rig.files.current(), sealing(rig.paths))
    assert applier.take("customer", page(list(rows))).quarantined == 0
    applier.close()


def found(rig, text):
    return [row.number for row in rig.till.customers.find(text).rows]


def looks(rig):
    return [
        parse_body(event.body)["customer"]
        for event in all_events(rig.till)
        if event.type == "customer.looked"
    ]


FITTING = (
    ("löwe", ["C1", "C2"]),
    ("LOE", []),
    ("ada low", ["C1"]),
    ("adalgunde löwenzahn", ["C1"]),
    ("adalgunde löwenzahnx", []),
    ("bo", ["C3"]),
    ("b", []),
    ("li", ["C3"]),
    ("0171 5550009", ["C1"]),
    ("+49 171 5550009", ["C1"]),
    ("0171 555", []),
    ("Ada@Example.org", ["C1"]),
    ("kd-1000", ["C1"]),
    ("c2", ["C2"]),
    ("", []),
    ("?", []),
)


def test_whom_a_text_fits_is_found_without_the_centre(rig):
    for text, numbers in FITTING:
        before = len(looks(rig))
        assert found(rig, text) == numbers, text
        assert looks(rig)[before:] == numbers, text


def test_the_file_holds_neither_names_nor_contacts_and_no_hash_that_others_could_make(rig):
    found(rig, "löwe")
    files = b"".join(p.read_bytes() for p in rig.paths.root.rglob("*") if p.is_file())
    words = (b"Adalgunde", b"adalgunde", b"wenzahn", b"5550009", b"ada@", CARD.encode())
    assert not [word for word in words if word in files]
    connection = connect(rig.files.current(), synchronous="NORMAL", read_only=True)
    marks = {row[0] for row in connection.execute("SELECT mark FROM customer_mark")}
    connection.close()
    assert sealing(rig.paths).marks(["lowe"])[0] in marks
    rig.paths.customer_key.write_bytes(bytes(32))
    assert sealing(rig.paths).marks(["lowe"])[0] not in marks
    assert found(rig, "löwe") == []
    rig.paths.customer_key.unlink()
    assert found(rig, "löwe") == []


def test_who_changes_or_leaves_is_found_by_what_holds_now(rig):
    apply(rig, *put(CustomerRow("C1", "Ada Berg")))
    assert (found(rig, "löwe"), found(rig, "berg"), found(rig, CARD)) == (["C2"], ["C1"], [])
    apply(rig, *put(BEN, op="remove"))
    assert found(rig, "löwe") == []
    connection = connect(rig.files.current(), synchronous="NORMAL", read_only=True)
    left = {row[0] for row in connection.execute("SELECT DISTINCT number FROM customer_mark")}
    connection.close()
    assert left == {"C1", "C3"}


def test_only_so_many_are_shown_and_looked_at(rig):
    apply(rig, *put(*(CustomerRow(f"M{n:02}", f"Mia Mond {n:02}") for n in range(SHOWN + 3))))
    hit = rig.till.customers.find("mia")
    assert ([row.number for row in hit.rows], hit.more) == (
        [f"M{n:02}" for n in range(SHOWN)],
        True,
    )
    assert len(looks(rig)) == SHOWN


def test_a_card_names_its_customer_at_any_moment(rig):
    basket = rig.till.basket
    assert basket.on_customer("kd 1000".replace(" ", "-")).customer_number == "C1"
    basket.on_add("S1")
    assert basket.on_no_customer().customer_number == ""
    assert basket.on_customer(CARD).customer == ADA.name
    with pytest.raises(DomainError, match="customer_unknown"):
        basket.on_customer("KD-1001")
    # A word of a name is no number.
    with pytest.raises(DomainError, match="customer_unknown"):
        basket.on_customer("bo")


def test_a_newcomer_is_found_like_everybody_and_by_the_card(rig):
    facts = NewcomerFacts(
        "Cora Löwe", PHONE, "cora@example.org", "kd-7", frozenset((ConsentPurpose.MAIL,))
    )
    number = rig.till.customers.take_down(facts)
    assert found(rig, "löwe cora") == found(rig, "cora@example.org") == [number]
    assert rig.till.customers.customer("KD-7").number == number
    assert rig.till.basket.on_customer("KD-7").customer == "Cora Löwe"
    said = [parse_body(e.body) for e in all_events(rig.till) if e.type == "consent.changed"]
    assert [(s["customer"], s["purpose"], s["given"]) for s in said] == [(number, "mail", True)]
    for card in ("kd-7", CARD):
        with pytest.raises(DomainError, match="customer_card_taken"):
            rig.till.customers.take_down(NewcomerFacts("Dora", card=card))
    with pytest.raises(DomainError, match="customer_email_invalid"):
        rig.till.customers.take_down(NewcomerFacts("Dora", email="dora"))


def test_a_till_that_may_show_nobody_finds_nobody(rig):
    UploadStore(rig.till.journal.file).contacted(rig.world.system.now(), 0, 0)
    rig.world.later(days=8)
    with pytest.raises(DomainError, match="customers_withheld"):
        found(rig, "löwe")
    assert looks(rig) == []
