"""Snapshots: a ready file that is exactly the feed at one number, signed, and downloadable in pieces."""

import base64
import gzip
import hashlib
import json
from datetime import timedelta

import pytest

from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.pricing.service import set_price
from central_server.gateway import snapshots
from central_server.platform.database import sqlite_module
from central_server.platform.scheduler import job_lock
from central_server.platform.security import verify_signature
from central_server.platform.unit_of_work import run_writing
from shared.errors import DomainError
from shared.pricing import PriceEntry
from shared.wire.models import SnapshotManifest
from shared.wire.payloads import item_from_payload
from shared.wire.reference_schema import SCHEMA_VERSION

CURRENT = "/api/v1/till/snapshots/current"


def enter(centre, *skus):
    at = centre.clock.now()

    def work(unit):
        articles = [
            ArticleDraft(sku, {"de": f"Hose {sku}", "en": f"Trousers {sku}"}) for sku in skus
        ]
        variants = [VariantDraft(sku, sku, "M", "rot", (f"HAUS-{sku}",)) for sku in skus]
        enter_batch(unit, articles, variants, at)
        for sku in skus:
            for scope in ("market:DE", "market:AT", "store:DE01"):
                set_price(unit, PriceEntry(sku, scope, 1990, "EUR", at), at)

    run_writing(centre.context.database, work)
    centre.drain()


def download(centre, till):
    manifest = SnapshotManifest.model_validate(till.get(CURRENT).json())
    answer = till.get(f"/api/v1/till/snapshots/{manifest.snapshot_id}/file")
    assert answer.status_code == 200
    return manifest, answer.content


@pytest.fixture(params=["one process", "several"])
def opened(web_centre, tmp_path, request, monkeypatch):
    """The file that a till of DE01 gets, opened."""
    if request.param == "several":
        monkeypatch.setattr(snapshots, "_WORTH_PROCESSES", 0)
    enter(web_centre, "A1", "A2", "A3")
    snapshots.build_all(web_centre.context, ["DE"])
    till = web_centre.join("DE01-T1")
    manifest, packed = download(web_centre, till)
    path = tmp_path / "reference.db"
    path.write_bytes(gzip.decompress(packed))
    connection = sqlite_module().connect(str(path))
    yield web_centre, till, manifest, packed, connection
    connection.close()


