"""Codes of batches on the open receipt: put on it, asked for at the centre, taken off. All of it in the till's lane.

A code counts for nothing before it is known to be free: it stands on the receipt, the centre is asked, and what it says
comes back through `hear`. The request is on disk before it leaves the till and has one id for all repetitions. Where
the centre does not answer, the till takes a code alone if the chain lets it and it can tell the code from an invention.
What is of no batch here may be of one that ended long ago, or was made a moment ago: the centre is asked before the
till calls it unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pos_client.app.chain_rules import ChainRules
from pos_client.app.customers import Customers
from pos_client.app.recorder import Recorder
from pos_client.app.sale_session import SaleSession
from pos_client.features.basket.ports import CodeHeard
from pos_client.ports import Moment, Texts
from pos_client.storage.authorisations import CODE_KIND, OutstandingAuthorisation
from pos_client.storage.code_uses import on_receipts, used_here
from pos_client.storage.journal_file import JournalFile
from shared.basket import Basket
from shared.coupons import (
    CodeBatch,
    Coupon,
    CouponState,
    Recognised,
    check_open,
    check_whose,
    looks_drawn,
    read_signs,
    recognise,
)
from shared.errors import DomainError, ErrorParam
from shared.wire.coupons import LONGEST_CODE, CodeRequest

MOST_CODES = 4
"""As many codes on a receipt as are seen side by side."""


@dataclass(slots=True)
class CodeDesk:
    """Implements `pos_client.features.basket.ports.Codes`. `store_name` gives the name of a store, or its id."""

    sale: SaleSession
    rules: ChainRules
    customers: Customers
    recorder: Recorder
    file: JournalFile
    texts: Texts
    store_name: Callable[[str], str]

    def put_on(self, text: str) -> str:
        """Put the code of a batch on the receipt, to be asked for; the code as it is shown. Empty if of none here.

        `DomainError`: `code_mistyped`, `promotion_code_unknown`, `code_blocked`, `code_early`,
        `promotion_code_expired`, `code_other_customer`, `too_many_codes`, and `code_promotion_taken` where
        a code of the same promotion, `other`, is on the receipt: two give no more than one. Nothing is changed then.
        """
        try:
            found = recognise(self.rules.code_batches(), text)
        except DomainError as refusal:
            if refusal.code != "promotion_code_unknown" or self.sale.training:
                raise
            # It looks like those of a batch, and one that looked the same may have left the till.
            return self.ask_for(text, sure=True)
        if found is None:
            return ""
        return self._add(found.code, found.batch)

    def ask_for(self, text: str, *, sure: bool) -> str:
        """Put what is of no batch here on the receipt, to be asked for; the code as it is shown. Empty for what can be
        no code, and where nobody is `sure` that it is meant as one, for what does not look drawn. While somebody
        practises nobody is asked. `DomainError('too_many_codes')`.
        """
        code = read_signs(text)
        likely = code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE
        if self.sale.training or not likely or not (sure or looks_drawn(code)):
            return ""
        return self._add(code, None, text.strip())

    def take_off(self, text: str) -> bool:
        """Take a code of a batch off the receipt, and let the centre keep it no longer; whether it was on it."""
        basket, code = self.sale.basket, read_signs(text)
        gone = [one for one in basket.coupons if one.code == code] if basket is not None else []
        if basket is None or not gone:
            return False
        left = tuple(one for one in basket.coupons if one.code != code)
        self.sale.set_coupons(left, back=tuple(one.auth_id for one in gone))
        return True

    def lay_aside(self) -> None:
        """The receipt is about to be parked: the centre keeps its codes no longer, and is asked under new ids once the
        receipt is taken up again. Each code goes in a transaction of its own: a till that is killed between them asks
        for all.
        """
        basket = self.sale.basket
        for one in basket.coupons if basket is not None else ():
            self._ask_anew(one)

    def customer_changed(self) -> tuple[str, ...]:
        """Take off what is not for whom the receipt counts now; the codes that went. For whom a code of no batch here
        is only the centre knows: it is asked anew.
        """
        basket = self.sale.basket
        batches = {batch.batch_id: batch for batch in self.rules.code_batches()}
        gone = []
        for one in basket.coupons if basket is not None else ():
            batch = batches.get(one.batch_id)
            if batch is None:
                self._ask_anew(one)
            elif not self._is_for(batch, basket):
                gone.append(one.code)
        for code in gone:
            self.take_off(code)
        return tuple(gone)

    def request(self) -> CodeRequest | None:
        """What the centre is to be asked next; None if every code on the receipt is known."""
        basket = self.sale.basket
        asked = (one for one in basket.coupons if one.state is CouponState.ASKED) if basket else ()
        one = next(iter(asked), None)
        if one is None or basket is None or self.sale.payment.tenders:
            return None
        return CodeRequest(
            auth_id=one.auth_id,
            code=one.code,
            basket_id=basket.basket_id,
            customer=basket.customer,
        )

    def hear(self, heard: CodeHeard) -> bool:
        """Take over what the centre said, or that it said nothing; whether the code counts now.

        A refusal takes the code off the receipt and is raised as `DomainError` then: what the centre says, and
        `code_needs_centre` where it said nothing and the till may not take the code alone.
        """
        basket = self.sale.basket
        coupons = basket.coupons if basket is not None else ()
        waiting = [one for one in coupons if one.state is CouponState.ASKED]
        one = next((one for one in waiting if one.auth_id == heard.auth_id), None)
        if one is None or basket is None or self.sale.payment.tenders:
            return False  # taken off meanwhile, or the receipt is being paid as it was priced
        try:
            known = self._as_heard(basket, one, heard)
        except DomainError as refusal:
            self.take_off(one.code)
            params = self._shown(refusal.params)
            if "code" in params:
                params["code"] = one.shown  # the centre was asked for it as it is compared
            raise DomainError(refusal.code, params) from None
        self.sale.set_coupons(tuple(known if each is one else each for each in coupons))
        return True

    # --- inside -------------------------------------------------------------------------------

    def _ask_anew(self, one: Coupon) -> None:
        """Give back what the centre keeps of a code on the receipt, and let it be asked for under a new id. Practice
        asks nobody.
        """
        basket = self.sale.basket
        if basket is None or basket.training:
            return
        moment = self.recorder.moment()
        anew = replace(one, auth_id=self.recorder.new_id(moment), state=CouponState.ASKED)
        coupons = tuple(anew if each == one else each for each in basket.coupons)
        asked = _asked(anew, basket.basket_id, moment)
        self.sale.set_coupons(coupons, asked, back=(one.auth_id,))

    def _add(self, code: str, batch: CodeBatch | None, typed: str = "") -> str:
        """Put a code on the receipt, and say how it is shown; without a batch the centre has to say whose it is."""
        basket = self.sale.basket
        coupons = basket.coupons if basket is not None else ()
        there = next((one for one in coupons if one.code == code), None)
        if there is not None:
            return there.shown
        if batch is not None:
            _refuse_second(coupons, batch.promotion)
        codes = basket.codes if basket is not None else ()
        if len(codes) + len(coupons) >= MOST_CODES:
            raise DomainError("too_many_codes", {"most": MOST_CODES})
        if batch is not None:
            self._check(batch, basket.customer if basket is not None else "")
        moment = self.recorder.moment()
        auth_id = self.recorder.new_id(moment)
        coupon = Coupon(auth_id, code, typed=typed)
        if batch is not None:
            coupon = replace(coupon, batch_id=batch.batch_id, promotion=batch.promotion)
        if self.sale.training:
            # Practice uses nothing up and asks nobody.
            self.sale.set_coupons((*coupons, replace(coupon, state=CouponState.ALONE)))
            return code
        basket_id = basket.basket_id if basket is not None else auth_id
        self.sale.set_coupons((*coupons, coupon), _asked(coupon, basket_id, moment))
        return coupon.shown

    def _as_heard(self, basket: Basket, one: Coupon, heard: CodeHeard) -> Coupon:
        """The coupon as it counts now; `DomainError` if it does not."""
        if heard.refusal is not None:
            raise heard.refusal
        if heard.silent:
            if not self._may_take_alone(basket, one):
                raise DomainError("code_needs_centre")
            return replace(one, state=CouponState.ALONE)
        if one.promotion:
            return replace(one, state=CouponState.HELD)
        if heard.batch_id is None:
            raise DomainError("promotion_code_unknown", {"code": one.shown})
        _refuse_second(basket.coupons, heard.promotion)
        return Coupon(one.auth_id, one.code, heard.batch_id, heard.promotion, CouponState.HELD)

    def _check(self, batch: CodeBatch, customer: str) -> None:
        try:
            check_open(batch, self.recorder.glance().at)
        except DomainError as refusal:
            raise DomainError(refusal.code, self._shown(refusal.params)) from None
        check_whose(batch, customer, self._groups(customer))

    def _is_for(self, batch: CodeBatch, basket: Basket | None) -> bool:
        # Whose a code is only the centre knows: it is asked for anew with the customer.
        customer = basket.customer if basket is not None else ""
        try:
            check_whose(batch, customer, self._groups(customer))
        except DomainError:
            return False
        return not batch.one_each

    def _groups(self, customer: str) -> tuple[str, ...] | None:
        known = self.customers.customer(customer) if customer else None
        return tuple(known.lists.get("groups", ())) if known is not None else None

    def _may_take_alone(self, basket: Basket, coupon: Coupon) -> bool:
        """Whether the chain lets the till take this code without an answer: not one that is for one customer each, for
        only the centre knows whose it is, nor one that this till has used as often as it may, as far as it knows.
        """
        found = self._known(coupon.code)
        alone = sum(one.state is CouponState.ALONE for one in basket.coupons)
        if found is None or found.batch.one_each or alone >= self.rules.codes_alone():
            return False
        elsewhere = sum(
            number != str(basket.basket_id) for number in on_receipts(self.file, coupon.code)
        )
        return used_here(self.file, coupon.code) + elsewhere < found.batch.uses

    def _known(self, code: str) -> Recognised | None:
        try:
            return recognise(self.rules.code_batches(), code)
        except DomainError:
            return None

    def _shown(self, params: dict[str, ErrorParam]) -> dict[str, ErrorParam]:
        """Days and stores as people read them."""
        shown = dict(params)
        zone = self.recorder.glance().at.tzinfo
        if isinstance(day := shown.get("day"), str):
            try:
                shown["day"] = self.texts.moment(datetime.fromisoformat(day).astimezone(zone))
            except ValueError:
                del shown["day"]
        if isinstance(store := shown.get("store"), str):
            shown["store"] = self.store_name(store)
        return shown


def _refuse_second(coupons: Iterable[Coupon], promotion: str) -> None:
    """`DomainError('code_promotion_taken')` where a code of the promotion is on the receipt already."""
    other = next((one for one in coupons if one.promotion == promotion), None)
    if other is not None:
        raise DomainError("code_promotion_taken", {"other": other.shown})


def _asked(coupon: Coupon, basket_id: UUID, moment: Moment) -> OutstandingAuthorisation:
    """What the centre is asked for a code, as it is written before the request leaves the till."""
    return OutstandingAuthorisation(
        coupon.auth_id, CODE_KIND, basket_id, {"code": coupon.code}, "asked", moment.at
    )
