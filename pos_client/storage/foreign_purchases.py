"""What the centre said of receipts that goods come back from: those of other tills, and what came back elsewhere.

Kept in the journal's file, so that a receipt that was begun with it can be taken up after a kill.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pos_client.storage.journal_file import JournalFile
from shared.wire.purchases import PurchaseAnswer

# Longer than any receipt stays parked.
_KEPT = timedelta(days=30)


class ForeignPurchases:
    """The newest answer of each receipt, by its full number."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def put(self, number: str, answer: PurchaseAnswer, at: datetime) -> None:
        """Keep an answer; those that nobody can need any more are dropped."""
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM foreign_purchase WHERE asked_at < ?", ((at - _KEPT).isoformat(),)
            )
            connection.execute(
                "INSERT INTO foreign_purchase(number, answer, asked_at) VALUES (?,?,?)"
                " ON CONFLICT(number) DO UPDATE SET answer = excluded.answer,"
                " asked_at = excluded.asked_at",
                (number, answer.model_dump_json(), at.isoformat()),
            )

    def get(self, number: str) -> PurchaseAnswer | None:
        """What was said last; None if nobody asked."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT answer FROM foreign_purchase WHERE number = ?", (number,)
            ).fetchone()
        return PurchaseAnswer.model_validate_json(row[0]) if row is not None else None
