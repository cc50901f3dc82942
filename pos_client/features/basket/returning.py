"""Goods of an earlier receipt come back: which can, the line they come back with, and why less goes back. No screen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pos_client.features.basket.ports import Purchases
from pos_client.features.basket.selling_value import KnownValue, SellingValue
from pos_client.features.basket.state import BoughtRow, BoughtState
from pos_client.ports import Sale, Texts
from shared.basket import Line, Origin, StockArea
from shared.errors import DomainError


class Returning:
    """Part of the basket's presenter."""

    def __init__(self, sale: Sale, purchases: Purchases, texts: Texts, value: SellingValue) -> None:
        self._sale = sale
        self._value = value
        self._purchases = purchases
        self._texts = texts

    def bought(self, number: str) -> BoughtState:
        """What of an earlier receipt can still come back."""
        bought = self._purchases.bought(number.strip())
        receipt = bought.receipt
        rows = []
        for line in receipt.lines:
            there = self._coming_back(Origin(bought.number, line.number))
            left = bought.left(line.number) + (there.quantity if there is not None else 0)
            if left > 0:
                variant = (line.name, line.size, line.colour)
                name = ", ".join(part for part in variant if part)
                paid = self._texts.amount(line.gross, receipt.currency)
                sold = line.value
                kind, of = ("", "") if sold is None else (str(sold.kind), sold.number)
                rows.append(
                    BoughtRow(line.number, name, self._texts.quantity(left), paid, kind, of)
                )
        title = self._texts.text(
            "basket.bought",
            number=receipt.receipt_id.printed_number,
            moment=self._texts.moment(receipt.finished_at),
        )
        return BoughtState(bought.number, title, tuple(rows))

    def take(
        self,
        number: str,
        line: int,
        many: Decimal,
        reason: str,
        area: StockArea = StockArea.SALE,
        known: KnownValue | None = None,
    ) -> Line:
        """Put so many more of that line of that receipt on the open one; the line with which they come back."""
        if not reason.strip():
            raise DomainError("reason_missing")
        bought = self._purchases.bought(number.strip())
        sold = bought.line(line)
        if sold is None:
            raise DomainError("line_unknown", {"line": line})
        origin = Origin(bought.number, line)
        if not sold.is_goods:
            if bought.left(line) <= 0:
                raise DomainError("return_too_many", {"most": "0", "number": bought.number})
            return self._value.take_back(sold, origin, known, reason.strip()[:200])
        there, basket = self._coming_back(origin), self._sale.basket
        if there is not None and basket is not None:
            if there.area is not area:
                raise DomainError("return_area_differs")
            more = basket.with_quantity(there.number, there.quantity - many)
            return self._sale.change(more, there.number)
        back = replace(
            sold, quantity=-many, discount=0, discounts=(), note="", reason=reason.strip()[:200]
        )
        return self._sale.add(replace(back, origin=origin, area=area))

    def _coming_back(self, origin: Origin) -> Line | None:
        """The line of the open receipt with which these goods come back."""
        basket = self._sale.basket
        for line in basket.lines.values() if basket is not None else ():
            if line.origin is not None and replace(line.origin, paid=0) == origin:
                return line
        return None


def area_named(name: str) -> StockArea:
    """The area of a name, the sales area for none; `DomainError('return_area_unknown')`."""
    try:
        return StockArea(name or StockArea.SALE)
    except ValueError:
        raise DomainError("return_area_unknown", {"area": name[:20]}) from None


def why_less(line: Line, currency: str, texts: Texts) -> str:
    """Why less goes back for a line than was paid; empty if it does not."""
    if line.origin is None or not line.kept_back:
        return ""
    return texts.text(
        "receipt.return_less",
        paid=texts.amount(line.origin.paid, currency),
        less=texts.amount(line.kept_back, currency),
    )
