"""Snapshots: the reference data of a market as a ready SQLite file, compressed, signed, and served in ranges.

A snapshot is exactly the feed at one number: a till that installs it goes on from there. Built aside and
published by one row, so that nobody ever sees half a file; the last two of each market are kept, because a
till may be in the middle of downloading the older one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from central_server.features.catalogue.service import items
from central_server.features.stores.service import list_markets
from central_server.gateway import feed_repository, snapshot_repository
from central_server.gateway.authentication import SigningTill
from central_server.gateway.feed_repository import Chunk, KeyRange
from central_server.gateway.feeds import Position, format_cursor
from central_server.gateway.payloads import payloads
from central_server.gateway.reference_file_repository import (
    ItemRows,
    PriceRows,
    PromotionRows,
    ReferenceFile,
    VatRows,
    payload_text,
)
from central_server.platform.changes import CHAIN, market_scope
from central_server.platform.clock import new_id
from central_server.platform.database import Database, open_database
from central_server.platform.garbage import collector_paused
from central_server.platform.observability import SNAPSHOT_SECONDS
from central_server.platform.processes import produce
from central_server.platform.scheduler import JobContext, job_lock
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import (
    ReadOnlyUnit,
    ReadUnit,
    UnitOfWork,
    reading,
    run_writing,
)
from shared.errors import DomainError
from shared.wire.models import SnapshotManifest
from shared.wire.reference_schema import SCHEMA_VERSION

router = APIRouter(prefix="/api/v1/till", tags=["till"])
log = structlog.get_logger(__name__)

FEED = "reference"
JOB = "snapshots"
KEPT = 2
_CHUNK = 5_000
_ASIDE = ".building-"
# Below this, starting other processes takes longer than they save.
_WORTH_PROCESSES = 100_000
_COPY_BYTES = 1 << 20
# A fresh snapshot spares a joining till this many rows by feed.
_WORTH_ROWS = 20_000
_QUIET = timedelta(seconds=20)
_IMPATIENT = timedelta(hours=1)
_DAILY = timedelta(hours=24)


MadeRows = ItemRows | PriceRows | VatRows | PromotionRows


@dataclass(frozen=True, slots=True)
class _Part:
    """What one process reads: some kinds, up to a number, in a range of keys."""

    kinds: tuple[str, ...]
    until: int
    keys: KeyRange


@dataclass(frozen=True, slots=True)
class _Built:
    rows: int
    epoch: UUID
    seq: int
    size: int
    sha256: str
    compressed_size: int
    compressed_sha256: str


def build_snapshot(context: JobContext, market: str) -> SnapshotManifest:
    """Build, sign and publish the snapshot of a market; older ones but the last are withdrawn.

    The caller holds the lock of the job.
    """
    started = perf_counter()
    folder = context.settings.snapshots_dir
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(context, folder)
    now = context.system_clock.now()
    snapshot_id = str(new_id(context.system_clock))
    file_name = f"{market}-{snapshot_id}.db.gz"
    aside = folder / f"{_ASIDE}{secrets.token_hex(6)}"
    try:
        built = _write(context, market, snapshot_id, aside)
        aside.with_suffix(".gz").replace(folder / file_name)
    finally:
        for leftover in folder.glob(f"{aside.name}*"):
            leftover.unlink()
    unsigned = SnapshotManifest(
        snapshot_id=snapshot_id,
        market=market,
        epoch=str(built.epoch),
        seq=built.seq,
        schema_version=SCHEMA_VERSION,
        rows=built.rows,
        size=built.size,
        sha256=built.sha256,
        compressed_size=built.compressed_size,
        compressed_sha256=built.compressed_sha256,
        built_at=now,
    )
    signature = base64.b64encode(context.signing_key.sign(unsigned.signed_text())).decode("ascii")
    manifest = unsigned.model_copy(update={"signature": signature})
    seconds = perf_counter() - started
    values = {
        "snapshot_id": snapshot_id,
        "market": market,
        "epoch": built.epoch,
        "seq": built.seq,
        "schema_version": SCHEMA_VERSION,
        "file_name": file_name,
        "manifest": manifest.model_dump_json(),
        "built_at": now,
        "build_milliseconds": round(seconds * 1000),
    }
    run_writing(context.database, lambda unit: _publish(unit, values, folder))
    log.info("snapshot_built", market=market, rows=built.rows, seconds=round(seconds, 1))
    return manifest


def _sweep(context: JobContext, folder: Path) -> None:
    """Throw away what a builder left behind that was killed. Only the holder of the job's lock comes here."""
    with reading(context.database) as unit:
        known = snapshot_repository.file_names(unit)
    for path in folder.iterdir():
        unpublished = path.name.endswith(".db.gz") and path.name not in known
        if unpublished or path.name.startswith(_ASIDE):
            path.unlink(missing_ok=True)


