"""Which codes of batches this till used up, has on receipts, and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from pos_client.storage.authorisations import CODE_KIND, OutstandingAuthorisations
from pos_client.storage.journal_file import JournalFile
from shared.errors import DomainError
from shared.journal import parse_body
from shared.journal.code_body import uses_from_body
from shared.journal.reader import BodyReader


def used_here(file: JournalFile, code: str) -> int:
    """How often receipts of this till used a code, whether the centre has booked them or not: it may not be there to
    say so. One that works again after a return still counts here; only the centre knows that it does.
    """
    with file.reading() as connection:
        # The file looks for the text, because most receipts have no code and journals are long.
        rows = connection.execute(
            "SELECT body FROM journal_event"
            " WHERE type='sale.completed' AND instr(body, CAST(? AS BLOB)) > 0",
            (code,),
        ).fetchall()
    return sum(_uses(bytes(stored), code) for (stored,) in rows)


def on_receipts(file: JournalFile, code: str) -> Iterator[str]:
    """The ids of the receipts of this till, open or laid aside, that a code is asked for or kept for."""
    for row in OutstandingAuthorisations(file).all():
        if row.kind == CODE_KIND and row.state != "voiding" and row.body.get("code") == code:
            yield str(row.basket_id)


def given_back(file: JournalFile) -> Iterator[tuple[UUID, str]]:
    """What the centre is to keep no longer and may not have heard of yet: the id it was asked under, and the code."""
    for row in OutstandingAuthorisations(file).all():
        if row.kind == CODE_KIND and row.state == "voiding":
            yield row.auth_id, str(row.body.get("code", ""))


def _uses(stored: bytes, code: str) -> int:
    try:
        uses = uses_from_body(BodyReader(parse_body(stored)))
    except DomainError:
        return 0  # the centre puts it into its exceptions queue, and counts nothing of it either
    return sum(use.code == code for use in uses)
