"""What the running till keeps in `journal.db`: every method is one transaction.

A refused write (`EnvironmentProblem`) leaves journal, receipt number, open receipt and print queue as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from pos_client.ports import ParkedSale
from pos_client.storage import baskets
from pos_client.storage.authorisations import (
    OutstandingAuthorisation,
    end_basket,
    put,
    settle,
    void,
)
from pos_client.storage.baskets import StoredBasket
from pos_client.storage.journal import Journal, NewEvent
from pos_client.storage.sqlite import Connection
from shared.basket import Basket, Line
from shared.errors import DomainError
from shared.journal import ChainedEvent
from shared.tender import Tender

MOST_PRINT_JOBS = 500


class TillStore:
    """The open receipt, parked receipts and print queue beside the `journal`. `on_queued` is called when something was
    queued to print, in the thread that queued it.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.on_queued: Callable[[], None] = lambda: None

    @property
    def next_receipt(self) -> int:
        """The number that the next receipt will take."""
        return self.journal.head.next_receipt

    def append(self, events: Sequence[NewEvent]) -> tuple[ChainedEvent, ...]:
        """Journal events that concern no open receipt."""
        return self.journal.append(events)

    def receipt_exists(self, ref: str) -> bool:
        """Whether a receipt with this foreign number was journalled."""
        return self.journal.receipt_with_ref(ref) is not None

    # --- the open receipt ---------------------------------------------------------------------

    def load_open(self) -> StoredBasket | None:
        """The receipt that was open when the till last stopped."""
        with self.journal.file.reading() as connection:
            return baskets.load_open(connection)

    def begin(self, stored: StoredBasket, asked: OutstandingAuthorisation | None = None) -> None:
        """Write a receipt with its first line, or with a code that the centre is `asked` for.

        An open receipt on disk of which the till knows nothing was begun by a write that failed at its very end and
        was never confirmed to anybody: it gives way.
        """
        with self.journal.file.writing(event=False) as connection:
            baskets.remove_open(connection)
            baskets.insert_basket(connection, stored)
            if asked is not None:
                put(connection, asked)

    def add_line(self, basket: Basket, line: Line) -> None:
        """Write a line that was added to `basket`."""
        with self.journal.file.writing(event=False) as connection:
            baskets.put_line(connection, basket.basket_id, line)

    def change_line(self, basket_id: UUID, line: Line) -> None:
        """Write a changed line."""
        with self.journal.file.writing(event=False) as connection:
            baskets.put_line(connection, basket_id, line)

    def void_line(self, basket_id: UUID, number: int, order: int) -> None:
        """Mark a line voided (`order` 1, 2 …), or with 0 take the mark off."""
        with self.journal.file.writing(event=False) as connection:
            baskets.mark_voided(connection, basket_id, number, order)

    def change_header(
        self,
        basket: Basket,
        asked: OutstandingAuthorisation | None = None,
        voids: Iterable[UUID] = (),
    ) -> None:
        """Write note, foreign number, customer and codes. In the same transaction the centre is `asked` for a code, or
        codes of `voids` are to be given back, whenever the till is killed.
        """
        voids = tuple(voids)
        with self.journal.file.writing(event=bool(asked or voids)) as connection:
            baskets.put_header(connection, basket)
            if asked is not None:
                put(connection, asked)
            for auth_id in voids:
                void(connection, auth_id)

    def set_tenders(
        self,
        basket_id: UUID,
        tenders: tuple[Tender, ...],
        settles: Iterable[UUID] = (),
        voids: Iterable[UUID] = (),
    ) -> None:
        """Write the tenders given so far. The attempts at a terminal that this books settle in the same transaction,
        and what gift cards of `voids` hold is to be given back from then on: each counts once whenever the till is
        killed.
        """
        settles, voids = tuple(settles), tuple(voids)
        with self.journal.file.writing(event=bool(settles or voids)) as connection:
            baskets.put_tenders(connection, basket_id, tenders)
            for auth_id in settles:
                settle(connection, auth_id)
            for auth_id in voids:
                void(connection, auth_id)

    # --- its end ------------------------------------------------------------------------------

    def close(
        self,
        basket_id: UUID,
        events: Sequence[NewEvent],
        print_kind: str = "",
        captured: Iterable[UUID] = (),
    ) -> tuple[ChainedEvent, ...]:
        """The receipt becomes `events` (finished or given up); with a `print_kind` the last of them is queued to
        print. `captured` are the authorisations that it takes; its others are given back.
        """

        def also(connection: Connection) -> None:
            baskets.remove(connection, basket_id)
            end_basket(connection, basket_id, captured)
            if print_kind:
                _queue(connection, print_kind)

        done = self.journal.append(events, also)
        if print_kind:
            self.on_queued()
        return done

    def append_printed(
        self, events: Sequence[NewEvent], print_kind: str, *, instead_of: int = 0
    ) -> tuple[ChainedEvent, ...]:
        """Journal events of which the last is queued to print, `instead_of` a held job if one is given."""

        def also(connection: Connection) -> None:
            if instead_of:
                _settle(connection, instead_of)
            _queue(connection, print_kind)

        done = self.journal.append(events, also)
        self.on_queued()
        return done

    # --- parking ------------------------------------------------------------------------------

    def park(self, basket_id: UUID, label: str, at: datetime, events: Sequence[NewEvent]) -> None:
        """Lay the open receipt aside."""
        self.journal.append(events, lambda c: baskets.park(c, basket_id, label, at))

    def parked(self) -> tuple[ParkedSale, ...]:
        """The receipts laid aside, the longest waiting first."""
        with self.journal.file.reading() as connection:
            return baskets.parked(connection)

    def recall(self, basket_id: UUID, events: Sequence[NewEvent]) -> StoredBasket:
        """Take a parked receipt up again; `DomainError('parked_unknown')` if it is none."""
        if basket_id not in {p.basket_id for p in self.parked()}:
            raise DomainError("parked_unknown")
        with self.journal.file.reading() as connection:
            found = baskets.load(connection, basket_id)
        if found is None:
            raise DomainError("parked_unknown")
        self.journal.append(events, lambda c: baskets.recall(c, basket_id))
        return found

    # --- printing -----------------------------------------------------------------------------

    def print_jobs(self) -> tuple[tuple[int, int, str], ...]:
        """What waits to be printed, oldest first: `(job, seq of the event, kind)`; kinds are `receipt` and `copy`.

        A job shows once its event had its turn at the second copy.
        """
        with self.journal.file.reading() as connection:
            rows = connection.execute(
                "SELECT id, seq, kind FROM print_job WHERE seq <= coalesce(?, seq) ORDER BY id",
                (self.journal.printable,),
            ).fetchall()
        return tuple((row[0], row[1], row[2]) for row in rows)

    def print_counts(self) -> tuple[int, int]:
        """How many jobs wait or are under way, and how many are held."""
        with self.journal.file.reading() as connection:
            rows = connection.execute("SELECT state='held' FROM print_job").fetchall()
        held = sum(row[0] for row in rows)
        return len(rows) - held, held

    def printed(self, job: int) -> None:
        """A job is on paper."""
        with self.journal.file.writing() as connection:
            connection.execute("DELETE FROM print_job WHERE id=?", (job,))

    def settle_held(self, job: int) -> None:
        """Somebody saw that a held job came out; `DomainError('print_job_unknown')` if it is not held (any more)."""
        with self.journal.file.writing() as connection:
            _settle(connection, job)


def _settle(connection: Connection, job: int) -> None:
    if not connection.execute("DELETE FROM print_job WHERE id=? AND state='held'", (job,)).rowcount:
        raise DomainError("print_job_unknown", {"job": job})


def _queue(connection: Connection, kind: str) -> None:
    """Queue the last event; what waits longer than `MOST_PRINT_JOBS` others is dropped: it can be printed again from
    the journal, and a queue without a printer must not grow for ever.
    """
    job = connection.execute(
        "INSERT INTO print_job(seq, kind) SELECT max(seq), ? FROM journal_event", (kind,)
    ).lastrowid
    connection.execute(
        "DELETE FROM print_job WHERE id <= ? AND state='waiting'", ((job or 0) - MOST_PRINT_JOBS,)
    )
