"""Shifts and days as sums over the journal: nothing is counted twice, because nothing is counted elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pos_client.ports import CardSums, OpenShift
from pos_client.storage.journal import Journal
from shared.journal import ChainedEvent, parse_body, receipt_from_body
from shared.journal.reader import BodyReader
from shared.quantity import format_quantity
from shared.tender import TenderKind

_CASH = frozenset((TenderKind.CASH, TenderKind.CHANGE))
_SALES = frozenset(("sale.completed", "return.completed"))


class ShiftLedger:
    """Reads the journal from the last opening, or the last closed day, on."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def shift(self) -> OpenShift | None:
        """The running shift; None if none is open."""
        last = self._journal.last_of("shift.opened", "shift.closed")
        if last is None or last.type == "shift.closed":
            return None
        opened = BodyReader(parse_body(last.body))
        cash = opened.integer("float")
        receipts = sales = 0
        tenders: dict[str, list[int]] = {}
        for event in self._journal.events_after(last.seq):
            if event.type in _SALES:
                receipt = receipt_from_body(event.event_id, parse_body(event.body))
                sales += sum(tender.amount for tender in receipt.tenders if tender.kind in _CASH)
                receipts += 1
                for tender in receipt.tenders:
                    # Change is cash that did not stay: nobody thinks of it as a payment of its own.
                    kind = TenderKind.CASH if tender.kind in _CASH else tender.kind
                    sums = tenders.setdefault(str(kind), [0, 0])
                    sums[0] += tender.kind is not TenderKind.CHANGE
                    sums[1] += tender.amount
            elif event.type == "cash.moved":
                cash += BodyReader(parse_body(event.body)).integer("amount")
        return OpenShift(
            shift_id=str(last.event_id),
            opened_at=opened.time("occurred_at"),
            opening_float=opened.integer("float"),
            cash=cash + sales,
            receipts=receipts,
            cash_sales=sales,
            tenders=tuple((kind, sums[0], sums[1]) for kind, sums in sorted(tenders.items())),
        )

    def card_sums(self) -> CardSums:
        """What receipts took and gave back on cards since the terminal's day was closed last, in minor units."""
        last = self._journal.last_of("terminal.day_closed")
        start = last.seq if last else 0
        amount = count = 0
        for event in self._journal.events_after(start):
            if event.type not in _SALES:
                continue
            receipt = receipt_from_body(event.event_id, parse_body(event.body))
            cards = [t.amount for t in receipt.tenders if t.kind is TenderKind.CARD]
            amount += sum(cards)
            count += len(cards)
        return CardSums(amount, count, start + 1)

    def day_facts(self) -> Mapping[str, object]:
        """What `day.closed` states of everything since the day before was closed.

        Sums are minor units; practice receipts are counted and add nothing. `head_hash` is the chain's before this
        event.
        """
        last = self._journal.last_of("day.closed")
        start = last.seq if last else 0
        head = self._journal.head
        sums = _sums(self._journal.events_after(start))
        return {
            "from_seq": start + 1,
            "through_seq": head.seq,
            "head_hash": head.hash.hex(),
            **sums,
        }


def _sums(events: Iterable[ChainedEvent]) -> dict[str, object]:
    counts = {"sales": 0, "returns": 0, "training": 0, "events": 0}
    numbers: list[int] = []
    totals: dict[str, int] = {}
    vat: dict[tuple[str, str, Decimal], list[int]] = {}
    tenders: dict[tuple[str, str], int] = {}
    for event in events:
        counts["events"] += 1
        if event.type == "training.completed":
            counts["training"] += 1
        if event.type not in _SALES and event.type != "training.completed":
            if event.type.startswith("receipt.") and event.type != "receipt.reprinted":
                body = BodyReader(parse_body(event.body))
                numbers.append(body.object("receipt").integer("number"))
            continue
        receipt = receipt_from_body(event.event_id, parse_body(event.body))
        numbers.append(receipt.receipt_id.number)
        if event.type not in _SALES:
            continue
        counts["sales" if event.type == "sale.completed" else "returns"] += 1
        code = receipt.currency
        totals[code] = totals.get(code, 0) + receipt.total
        for row in receipt.vat:
            sums = vat.setdefault((code, row.category, row.rate), [0, 0])
            sums[0] += row.gross
            sums[1] += row.vat
        for tender in receipt.tenders:
            key = (code, str(tender.kind))
            tenders[key] = tenders.get(key, 0) + tender.amount
    return {
        **counts,
        "first_number": min(numbers, default=0),
        "last_number": max(numbers, default=0),
        "totals": dict(totals),
        "vat": [
            {
                "currency": code,
                "category": category,
                "rate": format_quantity(rate),
                "gross": sums[0],
                "vat": sums[1],
            }
            for (code, category, rate), sums in sorted(vat.items())
        ],
        "tenders": [
            {"currency": code, "kind": kind, "amount": amount}
            for (code, kind), amount in sorted(tenders.items())
        ],
    }
