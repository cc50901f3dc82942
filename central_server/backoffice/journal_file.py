"""`/tills/{id}/journal/…`: the journal of a till as the centre keeps it, to hand to whoever checks it.

One event a line: its place, type, hash and its body to the byte, as Base64, so that the chain can be worked out again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from central_server.backoffice.numbers import IncarnationInPath
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks
from central_server.features.audit.service import AuditChange
from central_server.features.tills import service as tills
from central_server.gateway.journal import repository as journal
from central_server.platform.access import Right
from central_server.platform.database import Database
from central_server.platform.unit_of_work import WriteUnit, reading
from shared.errors import DomainError
from shared.journal import ChainedEvent

router = APIRouter(include_in_schema=False)

JournalReader = Annotated[Visitor, looks(Right.JOURNALS_READ)]
_PAGE = 1_000


@router.get("/tills/{till_id}/journal/{incarnation}.jsonl")
def journal_file(
    request: Request,
    till_id: str,
    incarnation: IncarnationInPath,
    visitor: JournalReader,
    unit: WriteUnit,
) -> StreamingResponse:
    """Every event of an incarnation in order. That it was taken out is written down."""
    till = tills.get_till(unit, till_id)
    visitor.identity.require_store(till.store_id)
    chain = journal.chain(unit.connection, till.till_id, incarnation)
    if chain is None:
        raise DomainError("not_found", http_status=404)
    facts = {"incarnation": incarnation, "events": chain.last_seq}
    note(request, visitor, unit, AuditChange("exported", "till", till.till_id, {}, facts))
    name = f"journal-{till.till_id}-{incarnation}.jsonl"
    lines = _lines(request.app.state.database, till.till_id, incarnation, chain.last_seq)
    return StreamingResponse(
        lines,
        media_type="application/x-ndjson",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _lines(database: Database, till_id: str, incarnation: int, last: int) -> Iterator[str]:
    seq = 0
    while seq < last:
        with reading(database) as unit:
            page = journal.event_page(unit.connection, till_id, incarnation, seq, _PAGE)
        if not page:
            return
        for event in page:
            if event.seq <= last:
                yield _line(event)
        seq = page[-1].seq


def _line(event: ChainedEvent) -> str:
    facts = {
        "till": event.till_id,
        "incarnation": event.incarnation,
        "seq": event.seq,
        "event_id": str(event.event_id),
        "type": event.type,
        "version": event.type_version,
        "hash": event.hash.hex(),
        "body": base64.b64encode(event.body).decode(),
    }
    return json.dumps(facts) + "\n"
