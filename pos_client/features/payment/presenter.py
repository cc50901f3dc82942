"""Paying: money in, change out, and the receipt is complete. Raises as the basket's presenter does."""

from __future__ import annotations

from decimal import Decimal

from pos_client.features.payment.ports import PaidBy, PaymentView, TakenBack, Upload
from pos_client.features.payment.rows import Rows
from pos_client.features.payment.state import (
    MeansRow,
    PaymentPreview,
    PaymentState,
    QuickAmount,
)
from pos_client.features.payment.values import ACCOUNT, NOTHING, SHORT, Account, Named
from pos_client.ports import Place, Recording, Sale, Texts
from shared.basket import Basket
from shared.errors import DomainError
from shared.loyalty import Lost
from shared.money import currency, parse_amount
from shared.quantity import read_typed
from shared.receipt import Receipt
from shared.tender import (
    AUTHORISED,
    MEANS,
    PURSES,
    Tender,
    TenderKind,
    TenderMix,
    masked,
)

_CASH = frozenset((TenderKind.CASH, TenderKind.CHANGE))
_ALL = (*MEANS, TenderKind.VOUCHER, *PURSES)
_BY_NUMBER = {TenderKind.GIFT_CARD: "gift", TenderKind.VOUCHER: "voucher"}


class PaymentPresenter:
    """The means that is chosen pays what is due, in whole or in part; the receipt is priced for it before.

    Amounts come in as typed, in the form of the language at the till. Less than is due is a part payment: it is taken,
    and finishing is refused (`tender_short`) until the rest is there.
    """

    def __init__(
        self,
        sale: Sale,
        recording: Recording,
        place: Place,
        texts: Texts,
        view: PaymentView,
        upload: Upload,
        paid_by: PaidBy | None = None,
        taken_back: TakenBack | None = None,
    ) -> None:
        self._sale = sale
        self._recording = recording
        self._place = place
        self._texts = texts
        self._rows = Rows(texts, place.currency)
        self._view = view
        self._upload = upload
        self._paid_by = paid_by or _nobody_knows
        self._taken_back = taken_back or _nothing
        self._lost = ""
        self._terminal = False
        self._means = TenderKind.CASH
        self._named = NOTHING
        self._account: Account | None = None
        self._account_asked = False
        self.last_receipt: Receipt | None = None

    def use_terminal(self, *, on: bool) -> None:
        """Whether the till asks a card terminal itself; else the cashier types the amount there."""
        self._terminal = on

    @property
    def means(self) -> TenderKind:
        """What the rest is to be paid by."""
        return self._means

    @property
    def at_terminal(self) -> bool:
        """Whether cards are paid at a terminal that the till asks: never while somebody practises."""
        return self._terminal and not self._sale.training

    @property
    def named(self) -> str:
        """The card, voucher or purse that is to pay next, as it was scanned or typed; empty if it is not known yet."""
        return self._named.code

    @property
    def asks_account(self) -> bool:
        """Whether it is to be said whose purses are to pay."""
        return self._account_asked

    def on_open(self) -> PaymentState:
        """The customer wants to pay: in cash, as long as nothing else is said, and back by what the goods were paid
        with. An empty receipt stays as it is.
        """
        self._account, self._account_asked = None, False
        self._means = self._first_means()
        self._named = self._named_for(self._means) or NOTHING
        basket, self._lost = self._sale.basket, ""
        if basket is not None and not basket.is_empty:
            self._sale.choose_means(self._means)
            self._lost = self._rows.taken_back(self._taken_back(basket))
        return self._show(self._sale.payment)

    def on_means(self, kind: str) -> PaymentState:
        """The rest is to be paid by this means, or out of the purses of a customer who is asked for.

        `DomainError`: `tender_unknown` for one that this till cannot take, `purse_unknown` for a purse of nobody,
        `authorisation_training`.
        """
        means = TenderKind.CASH if kind == ACCOUNT else _known(kind)
        if (kind == ACCOUNT or means in AUTHORISED) and self._sale.training:
            raise DomainError("authorisation_training")
        named = self._named_for(means)
        if named is None:
            raise DomainError("purse_unknown")
        before = self._sale.payment
        self._sale.choose_means(means)
        self._means, self._named, self._account_asked = means, named, kind == ACCOUNT
        mix = self._sale.payment
        more = mix.total - before.total if before.tenders else 0
        note = ""
        if more > 0:
            note = self._texts.text(
                "payment.mixed_more", amount=self._texts.money(more, self._place.currency)
            )
        return self._show(mix, note=note)

    def on_named(self, code: str, balance: int | None) -> PaymentState:
        """A gift card or voucher is to pay next, or gets money back; `balance` in minor units is what it has."""
        self._named = Named(code, balance)
        return self._show(self._sale.payment)

    def on_account(self, account: Account, *, choose: bool) -> PaymentState:
        """What a customer has is known; `choose` the first purse of it.

        `DomainError('purses_empty')` if there is none to choose.
        """
        self._account, self._account_asked = account, False
        if not choose:
            return self._show(self._sale.payment)
        mix = self._sale.payment
        ways = self._purse_kinds(mix) if mix.total >= 0 else (TenderKind.STORE_CREDIT,)
        if not ways:
            self._account = None
            raise DomainError("purses_empty")
        return self.on_means(ways[0])

    def _named_for(self, means: TenderKind) -> Named | None:
        """What of a kind is known already: a customer's purse, or what goods were paid with that come back; None for a
        purse of nobody.
        """
        if means not in AUTHORISED:
            return NOTHING
        mix = self._sale.payment
        if mix.total < 0 and means is not TenderKind.GIFT_CARD:
            paid = (t for t in self._origins() if t.kind is means and t.instrument)
            origin = next(paid, None)
            if origin is not None:
                return Named(origin.instrument)
            if means is TenderKind.STORE_CREDIT and self._account is not None:
                return Named(self._account.number, owner=self._account.name)
        own = self._account.named(means, mix.tenders) if self._account is not None else None
        if own is not None and mix.total >= 0:
            return own
        return NOTHING if means in _BY_NUMBER else None

    def amount(self, typed: str) -> int:
        """The minor units of an amount as typed, for the chosen means: below zero where money goes out; nothing typed
        is what is due. `DomainError`s as `on_tender`, and `giftcard_short` or `purse_short` beyond what there is.
        """
        mix = self._sale.payment
        minor = self._typed(typed, mix) if typed.strip() else self._usual(mix)
        if self._means in AUTHORISED:
            known = self._named.balance
            if known is not None and minor > known:
                said = {"balance": self._texts.money(known, self._place.currency)}
                if self._means is TenderKind.GIFT_CARD:
                    raise DomainError("giftcard_short", said)
                raise DomainError("purse_short", said)
            if minor > mix.due_by_value >= 0:
                raise DomainError("tender_value_for_value", {"due": mix.due_by_value})
        # What the centre will be asked for is checked like an amount by card.
        checked = TenderKind.CARD if self._means in AUTHORISED else self._means
        mix.add(Tender(checked, minor))
        return minor

    def on_refund_to_named(self, typed: str) -> PaymentState:
        """Money goes back to the card, voucher or purse that was chosen: the centre puts it there with the receipt."""
        minor, balance = self.amount(typed), self._named.balance
        after = None if balance is None else balance - minor
        self._recording.require_operator()
        self._sale.tender(Tender(self._means, minor, None, self._named.number, after))
        return self.on_tendered()

    def on_tendered(self) -> PaymentState:
        """Something was taken elsewhere: what is left of it, by the usual means."""
        self._named, self._account_asked = NOTHING, False
        if self._means in AUTHORISED and self._sale.payment.due:
            self._means = TenderKind.CASH
            self._sale.choose_means(self._means)
        return self._show(self._sale.payment)

    def on_leave(self) -> None:
        """Back to the receipt: what was given is given back, and how the customer pays is open again."""
        basket = self._sale.basket
        if basket is None:
            return
        if self._sale.payment.tenders:
            self._sale.take_back_tenders()
        if not basket.is_empty:
            self._sale.choose_means(None)

    def on_cash(self, amount: str | None = None) -> PaymentState:
        """Cash given, or for a refund paid out; without an amount exactly what is due."""
        return self.on_tender("cash", amount)

    def on_pay(self, amount: str | None = None) -> PaymentState:
        """The chosen means is paid with, or for a refund paid out by; without an amount exactly what is due."""
        return self.on_tender(self._means, amount)

    def on_tender(self, kind: str, amount: str | None = None) -> PaymentState:
        """An amount by a means, which is the chosen one from now on."""
        means = _known(kind)
        self._recording.require_operator()
        basket = self._sale.basket
        if basket is not None and not basket.is_empty:
            self._sale.choose_means(means)
        self._means = means
        mix = self._sale.payment
        if amount is None:
            minor = mix.due
            if minor == 0:
                raise DomainError("tender_nothing_due")
        else:
            minor = self._typed(amount, mix)
        self._sale.tender(Tender(means, minor))
        return self._show(self._sale.payment)

    def preview(self, typed: str) -> PaymentPreview:
        """What taking the typed amount would do; nothing typed means exactly what is due. Touches no disk."""
        if self._asks_number:
            return self._number_preview(typed)
        mix = self._sale.payment
        try:
            minor = self.amount(typed)
            change = mix.change if self._means is not TenderKind.CASH else self._after(mix, minor)
        except DomainError as problem:
            return PaymentPreview(
                self._texts.text(f"payment.{SHORT.get(problem.code, 'no_amount')}")
            )
        code = self._place.currency
        left = max(abs(mix.due) - abs(minor), 0)
        return PaymentPreview(
            accept_text=self._texts.text(
                self._accept_key(mix, left), amount=self._texts.money(abs(minor), code)
            ),
            change=self._texts.money(change, code) if change else "",
            short=self._texts.money(left, code) if left else "",
            ok=True,
        )

    def _after(self, mix: TenderMix, minor: int) -> int:
        return mix.add(Tender(self._means, minor)).change

    def _accept_key(self, mix: TenderMix, left: int) -> str:
        """What taking it does: money goes out another way than it comes in."""
        way = str(self._means)
        if self._means in AUTHORISED - {TenderKind.GIFT_CARD, TenderKind.INVOICE}:
            way = "value"
        if self._means is TenderKind.CARD and self.at_terminal:
            way = "terminal"
        if mix.total < 0:
            return "payment.pay_out" if way == "cash" else f"payment.pay_out_{way}"
        if way == "cash":
            return "payment.accept_part" if left else "payment.accept"
        return f"payment.accept_{way}"

    def _number_preview(self, typed: str) -> PaymentPreview:
        kind = "_voucher" if self._means is TenderKind.VOUCHER else ""
        if not typed.strip():
            return PaymentPreview(self._texts.text(f"payment.no_number{kind}"))
        return PaymentPreview(self._texts.text(f"payment.ask_balance{kind}"), ok=True)

    def on_take_back(self) -> PaymentState:
        """Forget what was given; `DomainError('card_paid')` while a terminal took some of it."""
        self._sale.take_back_tenders()
        self._sale.choose_means(self._means)
        return self._show(self._sale.payment)

    def on_take_back_one(self, place: int) -> PaymentState:
        """Forget the tender of one row; `DomainError('card_paid')` for one that a terminal took."""
        self._sale.take_back(place)
        self._sale.choose_means(self._means)
        return self._show(self._sale.payment)

    def on_finish(self) -> PaymentState:
        """Complete the receipt. When this returns it is on disk, numbered, and queued to print."""
        pieces = self._sale.totals.pieces
        receipt = self._sale.finish()
        self.last_receipt = receipt
        given = tuple(one for one in receipt.tenders if one.kind is not TenderKind.CHANGE)
        mix = TenderMix(receipt.total, given)
        self._upload.nudge()
        return self._show(mix, pieces, receipt)

    def refresh(self) -> PaymentState:
        """Show what is due as it stands."""
        return self._show(self._sale.payment)

    def _typed(self, text: str, mix: TenderMix) -> int:
        places = currency(self._place.currency).exponent
        minor = abs(parse_amount(read_typed(text, self._texts.language, places), places))
        return -minor if mix.total < 0 else minor

    def _show(
        self,
        mix: TenderMix,
        pieces: Decimal | None = None,
        receipt: Receipt | None = None,
        note: str = "",
    ) -> PaymentState:
        code = self._place.currency
        number = receipt.receipt_id.printed_number if receipt else ""
        tenders = receipt.tenders if receipt else mix.tenders
        if pieces is None:
            pieces = self._sale.totals.pieces
        plural = "basket.pieces_one" if pieces == 1 else "basket.pieces_many"
        state = PaymentState(
            total=self._texts.money(mix.total, code),
            given=self._texts.money(mix.given, code),
            due=self._texts.money(abs(mix.due), code),
            change=self._texts.money(mix.change, code),
            refund=mix.total < 0,
            settled=mix.due == 0,
            receipt_number=number,
            notice=self._texts.text("payment.done", number=number) if number else "",
            quick=() if number else self._quick(mix),
            tenders=tuple(
                self._rows.tender(tender, -1 if number else place)
                for place, tender in enumerate(tenders)
            ),
            change_parts=self._rows.change(mix.change),
            pieces_text=self._texts.text(plural, count=self._texts.quantity(pieces)),
            drawer=receipt is not None and any(tender.kind in _CASH for tender in tenders),
            means=() if number else self._means_rows(mix),
            amount_caption=self._caption(mix),
            note=note or self._way_back(mix, number),
            asks_number=not number and self._asks_number,
            empty=receipt is None and self._sale.basket is None,
            paid_percent=100 * mix.given // mix.total if mix.total else 0,
        )
        self._view.render(state)
        return state

    @property
    def _asks_number(self) -> bool:
        return self._account_asked or (self._means in AUTHORISED and not self._named.code)

    def _caption(self, mix: TenderMix) -> str:
        if self._account_asked:
            return self._texts.text("payment.account_number")
        if self._means in AUTHORISED:
            return self._named_caption(mix)
        key = "terminal" if self._means is TenderKind.CARD and self.at_terminal else self._means
        out = "_out" if mix.total < 0 else ""
        return self._texts.text(f"payment.amount_{key}{out}")

    def _named_caption(self, mix: TenderMix) -> str:
        named, family = self._named, _BY_NUMBER.get(self._means, "value")
        if not named.code:
            return self._texts.text(f"payment.{family}_number")
        key = (
            "payment.gift_amount" if self._means is TenderKind.GIFT_CARD else "payment.value_amount"
        )
        if mix.total < 0:
            key += "_out"
        facts = {
            "name": self._texts.text(f"tender.{self._means}"),
            "card": named.owner or masked(named.number),
        }
        if named.balance is None:
            return self._texts.text(f"{key}_unknown", **facts)
        known = self._texts.money(named.balance, self._place.currency)
        return self._texts.text(key, balance=known, **facts)

    def _first_means(self) -> TenderKind:
        """Money goes back the way it came, by whatever paid most of it."""
        paid = self._origins()
        if not paid:
            return TenderKind.CASH
        sums = {kind: sum(t.amount for t in paid if t.kind is kind) for kind in _ALL}
        return max(_ALL, key=lambda kind: sums[kind])

    def _origins(self) -> tuple[Tender, ...]:
        basket = self._sale.basket
        if basket is None or self._sale.payment.total >= 0 or self._sale.training:
            return ()
        given = (t for t in self._paid_by(basket) if t.kind is not TenderKind.CHANGE)
        return tuple(tender for tender in given if tender.amount > 0)

    def _way_back(self, mix: TenderMix, number: str) -> str:
        """With what the goods were paid that come back, and what they take with them."""
        paid = () if number or mix.total >= 0 else self._origins()
        names = dict.fromkeys(self._named_tender(tender) for tender in paid)
        was = self._texts.text("payment.was_paid", how=", ".join(names)) if names else ""
        return "\n".join(part for part in (was, "" if number else self._lost) if part)

    def _named_tender(self, tender: Tender) -> str:
        card = masked(tender.slip.card if tender.slip is not None else tender.instrument)
        return " ".join(part for part in (self._texts.text(f"tender.{tender.kind}"), card) if part)

    def _usual(self, mix: TenderMix) -> int:
        """What is taken if nobody says how much: what is due, or what there is of it on card, voucher or purse."""
        if self._means not in AUTHORISED or mix.due <= 0:
            return mix.due
        most, known = mix.due_by_value or mix.due, self._named.balance
        return most if known is None else min(most, known)

    def _purse_kinds(self, mix: TenderMix) -> tuple[TenderKind, ...]:
        """The purses, and what else a combined card carries, that can pay or get something back."""
        account = self._account
        if mix.total < 0:
            paid = {tender.kind for tender in self._origins() if tender.instrument}
            credit = {TenderKind.STORE_CREDIT} if account is not None else set()
            return tuple(kind for kind in PURSES if kind in paid | credit)
        usable = account.usable(mix.tenders) if account is not None else ()
        return tuple(kind for kind in _ALL if kind in usable)

    def _kinds(self, mix: TenderMix) -> tuple[TenderKind, ...]:
        """The ways to pay that are offered."""
        if self._sale.training:
            return MEANS
        paid = {tender.kind for tender in self._origins()}
        voucher = mix.total >= 0 or TenderKind.VOUCHER in paid
        offered = {*MEANS, *self._purse_kinds(mix), self._means}
        return tuple(
            kind for kind in _ALL if kind in offered or (kind is TenderKind.VOUCHER and voucher)
        )

    def _quick(self, mix: TenderMix) -> tuple[QuickAmount, ...]:
        if not mix.due or self._asks_number or not self._usual(mix):
            return ()
        exact_only = self._means is not TenderKind.CASH
        return self._rows.quick(abs(self._usual(mix)), None if exact_only else mix.due)

    def _means_rows(self, mix: TenderMix) -> tuple[MeansRow, ...]:
        totals = self._sale.totals_by_means() if self._sale.basket is not None else {}
        dearest = max(totals.values(), default=0)
        code = self._place.currency
        rows = []
        for kind in self._kinds(mix):
            less = dearest - totals.get(kind, dearest)
            saving = ""
            if less:
                saving = self._texts.text(
                    f"means.less_{kind}", amount=self._texts.money(less, code)
                )
            chosen = kind is self._means and not self._account_asked
            text = self._texts.text(f"tender.{kind}")
            rows.append(MeansRow(kind, text, saving, chosen, self._means_detail(kind, mix)))
        if self._account is None and not self._sale.training:
            text = self._texts.text("payment.account")
            rows.append(MeansRow(ACCOUNT, text, chosen=self._account_asked))
        return tuple(rows)

    def _means_detail(self, kind: TenderKind, mix: TenderMix) -> str:
        if kind is TenderKind.CARD and self.at_terminal:
            return self._texts.text("payment.by_terminal")
        account = self._account
        purses = account.purses if account is not None and mix.total >= 0 else ()
        purse = next((each for each in purses if each.kind is kind), None)
        left = (
            account.left(purse, mix.tenders) if account is not None and purse is not None else None
        )
        if purse is None or left is None:
            return ""
        money = self._texts.money(left, self._place.currency)
        if purse.points is not None and left == purse.balance:
            return self._texts.text("payment.points_free", points=purse.points, balance=money)
        return self._texts.text("payment.purse_free", balance=money)


def _nobody_knows(_basket: Basket) -> tuple[Tender, ...]:
    return ()


def _nothing(_basket: Basket) -> Lost:
    return Lost()


def _known(kind: str) -> TenderKind:
    if kind not in _ALL:
        raise DomainError("tender_unknown", {"kind": kind[:40]})
    return TenderKind(kind)
