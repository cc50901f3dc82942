"""Which codes of batches this till used up and the centre has not booked yet: read from the journal."""

from __future__ import annotations

from collections.abc import Iterator

from pos_client.storage.authorisations import CODE_KIND, OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.upload_state import UploadStore
from shared.errors import DomainError
from shared.journal import parse_body
from shared.journal.code_body import uses_from_body
from shared.journal.reader import BodyReader


def used_here(file: JournalFile, code: str) -> int:
    """How often receipts used a code that the centre does not know of yet."""
    booked = UploadStore(file).load().processed_through
    with file.reading() as connection:
        rows = connection.execute(
            "SELECT body FROM journal_event WHERE type='sale.completed' AND seq > ?", (booked,)
        ).fetchall()
    return sum(_uses(bytes(stored), code) for (stored,) in rows)


def on_receipts(file: JournalFile, code: str) -> Iterator[str]:
    """The ids of the receipts of this till, open or laid aside, that a code is asked for or kept for."""
    for row in OutstandingAuthorisations(file).all():
        if row.kind == CODE_KIND and row.state != "voiding" and row.body.get("code") == code:
            yield str(row.basket_id)


def _uses(stored: bytes, code: str) -> int:
    # Most receipts have none, and long journals are looked through.
    if b'"codes"' not in stored:
        return 0
    try:
        uses = uses_from_body(BodyReader(parse_body(stored)))
    except DomainError:
        return 0  # the centre puts it into its exceptions queue, and counts nothing of it either
    return sum(use.code == code for use in uses)
