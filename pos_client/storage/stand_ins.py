"""What this till took from gift cards without the centre, and the centre has not booked yet: read from the journal."""

from __future__ import annotations

from uuid import UUID

from pos_client.storage.journal_file import JournalFile
from pos_client.storage.upload_state import UploadStore
from shared.journal import parse_body
from shared.journal.reader import BodyReader
from shared.vouchers import StoodIn

STOOD_IN = "auth.stood_in"


def stood_in(file: JournalFile, number: str, basket_id: UUID) -> StoodIn:
    """So far: for a receipt, from a card, in all."""
    booked = UploadStore(file).load().processed_through
    with file.reading() as connection:
        rows = connection.execute(
            "SELECT body FROM journal_event WHERE type=? AND seq > ?", (STOOD_IN, booked)
        ).fetchall()
    receipt = card = till = 0
    for (stored,) in rows:
        body = BodyReader(parse_body(bytes(stored)))
        amount = body.integer("amount")
        till += amount
        card += amount if body.text("instrument") == number else 0
        receipt += amount if body.text("basket_id") == str(basket_id) else 0
    return StoodIn(receipt, card, till)
