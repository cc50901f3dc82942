"""The basket's intents. Each either takes place, durably, or raises and leaves everything as it was.

Refusals (`DomainError`) and disk trouble (`EnvironmentProblem`) go to the caller, which phrases them: the shell of the
till knows one way to show an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from pos_client.features.basket.ports import (
    BasketView,
    CodeHeard,
    Codes,
    Guest,
    Offers,
    People,
    PriceBook,
    Purchases,
    ValueDesk,
)
from pos_client.features.basket.returning import Returning, area_named, why_less
from pos_client.features.basket.scanning import (
    customer_number,
    goods_of,
    one_piece,
    price_source,
    promotion_code,
    refusal,
)
from pos_client.features.basket.selling_value import KnownValue, SellingValue
from pos_client.features.basket.showing import Showing
from pos_client.features.basket.state import BasketState, BoughtState, ParkedRow
from pos_client.ports import Place, Recording, Sale, Texts
from shared.basket import Basket, Line, PriceSource, StockArea
from shared.catalogue import Item
from shared.catalogue.scan import Scan, resolve_scan
from shared.catalogue.scan_rules import DEFAULT_SCAN_RULES, ScanKind, ScanRules
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import format_quantity, parse_quantity, read_typed
from shared.wire.value_payloads import SoldType

# From here on somebody confirms: a code scanned into the field of the quantity is such a number.
UNUSUAL_QUANTITY = 10_000
_PLACES = 3
# As many as are seen side by side.
MOST_CODES = 4


class BasketPresenter:
    """Quantities and prices come in as typed, in the form of the language at the till; see `read_typed`."""

    def __init__(
        self,
        sale: Sale,
        prices: PriceBook,
        recording: Recording,
        place: Place,
        texts: Texts,
        view: BasketView,
        people: People,
        offers: Offers,
        purchases: Purchases,
        value_desk: ValueDesk,
        codes: Codes,
        scan_rules: Callable[[], ScanRules] = lambda: DEFAULT_SCAN_RULES,
    ) -> None:
        self._sale = sale
        self._prices = prices
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view
        self._offers = offers
        self._codes = codes
        self._showing = Showing(sale, prices, place, texts, people, offers, codes)
        self._value = SellingValue(sale, prices, recording, place, texts, value_desk)
        self._returning = Returning(sale, purchases, texts, self._value)
        self._scan_rules = scan_rules

    # --- lines --------------------------------------------------------------------------------

    def on_scan(self, raw: str) -> BasketState:
        """A code was scanned: one piece, or the weight that the code carries; else a customer or a promotion code."""
        return self.on_scanned(resolve_scan(raw, self._scan_rules()))

    def on_scanned(self, scan: Scan) -> BasketState:
        """What a scan stands for, by its rule first. `DomainError`: `payment_card_swiped` for a bank's card; what a
        code is but cannot do here (`scan_staff`, `scan_gift_card` …); `weight_needed` for goods by weight without one.
        """
        if scan.kind is ScanKind.PAYMENT_CARD:
            raise DomainError("payment_card_swiped")
        if scan.kind is ScanKind.CUSTOMER and (number := customer_number(scan, self._offers)):
            return self.on_customer(number)
        if scan.kind is ScanKind.VOUCHER:
            if code := promotion_code(scan, self._offers):
                return self.on_code(code)
            if code := self._put_on(scan):
                return self._shown_with(code)
        try:
            goods = goods_of(scan, self._prices)
        except DomainError as unknown:
            return self._no_article(scan, unknown)
        return self._add(goods.item, goods.quantity, None, "", scan.key, labelled=goods.price)

    def on_add(
        self,
        code: str,
        quantity: str = "",
        price: str | None = None,
        reason: str = "",
        *,
        confirmed: bool = False,
    ) -> BasketState:
        """An article by barcode, sku or number, or else a customer by number, or a promotion code. Without a quantity
        it is one piece, or has to be weighed (`weight_needed`).

        `DomainError('price_missing')` if the lists have none and none is given; a price by hand needs a `reason`
        (`reason_missing`). A price that is the list's own is no price by hand. `quantity_unusual` asks whether so
        many are meant; the same call, `confirmed`, does it.
        """
        try:
            item = self._prices.find(code.strip())
        except DomainError as unknown:
            scan = resolve_scan(code, self._scan_rules())
            if scan.kind is ScanKind.PAYMENT_CARD:
                raise DomainError("payment_card_swiped") from None
            return self._no_article(scan, unknown)
        many = self._positive(quantity, confirmed=confirmed) if quantity else one_piece(item)
        return self._add(item, many, price, reason, code.strip())

    def _no_article(self, scan: Scan, unknown: DomainError) -> BasketState:
        if unknown.code not in {"article_ambiguous", "weight_needed"}:
            number = customer_number(scan, self._offers)
            if number:
                return self.on_customer(number)
            code = promotion_code(scan, self._offers)
            if code:
                return self.on_code(code)
            if code := self._put_on(scan) or self._asked_for(scan):
                return self._shown_with(code)
        raise refusal(scan, unknown)

    def on_return(
        self,
        code: str,
        quantity: str = "1",
        price: str | None = None,
        reason: str = "",
        *,
        confirmed: bool = False,
        area: str = "",
    ) -> BasketState:
        """Goods come back without a receipt, and the reason: worth the lowest price of the last 30 days. `area` is
        where they are put: `DomainError('return_area_unknown')` if there is no such.
        """
        if not reason.strip():
            raise DomainError("reason_missing")
        item = self._prices.find(code.strip())
        many = self._positive(quantity, confirmed=confirmed)
        return self._add(item, -many, price, reason, code.strip(), area=area_named(area))

    def on_bought(self, number: str) -> BoughtState:
        """What of an earlier receipt can still come back: `DomainError('receipt_unknown' | 'receipt_not_sold')`."""
        return self._returning.bought(number)

    def on_return_of(
        self,
        number: str,
        line: int,
        quantity: str = "1",
        reason: str = "",
        area: str = "",
        known: KnownValue | None = None,
    ) -> BasketState:
        """Goods of an earlier receipt come back: what was paid goes back, less what the rest costs more without them.
        `area` is where they are put; of a gift card or voucher `known` is what the centre just said of it.

        Raises as `on_bought`; `DomainError('line_unknown')` for a line with which nothing was sold, `return_too_many`
        for more than the customer still has; `value_unchecked` and `value_used` for a gift card or voucher.
        """
        many = self._positive(quantity, confirmed=True)
        where = area_named(area)
        changed = self._returning.take(number, line, many, reason, where, known)
        return self._show(changed, why_less(changed, self._place.currency, self._texts))

    # --- gift cards and vouchers ----------------------------------------------------------------

    def on_gift_card(self, known: KnownValue, amount: str) -> BasketState:
        """A gift card is sold or topped up; `known` is what the centre just said of it. Errors as `SellingValue.card`
        has them.
        """
        return self._show(self._value.card(known, self._amount(amount)))

    def on_voucher(self, type_code: str, amount: str) -> BasketState:
        """A voucher of a type is sold; errors as `SellingValue.voucher` has them."""
        return self._show(self._value.voucher(type_code, self._amount(amount)))

    def voucher_types(self) -> tuple[SoldType, ...]:
        """The types of vouchers that are sold here."""
        return self._value.types()

    def _add(
        self,
        item: Item,
        quantity: Decimal,
        price: str | None,
        reason: str,
        scanned: str,
        *,
        labelled: int | None = None,
        area: StockArea = StockArea.SALE,
    ) -> BasketState:
        moment = self._recording.moment()
        worth = self._prices.price if quantity > 0 else self._prices.lowest
        listed = worth(item.sku, moment)
        by_hand = None if price is None else self._amount(price)
        unit_price = (
            labelled if labelled is not None else by_hand if by_hand is not None else listed
        )
        if unit_price is None:
            raise DomainError("price_missing", {"sku": item.sku})
        source = price_source(labelled, by_hand, listed)
        if source is PriceSource.MANUAL and not reason.strip():
            raise DomainError("reason_missing")
        line = Line(
            number=0,
            sku=item.sku,
            article_no=item.article_no,
            name=item.name(self._texts.language)[:120],
            quantity=quantity,
            unit_price=unit_price,
            vat_category=item.vat_category,
            vat_rate=self._prices.vat_rate(item.vat_category, moment),
            size=item.size,
            colour=item.colour,
            # A packed piece with its price on it is one piece, whatever the goods are sold by.
            uom=item.uom if labelled is None else "H87",
            scanned=scanned[:90],
            list_price=listed,
            price_source=source,
            reason=reason.strip()[:200],
            area=area,
        )
        self._showing.learn_age(item.sku, item.age_class)
        added = self._sale.add(line)
        notice = ""
        if item.age_class:
            notice = self._texts.text("basket.age_check", age=item.age_class)
        return self._show(added, notice)

    def on_quantity(self, number: int, quantity: str, *, confirmed: bool = False) -> BasketState:
        """Another quantity for a line; a return stays a return. `quantity_unusual` as in `on_add`."""
        basket = self._require()
        value = self._positive(quantity, confirmed=confirmed)
        if basket.line(number).is_return:
            value = -value
        return self._show(self._sale.change(basket.with_quantity(number, value), number))

    def on_step(self, number: int, by: int) -> BasketState:
        """So many more or fewer of a line; the step down to nothing takes it off."""
        basket = self._require()
        line = basket.line(number)
        left = abs(line.quantity) + by
        if left <= 0:
            return self.on_void(number)
        value = -left if line.is_return else left
        return self._show(self._sale.change(basket.with_quantity(number, value), number))

    def on_price(self, number: int, price: str, reason: str) -> BasketState:
        """A price by hand for a line, with the reason: `DomainError('return_price_fixed')` for goods of a receipt."""
        if not reason.strip():
            raise DomainError("reason_missing")
        basket = self._require()
        if basket.line(number).origin is not None:
            raise DomainError("return_price_fixed")
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
        self._showing.forget_line(number)
        return self._show(None)

    def on_undo(self) -> BasketState:
        """Put the line back that was taken off last."""
        line = self._sale.undo_void()
        self._showing.forget_rows()
        return self._show(line)

    # --- the receipt --------------------------------------------------------------------------

    def on_reference(self, ref: str) -> BasketState:
        """The number by which another system knows this receipt, or the one about to be opened."""
        self._sale.set_reference(ref.strip())
        return self._show(None)

    def on_customer(self, number: str, name: str = "") -> BasketState:
        """The receipt counts for the customer with this number: `DomainError('customer_unknown')` if there is none, and
        the centre gave no `name` for it either, `('customers_withheld')` if this till may show nobody.
        """
        guest = self._offers.customer(number.strip()) or Guest(number.strip(), name)
        if not guest.name:
            raise self._offers.unknown(number)
        before = self._sale.basket.customer if self._sale.basket is not None else ""
        self._sale.set_customer(guest.number)
        # A card that is scanned twice changes nothing: the codes are still theirs.
        gone = self._codes_gone() if guest.number != before else ""
        said = self._texts.text("basket.customer_on", name=guest.name)
        return self._show(None, gone, said=said)

    def on_no_customer(self) -> BasketState:
        """The receipt counts for nobody in particular."""
        self._sale.set_customer("")
        gone = self._codes_gone()
        return self._show(None, gone, said=self._texts.text("basket.customer_off"))

    def on_code(self, text: str) -> BasketState:
        """A promotion code is given for the receipt: `DomainError('promotion_code_unknown')` for what can be none, and
        `('payment_card_swiped')` for the number of a bank's card, which leaves no trace. One of a batch, known here or
        not, raises as `Codes.put_on`, and counts once `on_code_heard` says so.
        """
        code = self._offers.code(text)
        if not code:
            if resolve_scan(text, self._scan_rules()).kind is ScanKind.PAYMENT_CARD:
                raise DomainError("payment_card_swiped")
            if shown := self._codes.put_on(text) or self._codes.ask_for(text, sure=True):
                return self._shown_with(shown)
            raise DomainError("promotion_code_unknown", {"code": text.strip()[:40]})
        basket = self._sale.basket
        codes = basket.codes if basket is not None else ()
        if code not in codes:
            if basket is not None and len(codes) + len(basket.coupons) >= MOST_CODES:
                raise DomainError("too_many_codes", {"most": MOST_CODES})
            self._sale.set_codes((*codes, code))
        return self._show(None, said=self._texts.text("basket.code_on", code=code))

    def on_code_heard(self, heard: CodeHeard) -> BasketState:
        """What the centre said of a code on the receipt, or that it said nothing. A refusal takes the code off, shows
        that, and is raised as `DomainError` then: `code_needs_centre` where the till may not take it alone.
        """
        try:
            counts = self._codes.hear(heard)
        except DomainError:
            self._show(None)
            raise
        alone = self._texts.text("basket.code_alone") if counts and heard.silent else ""
        return self._show(None, alone)

    def on_no_code(self, code: str) -> BasketState:
        """A promotion code is taken back."""
        if not self._codes.take_off(code):
            self._sale.set_codes(tuple(one for one in self._require().codes if one != code))
        return self._show(None, said=self._texts.text("basket.code_off", code=code))

    def on_training(self, on: bool) -> BasketState:
        """Practise, or not."""
        self._sale.set_training(on)
        return self._show(None)

    def on_park(self, label: str = "") -> BasketState:
        """Lay the receipt aside."""
        self._recording.require_operator()
        self._codes.lay_aside()
        try:
            self._sale.park(label.strip())
        except DomainError:
            self._show(None)  # it stays open, and its codes are asked for again
            raise
        return self._show(None)

    def on_parked(self) -> tuple[ParkedRow, ...]:
        """What is laid aside."""
        parked = self._sale.parked()
        if not parked:
            return ()
        return self._showing.parked(parked, self._recording.moment().at)

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

    def _put_on(self, scan: Scan) -> str:
        """The code of a batch that a scan stands for, put on the receipt; empty if it is of none."""
        found = (self._codes.put_on(text) for text in dict.fromkeys((scan.key, scan.code)) if text)
        return next(filter(None, found), "")

    def _asked_for(self, scan: Scan) -> str:
        """What no article, customer or promotion here has: only the centre can know it as a code; empty if not."""
        if scan.kind not in {ScanKind.VOUCHER, ScanKind.ARTICLE, ScanKind.UNKNOWN}:
            return ""
        texts = [text for text in dict.fromkeys((scan.key, scan.code)) if text]
        found = (self._codes.ask_for(text, sure=False) for text in texts)
        likely = next(filter(None, found), "")
        if likely or not texts or scan.kind is not ScanKind.VOUCHER:
            return likely
        return self._codes.ask_for(texts[0], sure=True)

    def _shown_with(self, code: str) -> BasketState:
        state = self._show(None)
        key = "basket.code_checked" if state.code_request is not None else "basket.code_on"
        return replace(state, said=self._texts.text(key, code=code))

    def _codes_gone(self) -> str:
        gone = self._codes.customer_changed()
        return self._texts.text("basket.code_not_theirs", code=", ".join(gone)) if gone else ""

    def _require(self) -> Basket:
        if self._sale.basket is None:
            raise DomainError("no_basket")
        return self._sale.basket

    def _amount(self, text: str) -> int:
        places = currency(self._place.currency).exponent
        return parse_amount(read_typed(text, self._texts.language, places), places)

    def _positive(self, text: str, *, confirmed: bool) -> Decimal:
        value = parse_quantity(read_typed(text, self._texts.language, _PLACES))
        if value < 0:
            raise DomainError("quantity_negative")
        if value >= UNUSUAL_QUANTITY and not confirmed:
            raise DomainError("quantity_unusual", {"quantity": format_quantity(value)})
        return value

    def _show(self, changed: Line | None, notice: str = "", said: str = "") -> BasketState:
        state = self._showing.state(changed, notice, said)
        self._view.render(state)
        return state
