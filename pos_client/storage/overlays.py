"""Reading one's own writes: what the centre has booked, plus the own events that it has not booked yet."""

from __future__ import annotations

from decimal import Decimal

from pos_client.storage.journal import Journal
from shared.basket import StockArea
from shared.errors import DomainError
from shared.journal import parse_body, receipt_from_body
from shared.stock import movements_of_lines

_MOVING = frozenset(("sale.completed", "return.completed"))


class StockOverlay:
    """The stock effects of own events beyond a position, kept up event by event."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen = 0
        self._floor = 0
        self._moves: list[tuple[int, str, Decimal]] = []

    def delta(self, sku: str, processed_through: int) -> Decimal:
        """What own events with a sequence beyond `processed_through` add to the level of `sku`."""
        self._catch_up(processed_through)
        moved = (m[2] for m in self._moves if m[1] == sku and m[0] > processed_through)
        return sum(moved, Decimal(0))

    def _catch_up(self, processed_through: int) -> None:
        if processed_through < self._floor:  # another reference file, with older levels
            self._seen, self._moves = processed_through, []
        self._floor = processed_through
        self._seen = max(self._seen, processed_through)
        self._moves = [move for move in self._moves if move[0] > processed_through]
        for event in self._journal.events_after(self._seen):
            self._seen = event.seq
            if event.type not in _MOVING:
                continue
            try:
                receipt = receipt_from_body(event.event_id, parse_body(event.body))
            except DomainError:
                continue  # the centre puts it into its exceptions queue; it moves no stock there either
            self._moves += [
                (event.seq, m.sku, m.delta)
                for m in movements_of_lines(receipt.lines)
                if m.area is StockArea.SALE
            ]
