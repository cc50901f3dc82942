"""Publishing promotions in tests, and what follows from them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from central_server.features.exceptions import service as exceptions
from central_server.features.promotions import service
from central_server.features.promotions.document import read_file
from central_server.gateway.journal import intake
from central_server.gateway.journal.jobs import places
from central_server.gateway.journal.projection import project_pending
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.journal import receipt_to_body
from shared.promotions import (
    BasketLine,
    Book,
    Context,
    discounts_by_line,
    freeze,
    frozen_to_body,
    price,
    read_promotion,
)
from shared.tax import split_gross
from tests.support.journals import START, ImaginedTill

AHEAD = timedelta(days=30)


def promotion(promotion_id="P1", percent="20", **more):
    return {"id": promotion_id, "reward": {"percent": percent}, **more}


def publication(clock):
    return service.Publication(clock.now(), "command", AHEAD)


def publish(database, clock, *entries, currency="EUR"):
    """Publish entries; what the service says of it."""
    file = read_file(json.dumps(list(entries)).encode(), currency)
    return run_writing(database, lambda unit: service.publish(unit, file, publication(clock)))


def withdraw(database, clock, promotion_id):
    return run_writing(
        database, lambda unit: service.withdraw(unit, promotion_id, publication(clock))
    )


def settle(database, clock):
    return run_writing(database, lambda unit: service.settle(unit, clock.now(), AHEAD))


def book(database, clock, *tills):
    """Accept and book everything these tills have journalled."""
    for till in tills:
        with writing(database) as unit:
            intake.accept(unit, till.till_id, till.incarnation, till.batch(), clock.now())
    while project_pending(database, places, clock):
        pass


def used(promotion_id="P1", version=1, amount=500, applications=1, **more):
    return {
        "id": promotion_id,
        "version": version,
        "applications": applications,
        "amount": amount,
        **more,
    }


def found(database):
    """The open exceptions: code, kind and parameters."""
    with reading(database) as unit:
        rows = exceptions.listed(unit)
    return [(row["code"], row["kind"], row["params"]) for row in reversed(rows)]


GOODS = (("A-1", "2", 1999), ("A-2", "1", 999), ("A-3", "0.5", 1250))


class PricedShop:
    """A centre, and a till whose receipts are priced as a till prices them."""

    def __init__(self, database, clock):
        self.database, self.clock = database, clock
        self.till = ImaginedTill()

    def publish(self, *entries, **more):
        return publish(self.database, self.clock, *entries, **more)

    def sell(
        self,
        *bodies,
        versions=None,
        change=dict.items,
        goods=GOODS,
        tenders=({"kind": "cash", "amount": 1},),
        means=(),
    ):
        """A receipt priced by a till that had these promotions, for `means`; `change` may make its body another.

        The first of `tenders` gets what the others leave.
        """
        receipt = self.till.receipt(goods, Decimal(19))
        promotions = [read_promotion(body, "", 2) for body in bodies]
        lines = [
            BasketLine(str(line.number), line.sku, int(line.quantity * 1000), line.unit_price, "19")
            for line in receipt.lines
        ]
        context = Context(START, store="DE01", explain="none", tenders=means)
        priced = price(Book(promotions), context, lines)
        numbers = {one.id: 1 for one in promotions} | (versions or {})
        body = receipt_to_body(receipt)
        body["pricing"] = frozen_to_body(freeze(priced, numbers.__getitem__))
        off = discounts_by_line(priced)
        for place, given in off.items():
            body["lines"][place]["discounts"] = [
                {"promotion": name, "version": numbers[name], "amount": amount}
                for name, amount in given.items()
            ]
            body["lines"][place]["discount"] = sum(given.values())
            body["lines"][place]["gross"] -= sum(given.values())
        body["promotions"] = [
            {"id": name, "version": numbers[name], "applications": times, "amount": amount}
            for name, times, amount in priced.uses()
        ]
        change(body)
        self._journal(receipt, body, tenders)
        return body

    def _journal(self, receipt, body, tenders):
        gross = sum(line["gross"] for line in body["lines"])
        (vat,) = split_gross([("standard", Decimal(19), gross)])
        body["vat"] = [{**body["vat"][0], "gross": gross, "net": vat.net, "vat": vat.vat}]
        rest = gross - sum(tender["amount"] for tender in tenders[1:])
        body["tenders"] = [{**tenders[0], "amount": rest}, *tenders[1:]]
        body["total"] = gross
        self.till.number += 1
        body["receipt"] = {**body["receipt"], "number": self.till.number}
        self.till.journal("sale.completed", body, receipt.event_id)
        self.book()

    def book(self):
        """Accept and book what the till has journalled."""
        book(self.database, self.clock, self.till)