def test_the_manifest_describes_and_signs_the_file(opened):
    centre, _, manifest, packed, _ = opened
    raw = gzip.decompress(packed)

    assert (manifest.market, manifest.schema_version) == ("DE", SCHEMA_VERSION)
    assert (manifest.size, manifest.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert manifest.compressed_size == len(packed)
    assert manifest.compressed_sha256 == hashlib.sha256(packed).hexdigest()
    key = centre.context.signing_key.public_bytes
    assert verify_signature(key, base64.b64decode(manifest.signature), manifest.signed_text())


def test_the_file_is_the_feed_at_its_number(opened):
    _, till, manifest, _, connection = opened
    held, _ = till.follow("reference")
    wide = {key: value for key, value in held.items() if not key[1].startswith("store:")}

    found = {}
    for sku, payload in connection.execute("SELECT sku, payload FROM item"):
        found["item", "chain", sku] = json.loads(payload)
    for sku, scope, payload in connection.execute("SELECT sku, scope, payload FROM price"):
        found["price", scope, sku] = json.loads(payload)
    for key, scope, payload in connection.execute("SELECT key, scope, payload FROM vat"):
        found["vat", scope, key] = json.loads(payload)

    assert found == wide
    assert manifest.rows == len(found)


def test_a_till_goes_on_from_the_file(opened):
    centre, till, _, _, connection = opened
    cursor = connection.execute("SELECT cursor FROM feed_cursor WHERE feed='reference'").fetchone()[
        0
    ]
    enter(centre, "A4")

    held, _ = till.follow("reference", cursor)

    # What is new, and the rows of the till's own store, which no snapshot has.
    assert {key for key in held if key[1] == "store:DE01"} == {
        ("price", "store:DE01", sku) for sku in ("A1", "A2", "A3", "A4")
    }
    assert {key[2] for key in held if key[0] == "item"} == {"A4"}


def test_scanning_and_searching_work_at_once(opened):
    connection = opened[-1]

    sku = connection.execute("SELECT sku FROM barcode WHERE code='HAUS-A2'").fetchone()[0]
    row = connection.execute(
        "SELECT item.payload FROM search JOIN item ON item.id = search.rowid WHERE search MATCH 'trous* A2'"
    ).fetchone()

    assert sku == item_from_payload(json.loads(row[0])).sku == "A2"
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_download_goes_on_where_it_broke_off(opened):
    _, till, manifest, packed, _ = opened
    target = f"/api/v1/till/snapshots/{manifest.snapshot_id}/file"
    half = len(packed) // 2

    first = till.get(target, {"Range": f"bytes=0-{half - 1}"})
    rest = till.get(target, {"Range": f"bytes={half}-", "If-Range": first.headers["etag"]})

    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == packed
    assert till.get(target, {"Range": f"bytes={len(packed)}-"}).status_code == 416


def test_no_snapshot_yet_is_said(web_centre):
    answer = web_centre.join("DE01-T1").get(CURRENT)

    assert (answer.status_code, answer.json()["code"]) == (404, "snapshot_none")


def test_the_last_two_are_kept(web_centre):
    context = web_centre.context
    web_centre.drain()
    till = web_centre.join("DE01-T1")
    built = []
    for _ in range(3):
        web_centre.clock.at += timedelta(minutes=1)
        built += snapshots.build_all(context, ["DE"])

    answers = [till.get(f"/api/v1/till/snapshots/{m.snapshot_id}/file").status_code for m in built]

    assert answers == [410, 200, 200]
    assert till.get(CURRENT).json()["snapshot_id"] == built[-1].snapshot_id
    assert len(list(context.settings.snapshots_dir.iterdir())) == 2


def test_another_market_s_file_is_not_given(web_centre):
    web_centre.drain()
    (manifest,) = snapshots.build_all(web_centre.context, ["AT"])

    answer = web_centre.join("DE01-T1").get(f"/api/v1/till/snapshots/{manifest.snapshot_id}/file")

    assert answer.status_code == 410


def test_the_job_builds_what_is_missing_or_behind_and_nothing_else(web_centre):
    context = web_centre.context
    web_centre.drain()

    def markets():
        return sorted(p.name[:2] for p in context.settings.snapshots_dir.glob("*.gz"))

    snapshots.build_where_due(context)
    assert not context.settings.snapshots_dir.exists()  # something changed a moment ago
    web_centre.clock.at += timedelta(minutes=1)
    snapshots.build_where_due(context)
    assert markets() == ["AT", "DE", "GB"]
    snapshots.build_where_due(context)
    assert markets() == ["AT", "DE", "GB"]
    enter(web_centre, "A1")
    snapshots.build_where_due(context)
    assert markets() == ["AT", "DE", "GB"]  # a single change is quicker by feed
    web_centre.clock.at += timedelta(hours=25)
    snapshots.build_where_due(context)
    assert markets() == ["AT", "AT", "DE", "DE", "GB", "GB"]


def test_two_builders_never_work_at_once(web_centre):
    context = web_centre.context
    with job_lock(context, snapshots.JOB) as held:
        assert held
        with pytest.raises(DomainError, match="snapshot_busy"):
            snapshots.build_all(context, ["DE"])


def test_a_build_that_fails_leaves_nothing_behind(web_centre, monkeypatch):
    context = web_centre.context
    web_centre.drain()

    def broken(*_):
        raise RuntimeError("disk")

    monkeypatch.setattr(snapshots, "_compress", broken)
    with pytest.raises(RuntimeError):
        snapshots.build_all(context, ["DE"])
    assert list(context.settings.snapshots_dir.iterdir()) == []
