"""Gift cards and vouchers on the open receipt: what is checked before one is a line, and the line. No screen.

Nothing is loaded here: the centre does that, once, with the finished receipt. So a line that is taken off, or a receipt
that is given up, leaves the card as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pos_client.features.basket.ports import PriceBook, ValueDesk
from pos_client.ports import Moment, Place, Recording, Sale, Texts
from shared.basket import Line, Origin, ValueKind, ValueSold
from shared.errors import DomainError
from shared.tax import OUT_OF_SCOPE
from shared.tender import masked
from shared.vouchers import CardAction, CardState, SignedFacts, VoucherClass, after, read_number
from shared.wire.value_payloads import SoldType

# A piece has no unit of measure of its own (UN/ECE Recommendation 20: one).
_PIECE = "H87"


@dataclass(frozen=True, slots=True)
class KnownValue:
    """What the centre just said of a card or voucher; amounts in minor units of `currency`."""

    number: str
    state: str
    balance: int
    currency: str
    least: int | None = None
    most: int | None = None
    expires_on: date | None = None


class SellingValue:
    """Part of the basket's presenter."""

    def __init__(
        self,
        sale: Sale,
        prices: PriceBook,
        recording: Recording,
        place: Place,
        texts: Texts,
        desk: ValueDesk,
    ) -> None:
        self._sale = sale
        self._prices = prices
        self._recording = recording
        self._place = place
        self._texts = texts
        self._desk = desk

    def types(self) -> tuple[SoldType, ...]:
        """The types of vouchers that are sold here."""
        market, currency = self._place.market, self._place.currency
        return tuple(each for each in self._desk.types() if each.sold_in(market, currency))

    def card(self, known: KnownValue, amount: int) -> Line:
        """Put a gift card on the receipt: sold if it is a printed one, topped up if it is in use.

        `DomainError`: `giftcard_number_invalid`, what its state or day forbids (`giftcard_blocked` …),
        `giftcard_currency_differs`, `giftcard_amount_invalid`, `giftcard_below_least`, `giftcard_above_most`,
        `value_twice` for one that is on the receipt already.
        """
        number = read_number(known.number)
        printed = known.state == CardState.PRINTED
        after(CardState(known.state), CardAction.SELL if printed else CardAction.TOP_UP)
        if known.expires_on is not None and known.expires_on < self._moment().business_date:
            raise DomainError("giftcard_expired")
        if known.currency != self._place.currency:
            raise DomainError("giftcard_currency_differs", {"currency": known.currency})
        self._check_amount(known, amount, printed=printed)
        self._refuse_twice(number)
        value = ValueSold(ValueKind.GIFT_CARD, number, top_up=not printed)
        name = self._texts.text("value.gift_card" if printed else "value.gift_card_top_up")
        return self._sale.add(_line(value, name, amount, OUT_OF_SCOPE, Decimal(0)))

    def _check_amount(self, known: KnownValue, amount: int, *, printed: bool) -> None:
        if amount <= 0:
            raise DomainError("giftcard_amount_invalid")
        if printed and known.least is not None and amount < known.least:
            raise DomainError("giftcard_below_least", {"least": self._money(known.least)})
        if known.most is not None and known.balance + amount > known.most:
            shown = {"most": self._money(known.most), "balance": self._money(known.balance)}
            raise DomainError("giftcard_above_most", shown)

    def voucher(self, type_code: str, amount: int) -> Line:
        """Put a voucher of a type on the receipt, with a number of its own that this till signs.

        `DomainError`: `voucher_type_unknown` for one that is not sold here, `voucher_amount_invalid`,
        `vat_rate_missing`.
        """
        kind = next((each for each in self.types() if each.code == type_code), None)
        if kind is None:
            raise DomainError("voucher_type_unknown", {"type": type_code[:20]})
        if amount <= 0:
            raise DomainError("voucher_amount_invalid")
        moment = self._moment()
        category, rate = OUT_OF_SCOPE, Decimal(0)
        if kind.purpose is VoucherClass.SINGLE:
            category, rate = kind.vat_category, self._prices.vat_rate(kind.vat_category, moment)
        last = kind.last_day(self._place.market, moment.business_date)
        number = self._desk.new_number()
        facts = SignedFacts(number, kind.purpose, kind.currency, amount, last)
        value = ValueSold(
            ValueKind.VOUCHER,
            number,
            kind.purpose,
            type_code=kind.code,
            expires_on=last,
            # What is sold to practise must be nothing anywhere.
            code="" if self._sale.training else self._desk.code(facts),
        )
        return self._sale.add(_line(value, kind.name, amount, category, rate))

    def take_back(self, sold: Line, origin: Origin, known: KnownValue | None, reason: str) -> Line:
        """What was sold comes back unused, for what it had cost.

        `DomainError`: `value_unchecked` unless the centre just said what it has, `value_used` if that is less than
        was paid for it, `giftcard_blocked` and the like for what its state forbids.
        """
        value = sold.value
        if value is None or known is None or known.number != value.number:
            raise DomainError("value_unchecked")
        if known.state != CardState.ACTIVE:
            raise DomainError("value_used", {"balance": self._money(0)})
        if known.balance < sold.gross:
            raise DomainError("value_used", {"balance": self._money(known.balance)})
        self._refuse_twice(value.number)
        back = _line(value, sold.name, sold.unit_price, sold.vat_category, sold.vat_rate)
        return self._sale.add(_returned(back, origin, reason))

    def _refuse_twice(self, number: str) -> None:
        basket = self._sale.basket
        for line in basket.lines.values() if basket is not None else ():
            if line.value is not None and line.value.number == number:
                raise DomainError("value_twice", {"number": masked(number)})

    def _moment(self) -> Moment:
        return self._recording.moment()

    def _money(self, minor: int) -> str:
        return self._texts.money(minor, self._place.currency)


def _line(value: ValueSold, name: str, amount: int, category: str, rate: Decimal) -> Line:
    return Line(
        number=0,
        sku="",
        article_no="",
        name=name,
        quantity=Decimal(1),
        unit_price=amount,
        vat_category=category,
        vat_rate=rate,
        uom=_PIECE,
        value=value,
    )


def _returned(line: Line, origin: Origin, reason: str) -> Line:
    return replace(line, quantity=-line.quantity, origin=origin, reason=reason)
