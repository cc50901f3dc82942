"""Rings up one invoice through the till's own basket and payment. Knows invoices and a till, no files, no centre."""

from __future__ import annotations

from pos_client.app.composition import Till
from pos_client.app.replay.invoices import Invoice, InvoiceLine
from pos_client.ports import Operator
from shared.money import Money

REFERENCE = "online-retail:"
OPERATOR = Operator("replay", "Replay", "cashier", "en")
_REASON = "price of the recorded receipt"
_RETURN_REASON = "recorded cancellation"


def reference_of(invoice: Invoice) -> str:
    """The number under which the journal knows the invoice; no two receipts share one."""
    return REFERENCE + invoice.number


def is_replayed(ref: str) -> bool:
    """Whether a receipt with this foreign number was rung up by a replay."""
    return ref.startswith(REFERENCE)


def is_rung_up(till: Till, invoice: Invoice) -> bool:
    """Whether the invoice is a receipt in the journal already."""
    return till.store.receipt_exists(reference_of(invoice))


def clear_interrupted(till: Till, invoice: Invoice) -> None:
    """Give up the receipt that was open when the replay was interrupted: its invoice is rung up from the start."""
    till.clock.stand_at(invoice.at)
    till.recorder.sign_on(OPERATOR)
    if till.sale.basket is not None:
        if till.sale.payment.tenders:
            till.payment.on_take_back()
        till.basket.on_cancel("replay was interrupted")


def ring_up(till: Till, invoice: Invoice) -> None:
    """One receipt: each line, cash to the penny (out, for a return), finish."""
    till.clock.stand_at(invoice.at)
    till.basket.on_reference(reference_of(invoice))
    for line in invoice.lines:
        _add(till, line)
    if till.sale.payment.due:
        till.payment.on_cash()
    till.payment.on_finish()


def _add(till: Till, line: InvoiceLine) -> None:
    price = Money(line.unit_price, till.identity.store.currency).plain()
    if line.quantity < 0:
        till.basket.on_return(line.sku, str(-line.quantity), price, _RETURN_REASON, confirmed=True)
    else:
        till.basket.on_add(line.sku, str(line.quantity), price, _REASON, confirmed=True)
