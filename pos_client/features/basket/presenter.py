"""The basket's intents. Each either takes place, durably, or raises and leaves everything as it was.

Refusals (`DomainError`) and disk trouble (`EnvironmentProblem`) go to the caller, which phrases them: the shell of the
till knows one way to show an error.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from pos_client.features.basket.ports import BasketView, PriceBook
from pos_client.features.basket.state import BasketState, LineRow, ParkedRow
from pos_client.ports import Place, Recording, Sale, Texts
from shared.basket import Basket, Line, PriceSource
from shared.catalogue import Item
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import parse_quantity, read_scan


class BasketPresenter:
    """Texts come in as typed: quantities and prices as decimals with a point."""

    def __init__(
        self,
        sale: Sale,
        prices: PriceBook,
        recording: Recording,
        place: Place,
        texts: Texts,
        view: BasketView,
    ) -> None:
        self._sale = sale
        self._prices = prices
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view
        self._rows: dict[int, LineRow] = {}
        self._rows_of: tuple[UUID | None, str] = (None, "")

    # --- lines --------------------------------------------------------------------------------

    def on_scan(self, raw: str) -> BasketState:
        """A code was scanned: one piece, or the weight that the code carries."""
        scan = read_scan(raw)
        item = self._prices.find(scan.key)
        return self._add(item, scan.quantity or Decimal(1), None, "", scan.key)

    def on_add(
        self, code: str, quantity: str = "1", price: str | None = None, reason: str = ""
    ) -> BasketState:
        """An article by barcode, sku or number.

        `DomainError('price_missing')` if the lists have none and none is given; a price by hand needs a `reason`
        (`reason_missing`). A price that is the list's own is no price by hand.
        """
        item = self._prices.find(code.strip())
        return self._add(item, _positive(quantity), price, reason, code.strip())

    def on_return(
        self, code: str, quantity: str = "1", price: str | None = None, reason: str = ""
    ) -> BasketState:
        """Goods come back: a line with the quantity below zero, and the reason for it."""
        if not reason.strip():
            raise DomainError("reason_missing")
        item = self._prices.find(code.strip())
        return self._add(item, -_positive(quantity), price, reason, code.strip())

    def _add(
        self, item: Item, quantity: Decimal, price: str | None, reason: str, scanned: str
    ) -> BasketState:
        moment = self._recording.moment()
        listed = self._prices.price(item.sku, moment)
        by_hand = None if price is None else self._amount(price)
        if by_hand is None and listed is None:
            raise DomainError("price_missing", {"sku": item.sku})
        manual = by_hand is not None and by_hand != listed
        if manual and not reason.strip():
            raise DomainError("reason_missing")
        unit_price = by_hand if by_hand is not None else listed
        line = Line(
            number=0,
            sku=item.sku,
            article_no=item.article_no,
            name=item.name(self._texts.language)[:120],
            quantity=quantity,
            unit_price=unit_price or 0,
            vat_category=item.vat_category,
            vat_rate=self._prices.vat_rate(item.vat_category, moment),
            size=item.size,
            colour=item.colour,
            uom=item.uom,
            scanned=scanned[:90],
            list_price=listed,
            price_source=PriceSource.MANUAL if manual else PriceSource.LIST,
            reason=reason.strip()[:200],
        )
        added = self._sale.add(line)
        notice = ""
        if item.age_class:
            notice = self._texts.text("basket.age_check", age=item.age_class)
        return self._show(added, notice)

    def on_quantity(self, number: int, quantity: str) -> BasketState:
        """Another quantity for a line; a return stays a return."""
        basket = self._require()
        value = _positive(quantity)
        if basket.line(number).is_return:
            value = -value
        return self._show(self._sale.change(basket.with_quantity(number, value), number))

    def on_price(self, number: int, price: str, reason: str) -> BasketState:
        """A price by hand for a line, with the reason."""
        if not reason.strip():
            raise DomainError("reason_missing")
        basket = self._require()
        changed = basket.with_price(number, self._amount(price), reason.strip()[:200])
        return self._show(self._sale.change(changed, number))

    def on_note(self, number: int, note: str) -> BasketState:
        """A note on a line; number 0 means the whole receipt."""
        if number == 0:
            self._sale.set_note(note)
            return self._show(None)
        basket = self._require()
        return self._show(self._sale.change(basket.with_note(number, note), number))

    def on_void(self, number: int) -> BasketState:
        """Take a line off."""
        self._sale.void(number)
        self._rows.pop(number, None)
        return self._show(None)

    def on_undo(self) -> BasketState:
        """Put the line back that was taken off last."""
        line = self._sale.undo_void()
        self._rows = {}
        return self._show(line)

    # --- the receipt --------------------------------------------------------------------------

    def on_reference(self, ref: str) -> BasketState:
        """The number by which another system knows this receipt, or the one about to be opened."""
        self._sale.set_reference(ref.strip())
        return self._show(None)

    def on_training(self, on: bool) -> BasketState:
        """Practise, or not."""
        self._sale.set_training(on)
        return self._show(None)

    def on_park(self, label: str = "") -> BasketState:
        """Lay the receipt aside."""
        self._recording.require_operator()
        self._sale.park(label.strip())
        return self._show(None)

    def on_parked(self) -> tuple[ParkedRow, ...]:
        """What is laid aside."""
        return tuple(
            ParkedRow(str(p.basket_id), p.label, self._texts.moment(p.parked_at), p.lines)
            for p in self._sale.parked()
        )

    def on_recall(self, basket_id: str = "") -> BasketState:
        """Take a parked receipt up again; without an id the one that was laid aside last."""
        parked = self._sale.parked()
        chosen = [p for p in parked if str(p.basket_id) == basket_id] if basket_id else parked[-1:]
        if not chosen:
            raise DomainError("parked_unknown")
        self._sale.recall(chosen[0].basket_id)
        return self._show(None)

    def on_cancel(self, reason: str = "") -> BasketState:
        """Give the receipt up."""
        self._sale.cancel(reason.strip())
        return self._show(None)

    def refresh(self) -> BasketState:
        """Show the receipt as it stands: at the start, and after a payment."""
        return self._show(None)

    # --- inside -------------------------------------------------------------------------------

    def _require(self) -> Basket:
        if self._sale.basket is None:
            raise DomainError("no_basket")
        return self._sale.basket

    def _amount(self, text: str) -> int:
        return parse_amount(text, currency(self._place.currency).exponent)

    def _show(self, changed: Line | None, notice: str = "") -> BasketState:
        basket = self._sale.basket
        training = self._texts.text("basket.training") if self._sale.training else ""
        if basket is None:
            self._rows = {}
            state = BasketState(training=training)
        else:
            key = (basket.basket_id, self._texts.language)
            if key != self._rows_of or (not self._rows and basket.lines):
                self._rows = {n: self._row(line, basket) for n, line in basket.lines.items()}
                self._rows_of = key
            last = None
            if changed is not None:
                last = self._rows[changed.number] = self._row(changed, basket)
            totals = self._sale.totals
            state = BasketState(
                open=True,
                lines=tuple(self._rows.values()),
                pieces=self._texts.quantity(totals.pieces),
                total=self._texts.money(totals.gross, basket.currency),
                training=training,
                note=basket.note,
                notice=notice,
                last=last,
            )
        self._view.render(state)
        return state

    def _row(self, line: Line, basket: Basket) -> LineRow:
        marks = []
        if line.is_return:
            marks.append(self._texts.text("basket.mark_return"))
        if line.price_source is PriceSource.MANUAL:
            marks.append(self._texts.text("basket.mark_price"))
        return LineRow(
            number=line.number,
            name=line.name,
            detail=" ".join(part for part in (line.size, line.colour) if part),
            sku=line.sku,
            quantity=self._texts.quantity(line.quantity),
            unit_price=self._texts.amount(line.unit_price, basket.currency),
            total=self._texts.amount(line.gross, basket.currency),
            marks=tuple(marks),
            note=line.note,
        )


def _positive(text: str) -> Decimal:
    value = parse_quantity(text)
    if value < 0:
        raise DomainError("quantity_negative")
    return value
