"""Paying: cash in, change out, and the receipt is complete. Raises as the basket's presenter does."""

from __future__ import annotations

from pos_client.features.payment.ports import PaymentView, Upload
from pos_client.features.payment.state import PaymentState
from pos_client.ports import Place, Recording, Sale, Texts
from shared.errors import DomainError
from shared.money import currency, parse_amount
from shared.receipt import Receipt
from shared.tender import Tender, TenderKind, TenderMix


class PaymentPresenter:
    """Cash for now; every other tender will come in through `Sale.tender` as well."""

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
        self.last_receipt: Receipt | None = None

    def on_cash(self, amount: str | None = None) -> PaymentState:
        """Cash given, or for a refund paid out; without an amount exactly what is due."""
        self._recording.require_operator()
        mix = self._sale.payment
        if amount is None:
            minor = mix.due
            if minor == 0:
                raise DomainError("tender_nothing_due")
        else:
            minor = abs(parse_amount(amount, currency(self._place.currency).exponent))
            if mix.total < 0:
                minor = -minor
        self._sale.tender(Tender(TenderKind.CASH, minor))
        return self._show(self._sale.payment)

    def on_take_back(self) -> PaymentState:
        """Forget what was given: the basket can be changed again."""
        self._sale.take_back_tenders()
        return self._show(self._sale.payment)

    def on_finish(self) -> PaymentState:
        """Complete the receipt. When this returns it is on disk, numbered, and queued to print."""
        mix = self._sale.payment
        receipt = self._sale.finish()
        self.last_receipt = receipt
        self._upload.nudge()
        notice = self._texts.text("payment.done", number=receipt.receipt_id.printed_number)
        return self._show(mix, receipt.receipt_id.printed_number, notice)

    def refresh(self) -> PaymentState:
        """Show what is due as it stands."""
        return self._show(self._sale.payment)

    def _show(self, mix: TenderMix, number: str = "", notice: str = "") -> PaymentState:
        code = self._place.currency
        state = PaymentState(
            total=self._texts.money(mix.total, code),
            given=self._texts.money(mix.given, code),
            due=self._texts.money(abs(mix.due), code),
            change=self._texts.money(mix.change, code),
            refund=mix.total < 0,
            settled=mix.due == 0,
            receipt_number=number,
            notice=notice,
        )
        self._view.render(state)
        return state
