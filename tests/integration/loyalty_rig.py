"""A shop whose receipts earn points, wallet and cashback, and to which goods come back."""

from decimal import Decimal

from central_server.features.loyalty import service
from central_server.features.loyalty.service import Grant
from central_server.platform.unit_of_work import reading, run_writing
from shared.journal import receipt_to_body
from shared.loyalty import Purse
from shared.tax import split_gross
from tests.integration.ledger_rig import Books, named
from tests.integration.promotion_rig import PricedShop

POINTS = {"id": "B1", "stage": "benefit", "reward": {"points": {"per": "1.00", "give": 1}}}
WALLET = {"id": "B2", "stage": "benefit", "reward": {"wallet": {"percent": "5"}}}
CASHBACK = {"id": "B3", "stage": "benefit", "reward": {"cashback": {"amount": "2.00"}}}
FROM_50 = {
    "id": "B4",
    "stage": "benefit",
    "if": [{"spend": "50.00"}],
    "reward": {"points": {"fixed": 100}},
}
GOODS = (("A-1", "2", 2000), ("A-2", "1", 3000))


class LoyalShop(PricedShop):
    """Sells to customers, and takes goods back."""

    def __init__(self, web_centre):
        super().__init__(web_centre.context.database, web_centre.context.business_clock)
        self.books = Books(self.database)

    def write(self, work):
        return run_writing(self.database, work)

    @property
    def today(self):
        return self.clock.now().date()

    def buy(self, customer="C1", goods=GOODS, bodies=(POINTS,), change=dict.items, **more):
        """A receipt of a customer; its full number."""

        def named_customer(body):
            if customer:
                body["customer"] = customer
            change(body)

        self.sell(*bodies, goods=goods, change=named_customer, **more)
        return f"DE01-T1-1-{self.till.number}"

    def unsent_return(self, number, *lines, tenders=None, **facts):
        """Journal that `(line, quantity, price)` of a receipt comes back."""
        self.till.number += 1
        goods = [(f"A-{line}", f"-{quantity}", price) for line, quantity, price in lines]
        receipt = self.till.receipt(goods, Decimal(19))
        body = receipt_to_body(receipt)
        for row, (line, quantity, price) in zip(body["lines"], lines, strict=True):
            row["origin"] = {"receipt": number, "line": line, "paid": int(quantity) * price}
        body |= facts
        if tenders is not None:
            body["tenders"] = tenders
        (vat,) = split_gross([("standard", Decimal(19), body["total"])])
        body["vat"] = [{**body["vat"][0], "net": vat.net, "vat": vat.vat}]
        self.till.journal("return.completed", body, receipt.event_id)

    def bring_back(self, number, *lines, **more):
        self.unsent_return(number, *lines, **more)
        self.book()

    def purse(self, purse=Purse.POINTS, customer="C1", on=None):
        with reading(self.database) as unit:
            return service.purse_balance(unit, purse, customer, "EUR", on or self.today)

    def grant(self, name, amount, purse=Purse.POINTS, customer="C1", store="DE01"):
        asked = Grant(named(name), purse, customer, store, amount, self.today, at_once=True)
        self.write(lambda unit: service.grant(unit, asked, self.clock.now()))
