"""What promotions take off the open receipt, and for which means of payment that was worked out.

Some promotions ask how the customer pays. Nobody knows while the goods are scanned, so then none of these holds. On the
payment page the receipt is priced for what was given and the means that is chosen for the rest; from the first payment
on at the moment of that pricing, so that no hour that ends meanwhile changes what is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from pos_client.app.deals import with_deal
from pos_client.app.tally import Tally
from pos_client.ports import Deal, Moment
from shared.basket import Basket
from shared.errors import EnvironmentProblem
from shared.tender import Means, Tender, TenderKind, means_of


class DealMaker(Protocol):
    """Works promotions out."""

    def deal(
        self, basket: Basket, moment: Moment, *, proof: bool = False, means: Means = ()
    ) -> Deal:
        """What promotions take off this receipt; with `proof` it may take its time. `means` are those it is paid by."""

    def check_returns(self, basket: Basket) -> None:
        """`DomainError('return_too_many')` if more comes back than was bought and is still with the customer."""

    def asks_for_means(self) -> bool:
        """Whether any promotion asks how the customer pays."""


class OpenPricing:
    """The pricing of one open receipt. `now` is the moment of pricing; without `deals` nothing is ever taken off."""

    def __init__(self, deals: DealMaker | None, now: Callable[[], Moment]) -> None:
        self._deals = deals
        self._now = now
        self.clear()

    def clear(self) -> None:
        """There is no receipt."""
        self.deal = Deal()
        self.means: Means = ()
        self._at: Moment | None = None
        self._asks = False

    def doubt(self) -> None:
        """The receipt was taken up again: what was proven about it is not known any more."""
        self.clear()
        self.deal = Deal(proven=False)

    def check(self, basket: Basket) -> None:
        """Before anything is written: whether the goods on it can come back at all."""
        if self._deals is not None:
            self._deals.check_returns(basket)

    def holds_for(self, means: Means) -> bool:
        """Whether the pricing is proven, and for these means."""
        return self.deal.proven and (self.means == means or not self._asks)

    def price(
        self, basket: Basket, means: Means = (), *, proof: bool = False, paying: bool = False
    ) -> Basket:
        """The basket with what promotions take off now; lines that lose what they lost already stay the same objects.

        `paying`: something was paid already, so the moment is that of the pricing before. With `proof` the customer
        wants to pay: it is now or the moment before, whichever is cheaper. An hour that ends between the last article
        and the payment takes nothing away that was shown, and one that begins there counts.
        """
        before, now = self._at, self._now()
        at = before if paying and before is not None else now
        try:
            deal = self._worked_out(basket, at, means, proof=proof)
        except EnvironmentProblem:
            if not proof or not self.holds_for(means):
                raise
            # The reference data cannot be read any more: what was worked out for this receipt stands.
            return with_deal(basket, self.deal)
        after = with_deal(basket, deal)
        if proof and before is not None and before != at:
            known = self.holds_for(means)
            shown = self.deal if known else self._worked_out(basket, before, means, proof=True)
            kept = with_deal(basket, shown)
            if _total(kept) < _total(after):
                deal, after, at = shown, kept, before
        self.deal, self.means, self._at = deal, means, at
        return after

    def totals_by_means(
        self, basket: Basket, tenders: tuple[Tender, ...], kinds: tuple[TenderKind, ...]
    ) -> Mapping[TenderKind, int]:
        """What the receipt would come to if the rest were paid by each of these; nothing if it is all the same."""
        if basket.is_empty or not self._asks:
            return {}
        at = self._at or self._now()
        found = {}
        for kind in kinds:
            means = means_of(tenders, kind)
            deal = (
                self.deal
                if self.holds_for(means)
                else self._worked_out(basket, at, means, proof=True)
            )
            found[kind] = _total(with_deal(basket, deal))
        return found

    def _worked_out(self, basket: Basket, at: Moment, means: Means, *, proof: bool) -> Deal:
        if self._deals is None:
            return Deal()
        self._asks = self._deals.asks_for_means()
        return self._deals.deal(basket, at, proof=proof, means=means)


def _total(basket: Basket) -> int:
    return Tally(basket.lines.values()).gross
