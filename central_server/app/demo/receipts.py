"""Past receipts of the demo chain, as the journal events that its tills would have sent.

Seeded by till and day: the same day gives the same receipts however many days are loaded.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from central_server.app.demo.chain import DemoStore
from central_server.app.demo.goods import DemoVariant
from shared.basket import Basket, Line
from shared.fiscal import FiscalTransaction, NoFiscalDevice
from shared.identity import uuid7
from shared.journal import (
    RECEIPT_VERSION,
    ChainedEvent,
    canonical_bytes,
    first_prev_hash,
    link,
    receipt_to_body,
)
from shared.receipt import Receipt, ReceiptId, RecordedMode
from shared.tax import vat_rate
from shared.tender import Tender, TenderKind, TenderMix

INCARNATION = 1
# Receipts a till on an ordinary Monday for each point of a store's weight; Saturdays are busiest.
_BY_WEEKDAY = (2, 2, 2, 3, 4, 5, 0)
_NOTES = (500, 1000, 2000, 5000, 10000)
_RETURN_SHARE = 4


@dataclass(frozen=True, slots=True)
class TillOfStore:
    """One till of the demo chain and the people who work at it."""

    till_id: str
    store: DemoStore
    operators: tuple[str, ...]


@dataclass(slots=True)
class _Position:
    """Where the chain of a till has got to while its past is written."""

    seq: int
    number: int
    hash: bytes


def past_events(
    till: TillOfStore, goods: Sequence[DemoVariant], first: date, last: date
) -> Iterator[ChainedEvent]:
    """The till's events from `first` to `last` day, chained from sequence number 1."""
    at = _Position(0, 0, first_prev_hash(till.till_id, INCARNATION))
    day = first
    while day <= last:
        for receipt in _day(till, goods, day):
            at.seq += 1
            at.number += 1
            numbered = replace(receipt, receipt_id=ReceiptId(till.till_id, INCARNATION, at.number))
            event = link(
                till_id=till.till_id,
                incarnation=INCARNATION,
                seq=at.seq,
                event_id=numbered.event_id,
                event_type="return.completed" if numbered.is_return else "sale.completed",
                version=RECEIPT_VERSION,
                body=canonical_bytes(receipt_to_body(numbered)),
                prev_hash=at.hash,
            )
            at.hash = event.hash
            yield event
        day += timedelta(days=1)


def _day(till: TillOfStore, goods: Sequence[DemoVariant], day: date) -> Iterator[Receipt]:
    chance = random.Random(f"{till.till_id} {day.isoformat()}")  # noqa: S311 - invented sales, no secret
    season = 2 if day.month == 12 and day.day < 25 else 1
    count = _BY_WEEKDAY[day.weekday()] * till.store.weight * season
    zone = ZoneInfo(till.store.timezone)
    opening = datetime(day.year, day.month, day.day, 10, 0, tzinfo=zone)
    seconds = sorted(chance.randrange(9 * 3600) for _ in range(count))
    for offset in seconds:
        yield _receipt(till, goods, opening + timedelta(seconds=offset), chance)


def _receipt(
    till: TillOfStore, goods: Sequence[DemoVariant], at: datetime, chance: random.Random
) -> Receipt:
    store = till.store
    basket = Basket(_id(at, chance), store.currency, at, chance.choice(till.operators))
    sign = -1 if chance.randrange(100) < _RETURN_SHARE else 1
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        basket = basket.add(
            _line(store, chance.choice(goods), at.date(), sign * chance.choice((1, 1, 1, 1, 2)))
        )
    totals = basket.totals()
    finished = at + timedelta(seconds=40 + 15 * len(basket.lines) + chance.randrange(60))
    tenders = _cash(totals.gross, chance)
    transaction = FiscalTransaction(
        basket.basket_id, till.till_id, store.market, store.currency, "sale", finished, totals.gross
    )
    return Receipt(
        event_id=_id(finished, chance),
        basket_id=basket.basket_id,
        receipt_id=ReceiptId(till.till_id, INCARNATION, 0),
        store_id=store.store_id,
        market=store.market,
        currency=store.currency,
        mode=RecordedMode.DEMO,
        operator_id=basket.operator_id,
        business_date=at.date(),
        started_at=at,
        finished_at=finished,
        lines=tuple(basket.lines.values()),
        vat=totals.vat,
        tenders=tenders,
        total=totals.gross,
        fiscal=NoFiscalDevice().finish(transaction),
    )


def _line(store: DemoStore, variant: DemoVariant, day: date, quantity: int) -> Line:
    rate = vat_rate(store.market, "standard", day)
    price = variant.price_gbp if store.currency == "GBP" else variant.price_eur
    return Line(
        number=0,
        sku=variant.sku,
        article_no=variant.article_no,
        name=variant.name_en if store.languages[0] == "en" else variant.name_de,
        quantity=Decimal(quantity),
        unit_price=price,
        vat_category=str(rate.category),
        vat_rate=rate.rate,
        size=variant.size,
        colour=variant.colour_de,
        scanned=variant.barcode,
        list_price=price,
    )


def _cash(total: int, chance: random.Random) -> tuple[Tender, ...]:
    mix = TenderMix(total)
    if total <= 0:
        return mix.add(Tender(TenderKind.CASH, total)).settled() if total else ()
    note = chance.choice(_NOTES)
    given = -(-total // note) * note
    return mix.add(Tender(TenderKind.CASH, given)).settled()


def _id(at: datetime, chance: random.Random) -> UUID:
    return uuid7(at, chance.randbytes(10))
