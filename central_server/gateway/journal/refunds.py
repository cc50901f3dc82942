"""Works refunds out again for goods that came back with their receipt, and finds what does not agree.

The receipt that they were bought with says what it was priced with; the receipts between say what had come back before.
Asked before anything is booked, as the pricing of sales is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from central_server.features.promotions.projector import UseFinding
from central_server.features.sales import repository as sales
from central_server.gateway.journal.origins import Origins
from central_server.platform.unit_of_work import ReadUnit
from shared.basket import Line
from shared.money import Money
from shared.promotions.purchase import purchase_of
from shared.promotions.returns import refund
from shared.quantity import to_thousandths
from shared.receipt import Receipt, ReceiptId

_MOST_LINES = 10


def work_refunds_out_again(unit: ReadUnit, receipts: Iterable[Receipt]) -> list[UseFinding]:
    """What somebody should look at: a receipt that nobody knows, more back than was bought, amounts that come out
    otherwise. `receipts` are in the order of their tills; those that brought nothing back cost nothing.
    """
    findings: list[UseFinding] = []
    known: dict[str, Receipt] = {}
    for receipt in receipts:
        for number, lines in _by_origin(receipt).items():
            findings += _Case(unit, receipt, number, lines, known).findings()
        known[str(receipt.receipt_id)] = receipt
    return findings


@dataclass(frozen=True, slots=True)
class _Case:
    """Lines of a receipt that name one other. `known` are the receipts that are booked together with it."""

    unit: ReadUnit
    receipt: Receipt
    number: str
    lines: list[Line]
    known: Mapping[str, Receipt]

    def findings(self) -> Iterator[UseFinding]:
        found = self.number[:100]
        origins = Origins(self.unit, self.known)
        bought = origins.find(self.number)
        if bought is None or bought.currency != self.receipt.currency:
            yield UseFinding(self.receipt.event_id, "return_origin_unknown", {"receipt": found})
            return
        before: dict[str, int] = {}
        refunded = 0
        goods = {str(line.number) for line in bought.lines if line.is_goods}
        for key, quantity, gross in self._earlier():
            if key not in goods:
                continue
            before[key] = before.get(key, 0) + quantity
            refunded += gross
        returned: dict[str, int] = {}
        said: dict[str, int] = {}
        for line in self.lines:
            _count(returned, line)
            key = _line_of(line)
            said[key] = said.get(key, 0) - line.gross
        purchase = purchase_of(
            bought, lambda versions: origins.promotions(versions, bought.currency)
        )
        try:
            given = refund(purchase, before, returned, refunded)
        except (ValueError, KeyError):
            yield UseFinding(self.receipt.event_id, "return_too_many", {"receipt": found})
            return
        differing = [
            f"{key}: {_plain(said[key], bought)} / {_plain(given.by_line[key], bought)}"
            for key in sorted(said, key=int)
            if said[key] != given.by_line[key]
        ]
        if differing:
            more = ", …" if len(differing) > _MOST_LINES else ""
            params = {
                "receipt": found,
                "lines": ", ".join(differing[:_MOST_LINES]) + more,
                "currency": bought.currency,
            }
            yield UseFinding(self.receipt.event_id, "return_refunded_otherwise", params)

    def _earlier(self) -> Iterator[tuple[str, int, int]]:
        """Line, thousandths and amount of what came back before: here by its numbers, elsewhere if it is booked."""
        here = self.receipt.receipt_id
        for row in sales.returned_of(self.unit.connection, self.number):
            there = ReceiptId(row.till_id, row.incarnation, row.receipt_no)
            if not _same_till(there, here) or there.number < here.number:
                yield str(row.origin_line), row.quantity_thousandths, row.gross
        for other in self.known.values():
            for line in _by_origin(other).get(self.number, ()):
                yield _line_of(line), -to_thousandths(line.quantity), -line.gross


def _by_origin(receipt: Receipt) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in receipt.lines:
        if line.origin is not None and line.is_return and line.is_goods:
            found.setdefault(line.origin.receipt, []).append(line)
    return found


def _line_of(line: Line) -> str:
    return str(line.origin.line) if line.origin is not None else ""


def _count(quantities: dict[str, int], line: Line) -> None:
    key = _line_of(line)
    quantities[key] = quantities.get(key, 0) - to_thousandths(line.quantity)


def _same_till(one: ReceiptId, other: ReceiptId) -> bool:
    return (one.till_id, one.incarnation) == (other.till_id, other.incarnation)


def _plain(minor: int, receipt: Receipt) -> str:
    return Money(minor, receipt.currency).plain()
