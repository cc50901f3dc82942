"""Signature texts, protocol numbers and feed payloads."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.catalogue import Item
from shared.errors import DomainError
from shared.pricing import PriceEntry
from shared.tax import RATE_TABLE, VatRate
from shared.wire import PROTOCOL_CURRENT, check_protocol
from shared.wire.digest import DigestSum, digest_of
from shared.wire.models import SnapshotManifest, intake_signed_text
from shared.wire.payloads import (
    StaffRow,
    StockLevel,
    StoreName,
    business_clock_from_payload,
    business_clock_payload,
    item_from_payload,
    item_payload,
    price_payload,
    prices_from_payload,
    staff_from_payload,
    staff_payload,
    stock_level_from_payload,
    stock_level_key,
    stock_level_payload,
    store_name_from_payload,
    store_name_payload,
    vat_from_payload,
    vat_key,
    vat_payload,
)
from shared.wire.reference_schema import search_text
from shared.wire.signing import (
    SignatureInput,
    content_digest,
    format_signature,
    parse_signature,
    parse_signature_input,
    signature_base,
)
from tests.support.journals import ImaginedTill

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_signed_text_of_the_protocol_page():
    given = SignatureInput(1764057600, "A" * 16, "DE01-T1.1")
    text = signature_base("get", "/api/v1/till/state", "", content_digest(b""), given).decode()
    assert text.splitlines()[0] == '"@method": GET'
    assert "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:" in text
    assert (given.till_id, given.incarnation) == ("DE01-T1", 1)
    assert parse_signature_input(given.header()) == given


@pytest.mark.parametrize("header", [None, "", 'tresen=("@method");created=1', 'x="y"'])
def test_other_signature_inputs_are_refused(header):
    with pytest.raises(DomainError) as refused:
        parse_signature_input(header)
    assert refused.value.code == "signature_missing"


def test_signatures_travel_as_base64():
    assert parse_signature(format_signature(b"\x01" * 64)) == b"\x01" * 64
    for header in (None, "tresen=:AA==:"):
        with pytest.raises(DomainError):
            parse_signature(header)


def test_protocol_numbers():
    assert check_protocol(str(PROTOCOL_CURRENT)) == PROTOCOL_CURRENT
    for header, code in (
        (None, "protocol_missing"),
        ("x", "protocol_missing"),
        ("99", "protocol_unsupported"),
    ):
        with pytest.raises(DomainError) as refused:
            check_protocol(header)
        assert refused.value.code == code


def test_items_travel_whole():
    full = Item(
        sku="A-38", article_no="A", names={"de": "Hemd"}, vat_category="standard", size="38", colour="blau",
        brand="Möwe", category="shirts", uom="KGM", age_class=18, discountable=False,
        barcodes=("4006381333931",), images=("a.png",), attributes={"season": "s26"},
        picture="a1" * 32,
    )  # fmt: skip
    bare = Item(sku="B", article_no="B", names={}, vat_category="zero")
    assert item_from_payload(item_payload(full)) == full
    assert item_from_payload(item_payload(bare)) == bare
    assert set(item_payload(bare)) == {"sku", "article_no", "names", "vat"}
    assert search_text(full) == "hemd a-38 a möwe 38 blau 4006381333931"


def test_prices_travel_whole():
    entries = (
        PriceEntry("A", "market:DE", 1999, "EUR", AT, AT.replace(year=2027), "FLYER", "web"),
        PriceEntry("A", "market:DE", 2999, "EUR", AT),
    )
    assert prices_from_payload("A", "market:DE", price_payload(entries)) == entries


def test_vat_rows_travel_whole():
    for row in RATE_TABLE:
        assert vat_from_payload(vat_payload(row)) == row
    assert (
        vat_key(VatRate("DE", "standard", date(2021, 1, 1), Decimal(19), "x"))
        == "DE|standard|2021-01-01"
    )


def test_staff_travel_whole():
    row = StaffRow("101", "Kim Kater", "cashier", "de", "$argon2id$", active=False)
    assert staff_from_payload(staff_payload(row)) == row


def test_signed_texts_name_every_field():
    manifest = SnapshotManifest(
        snapshot_id="s", market="DE", epoch="e", seq=5, schema_version=1, rows=2, size=3, sha256="0" * 64,
        compressed_size=1, compressed_sha256="1" * 64, built_at=AT,
    )  # fmt: skip
    assert manifest.signed_text().decode().split("\n")[:4] == ["s", "DE", "e", "5"]
    assert intake_signed_text("T", 1, 2, "ab", AT) == b"T\n1\n2\nab\n2026-11-25T12:00:00+00:00"


def test_stock_levels_travel_whole():
    level = StockLevel("A-38", "DE01", Decimal("-1.5"))
    assert stock_level_from_payload(stock_level_payload(level)) == level
    assert stock_level_key("A-38", "DE01") == "DE01|A-38"


def test_store_names_travel_whole():
    store = StoreName("DE02", "Altstadt", "Bonn")
    assert store_name_from_payload(store_name_payload(store)) == store
    assert store_name_from_payload({"store_id": "DE02", "name": "Altstadt"}).city == ""


def test_the_moved_business_clock_travels_in_seconds():
    assert business_clock_from_payload(business_clock_payload(-86_400)) == -86_400
    with pytest.raises(DomainError):
        business_clock_from_payload({"offset_seconds": "soon"})


def test_the_digest_is_that_of_the_protocol_page_in_any_order():
    rows = [("item", "A-38", "chain", 7), ("price", "A-38", "market:DE", 9)]
    expected = sum(
        int.from_bytes(
            hashlib.sha256("\0".join((*row[:3], str(row[3]))).encode()).digest()[:8], "big"
        )
        for row in rows
    ) % (1 << 64)
    assert digest_of(rows) == digest_of(reversed(rows)) == DigestSum(2, f"{expected:016x}")
    assert digest_of([]) == DigestSum(0, "0" * 16)


def test_a_batch_says_where_it_begins_and_keeps_the_bytes():
    till = ImaginedTill()
    till.sell()
    till.sell()
    batch = till.batch(2)
    assert (batch.from_seq, batch.incarnation, len(batch.events)) == (2, 1, 1)
    assert batch.events[0].body.encode() == till.events[1].body
