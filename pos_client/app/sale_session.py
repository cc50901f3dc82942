"""The open receipt of the till: what the features change and pay, written to disk change by change.

Order of each change: the domain says what it becomes, the disk takes it, then it is true here. So a disk that
fails leaves screen and file as they were. The fiscal device hears of the first line, each change, the finish and
the cancel. After each change promotions are worked out anew and stand in the lines; the disk keeps the lines without
them, because they follow from what is there when a receipt is taken up again. A disk that fails behind its
`finish` leaves the receipt open: `finish` is repeated with the same basket, or, if the receipt is changed or given up
instead, `update` or `cancel` follows. No transaction is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from pos_client.app.deals import plain, with_deal
from pos_client.app.open_pricing import DealMaker, OpenPricing
from pos_client.app.receipt_making import (
    Sold,
    held_for,
    make_receipt,
    overrides,
    receipt_kind,
    taken_by,
    transaction_of,
    with_codes,
)
from pos_client.app.recorder import Recorder
from pos_client.app.tally import Tally
from pos_client.ports import Deal, Moment, ParkedSale
from pos_client.storage.authorisations import OutstandingAuthorisation
from pos_client.storage.baskets import StoredBasket
from pos_client.storage.identity import TillIdentity
from pos_client.storage.till_store import TillStore
from shared.basket import Basket, BasketTotals, Line
from shared.coupons import Coupon, asked_again
from shared.errors import DomainError, EnvironmentProblem
from shared.fiscal import FiscalPort, FiscalTransaction
from shared.journal.receipt_body import check_receipt, line_to_body
from shared.receipt import Receipt
from shared.tender import AUTHORISED, MEANS, Means, Tender, TenderKind, TenderMix, means_of
from shared.vouchers import SignedFacts

MOST_PARKED = 100


class SaleSession:
    """Implements `pos_client.ports.Sale`. `may_sell` raises when the till must not open a new receipt."""

    _basket: Basket | None
    _version: str
    _voided: list[Line]
    _tenders: tuple[Tender, ...]
    _tally: Tally

    def __init__(
        self,
        store: TillStore,
        recorder: Recorder,
        fiscal: FiscalPort,
        identity: TillIdentity,
        reference_version: Callable[[], str],
        may_sell: Callable[[], None],
        deals: DealMaker | None = None,
        sign: Callable[[SignedFacts], str] = lambda _facts: "",
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._fiscal = fiscal
        self._identity = identity
        self._reference_version = reference_version
        self._may_sell = may_sell
        self._sign = sign
        self._pricing = OpenPricing(deals, recorder.glance)
        self._training = identity.mode == "training"
        self._pending_ref = ""
        self._parked_count = len(store.parked())
        self._clear()
        stored = store.load_open()
        if stored is not None:
            self._take_up(stored)

    # --- what is there ------------------------------------------------------------------------

    @property
    def basket(self) -> Basket | None:
        """The open receipt; None between customers."""
        return self._basket

    @property
    def totals(self) -> BasketTotals:
        """Sums and VAT table."""
        return self._tally.totals()

    @property
    def payment(self) -> TenderMix:
        """What was given so far against the total."""
        return TenderMix(self._tally.gross, self._tenders, self._tally.value_sold)

    @property
    def training(self) -> bool:
        """Whether receipts are for practice only."""
        return self._basket.training if self._basket else self._training

    @property
    def reference_version(self) -> str:
        """The state of the reference data that the open receipt was begun with."""
        return self._version

    def set_training(self, on: bool) -> None:
        """Practise, or not; a till that was provisioned for training never leaves it."""
        if self._basket is not None:
            raise DomainError("basket_open")
        if self._identity.mode == "training" and not on:
            raise DomainError("training_only")
        self._recorder.require_operator()
        self._recorder.record(("settings.changed", {"setting": "training", "value": on}))
        self._training = on

    # --- lines --------------------------------------------------------------------------------

    def set_reference(self, ref: str) -> None:
        """The number by which another system knows the receipt."""
        if len(ref) > 60:
            raise DomainError("reference_too_long", {"most": 60})
        self._refuse_known(ref)
        if self._basket is None:
            self._pending_ref = ref
            return
        changed = replace(self._basket, external_ref=ref)
        self._store.change_header(changed)
        self._basket = changed

    def set_note(self, note: str) -> None:
        """A note on the receipt."""
        changed = replace(self._require(), note=note[:200])
        self._store.change_header(changed)
        self._basket = changed

    def add(self, line: Line) -> Line:
        """Append a line, opening a receipt if none is."""
        self._recorder.require_operator()
        self._refuse_paying()
        if self._basket is None:
            return self._begin(self._new().add(line)).line(1)
        basket = self._basket.add(line)
        self._pricing.check(basket)
        number = basket.next_number - 1
        added = basket.lines[number]
        self._store.add_line(basket, added)
        self._basket = basket
        self._tally.add(added)
        self._fiscal.update(self._transaction(self._dealt()))
        return self._require().line(number)

    def _new(self) -> Basket:
        self._may_sell()
        moment = self._recorder.moment()
        return Basket(
            basket_id=self._recorder.new_id(moment),
            currency=self._identity.store.currency,
            started_at=moment.at,
            operator_id=self._recorder.require_operator().staff_id,
            training=self._training,
            external_ref=self._pending_ref,
        )

    def _begin(self, basket: Basket, asked: OutstandingAuthorisation | None = None) -> Basket:
        version = self._reference_version()
        self._pricing.check(basket)
        basket = self._pricing.price(basket)
        tally = Tally(basket.lines.values())
        self._fiscal.start(self._transaction(basket, tally))
        try:
            if asked is not None:
                asked = replace(asked, basket_id=basket.basket_id)
            self._store.begin(StoredBasket(with_deal(basket, Deal()), version), asked)
        except EnvironmentProblem:
            self._fiscal.cancel(self._transaction(basket, tally))
            raise
        self._basket, self._version, self._tally = basket, version, tally
        self._pending_ref = ""
        return basket

    def change(self, changed: Basket, number: int) -> Line:
        """Take over `changed`, which differs from the basket in the line `number`."""
        before = self._require().line(number)
        self._refuse_paying()
        self._pricing.check(changed)
        line = plain(changed.line(number))
        self._store.change_line(changed.basket_id, line)
        self._basket = changed.with_line(line)
        self._tally.remove(before)
        self._tally.add(line)
        self._fiscal.update(self._transaction(self._dealt()))
        return self._require().line(number)

    def void(self, number: int) -> Line:
        """Take a line off."""
        basket = self._require()
        self._refuse_paying()
        line = basket.line(number)
        changed = basket.void(number)
        self._store.void_line(basket.basket_id, number, len(self._voided) + 1)
        self._basket = changed
        self._voided.append(plain(line))
        self._tally.remove(line)
        self._fiscal.update(self._transaction(self._dealt()))
        return line

    @property
    def last_voided(self) -> Line | None:
        """The line that `undo_void` would put back."""
        return self._voided[-1] if self._voided else None

    def undo_void(self) -> Line:
        """Put the line back that was taken off last."""
        basket = self._require()
        self._refuse_paying()
        if not self._voided:
            raise DomainError("nothing_to_undo")
        line = self._voided[-1]
        changed = basket.restore(line)
        self._pricing.check(changed)
        self._store.void_line(basket.basket_id, line.number, 0)
        self._basket = changed
        self._voided.pop()
        self._tally.add(line)
        self._fiscal.update(self._transaction(self._dealt()))
        return self._require().line(line.number)

    # --- laying aside, giving up --------------------------------------------------------------

    def park(self, label: str) -> None:
        """Lay the receipt aside."""
        basket = self._require()
        self._refuse_paying()
        if self._parked_count >= MOST_PARKED:
            raise DomainError("too_many_parked", {"most": MOST_PARKED})
        moment = self._recorder.moment()
        event = self._recorder.event("basket.parked", {"basket_id": str(basket.basket_id)}, moment)
        self._store.park(basket.basket_id, label[:60], moment.at, [event])
        self._recorder.passed(moment)
        self._parked_count += 1
        self._clear()

    def parked(self) -> tuple[ParkedSale, ...]:
        """What is laid aside, the longest waiting first."""
        return self._store.parked()

    @property
    def parked_count(self) -> int:
        """How many receipts are laid aside."""
        return self._parked_count

    def recall(self, basket_id: UUID) -> None:
        """Take a parked receipt up again."""
        if self._basket is not None:
            raise DomainError("basket_open")
        self._recorder.require_operator()
        moment = self._recorder.moment()
        event = self._recorder.event("basket.recalled", {"basket_id": str(basket_id)}, moment)
        stored = self._store.recall(basket_id, [event])
        self._recorder.passed(moment)
        self._parked_count -= 1
        self._take_up(stored)

    def cancel(self, reason: str) -> None:
        """Give the receipt up; `DomainError('card_paid')` while a terminal took something for it."""
        basket = self._require()
        self._recorder.require_operator()
        self._refuse_card_paid()
        moment = self._recorder.moment()
        facts = {
            "basket_id": str(basket.basket_id),
            "currency": basket.currency,
            "started_at": min(basket.started_at, moment.at).isoformat(),
            "lines": [line_to_body(line) for line in basket.lines.values()],
            "voided_lines": basket.voided,
            "total": self._tally.gross,
            "reason": reason[:200],
        }
        kind = "training.voided" if basket.training else "basket.voided"
        priced = overrides(self._recorder, basket, self._voided, moment)
        event = self._recorder.event(kind, facts, moment)
        self._store.close(basket.basket_id, [*priced, event])
        self._recorder.passed(moment)
        transaction = self._transaction(basket)
        self._clear()
        self._fiscal.cancel(transaction)

    # --- paying -------------------------------------------------------------------------------

    def tender(self, tender: Tender, settles: UUID | None = None) -> None:
        """Take a payment, or pay out; the attempt at a terminal that it `settles` ends in the same transaction."""
        basket = self._filled()
        if tender.kind in AUTHORISED and basket.training:
            raise DomainError("authorisation_training")
        self._price_for_means(means_of(self._tenders, tender.kind))
        mix = self.payment.add(tender)
        self._store.set_tenders(basket.basket_id, mix.tenders, (settles,) if settles else ())
        self._tenders = mix.tenders

    def choose_means(self, kind: TenderKind | None) -> None:
        """The customer wants to pay (the rest) by this; None: it is not known, lines may change again."""
        self._filled()
        self._price_for_means(means_of(self._tenders, kind), anew=not self._tenders)

    def totals_by_means(self) -> Mapping[TenderKind, int]:
        """What the receipt comes to by what the rest is paid with; empty where that is all the same."""
        basket = self._require()
        return self._pricing.totals_by_means(basket, self._tenders, MEANS)

    def _price_for_means(self, means: Means, *, anew: bool = False) -> None:
        before = self._require()
        # `anew`: nothing is paid yet, and a promotion may have begun since.
        if not anew and self._pricing.holds_for(means):
            return
        if self._dealt(means, proof=True) is not before:
            self._fiscal.update(self._transaction(self._require()))

    def take_back_tenders(self) -> None:
        """Forget what was given, and price without it; `DomainError('card_paid')` while a terminal took some of it."""
        basket = self._require()
        self._refuse_card_paid()
        self._store.set_tenders(basket.basket_id, (), voids=held_for(self._tenders))
        self._tenders = ()
        if not basket.is_empty:
            self._price_for_means(())

    def take_back(self, place: int, settles: UUID | None = None) -> None:
        """Forget the tender at this place, from 0 on. One that a terminal took needs the attempt that undid it there,
        which it `settles`: else `DomainError('card_paid')`.
        """
        basket, mix = self._require(), self.payment
        left = mix.without(place)
        taken = mix.tenders[place]
        if taken.at_terminal and settles is None:
            self._refuse_card_paid()
        self._store.set_tenders(
            basket.basket_id, left.tenders, (settles,) if settles else (), held_for((taken,))
        )
        self._tenders = left.tenders
        self._price_for_means(means_of(self._tenders))

    def _refuse_card_paid(self) -> None:
        paid = sum(tender.amount for tender in self._tenders if tender.at_terminal)
        if any(tender.at_terminal for tender in self._tenders):
            raise DomainError("card_paid", {"paid": paid})

    def finish(self) -> Receipt:
        """Complete the receipt. The fiscal device signs what is checked already and is journalled next."""
        basket = self._filled()
        self._recorder.require_operator()
        # A parked receipt may come too late for goods that came back meanwhile.
        self._pricing.check(basket)
        if self._tenders:
            # The means that was chosen for the rest may not have been needed.
            self._price_for_means(means_of(self._tenders))
            basket = self._require()
        self.payment.settled()
        self._refuse_known(basket.external_ref)
        moment = self._recorder.moment()
        unsigned = with_codes(self._receipt(basket, moment), self._sign)
        check_receipt(unsigned)
        transaction = replace(
            self._transaction(basket),
            at=moment.at,
            tenders=unsigned.tenders,
            receipt_no=unsigned.receipt_id.printed_number,
        )
        receipt = replace(unsigned, fiscal=self._fiscal.finish(transaction))
        event = self._recorder.receipt_event(receipt_kind(receipt), receipt)
        priced = overrides(self._recorder, basket, self._voided, moment)
        self._store.close(basket.basket_id, [*priced, event], "receipt", taken_by(receipt))
        self._recorder.passed(moment)
        self._clear()
        return receipt

    def _receipt(self, basket: Basket, moment: Moment) -> Receipt:
        sold = Sold(self.deal, self.totals, self.payment.settled(), self._version)
        event_id = self._recorder.new_id(moment)
        operator = self._recorder.require_operator().staff_id
        number = self._store.next_receipt
        return make_receipt(self._identity, basket, sold, moment, event_id, operator, number)

    # --- promotions ---------------------------------------------------------------------------

    @property
    def deal(self) -> Deal:
        """What promotions take off the open receipt."""
        return self._pricing.deal

    def set_customer(self, number: str) -> None:
        """For whom the receipt counts, empty for nobody; opens a receipt if none is. Each time that somebody is put on
        a receipt is journalled: whose name is shown may ask who saw it.
        """
        if number:
            self._recorder.require_operator()
            self._refuse_paying()
            self._recorder.record(("customer.looked", {"customer": number}))
        self._price_for(customer=number)

    def set_codes(self, codes: tuple[str, ...]) -> None:
        """The promotion codes given for the receipt; opens a receipt if none is."""
        self._price_for(codes=codes)

    def set_coupons(
        self,
        coupons: tuple[Coupon, ...],
        asked: OutstandingAuthorisation | None = None,
        back: tuple[UUID, ...] = (),
    ) -> None:
        """The codes of batches given for the receipt; opens a receipt if none is. In the same transaction the centre is
        `asked` for one, or what it keeps under the ids of `back` is to be given back.
        """
        self._price_for(asked, back, coupons=coupons)

    def _price_for(
        self,
        asked: OutstandingAuthorisation | None = None,
        back: tuple[UUID, ...] = (),
        **header: str | tuple[str, ...] | tuple[Coupon, ...],
    ) -> None:
        self._recorder.require_operator()
        self._refuse_paying()
        if self._basket is None:
            if any(header.values()):
                self._begin(replace(self._new(), **header), asked)  # type: ignore[arg-type]
            return
        changed = replace(self._basket, **header)  # type: ignore[arg-type]
        if changed.is_blank:
            # Begun by mistake: nobody should have to give up a receipt on which there is nothing.
            self.cancel("")
            return
        self._store.change_header(changed, asked, back)
        self._basket = changed
        self._fiscal.update(self._transaction(self._dealt()))

    def _dealt(self, means: Means = (), *, proof: bool = False) -> Basket:
        """Work promotions out anew; only lines that lose more or less than before are touched."""
        basket = self._require()
        after = self._pricing.price(basket, means, proof=proof, paying=bool(self._tenders))
        for number, line in after.lines.items():
            before = basket.lines[number]
            if line is not before:
                self._tally.remove(before)
                self._tally.add(line)
        self._basket = after
        return after

    # --- inside -------------------------------------------------------------------------------

    def _require(self) -> Basket:
        if self._basket is None:
            raise DomainError("no_basket")
        return self._basket

    def _filled(self) -> Basket:
        if self._require().is_empty:
            raise DomainError("basket_empty")
        return self._require()

    def _refuse_known(self, ref: str) -> None:
        if ref and self._store.receipt_exists(ref):
            raise DomainError("receipt_exists", {"ref": ref})

    def _refuse_paying(self) -> None:
        if self._tenders:
            raise DomainError("payment_begun")

    def _take_up(self, stored: StoredBasket) -> None:
        # The centre may say something else of codes now; what is being paid or practised stays as it was priced.
        coupons = stored.basket.coupons
        if not (stored.tenders or stored.basket.training):
            coupons = asked_again(coupons)
        self._basket = replace(stored.basket, coupons=coupons)
        self._version = stored.reference_version
        self._voided = list(stored.voided)
        self._tenders = stored.tenders
        self._tally = Tally(stored.basket.lines.values())
        self._pricing.doubt()
        # Also while it is being paid: the disk keeps the lines without what promotions take off.
        self._dealt(means_of(self._tenders), proof=bool(self._tenders))
        self._fiscal.update(self._transaction(self._require()))

    def _clear(self) -> None:
        self._basket = None
        self._version = ""
        self._voided = []
        self._tenders = ()
        self._tally = Tally()
        self._pricing.clear()

    def _transaction(self, basket: Basket, tally: Tally | None = None) -> FiscalTransaction:
        return transaction_of(self._identity, basket, (tally or self._tally).totals())
