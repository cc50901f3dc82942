"""What the till shows its cashier becomes what it shows its customer, in the language of the store.

It stands where the screens of the sale and of paying are told what to show, so it works with and without a window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from pos_client.features.basket.state import BasketState, LineRow
from pos_client.features.customer_display.state import CustomerLine, CustomerState
from pos_client.features.payment.state import PaymentState
from pos_client.ports import Texts

Listener = Callable[[CustomerState], None]
State = TypeVar("State")


class CustomerFeed:
    """Keeps what the customer sees. Listeners are called in the till's lane and must not wait."""

    def __init__(self, texts: Texts, shop: str) -> None:
        self._texts = texts
        self._shop = shop
        self._listeners: list[Listener] = []
        self._basket = BasketState()
        self._paying = False
        # How the receipt stands: paying by another means may price it anew. Whoever has the receipt sets it.
        self.look_again: Callable[[], object] = _nothing
        self.state = self.idle()
        self.basket = _Screen(self._show_basket)
        self.payment = _Screen(self._show_payment)

    def listen(self, listener: Listener) -> None:
        """Tell this one what is shown, now and with every change."""
        self._listeners.append(listener)
        listener(self.state)

    def unlisten(self, listener: Listener) -> None:
        """Tell this one nothing any more."""
        self._listeners = [each for each in self._listeners if each != listener]

    def idle(self) -> CustomerState:
        """What is shown while nobody is being served."""
        return CustomerState(shop=self._shop, greeting=self._texts.text("customer.welcome"))

    def follow_terminal(self, words: str) -> None:
        """What the card terminal shows right now; empty when it asks nothing any more."""
        if self.state.phase == "pay":
            self._publish(replace(self.state, notice=words))

    def _publish(self, state: CustomerState) -> None:
        if state == self.state:
            return
        self.state = state
        for listener in self._listeners:
            listener(state)

    def _show_basket(self, state: BasketState) -> None:
        self._basket = state
        if self._paying:
            return
        if state.lines:
            self._publish(self._sale())
        elif self.state.phase != "paid":
            # Behind a receipt that was paid the change stays until the next article.
            self._publish(self.idle())

    def _sale(self) -> CustomerState:
        texts, basket = self._texts, self._basket
        return CustomerState(
            phase="sale",
            shop=self._shop,
            greeting=self._hello(),
            lines=tuple(_line(row) for row in basket.lines),
            caption=texts.text("customer.sum"),
            amount=basket.total,
            pieces=texts.text("customer.pieces", count=basket.pieces),
            vat=basket.vat_text,
            saved_caption=texts.text("customer.saved") if basket.saved else "",
            saved=basket.saved_amount if basket.saved else "",
        )

    def _hello(self) -> str:
        first = self._basket.customer.split()[0] if self._basket.customer else ""
        known = first and self._basket.customer_number not in self._basket.customer
        return self._texts.text("customer.hello", name=first) if known else ""

    def _show_payment(self, state: PaymentState) -> None:
        if not state.total or not self._basket.lines:
            return
        if not state.receipt_number:
            self._paying = True
            try:
                self.look_again()
            finally:
                self._paying = False
        shown = self._sale()
        if not state.receipt_number:
            refund = "customer.pay_out" if state.refund else "customer.due"
            self._publish(
                replace(
                    shown,
                    phase="pay",
                    caption=self._texts.text(refund),
                    amount=state.due,
                    given_caption=self._texts.text("customer.given") if state.tenders else "",
                    given=state.given if state.tenders else "",
                    total_caption=self._texts.text("customer.sum"),
                    total=state.total if state.tenders else "",
                )
            )
            return
        handed = bool(state.change_parts)
        self._publish(
            replace(
                shown,
                phase="paid",
                caption=self._texts.text("customer.change" if handed else "customer.paid"),
                amount=state.change if handed else state.total,
                given_caption=self._texts.text("customer.given"),
                given=state.given if handed else "",
                total_caption=self._texts.text("customer.sum"),
                total=state.total if handed else "",
                thanks=self._texts.text("customer.thanks"),
            )
        )


class _Screen(Generic[State]):
    """A screen in the eyes of a presenter."""

    def __init__(self, show: Callable[[State], None]) -> None:
        self._show = show

    def render(self, state: State) -> None:
        """Show a state."""
        self._show(state)


def _line(row: LineRow) -> CustomerLine:
    """A line as customers read it: how many only where it is not one."""
    name = row.name if row.quantity in {"1", "−1"} else f"{row.quantity} × {row.name}"
    return CustomerLine(name, row.detail, row.total, row.list_price, row.deal)


def _nothing() -> None:
    """Nobody has a receipt."""
