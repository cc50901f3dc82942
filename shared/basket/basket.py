"""The basket aggregate. Every change gives a new basket; refused changes raise and leave the old one as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared.basket.line import Line, PriceSource
from shared.coupons import Coupon
from shared.errors import DomainError
from shared.tax import VatAmount, split_gross

MAX_LINES = (
    2_000  # a receipt of two thousand lines is 20 m of paper; beyond that something is wrong
)
MAX_QUANTITY = Decimal(100_000)  # wholesale lines of 80,995 pieces occur in real receipts


@dataclass(frozen=True, slots=True)
class BasketTotals:
    """`gross` = sum of lines = sum of the VAT rows, in minor units; `pieces` counts sold and returned units."""

    gross: int
    discount: int
    pieces: Decimal
    vat: tuple[VatAmount, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """An open receipt. Line numbers are given once and never used again, also not after a void.

    `lines` maps line number to line in the order of entry; `voided` counts lines taken off again. `customer` is the
    number of whom it counts for, `codes` are the promotion codes that were given for it, each once; `coupons`
    those of them that are of a batch.
    """

    basket_id: UUID
    currency: str
    started_at: datetime
    operator_id: str
    training: bool = False
    lines: Mapping[int, Line] = field(default_factory=dict)
    next_number: int = 1
    voided: int = 0
    external_ref: str = ""
    note: str = ""
    customer: str = ""
    codes: tuple[str, ...] = ()
    coupons: tuple[Coupon, ...] = ()

    def add(self, line: Line) -> Basket:
        """The basket with `line` appended under the next number (the number in `line` is ignored).

        `DomainError`: `quantity_zero`, `quantity_too_large`, `basket_full`, `price_negative`.
        """
        if len(self.lines) >= MAX_LINES:
            raise DomainError("basket_full", {"most": MAX_LINES})
        _check_quantity(line.quantity)
        _check_price(line.unit_price)
        numbered = replace(line, number=self.next_number)
        return replace(
            self, lines={**self.lines, numbered.number: numbered}, next_number=self.next_number + 1
        )

    def with_quantity(self, number: int, quantity: Decimal) -> Basket:
        """The basket with another quantity on a line; zero is refused (`quantity_zero`): a void is its own act.

        `DomainError('value_line_fixed')` for a line that sells a gift card or voucher.
        """
        line = self.line(number)
        _check_goods(line)
        _check_quantity(quantity)
        if (quantity < 0) != line.is_return:
            raise DomainError("quantity_changes_direction", {"line": number})
        return self._with(replace(line, quantity=quantity))

    def with_price(self, number: int, unit_price: int, reason: str) -> Basket:
        """The basket with a price by hand on a line, with the reason that the audit trail asks for; errors as
        `with_quantity`.
        """
        _check_price(unit_price)
        line = self.line(number)
        _check_goods(line)
        changed = replace(
            line, unit_price=unit_price, price_source=PriceSource.MANUAL, reason=reason
        )
        return self._with(changed)

    def with_note(self, number: int, note: str) -> Basket:
        """The basket with a note on a line (at most 200 characters are kept)."""
        return self._with(replace(self.line(number), note=note[:200]))

    def with_line(self, line: Line) -> Basket:
        """The basket with another line under the same number; `DomainError('line_unknown')` if there is none."""
        self.line(line.number)
        return self._with(line)

    def void(self, number: int) -> Basket:
        """The basket without a line; `DomainError('line_unknown')` if there is no such line."""
        self.line(number)
        left = {n: line for n, line in self.lines.items() if n != number}
        return replace(self, lines=left, voided=self.voided + 1)

    def restore(self, line: Line) -> Basket:
        """Undo of `void`: the line comes back under its own number and place."""
        if line.number in self.lines or line.number >= self.next_number:
            raise DomainError("line_not_voided", {"line": line.number})
        merged = {**self.lines, line.number: line}
        return replace(self, lines=dict(sorted(merged.items())), voided=self.voided - 1)

    def line(self, number: int) -> Line:
        """The line with this number; `DomainError('line_unknown')` if there is none."""
        found = self.lines.get(number)
        if found is None:
            raise DomainError("line_unknown", {"line": number})
        return found

    @property
    def value_sold(self) -> int:
        """What gift cards and vouchers that are sold add to the total, in minor units."""
        return value_of(self.lines.values())

    @property
    def is_empty(self) -> bool:
        """Whether no line is left."""
        return not self.lines

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on it to be kept or accounted for, not even a line that was taken off."""
        kept = (self.customer, self.codes, self.coupons, self.note, self.external_ref)
        return not (self.lines or self.voided or any(kept))

    @property
    def is_return(self) -> bool:
        """Whether every line brings goods back."""
        return bool(self.lines) and all(line.is_return for line in self.lines.values())

    def totals(self) -> BasketTotals:
        """Sums and VAT table of the basket as it stands."""
        lines = self.lines.values()
        return BasketTotals(
            gross=sum(line.gross for line in lines),
            discount=sum(line.discount for line in lines),
            pieces=sum((abs(line.quantity) for line in lines), Decimal(0)),
            vat=split_gross((line.vat_category, line.vat_rate, line.gross) for line in lines),
        )

    def _with(self, line: Line) -> Basket:
        return replace(self, lines={**self.lines, line.number: line})


def value_of(lines: Iterable[Line]) -> int:
    """What the lines that sell gift cards and vouchers come to, in minor units; below zero where they come back."""
    return sum(line.gross for line in lines if not line.is_goods)


def _check_goods(line: Line) -> None:
    if not line.is_goods:
        raise DomainError("value_line_fixed", {"line": line.number})


def _check_quantity(quantity: Decimal) -> None:
    if quantity == 0:
        raise DomainError("quantity_zero")
    if abs(quantity) > MAX_QUANTITY:
        raise DomainError("quantity_too_large", {"most": int(MAX_QUANTITY)})


def _check_price(unit_price: int) -> None:
    if unit_price < 0:
        raise DomainError("price_negative")
