"""Journal events as the batch in which they travel."""

from __future__ import annotations

from collections.abc import Sequence

from shared.journal import ChainedEvent
from shared.wire.models import JournalBatch, WireEvent


def journal_batch(events: Sequence[ChainedEvent], unsent: int = 0) -> JournalBatch:
    """Events of one incarnation in sequence as a batch; `unsent` is how many the till still holds, these included."""
    return JournalBatch(
        incarnation=events[0].incarnation,
        from_seq=events[0].seq,
        unsent=unsent,
        events=[
            WireEvent(
                event_id=event.event_id,
                type=event.type,
                type_version=event.type_version,
                body=event.body.decode("utf-8"),
                hash=event.hash.hex(),
            )
            for event in events
        ],
    )