def _write(context: JobContext, market: str, snapshot_id: str, aside: Path) -> _Built:
    raw, packed = aside.with_suffix(".db"), aside.with_suffix(".gz")
    with reading(context.database) as unit:
        head = feed_repository.heads(unit)[FEED]
        count, halves = feed_repository.halves(unit, FEED, CHAIN, "item")
        # Items take twice as long as prices: three processes then have about the same to do.
        parts = [_Part(("item",), head.last_seq, half) for half in halves]
        parts.append(_Part(("price", "vat", "promotion"), head.last_seq, KeyRange()))
    with ReferenceFile(aside) as file, collector_paused():
        for made in _all_rows(context, market, parts, in_processes=count >= _WORTH_PROCESSES):
            file.add(made)
        meta = {
            "schema_version": str(SCHEMA_VERSION),
            "snapshot_id": snapshot_id,
            "market": market,
            "epoch": str(head.epoch),
            "seq": str(head.last_seq),
        }
        # The rows of the till's own store are not in here: it follows them from the beginning.
        cursor = format_cursor(head.epoch, Position(head.last_seq, 0))
        file.finish(raw, meta, cursor)
        rows = file.rows
    size, sha256 = _compress(raw, packed)
    return _Built(
        rows=rows,
        epoch=head.epoch,
        seq=head.last_seq,
        size=size,
        sha256=sha256,
        compressed_size=packed.stat().st_size,
        compressed_sha256=_sha256(packed),
    )


def _all_rows(
    context: JobContext, market: str, parts: Sequence[_Part], *, in_processes: bool
) -> Iterator[MadeRows]:
    """Everything that belongs into the file; large catalogues are read and put together on other cores."""
    if in_processes:
        arguments = [(context.settings, market, part) for part in parts]
        yield from produce([(_rows_of_own, given) for given in arguments])
        return
    for part in parts:
        yield from _rows(context.database, market, part)


def _rows_of_own(settings: Settings, market: str, part: _Part) -> Iterator[MadeRows]:
    """`_rows` in a process of its own, which opens the database for itself."""
    database = open_database(settings.resolved_database_url())
    try:
        with collector_paused():
            yield from _rows(database, market, part)
    finally:
        database.dispose()


def _rows(database: Database, market: str, part: _Part) -> Iterator[MadeRows]:
    """The rows of a part. What changes behind its number comes by feed: a key that moved there while we read is
    left out here, and a payload that is newer already is right all the same.
    """
    scopes = (CHAIN, market_scope(market))
    with reading(database) as unit:
        for chunk in feed_repository.put_chunks(
            unit, FEED, scopes, _CHUNK, kinds=part.kinds, until=part.until, keys=part.keys
        ):
            yield _made(unit, chunk)


def _made(unit: ReadUnit, chunk: Chunk) -> MadeRows:
    keys = [row[0] for row in chunk.rows]
    if chunk.kind == "item":
        found = items(unit, keys)
        return ItemRows.of((found[key], seq) for key, seq in chunk.rows if key in found)
    values: dict[str, Any] = payloads(unit, chunk.kind, chunk.scope, keys)
    if chunk.kind == "promotion":
        return PromotionRows(
            [
                (
                    values[key]["id"],
                    values[key]["version"],
                    values[key].get("retired", ""),
                    payload_text(values[key]),
                    chunk.scope,
                    seq,
                )
                for key, seq in chunk.rows
                if key in values
            ]
        )
    made = [
        (key, payload_text(values[key]), chunk.scope, seq)
        for key, seq in chunk.rows
        if key in values
    ]
    return PriceRows(made) if chunk.kind == "price" else VatRows(made)


