"""One line of a receipt: what was sold or brought back, how much of it, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.basket.value import ValueSold
from shared.money import times_quantity


class PriceSource(StrEnum):
    """Where a line's unit price comes from."""

    LIST = "list"
    MANUAL = "manual"
    LABEL = "label"


class StockArea(StrEnum):
    """Where goods that come back are put: to be sold again, sold as seconds, looked at first, or sent back."""

    SALE = "sale"
    SECONDS = "seconds"
    QUARANTINE = "quarantine"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """What one version of a promotion took off a line, in minor units; below zero where goods come back.

    `name` is what the customer reads.
    """

    promotion: str
    version: int
    amount: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where goods that come back were bought: the full number of the receipt, and the number of its line there.

    `paid` is what was paid for these pieces, in minor units: what goes back may be less (docs/promotions.md, Returns).
    """

    receipt: str
    line: int
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt line; `quantity` below zero is a return. Amounts are gross minor units of the receipt's currency.

    `list_price` is what the price lists said when the line was added (None: nothing), `unit_price` what counts; they
    differ only for `PriceSource.MANUAL`, and for `LABEL`, where the label of a packed piece carries its price.
    `scanned` is the code that found the article. `discounts` says which part of `discount` promotions gave; the rest
    was given by hand. `origin` stands on goods that come back with their receipt; then `discount` is below zero, by
    what of the price does not go back. `value` stands on a line that sells no goods but a gift card or voucher. `area`
    says where goods that come back are put.
    """

    number: int
    sku: str
    article_no: str
    name: str
    quantity: Decimal
    unit_price: int
    vat_category: str
    vat_rate: Decimal
    size: str = ""
    colour: str = ""
    uom: str = "H87"
    scanned: str = ""
    list_price: int | None = None
    price_source: PriceSource = PriceSource.LIST
    discount: int = 0
    note: str = ""
    reason: str = ""
    discounts: tuple[LineDiscount, ...] = ()
    origin: Origin | None = None
    value: ValueSold | None = None
    area: StockArea = StockArea.SALE

    @property
    def gross(self) -> int:
        """What the line adds to the receipt: quantity x unit price, rounded half up, less its discount."""
        return times_quantity(self.unit_price, self.quantity) - self.discount

    @property
    def kept_back(self) -> int:
        """What was paid for these goods and does not go back with them, in minor units."""
        return max(self.origin.paid + self.gross, 0) if self.origin is not None else 0

    @property
    def is_return(self) -> bool:
        """Whether goods, or value that was sold, come back with this line."""
        return self.quantity < 0

    @property
    def is_goods(self) -> bool:
        """Whether this is goods: only then it counts as turnover, moves stock, earns and is discounted."""
        return self.value is None
