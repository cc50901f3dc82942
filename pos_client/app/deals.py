"""The open receipt under promotions: after each change, what every line loses and why. Nobody has to ask for it.

The same engine prices at the centre; what a receipt freezes is in its event, so that both come to the same cent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pos_client.app.promotion_book import ReadyBook, ReadyBooks, make_ready
from pos_client.app.refunds import Refunded, Refunds
from pos_client.features.promotions.ports import Question
from pos_client.ports import Deal, LineRefund, Moment
from shared.basket import Basket, Line, LineDiscount
from shared.catalogue import Item
from shared.errors import DomainError, EnvironmentProblem
from shared.loyalty import vouchers_of
from shared.money import times_quantity
from shared.promotions import (
    FRAME_STEPS,
    PROOF_STEPS,
    BasketLine,
    Context,
    Customer,
    Memory,
    Priced,
    Usage,
    discounts_by_line,
    freeze,
    price,
)
from shared.promotions.articles import ArticleFacts, article_facts
from shared.quantity import to_thousandths
from shared.receipt import PromotionUse, VoucherGiven
from shared.tender import Means
from shared.wire.customer_payloads import CustomerRow


@dataclass(slots=True)
class Deals:
    """Prices receipts of one till. `books` gives the same object as long as nothing changed.

    `usage` says how far limited promotions are used up, in all and by a customer; `customer` finds one by number, and
    `facts` says what promotions ask of them.
    """

    books: ReadyBooks
    usage: Callable[[CustomerRow | None], Mapping[str, Usage]]
    customer: Callable[[str], CustomerRow | None]
    facts: Callable[[CustomerRow], Customer]
    find: Callable[[str], Item]
    refunds: Refunds
    store_id: str
    currency: str
    exponent: int
    _ready: ReadyBook = field(default_factory=lambda: make_ready(()))
    _articles: dict[str, ArticleFacts] = field(default_factory=dict)
    _memory: Memory = field(default_factory=Memory)

    def deal(
        self, basket: Basket, moment: Moment, *, proof: bool = False, means: Means = ()
    ) -> Deal:
        """What promotions take off a receipt at a moment, and what goes back for goods of earlier ones.

        With `proof` the search may take its time: before the customer pays. `means` are those it is paid by.
        """
        sold = _priced(basket)
        back = self.refunds.work_out(basket)
        self._follow()
        if not sold or not self._ready.versions:
            return Deal(uses=back.uses, refunds=back.lines, owed=back.owed)
        context = self._context(basket, moment, means)
        steps = PROOF_STEPS if proof else FRAME_STEPS
        lines = [self._line(line) for line in sold]
        priced = price(self._ready.book, context, lines, steps, self._memory)
        return self._dealt(priced, sold, back)

    def check_returns(self, basket: Basket) -> None:
        """`DomainError('return_too_many')` if more comes back than was bought and is still with the customer."""
        self.refunds.check(basket)

    def asks_for_means(self) -> bool:
        """Whether any promotion asks how the customer pays."""
        self._follow()
        return self._ready.asks_for_means

    def question(self, basket: Basket, moment: Moment) -> Question | None:
        """How the receipt is priced, to be worked out elsewhere with the reasons; None if nothing is to be priced."""
        sold = _priced(basket)
        self._follow()
        if not sold or not self._ready.versions:
            return None
        return Question(self._context(basket, moment), tuple(self._line(line) for line in sold))

    def _context(self, basket: Basket, moment: Moment, means: Means = ()) -> Context:
        # Somebody whom the lists do not know any more is treated like anybody.
        customer = self.customer(basket.customer) if basket.customer else None
        return Context(
            at=moment.at,
            currency=self.currency,
            exponent=self.exponent,
            store=self.store_id,
            explain="none",
            codes=_words_of(basket),
            tenders=means,
            customer=self.facts(customer) if customer is not None else None,
            usage=dict(self.usage(customer)),
        )

    def _follow(self) -> None:
        """Take the next book where promotions have come or gone, and forget what articles said then."""
        ready = self.books()
        if ready is not self._ready:
            self._ready = ready
            self._articles.clear()
            self._memory = Memory()

    def _line(self, line: Line) -> BasketLine:
        article = self._articles.get(line.sku)
        if article is None:
            article = self._articles[line.sku] = self._article(line.sku)
        return BasketLine(
            id=str(line.number),
            sku=line.sku,
            quantity=to_thousandths(line.quantity),
            price=line.unit_price,
            tax=f"{line.vat_rate.normalize():f}",
            categories=article.categories,
            brand=article.brand,
            tags=article.tags,
            discountable=article.discountable,
        )

    def _article(self, sku: str) -> ArticleFacts:
        try:
            item = self.find(sku)
        except (DomainError, EnvironmentProblem):
            # Gone from the lists since it was scanned: promotions on everything still hold for it.
            return ArticleFacts()
        return article_facts(item)

    def _dealt(self, priced: Priced, sold: list[Line], back: Refunded) -> Deal:
        given: dict[int, tuple[LineDiscount, ...]] = {}
        for place, off in discounts_by_line(priced).items():
            given[sold[place].number] = tuple(
                LineDiscount(name, self._ready.versions[name].version, amount, self._name(name))
                for name, amount in off.items()
            )
        uses = tuple(
            PromotionUse(name, self._ready.versions[name].version, times, amount)
            for name, times, amount in priced.uses()
        )
        frozen = freeze(priced, lambda name: self._ready.versions[name].version)
        vouchers = tuple(
            VoucherGiven(each.promotion, each.amount, each.valid_days, each.next_percent)
            for each in vouchers_of(priced)
        )
        uses = (*uses, *back.uses)
        return Deal(given, uses, priced.optimal, frozen, back.lines, vouchers, back.owed)

    def _name(self, promotion_id: str) -> str:
        return self._ready.versions[promotion_id].promotion.name


def _words_of(basket: Basket) -> frozenset[str]:
    """The codes that were typed, and for codes of batches the words of their promotions: what any pricing asks for."""
    words = (one.literal for one in basket.coupons)
    return frozenset(basket.codes) | frozenset(word for word in words if word)


def _priced(basket: Basket) -> list[Line]:
    """What promotions look at: goods that are sold. Value that is sold is none, whatever it is asked for."""
    return [line for line in basket.lines.values() if not line.is_return and line.is_goods]


def with_discounts(line: Line, given: tuple[LineDiscount, ...]) -> Line:
    """The line with what promotions take off it, and nothing else."""
    return replace(line, discount=sum(each.amount for each in given), discounts=given)


def plain(line: Line) -> Line:
    """The line without what follows from promotions and from earlier receipts; all else that was taken off stays."""
    if line.origin is not None:
        return with_refund(line, LineRefund(-times_quantity(line.unit_price, line.quantity), 0))
    return line if line.is_return or not line.discounts else with_discounts(line, ())


def with_refund(line: Line, refund: LineRefund) -> Line:
    """The line of goods that come back with their receipt, with what goes back for them."""
    if line.origin is None:
        return line
    kept = times_quantity(line.unit_price, line.quantity) + refund.amount
    return replace(line, discount=kept, origin=replace(line.origin, paid=refund.paid))


def with_deal(basket: Basket, deal: Deal) -> Basket:
    """The basket with what each line loses; lines that lose what they lost already stay the same objects."""
    changed = {}
    for number, line in basket.lines.items():
        if line.origin is not None:
            refund = deal.refunds.get(number)
            after = with_refund(line, refund) if refund is not None else plain(line)
            if after != line:
                changed[number] = after
        elif not line.is_return and line.discounts != deal.given.get(number, ()):
            changed[number] = with_discounts(line, deal.given.get(number, ()))
    return replace(basket, lines={**basket.lines, **changed}) if changed else basket
