"""Paying: money in, change out, and the receipt is complete. Raises as the basket's presenter does."""

from __future__ import annotations

from decimal import Decimal

from pos_client.features.payment.ports import PaymentView, Upload
from pos_client.features.payment.state import (
    ChangePart,
    MeansRow,
    PaymentPreview,
    PaymentState,
    QuickAmount,
    TenderRow,
)
from pos_client.ports import Place, Recording, Sale, Texts
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.quantity import read_typed
from shared.receipt import Receipt
from shared.tender import MEANS, Tender, TenderKind, TenderMix, fewest_pieces, quick_amounts

_CASH = frozenset((TenderKind.CASH, TenderKind.CHANGE))


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
    ) -> None:
        self._sale = sale
        self._recording = recording
        self._place = place
        self._texts = texts
        self._view = view
        self._upload = upload
        self._means = TenderKind.CASH
        self.last_receipt: Receipt | None = None

    def on_open(self) -> PaymentState:
        """The customer wants to pay: in cash, as long as nothing else is said. An empty receipt stays as it is."""
        self._means = TenderKind.CASH
        basket = self._sale.basket
        if basket is not None and not basket.is_empty:
            self._sale.choose_means(self._means)
        return self._show(self._sale.payment)

    def on_means(self, kind: str) -> PaymentState:
        """The rest is to be paid by this means: `DomainError('tender_unknown')` for one that this till cannot take."""
        means = _known(kind)
        before = self._sale.payment
        self._sale.choose_means(means)
        self._means = means
        mix = self._sale.payment
        more = mix.total - before.total if before.tenders else 0
        note = ""
        if more > 0:
            note = self._texts.text(
                "payment.mixed_more", amount=self._texts.money(more, self._place.currency)
            )
        return self._show(mix, note=note)

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
        mix = self._sale.payment
        try:
            minor = self._typed(typed, mix) if typed.strip() else mix.due
            after = mix.add(Tender(self._means, minor))
        except DomainError:
            return PaymentPreview(self._texts.text("payment.no_amount"))
        code = self._place.currency
        key = "payment.accept_part" if after.due else "payment.accept"
        if self._means is TenderKind.CARD:
            key = "payment.accept_card"
        if mix.total < 0:
            key = "payment.pay_out"
        return PaymentPreview(
            accept_text=self._texts.text(key, amount=self._texts.money(abs(minor), code)),
            change=self._texts.money(after.change, code) if after.change else "",
            short=self._texts.money(abs(after.due), code) if after.due else "",
            ok=True,
        )

    def on_take_back(self) -> PaymentState:
        """Forget what was given."""
        self._sale.take_back_tenders()
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
            tenders=tuple(self._row(tender) for tender in tenders),
            change_parts=self._parts(mix.change),
            pieces_text=self._texts.text(plural, count=self._texts.quantity(pieces)),
            drawer=receipt is not None and any(tender.kind in _CASH for tender in tenders),
            means=() if number else self._means_rows(),
            amount_caption=self._texts.text(f"payment.amount_{self._means}"),
            note=note,
        )
        self._view.render(state)
        return state

    def _means_rows(self) -> tuple[MeansRow, ...]:
        totals = self._sale.totals_by_means() if self._sale.basket is not None else {}
        dearest = max(totals.values(), default=0)
        code = self._place.currency
        rows = []
        for kind in MEANS:
            less = dearest - totals.get(kind, dearest)
            saving = self._texts.text(f"means.less_{kind}", amount=self._texts.money(less, code))
            text = self._texts.text(f"tender.{kind}")
            rows.append(MeansRow(kind, text, saving if less else "", kind is self._means))
        return tuple(rows)

    def _quick(self, mix: TenderMix) -> tuple[QuickAmount, ...]:
        code = self._place.currency
        if not mix.due:
            return ()
        exact = self._texts.amount(abs(mix.due), code)
        if self._means is not TenderKind.CASH:
            return (QuickAmount(exact, exact, exact=True),)
        return (
            QuickAmount(exact, exact, exact=True),
            *(
                QuickAmount(self._texts.amount(value, code), self._whole(value))
                for value in quick_amounts(mix.due, code)
            ),
        )

    def _whole(self, minor: int) -> str:
        whole = Decimal(minor).scaleb(-currency(self._place.currency).exponent)
        return self._texts.quantity(whole.to_integral_value())

    def _row(self, tender: Tender) -> TenderRow:
        return TenderRow(
            kind=str(tender.kind),
            text=self._texts.text(f"tender.{tender.kind}"),
            amount=self._texts.amount(tender.amount, self._place.currency),
        )

    def _parts(self, change: int) -> tuple[ChangePart, ...]:
        code = self._place.currency
        return tuple(
            ChangePart(self._texts.coin(piece.value, code), count, piece.note)
            for piece, count in fewest_pieces(change, code)
        )


def _known(kind: str) -> TenderKind:
    if kind not in MEANS:
        raise DomainError("tender_unknown", {"kind": kind[:40]})
    return TenderKind(kind)
