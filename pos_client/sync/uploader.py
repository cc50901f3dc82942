"""The journal up to the centre: contiguous, from the first event it has not acknowledged.

Nothing here ever changes or deletes an event. What the centre refuses stays, is shown, and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn, TypeVar

from pos_client.storage.identity import TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.keys import CentreKey
from pos_client.sync.ports import CentreRefusedError, Transport
from shared.errors import EnvironmentProblem
from shared.identity import Clock
from shared.journal import ChainedEvent
from shared.wire.models import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    JournalAnswer,
    JournalBatch,
    WireEvent,
    intake_signed_text,
)

# Codes after which sending the same again is pointless until a person acted.
STOPPING = frozenset(
    (
        "till_quarantined",
        "till_withdrawn",
        "journal_restored",
        "journal_hash_wrong",
        "incarnation_wrong",
    )
)
# Room for the batch's own fields beside the events.
_ENVELOPE = 2_000
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`sent` events in one request; `more` wait."""

    sent: int
    more: bool


class Uploader:
    """Sends batches of at most 200 events and one megabyte."""

    def __init__(
        self,
        transport: Transport,
        journal: Journal,
        uploads: UploadStore,
        identity: TillIdentity,
        clock: Clock,
    ) -> None:
        self._transport = transport
        self._journal = journal
        self._uploads = uploads
        self._identity = identity
        self._centre = CentreKey(identity.centre_key)
        self._clock = clock

    def greet(self) -> None:
        """Ask where the centre stands: before the first batch and after a stop.

        Raises as `step`; on success the position is the centre's and a stop is over.
        """
        state = self._asking(self._transport.state)
        if state.quarantined:
            self._stop("till_quarantined")
        if state.incarnation != self._identity.incarnation:
            self._stop("incarnation_wrong")
        self._rewind(state.expected_seq)
        self._uploads.stop("")
        self._uploads.contacted(
            self._clock.now(), state.processed_through, _milliseconds(self._transport.clock_offset)
        )

    def ask_booked(self) -> None:
        """While the centre has accepted events that it had not booked when last heard of, ask how far it is."""
        known = self._uploads.load()
        if known.processed_through < known.acked_seq:
            state = self._asking(self._transport.state)
            if state.processed_through != known.processed_through:
                offset = _milliseconds(self._transport.clock_offset)
                self._uploads.contacted(self._clock.now(), state.processed_through, offset)

    def step(self) -> Uploaded:
        """Send one batch, if there is anything to send.

        `EnvironmentProblem`: `upload_stopped` with the `reason` when the centre's refusal needs a person,
        `intake_receipt_wrong` for an answer that the centre did not sign, and the transport's.
        """
        acked = self._uploads.load().acked_seq
        last = self._journal.last_seq()
        if last < acked:
            self._stop("journal_restored")
        events, batch = self._batch(acked, last)
        if batch is None:
            return Uploaded(0, more=False)
        try:
            answer = self._asking(lambda: self._transport.journal(batch))
        except CentreRefusedError as refusal:
            if refusal.code != "journal_gap":
                raise
            self._rewind(int(refusal.params.get("expected_seq", 0)))
            return Uploaded(0, more=True)
        self._accept(answer, events[-1])
        return Uploaded(len(events), more=events[-1].seq < last)

    def _batch(self, acked: int, last: int) -> tuple[list[ChainedEvent], JournalBatch | None]:
        taken: list[ChainedEvent] = []
        wire: list[WireEvent] = []
        size = _ENVELOPE
        for event in self._journal.events(acked + 1, MAX_BATCH_EVENTS):
            sent = WireEvent(
                event_id=event.event_id,
                type=event.type,
                type_version=event.type_version,
                body=event.body.decode("utf-8"),
                hash=event.hash.hex(),
            )
            size += len(sent.model_dump_json().encode("utf-8")) + 1
            if taken and size > MAX_BATCH_BYTES:
                break
            taken.append(event)
            wire.append(sent)
        if not taken:
            return taken, None
        return taken, JournalBatch(
            incarnation=self._identity.incarnation,
            from_seq=taken[0].seq,
            unsent=max(last - taken[-1].seq, 0),
            events=wire,
        )

    def _accept(self, answer: JournalAnswer, last: ChainedEvent) -> None:
        receipt = answer.receipt
        signed = intake_signed_text(
            self._identity.till_id,
            self._identity.incarnation,
            receipt.seq,
            receipt.hash,
            receipt.received_at,
        )
        if not self._centre.signed(signed, receipt.signature):
            raise EnvironmentProblem("intake_receipt_wrong", {"seq": receipt.seq})
        if receipt.seq > self._journal.last_seq():
            self._stop("journal_restored")
        known = self._journal.events(receipt.seq, 1)
        matches = (
            bool(known) and known[0].seq == receipt.seq and known[0].hash.hex() == receipt.hash
        )
        if not matches or not last.seq <= answer.acked_seq <= receipt.seq:
            raise EnvironmentProblem("intake_receipt_wrong", {"seq": answer.acked_seq})
        self._uploads.acknowledged(
            answer.acked_seq,
            answer.processed_through,
            receipt.model_dump_json(),
            self._clock.now(),
        )

    def _asking(self, ask: Callable[[], Answer]) -> Answer:
        """Ask, and turn a refusal that needs a person into a stop."""
        try:
            return ask()
        except CentreRefusedError as refusal:
            if refusal.code in STOPPING:
                self._stop(refusal.code)
            raise

    def _rewind(self, expected_seq: int) -> None:
        """The centre expects `expected_seq` next; more than this journal holds means that it is an old image.

        The position only ever goes back here. What the centre has and did not sign for is sent once more, so that it
        finds out by the hashes if it heard another story from a copy of this till.
        """
        if expected_seq - 1 > self._journal.last_seq():
            self._stop("journal_restored")
        if expected_seq - 1 < self._uploads.load().acked_seq:
            self._uploads.rewound(max(expected_seq - 1, 0))

    def _stop(self, reason: str) -> NoReturn:
        self._uploads.stop(reason)
        raise EnvironmentProblem("upload_stopped", {"reason": reason})


def _milliseconds(offset: timedelta) -> int:
    return offset // timedelta(milliseconds=1)
