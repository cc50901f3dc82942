"""The open receipt as its screen shows it: rows, sums and sentences. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pos_client.features.basket.ports import Codes, Offers, People, PriceBook
from pos_client.features.basket.returning import why_less
from pos_client.features.basket.state import BasketState, LineRow, ParkedRow
from pos_client.ports import ParkedSale, Place, Sale, Texts
from shared.basket import Basket, Line, PriceSource
from shared.errors import DomainError, EnvironmentProblem
from shared.money import times_quantity
from shared.tender import masked


class Showing:
    """Part of the basket's presenter; keeps the rows that did not change."""

    def __init__(
        self,
        sale: Sale,
        prices: PriceBook,
        place: Place,
        texts: Texts,
        people: People,
        offers: Offers,
        codes: Codes,
    ) -> None:
        self._sale = sale
        self._prices = prices
        self._place = place
        self._texts = texts
        self._people = people
        self._offers = offers
        self._codes = codes
        self._ages: dict[str, int] = {}
        self._rows: dict[int, LineRow] = {}
        self._shown: dict[int, Line] = {}
        self._rows_of: tuple[UUID | None, str] = (None, "")

    def learn_age(self, sku: str, age_class: int) -> None:
        """How old a buyer of an article must be."""
        self._ages[sku] = age_class

    def forget_line(self, number: int) -> None:
        """A line was taken off."""
        self._rows.pop(number, None)
        self._shown.pop(number, None)

    def forget_rows(self) -> None:
        """Lines changed places: all rows are made anew."""
        self._rows = {}

    def state(self, changed: Line | None, notice: str, said: str) -> BasketState:
        """The open receipt as it stands, with the line that just changed."""
        basket = self._sale.basket
        training = self._texts.text("basket.training") if self._sale.training else ""
        if basket is not None:
            return replace(self._open_state(basket, changed, training, notice), said=said)
        self._rows = {}
        return BasketState(
            training=training,
            notice=notice,
            total=self._texts.money(0, self._place.currency),
            parked=self._sale.parked_count,
            said=said,
        )

    def parked(self, parked: Sequence[ParkedSale], now: datetime) -> tuple[ParkedRow, ...]:
        """What is laid aside."""
        return tuple(
            ParkedRow(
                basket_id=str(sale.basket_id),
                label=sale.label,
                parked_at=self._texts.moment(sale.parked_at),
                lines=sale.lines,
                total=self._texts.money(sale.total, self._place.currency),
                pieces=self._pieces(sale.pieces),
                ago=self._ago(sale.parked_at, now),
                operator=self._people.name_of(sale.operator_id),
            )
            for sale in parked
        )

    def _open_state(
        self, basket: Basket, changed: Line | None, training: str, notice: str
    ) -> BasketState:
        key = (basket.basket_id, self._texts.language)
        if key != self._rows_of or (not self._rows and basket.lines):
            self._rows, self._shown = {}, {}
            self._rows_of = key
        for number, line in basket.lines.items():
            if self._shown.get(number) is not line:
                # One more scan may change what promotions take off other lines.
                self._shown[number] = line
                self._rows[number] = self._row(line, basket)
        last = self._rows[changed.number] if changed is not None else None
        totals = self._sale.totals
        vat = sum(row.vat for row in totals.vat)
        gone = self._sale.last_voided
        return BasketState(
            open=True,
            lines=tuple(self._rows.values()),
            pieces=self._texts.quantity(totals.pieces),
            total=self._texts.money(totals.gross, basket.currency),
            training=training,
            note=basket.note,
            notice=notice,
            last=last,
            pieces_text=self._pieces(totals.pieces),
            subtotal=self._texts.amount(totals.gross + totals.discount, basket.currency),
            vat_text=self._texts.text(
                "basket.vat_contains", amount=self._texts.amount(vat, basket.currency)
            ),
            can_pay=not basket.is_empty,
            refund=totals.gross < 0,
            voided=replace(self._row(gone, basket), voided=True) if gone else None,
            parked=self._sale.parked_count,
            saved=self._saved(totals.discount, basket.currency),
            saved_amount=self._texts.money(max(totals.discount, 0), basket.currency),
            customer=self._customer(basket.customer),
            customer_number=basket.customer,
            codes=(*basket.codes, *(one.shown for one in basket.coupons)),
            promotions=self._offers.running(),
            code_request=self._codes.request(),
        )

    def _customer(self, number: str) -> str:
        guest = self._offers.customer(number) if number else None
        if guest is not None:
            return guest.name
        # Gone from the lists since: the receipt still counts for the number.
        return self._texts.text("basket.customer_number", number=number) if number else ""

    def _saved(self, minor: int, currency: str) -> str:
        if minor <= 0:
            return ""
        return self._texts.text("basket.saved", amount=self._texts.amount(minor, currency))

    def _pieces(self, pieces: Decimal) -> str:
        key = "basket.pieces_one" if pieces == 1 else "basket.pieces_many"
        return self._texts.text(key, count=self._texts.quantity(pieces))

    def _ago(self, at: datetime, now: datetime) -> str:
        minutes = int((now - at).total_seconds() // 60)
        if minutes < 1:
            return self._texts.text("basket.ago_now")
        if minutes < 60:
            return self._texts.text("basket.ago_minutes", count=minutes)
        if minutes < 24 * 60:
            return self._texts.text("basket.ago_hours", count=minutes // 60)
        return self._texts.moment(at)

    def _age(self, sku: str) -> str:
        age = self._ages.get(sku) if sku else 0
        if age is None:
            # A receipt taken up again: what its articles say may have gone from the lists meanwhile.
            try:
                age = self._prices.find(sku).age_class
            except (DomainError, EnvironmentProblem):
                age = 0
            self._ages[sku] = age
        return self._texts.text("basket.age_line", age=age) if age else ""

    def _row(self, line: Line, basket: Basket) -> LineRow:
        marks = []
        if line.is_return:
            marks.append(self._texts.text("basket.mark_return"))
        if line.price_source is PriceSource.MANUAL:
            marks.append(self._texts.text("basket.mark_price"))
        listed = None
        if line.list_price is not None and not line.is_return:
            listed = times_quantity(line.list_price, line.quantity)
        saved = listed - line.gross if listed is not None else 0
        return LineRow(
            number=line.number,
            name=line.name,
            detail=_detail(line),
            sku=line.sku,
            quantity=self._texts.quantity(line.quantity),
            unit_price=self._texts.amount(line.unit_price, basket.currency),
            total=self._texts.amount(line.gross, basket.currency),
            marks=tuple(marks),
            note=line.note,
            list_price=self._texts.amount(listed or 0, basket.currency) if saved > 0 else "",
            saving=self._texts.amount(-saved, basket.currency) if saved > 0 else "",
            is_return=line.is_return,
            age=self._age(line.sku),
            deal=why_less(line, basket.currency, self._texts)
            or ", ".join(each.name for each in line.discounts if each.name),
        )


def _detail(line: Line) -> str:
    """Size and colour of goods; the end of a gift card's or voucher's number."""
    if line.value is not None:
        return masked(line.value.number)
    return " ".join(part for part in (line.size, line.colour) if part)
