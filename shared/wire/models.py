"""Requests and answers of the till-facing API, protocol 1. Unknown fields are ignored, so newer sides may add some."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

MAX_BATCH_EVENTS = 200
MAX_BATCH_BYTES = 1_000_000
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class WireModel(BaseModel):
    """Common settings: immutable, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ErrorBody(WireModel):
    """Every error answer: a stable code, a sentence, what to do next, and the sentence's parameters."""

    code: str
    message: str
    what_next: str = ""
    params: dict[str, str | int] = {}


class ProvisionRequest(WireModel):
    """A new till asks to be let in with its one-time code and the public half of the key it just made.

    `till_id` is the till that it means to become, where it knows: a code of another one is refused unused.
    """

    code: Annotated[str, Field(min_length=4, max_length=64)]
    public_key: Annotated[str, Field(min_length=44, max_length=44, description="Ed25519, base64")]
    build: Annotated[str, Field(max_length=60)]
    till_id: Annotated[str | None, Field(max_length=31)] = None


class StoreFacts(WireModel):
    """What a till must know of its store before any feed has arrived."""

    store_id: str
    name: str
    market: str
    currency: str
    timezone: str
    day_starts_at_minutes: int = 0
    address: list[str] = []
    vat_id: str = ""
    header_lines: list[str] = []
    languages: list[str] = ["de"]


class ProvisionAnswer(WireModel):
    """The identity that the centre gives; `centre_key` (Ed25519, base64) is pinned by the till from now on.

    `certificate` (base64) is what the centre signed of the till's key, so that vouchers which the till signs are known
    at others.
    """

    till_id: str
    incarnation: int
    mode: Literal["productive", "training", "demo"]
    store: StoreFacts
    centre_key: str
    certificate: str = ""


class PinKeyAnswer(WireModel):
    """The chain's secret for PINs, base64 of 32 bytes; kept by a till beside its private key."""

    pin_key: Annotated[str, Field(min_length=44, max_length=44)]


class CustomerKeyAnswer(WireModel):
    """What a till seals its customers with, base64 of 32 bytes: its own, and another one with each incarnation."""

    customer_key: Annotated[str, Field(min_length=44, max_length=44)]


class TillState(WireModel):
    """What the centre knows of the till that asks; `server_time` is the system clock. `certificate` is that of
    `ProvisionAnswer`, for tills that joined without one.
    """

    till_id: str
    incarnation: int
    expected_seq: int
    processed_through: int
    server_time: datetime
    quarantined: bool = False
    certificate: str = ""


class WireEvent(WireModel):
    """One journal event; `body` is the exact text whose UTF-8 bytes are hashed and stored."""

    event_id: UUID
    type: Annotated[str, Field(min_length=1, max_length=60)]
    type_version: Annotated[int, Field(ge=1, le=65_535)]
    body: Annotated[str, Field(max_length=MAX_BATCH_BYTES)]
    hash: Hex32


class JournalBatch(WireModel):
    """Events in sequence from `from_seq` on."""

    incarnation: Annotated[int, Field(ge=1)]
    from_seq: Annotated[int, Field(ge=1)]
    unsent: Annotated[int, Field(ge=0)] = 0
    events: Annotated[list[WireEvent], Field(min_length=1, max_length=MAX_BATCH_EVENTS)]


class IntakeReceipt(WireModel):
    """The centre's signature over till, incarnation, last sequence, its hash and the time of receipt."""

    seq: int
    hash: Hex32
    received_at: datetime
    signature: str


class JournalAnswer(WireModel):
    """`acked_seq` is stored for good; `processed_through` is already in sales, stock and figures."""

    acked_seq: int
    processed_through: int
    receipt: IntakeReceipt


class FeedRow(WireModel):
    """One changed key: `kind` row kind, `op` put or remove, `v` version of the payload `d`."""

    kind: str
    key: str
    scope: str
    seq: int
    op: Literal["put", "remove"]
    v: int = 1
    d: JsonValue = None


class FeedPage(WireModel):
    """A page of a feed. Rows are staged until `cursor` has reached `checkpoint`; then they are applied at once."""

    epoch: str
    cursor: str
    head: int
    checkpoint: int
    complete: bool
    processed_through: int
    rows: list[FeedRow]


class FeedDigest(WireModel):
    """Number of keys that are `put` and a 64-bit sum over them, per feed, for the nightly comparison."""

    feed: str
    cursor: str
    count: int
    sum64: str


class SnapshotManifest(WireModel):
    """A published reference file. The signature covers `signed_text()`."""

    snapshot_id: str
    market: str
    epoch: str
    seq: int
    schema_version: int
    rows: int
    size: int
    sha256: Hex32
    compressed_size: int
    compressed_sha256: Hex32
    built_at: datetime
    signature: str = ""

    def signed_text(self) -> bytes:
        """The bytes that the centre signs: every field but the signature, in a fixed order, joined by newlines."""
        fields = (
            self.snapshot_id,
            self.market,
            self.epoch,
            str(self.seq),
            str(self.schema_version),
            str(self.rows),
            str(self.size),
            self.sha256,
            str(self.compressed_size),
            self.compressed_sha256,
            self.built_at.isoformat(),
        )
        return "\n".join(fields).encode("utf-8")


def intake_signed_text(
    till_id: str, incarnation: int, seq: int, hash_hex: str, received_at: datetime
) -> bytes:
    """The bytes that the centre signs for an `IntakeReceipt`."""
    return "\n".join(
        (till_id, str(incarnation), str(seq), hash_hex, received_at.isoformat())
    ).encode("ascii")
