"""Event bodies, their bytes and the chain; the examples of docs/protocol.md are worked out again."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from shared.basket import LineDiscount
from shared.errors import DomainError
from shared.journal import (
    EVENT_TYPES,
    canonical_bytes,
    event_type,
    first_prev_hash,
    link,
    parse_body,
    receipt_from_body,
    receipt_to_body,
)
from shared.journal.chain import event_header
from shared.journal.reader import BodyReader
from shared.receipt import Owed, PromotionUse
from shared.tax import split_gross
from shared.tender import Tender, TenderKind

PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"
EXAMPLE = re.compile(
    r"\*\*\d\*\* seq (\d+), `([\w.]+)` version (\d+), event id `([0-9a-f-]+)`\s+```text\n"
    r"body   (.*)\nheader ([0-9a-f]+)\nhash   ([0-9a-f]+)\n"
)


def examples():
    found = EXAMPLE.findall(PROTOCOL.read_text(encoding="utf-8"))
    assert len(found) == 3
    return found


def sale_body():
    return parse_body(examples()[1][4].encode())


def test_the_worked_examples_hold():
    previous = first_prev_hash("DE01-T1", 1)
    assert previous.hex() in PROTOCOL.read_text(encoding="utf-8")
    for seq, name, version, event_id, body, header, digest in examples():
        event = link(
            till_id="DE01-T1",
            incarnation=1,
            seq=int(seq),
            event_id=UUID(event_id),
            event_type=name,
            version=int(version),
            body=body.encode("utf-8"),
            prev_hash=previous,
        )
        assert (
            event_header("DE01-T1", 1, int(seq), UUID(event_id), name, int(version)).hex() == header
        )
        assert event.hash.hex() == digest
        assert canonical_bytes(parse_body(event.body)) == event.body
        previous = event.hash


def test_a_receipt_survives_the_journal():
    body = sale_body()
    receipt = receipt_from_body(UUID(int=2), body)
    assert receipt_to_body(receipt) == body
    assert str(receipt.receipt_id) == "DE01-T1-1-1"
    assert not receipt.is_return


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"total": 1991}, "receipt_sums_differ"),
        ({"vat": []}, "receipt_sums_differ"),
        ({"tenders": [{"kind": "cash", "amount": 1}]}, "receipt_sums_differ"),
        ({"tenders": [{"kind": "shells", "amount": 1990}]}, "event_field_wrong"),
        ({"mode": "joke"}, "event_field_wrong"),
        ({"basket_id": "x"}, "event_field_wrong"),
        ({"occurred_at": "2026-11-25T09:01:30"}, "event_field_wrong"),
        ({"occurred_at": "soon"}, "event_field_wrong"),
        ({"business_date": "soon"}, "event_field_wrong"),
        ({"total": True}, "event_field_wrong"),
        ({"lines": "none"}, "event_field_wrong"),
        ({"receipt": 1}, "event_field_wrong"),
        ({"fiscal": {"device": "none", "print": [1], "fields": {}}}, "event_field_wrong"),
        ({"store_id": 1}, "event_field_wrong"),
    ],
)
def test_a_receipt_that_disagrees_with_itself_is_refused(change, code):
    with pytest.raises(DomainError) as refused:
        receipt_from_body(UUID(int=2), {**sale_body(), **change})
    assert refused.value.code == code


GIFT_CARD = {"kind": "gift_card", "instrument": "2950000000000006"}


def test_a_gift_card_keeps_its_number_and_what_the_centre_was_asked():
    asked = str(UUID(int=7))
    body = {**sale_body(), "tenders": [{**GIFT_CARD, "amount": 1990, "authorisation": asked}]}
    receipt = receipt_from_body(UUID(int=2), body)
    assert receipt.tenders == (Tender(TenderKind.GIFT_CARD, 1990, UUID(int=7), "2950000000000006"),)
    assert receipt_to_body(receipt) == body


@pytest.mark.parametrize("lacks", ["authorisation", "instrument"])
def test_a_gift_card_that_nobody_was_asked_for_is_refused(lacks):
    whole = {**GIFT_CARD, "amount": 1990, "authorisation": str(UUID(int=7))}
    tender = {name: value for name, value in whole.items() if name != lacks}
    with pytest.raises(DomainError) as refused:
        receipt_from_body(UUID(int=2), {**sale_body(), "tenders": [tender]})
    assert refused.value.code == "event_field_wrong"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"gross": 1}, "receipt_sums_differ"), ({"quantity": "x"}, "event_field_wrong")],
)
def test_a_line_that_disagrees_with_itself_is_refused(change, code):
    body = sale_body()
    body["lines"] = [{**body["lines"][0], **change}]
    with pytest.raises(DomainError) as refused:
        receipt_from_body(UUID(int=2), body)
    assert refused.value.code == code


def test_manual_prices_and_missing_list_prices_are_kept():
    body = sale_body()
    body["lines"] = [{**body["lines"][0], "price_source": "manual", "list_price": None}]
    line = receipt_from_body(UUID(int=2), body).lines[0]
    assert (line.price_source, line.list_price) == ("manual", None)


def with_promotions():
    """The sale of the protocol page, 4.00 of it given by two promotions and 1.00 by hand, to a customer."""
    body = sale_body()
    gross = 1490
    vat = split_gross([("standard", Decimal(19), gross)])[0]
    given = [
        {"promotion": "P1", "version": 2, "amount": 300},
        {"promotion": "P2", "version": 1, "amount": 100},
    ]
    line = {**body["lines"][0], "discount": 500, "gross": gross, "discounts": given}
    used = {"id": "P1", "version": 2, "applications": 1, "amount": 300}
    return {
        **body,
        "lines": [line],
        "vat": [{**body["vat"][0], "gross": gross, "net": vat.net, "vat": vat.vat}],
        "tenders": [{"kind": "cash", "amount": gross}],
        "total": gross,
        "customer": "C1",
        "promotions": [
            {**used, "customer": "C1"},
            {**used, "id": "P2", "version": 1, "amount": 100},
        ],
        "pricing": {"at": "what it says is read by who prices again"},
    }


def test_customer_and_promotions_survive_the_journal():
    body = with_promotions()
    receipt = receipt_from_body(UUID(int=2), body)
    assert receipt.customer == "C1"
    assert receipt.promotions == (
        PromotionUse("P1", 2, 1, 300, "C1"),
        PromotionUse("P2", 1, 1, 100, "C1"),  # it counts for whom the receipt is for
    )
    assert receipt.lines[0].discounts == (LineDiscount("P1", 2, 300), LineDiscount("P2", 1, 100))
    again = receipt_to_body(receipt)
    assert receipt_from_body(UUID(int=2), again) == receipt
    assert {**again, "promotions": body["promotions"]} == body


def test_a_receipt_without_them_has_the_bytes_it_always_had():
    receipt = receipt_from_body(UUID(int=2), sale_body())
    assert (receipt.customer, receipt.promotions, receipt.lines[0].discounts) == ("", (), ())
    assert not {"customer", "promotions", "pricing"} & set(receipt_to_body(receipt))
    nobody = replace(receipt, promotions=(PromotionUse("P1", 1, 1, 0),))
    assert receipt_to_body(nobody)["promotions"] == [
        {"id": "P1", "version": 1, "applications": 1, "amount": 0}
    ]


def test_what_is_owed_survives_the_journal_and_is_of_a_known_kind():
    body = {**sale_body(), "owed": [{"kind": "points", "amount": 25}]}
    receipt = receipt_from_body(UUID(int=2), body)
    assert receipt.owed == (Owed(TenderKind.POINTS, 25),)
    assert receipt_to_body(receipt)["owed"] == body["owed"]
    assert "owed" not in receipt_to_body(replace(receipt, owed=()))
    with pytest.raises(DomainError, match="event_field_wrong"):
        receipt_from_body(UUID(int=2), {**body, "owed": [{"kind": "stars", "amount": 25}]})


@pytest.mark.parametrize(("applications", "counts"), [(3, 1), (1, 1), (0, 0), (-2, -1)])
def test_a_receipt_is_one_use_however_often_a_promotion_applied(applications, counts):
    assert PromotionUse("P1", 1, applications, 0).counts == counts


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer": 7}, "event_field_wrong"),
        ({"pricing": ["P1"]}, "event_field_wrong"),
        ({"promotions": "P1"}, "event_field_wrong"),
        ({"promotions": [{"id": "P1", "version": 1, "applications": 1}]}, "event_field_wrong"),
        ({"promotions": [{"id": "P1", "version": "1"}]}, "event_field_wrong"),
    ],
)
def test_promotions_that_cannot_be_read_are_refused(change, code):
    with pytest.raises(DomainError) as refused:
        receipt_from_body(UUID(int=2), {**with_promotions(), **change})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([{"promotion": "P1", "version": 1, "amount": 501}], "receipt_sums_differ"),
        ([{"promotion": "P1", "version": 1}], "event_field_wrong"),
        (5, "event_field_wrong"),
    ],
)
def test_promotions_give_a_line_no_more_than_its_discount(given, code):
    body = with_promotions()
    body["lines"] = [{**body["lines"][0], "discounts": given}]
    with pytest.raises(DomainError) as refused:
        receipt_from_body(UUID(int=2), body)
    assert refused.value.code == code


@pytest.mark.parametrize("data", [b"\xff", b"[]", b"{", b'{"a":1.5}', b"[" * 100_000])
def test_bodies_that_are_no_objects_are_refused(data):
    with pytest.raises(DomainError) as refused:
        parse_body(data)
    assert refused.value.code == "event_body_malformed"


def test_floats_never_become_bytes():
    with pytest.raises(TypeError, match="no floats"):
        canonical_bytes({"a": [{"b": 1.0}]})
    assert (
        canonical_bytes({"rule": EVENT_TYPES["sale.completed"].conflict_rule}) == b'{"rule":"fact"}'
    )
    assert canonical_bytes({"b": ["ä"], "a": None}) == '{"a":null,"b":["ä"]}'.encode()


def test_types_are_known_by_name():
    assert event_type("sale.completed").version == 1
    assert all(name == kind.name for name, kind in EVENT_TYPES.items())
    with pytest.raises(DomainError):
        event_type("sale.imagined")


def test_a_till_id_fits_the_header():
    with pytest.raises(ValueError, match="32 ASCII"):
        event_header("A" * 33, 1, 1, UUID(int=1), "x", 1)


def test_reader_defaults():
    read = BodyReader({"n": None})
    assert read.optional_integer("n") is None
    assert read.text("missing", "x") == "x"
