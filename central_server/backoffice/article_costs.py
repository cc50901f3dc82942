"""The purchase prices of an article: shown beside the margin that its price leaves, and set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.formats import DASH
from central_server.backoffice.scope import Scope, link
from central_server.backoffice.shell import Reader, reader_of
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, sends
from central_server.features.audit.service import changed
from central_server.features.catalogue import costs
from central_server.features.catalogue.service import Product
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadUnit, WriteUnit
from shared.errors import DomainError
from shared.money import currency as money_unit
from shared.money import parse_amount
from shared.pricing import PriceEntry
from shared.quantity import read_typed, to_thousandths
from shared.tax import vat_rate

router = APIRouter(include_in_schema=False)

CostKeeper = Annotated[Visitor, sends(Right.CATALOGUE_WRITE)]


@dataclass(frozen=True, slots=True)
class CostLine:
    """A purchase price, and the margin that the chain's price of the variant looked at leaves."""

    currency: str
    cost: str
    margin: str
    share: str


def cost_lines(
    unit: ReadUnit,
    reader: Reader,
    product: Product,
    price: PriceEntry | None,
    scope: Scope,
    now: datetime,
) -> list[CostLine]:
    """The purchase prices of an article by currency. The VAT in the price is that of the first store with its
    currency.
    """
    markets = {store.currency: store.market for store in reversed(scope.visible)}
    known = costs.costs_of(unit, [product.article_no]).get(product.article_no, {})
    lines = []
    for code, cost in sorted(known.items()):
        margin = share = DASH
        if price is not None and price.currency == code and code in markets:
            rate = vat_rate(markets[code], product.vat_category, now.date()).rate
            net = costs.net_of(price.amount, to_thousandths(rate))
            margin = reader.formats.money(net - cost, code)
            share = reader.formats.share(net - cost, net)
        lines.append(CostLine(code, reader.formats.money(cost, code), margin, share))
    return lines


@router.post("/articles/{article_no}/cost")
def set_cost(
    request: Request,
    article_no: str,
    visitor: CostKeeper,
    unit: WriteUnit,
    amount: Annotated[str, Form(max_length=16)] = "",
    currency: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Set what an article is bought for; nothing typed says that nobody knows."""
    exponent = money_unit(currency).exponent
    wanted = None
    if amount.strip():
        language = reader_of(request, visitor).language
        try:
            wanted = parse_amount(read_typed(amount.strip(), language, exponent), exponent)
        except DomainError:
            raise DomainError("cost_invalid", http_status=422) from None
    now = request.app.state.business_clock.now()
    before = costs.set_cost(unit, article_no, currency, wanted, now)
    facts = [{"amount": one, "currency": currency} for one in (before, wanted)]
    note(request, visitor, unit, changed("cost", article_no, *facts))
    return RedirectResponse(link(f"/articles/{article_no}", saved=1), status_code=303)