def _compress(raw: Path, packed: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with raw.open("rb") as source, packed.open("wb") as target:
        # Level 1: a shop's line is the bottleneck only until tills compare their CPU, and building is ours.
        with gzip.GzipFile(
            fileobj=target, mode="wb", compresslevel=1, mtime=0, filename=""
        ) as pack:
            while block := source.read(_COPY_BYTES):
                digest.update(block)
                size += len(block)
                pack.write(block)
        target.flush()
    return size, digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(unit: UnitOfWork, values: dict[str, Any], folder: Path) -> None:
    snapshot_repository.publish(unit, values)
    for old in snapshot_repository.published(unit, values["market"])[KEPT:]:
        snapshot_repository.forget(unit, old.snapshot_id)
        path = folder / old.file_name
        unit.after_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def build_all(context: JobContext, markets: Iterable[str] | None = None) -> list[SnapshotManifest]:
    """Build the snapshots of all markets now, or of some; `DomainError('snapshot_busy')` if somebody is at it."""
    with job_lock(context, JOB) as held:
        if not held:
            raise DomainError("snapshot_busy")
        if markets is None:
            with reading(context.database) as unit:
                markets = list_markets(unit)
        return [build_snapshot(context, market) for market in markets]


def build_where_due(context: JobContext) -> None:
    """The job: build the snapshots that are missing or have fallen behind."""
    with reading(context.database) as unit:
        due = [market for market in list_markets(unit) if _is_due(unit, market, context)]
    for market in due:
        build_snapshot(context, market)


def _is_due(unit: ReadUnit, market: str, context: JobContext) -> bool:
    head = feed_repository.heads(unit)[FEED]
    now = context.system_clock.now()
    newest = next(iter(snapshot_repository.published(unit, market)), None)
    last_change = snapshot_repository.changed_at(unit, FEED, head.last_seq)
    # In the middle of an import a snapshot would be old before it is built.
    quiet = last_change is None or now - last_change > _QUIET
    if newest is None or newest.epoch != head.epoch or newest.schema_version != SCHEMA_VERSION:
        return quiet
    age: timedelta = now - newest.built_at
    behind: int = head.last_seq - newest.seq
    if behind >= _WORTH_ROWS:
        return quiet or age > _IMPATIENT
    return behind > 0 and age > _DAILY


@router.get("/snapshots/current", summary="The newest snapshot for this till's market")
def current(identity: SigningTill, unit: ReadOnlyUnit) -> SnapshotManifest:
    """The signed manifest; 404 `snapshot_none` while none is built."""
    market = identity.store.market
    head = feed_repository.heads(unit)[FEED]
    for row in snapshot_repository.published(unit, market):
        if row.epoch == head.epoch and row.schema_version == SCHEMA_VERSION:
            return SnapshotManifest.model_validate_json(row.manifest)
    raise DomainError("snapshot_none", {"market": market}, http_status=404)


@router.get(
    "/snapshots/{snapshot_id}/file",
    summary="The compressed file of a snapshot",
    response_class=FileResponse,
)
def download(
    snapshot_id: str, request: Request, identity: SigningTill, unit: ReadOnlyUnit
) -> FileResponse:
    """The gzip file; `Range` resumes. 410 `snapshot_gone` if it was replaced."""
    row = snapshot_repository.find(unit, snapshot_id)
    folder: Path = request.app.state.settings.snapshots_dir
    if row is None or row.market != identity.store.market:
        raise DomainError("snapshot_gone", http_status=410)
    path = folder / row.file_name
    if not path.is_file():
        raise DomainError("snapshot_gone", http_status=410)
    return FileResponse(path, media_type="application/gzip", filename=row.file_name)


def snapshot_metrics(unit: ReadUnit) -> Iterable[Metric]:
    """How long the newest snapshot of each market took."""
    family = GaugeMetricFamily(
        SNAPSHOT_SECONDS, "Time to build the newest snapshot", labels=("market",)
    )
    for market, milliseconds in sorted(snapshot_repository.build_milliseconds(unit).items()):
        family.add_metric((market,), milliseconds / 1000)
    yield family
