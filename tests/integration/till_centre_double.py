"""The centre's till-facing API in memory, behind httpx's own mock transport: signatures are checked, and it can fail.

A protocol double for faults that a real centre does not produce on demand; against the real one there are end-to-end
tests.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import NAMESPACE_OID, uuid5

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_client.storage.feed_applier import FeedApplier
from pos_client.sync.keys import TillKey
from pos_client.sync.transport import HttpTransport
from shared.errors import DomainError
from shared.identity import FixedClock
from shared.journal import first_prev_hash, link
from shared.wire.digest import digest_of
from shared.wire.models import (
    FeedDigest,
    FeedPage,
    FeedRow,
    IntakeReceipt,
    JournalAnswer,
    JournalBatch,
    ProvisionAnswer,
    ProvisionRequest,
    SnapshotManifest,
    TillState,
    intake_signed_text,
)
from shared.wire.reference_schema import INDEXES, SCHEMA_VERSION, TABLES
from shared.wire.signing import (
    content_digest,
    parse_signature,
    parse_signature_input,
    signature_base,
)
from tests.integration.till_world import NOON, centre_key_text, centre_signature

FEEDS = ("reference", "staff", "config", "stock", "customer", "usage")


class CentreDouble:
    """One centre for one till. `fail` holds what happens to the next requests, in order: a status, an exception, or
    `lost` for an answer that got lost after the work was done.
    """

    def __init__(self, identity, public_key: bytes | None = None) -> None:
        self.identity = identity
        self.key = public_key
        self.clock = FixedClock(NOON)
        self.events = []
        self.rows: dict[str, list[FeedRow]] = {feed: [] for feed in FEEDS}
        self.epoch = "e1"
        self.page_rows = 10_000
        self.processed = 0
        self.fail: list[object] = []
        self.requests: list[httpx.Request] = []
        self.nonces: set[str] = set()
        self.quarantined = False
        self.pin_key: str | None = None
        self.customer_key: str | None = base64.b64encode(bytes(range(1, 33))).decode()
        self.withdrawn = False
        self.checks_till = True
        self.code = "ABCD-1234"
        self.snapshot: bytes | None = None
        self.manifest: SnapshotManifest | None = None
        self.wrong_signature = False
        self.cut_after: int | None = None

    def transport(self, clock=None, key: TillKey | None = None, **named) -> HttpTransport:
        return HttpTransport(
            self.identity.centre_url,
            self.identity.key_id,
            key,
            clock or self.clock,
            build="test",
            via=httpx.MockTransport(self.answer),
            **named,
        )

    # --- requests -----------------------------------------------------------------------------

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        mishap = self.fail.pop(0) if self.fail else None
        if isinstance(mishap, Exception):
            raise mishap
        if isinstance(mishap, int):
            return httpx.Response(mishap, text="<html>")
        try:
            response = self._route(request)
        except DomainError as refusal:
            body = {"code": refusal.code, "message": "", "params": refusal.params}
            response = httpx.Response(refusal.http_status, json=body)
        if mishap == "lost":
            raise httpx.ReadTimeout("lost", request=request)
        response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
        return response

    def _route(self, request):
        path = request.url.path.removeprefix("/api/v1/till")
        if path == "/provision":
            return self._provision(request)
        self._check_signature(request)
        if self.withdrawn:
            raise DomainError("till_withdrawn", {"till": self.identity.till_id}, http_status=403)
        if path == "/state":
            return self._json(
                TillState(
                    till_id=self.identity.till_id,
                    incarnation=self.identity.incarnation,
                    expected_seq=len(self.events) + 1,
                    processed_through=self.processed,
                    server_time=self.clock.now(),
                    quarantined=self.quarantined,
                )
            )
        if path == "/pin-key":
            return self._key(pin_key=self.pin_key)
        if path == "/customer-key":
            return self._key(customer_key=self.customer_key)
        if path == "/person-keys":
            return httpx.Response(200, json={"gone": []})
        if path == "/journal":
            return self._journal(JournalBatch.model_validate_json(request.content))
        if path.startswith("/feeds/"):
            _, _, feed, *rest = path.split("/")
            return self._digest(feed) if rest else self._feed(feed, request.url.params)
        if path == "/snapshots/current":
            if self.manifest is None:
                raise DomainError("snapshot_none", http_status=404)
            return self._json(self.manifest)
        return self._file(request)

    def _key(self, **answer):
        if None in answer.values():
            raise DomainError("not_found", http_status=404)
        return httpx.Response(200, json=answer)

    def _check_signature(self, request):
        given = parse_signature_input(request.headers.get("Signature-Input"))
        path, _, query = request.url.raw_path.decode().partition("?")
        digest = content_digest(request.content)
        base = signature_base(request.method, path, query, digest, given)
        Ed25519PublicKey.from_public_bytes(self.key).verify(
            parse_signature(request.headers.get("Signature")), base
        )
        assert request.headers["Content-Digest"] == digest
        assert request.headers["X-Till-Protocol"] == "1"
        if abs(given.created - self.clock.now().timestamp()) > 300:
            raise DomainError("signature_stale", http_status=401)
        if given.nonce in self.nonces:
            raise DomainError("nonce_used", http_status=401)
        self.nonces.add(given.nonce)

    def _provision(self, request):
        asked = ProvisionRequest.model_validate_json(request.content)
        if asked.code != self.code:
            raise DomainError("code_unknown", http_status=404)
        if self.checks_till and asked.till_id not in (None, self.identity.till_id):
            raise DomainError("code_other_till", {"till": self.identity.till_id}, http_status=403)
        self.asked = asked
        facts = self.identity.model_dump(exclude={"centre_url", "centre_key"})
        return self._json(ProvisionAnswer(**facts, centre_key=centre_key_text()))

    # --- journal ------------------------------------------------------------------------------

    def _journal(self, batch):
        if self.quarantined:
            raise DomainError("till_quarantined", http_status=403)
        expected = len(self.events) + 1
        if batch.from_seq > expected:
            raise DomainError("journal_gap", {"expected_seq": expected})
        for offset, sent in enumerate(batch.events):
            seq = batch.from_seq + offset
            if seq < expected:
                if self.events[seq - 1].hash.hex() != sent.hash:
                    self.quarantined = True
                    raise DomainError("till_quarantined", http_status=403)
                continue
            event = self._linked(batch.incarnation, seq, sent)
            if event.hash.hex() != sent.hash:
                raise DomainError("journal_hash_wrong", {"seq": seq})
            self.events.append(event)
        return self._json(self._receipt())

    def _linked(self, incarnation, seq, sent):
        till = self.identity.till_id
        prev = self.events[-1].hash if self.events else first_prev_hash(till, incarnation)
        return link(
            till_id=till,
            incarnation=incarnation,
            seq=seq,
            event_id=sent.event_id,
            event_type=sent.type,
            version=sent.type_version,
            body=sent.body.encode(),
            prev_hash=prev,
        )

    def _receipt(self):
        last = self.events[-1]
        now = self.clock.now()
        signed = intake_signed_text(
            self.identity.till_id, last.incarnation, last.seq, last.hash.hex(), now
        )
        signature = centre_signature(b"?" if self.wrong_signature else signed)
        receipt = IntakeReceipt(
            seq=last.seq, hash=last.hash.hex(), received_at=now, signature=signature
        )
        return JournalAnswer(acked_seq=last.seq, processed_through=self.processed, receipt=receipt)

    # --- feeds --------------------------------------------------------------------------------

    def put(self, feed: str, *rows: FeedRow) -> None:
        """Rows get the next numbers of the feed; a key keeps only its last one, as the sequencer does."""
        for row in rows:
            seq = max((r.seq for r in self.rows[feed]), default=0) + 1
            numbered = row.model_copy(update={"seq": seq})
            key = (row.kind, row.key, row.scope)
            kept = [r for r in self.rows[feed] if (r.kind, r.key, r.scope) != key]
            self.rows[feed] = [*kept, numbered]

    def _feed(self, feed, params):
        after = 0
        if "cursor" in params:
            epoch, after_text, _ = params["cursor"].split(".")
            if epoch != self.epoch:
                raise DomainError("snapshot_required", {"feed": feed}, http_status=410)
            after = int(after_text)
        limit = min(int(params["limit"]), self.page_rows)
        left = sorted((r for r in self.rows[feed] if r.seq > after), key=lambda r: r.seq)
        head = max((r.seq for r in self.rows[feed]), default=0)
        rows = left[:limit]
        reached = rows[-1].seq if len(rows) == limit else head
        return self._json(
            FeedPage(
                epoch=self.epoch,
                cursor=f"{self.epoch}.{reached}.{reached}",
                head=head,
                checkpoint=head,
                complete=reached >= head,
                processed_through=self.processed,
                rows=rows,
            )
        )

    def _digest(self, feed):
        head = max((r.seq for r in self.rows[feed]), default=0)
        put = [(r.kind, r.key, r.scope, r.seq) for r in self.rows[feed] if r.op == "put"]
        found = digest_of(put)
        cursor = f"{self.epoch}.{head}.{head}"
        return self._json(
            FeedDigest(feed=feed, cursor=cursor, count=found.count, sum64=found.sum64)
        )

    # --- snapshots ----------------------------------------------------------------------------

    def build_snapshot(self, folder) -> None:
        """A reference file of what the feed holds now, as the centre would build it."""
        path = folder / "snapshot.db"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            for statement in (*TABLES, *INDEXES):
                connection.execute(statement)
        head = max((r.seq for r in self.rows["reference"]), default=0)
        applier = FeedApplier(path)
        rows = [r for r in self.rows["reference"] if not r.scope.startswith("store:")]
        page = FeedPage(
            epoch=self.epoch,
            cursor=f"{self.epoch}.{head}.0",
            head=head,
            checkpoint=head,
            complete=True,
            processed_through=0,
            rows=rows,
        )
        applier.take("reference", page)
        applier._connection.execute("PRAGMA journal_mode=DELETE")
        applier.close()
        raw = path.read_bytes()
        self.snapshot = gzip.compress(raw, 1)
        unsigned = SnapshotManifest(
            snapshot_id=str(uuid5(NAMESPACE_OID, str(head))),
            market=self.identity.store.market,
            epoch=self.epoch,
            seq=head,
            schema_version=SCHEMA_VERSION,
            rows=len(rows),
            size=len(raw),
            sha256=hashlib.sha256(raw).hexdigest(),
            compressed_size=len(self.snapshot),
            compressed_sha256=hashlib.sha256(self.snapshot).hexdigest(),
            built_at=datetime(2026, 11, 25, tzinfo=UTC),
        )
        self.sign(unsigned)

    def sign(self, manifest: SnapshotManifest) -> None:
        signature = centre_signature(manifest.signed_text())
        self.manifest = manifest.model_copy(update={"signature": signature})

    def _file(self, request):
        start = 0
        wanted = request.headers.get("Range")
        if wanted:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        data = self.snapshot[start:]
        if self.cut_after is not None:
            data, self.cut_after = data[: self.cut_after], None
        return httpx.Response(206 if wanted else 200, stream=httpx.ByteStream(data))

    def _json(self, model):
        return httpx.Response(200, json=json.loads(model.model_dump_json()))
